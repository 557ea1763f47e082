#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Completions in fish, compared with what they are to be. Without fish there is nothing to test.
#
# usage: fish.sh KEXEC
#
# $srcdir is the checkout. Prints TAP.
set -eu

command -v fish >/dev/null || {
	echo "1..0 # SKIP there is no fish"
	exit 0
}
kexec=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/directory"
touch "$work/data"
number=0
failed=0

# check EXPECTED LINE: the completions of the line, without what they do.
check() {
	number=$((number + 1))
	# shellcheck disable=SC2016 # fish expands it
	completions=$(HOME=$work XDG_CONFIG_HOME=$work fish --no-config -c '
		set -gx PATH $argv[1] $PATH
		source $argv[2]
		complete -C $argv[3]' "${kexec%/*}" "${srcdir:-.}/completions/kexec.fish" "$2" |
		cut -f 1 | LC_ALL=C sort | paste -sd ' ' -)
	if [ "$completions" = "$1" ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		echo "# '$completions', not '$1'"
		failed=1
	fi
}

echo "1..8"
# Of an option fish also completes what has these letters in this order: few have those.
check "--reuse-cmdline --reuseinitrd" "kexec --reu"
check "--mmu=auto --mmu=off --mmu=on" "kexec --mmu="
check "--plan=json --plan=svg --plan=text" "kexec --plan="
check "halt" "kexec --on-mismatch h"
check "vmlinux vmlinuz vmlinuz-riscv" "kexec -t vm"
check "--engine=generic" "kexec --engine=ge"
check "--initrd=$work/data" "kexec --initrd=$work/da"
check "$work/data" "kexec -l $work/da"
exit "$failed"
