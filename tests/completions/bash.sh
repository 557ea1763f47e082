#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completions in bash, asked for as readline does, and compared with what they are to be.
#
# usage: bash.sh KEXEC
#
# $srcdir is the checkout. Prints TAP.
set -euo pipefail

kexec=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/directory" "$work/differs"
touch "$work/data"
# shellcheck source=../../completions/kexec
. "${srcdir:-.}/completions/kexec"

# bash has it only while it completes; what it was told is kept.
compopt()
{
	told="$*"
}

number=0
failed=0

# check EXPECTED TOLD WORD...: the completions of the last word, sorted, and what compopt is told.
check()
{
	local expected=$1 expected_told=$2 completions
	shift 2
	COMP_WORDS=("$kexec" "$@")
	COMP_CWORD=$#
	told=
	_kexec "$kexec"
	completions=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd ' ')
	number=$((number + 1))
	if [ "$completions" = "$expected" ] && [ "$told" = "$expected_told" ]; then
		echo "ok $number - $*"
	else
		echo "not ok $number - $*"
		echo "# '$completions' with '$told', not '$expected' with '$expected_told'"
		failed=1
	fi
}

echo "1..18"
# Options; "=" where an argument follows, and no blank behind it
check "--load --load-panic" "" --load
check "--type=" "-o nospace" -l --ty
check "--command-line=" "-o nospace" --com
check "--mem-max= --mem-min=" "" --mem
check "--reuse-cmdline --reuseinitrd" "" --reu
check "" "" --no-such
check "--plan" "" --pla
# Arguments, after "=", which is a word of its own, and as a word
check "auto off on" "" --mmu =
check "off on" "" --mmu = o
check "halt" "" --on-mismatch h
check "json svg text" "" --plan =
check "boot halt reset" "" --on-mismatch =
types=$("$kexec" --version | sed -n 's/^kernels: //p' | tr ' ' '\n' | LC_ALL=C sort | paste -sd ' ')
check "$types" "" -t ""
check "vmlinux" "" --type = vmlinux
check "$work/differs $work/directory" "-o filenames" --output = "$work/d"
check "generic" "" --engine = ge
# Files, which are left to bash
check "" "" -l "$work/d"
check "" "" --initrd = "$work/d"
exit "$failed"
