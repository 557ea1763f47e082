#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the completion of kexec tells zsh, compared with what it is to be. Without zsh there is nothing to
# test. Functions of ours stand in for zsh's own two, of which one runs a program, and the other completes
# by what it is told.
#
# usage: zsh.sh KEXEC
#
# $srcdir is the checkout. Prints TAP.
set -eu

command -v zsh >/dev/null || {
	echo "1..0 # SKIP there is no zsh"
	exit 0
}
told=$(mktemp)
trap 'rm -f "$told"' EXIT
zsh -f -c '
	_call_program() { shift; "$@" 2>/dev/null }
	_arguments() { print -rl -- "$@" }
	words=($1)
	source $2
' zsh "$1" "${srcdir:-.}/completions/_kexec" >"$told"
number=0
failed=0

# check PATTERN: zsh is told one such line.
check() {
	number=$((number + 1))
	if [ "$(grep -c -x -e "$1" "$told")" = 1 ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		sed 's/^/# /' "$told"
		failed=1
	fi
}

echo "1..10"
check '\*--load\[Load KERNEL and leave it there for a later -e.\]'
check '\*-l\[Load KERNEL .*\]'
check '\*--mmu=\[Verify with .*\]:auto|on|off:(auto on off)'
check '\*--plan=-\[Load nothing: .*\]::text|json|svg:(text json svg)'
check '\*-t+\[Take KERNEL .*\]:TYPE:(.*vmlinux.*)'
check '\*--type=\[Take KERNEL .*\]:TYPE:(.*vmlinux.*)'
check '\*--engine=\[.*\]:ENGINE:(.*generic.*)'
check '\*--initrd=\[Give FILE to .*\]:FILE:_files'
check '\*--output=\[Load nothing: .*\]:DIRECTORY:_files -/'
check ':kernel:_files'
exit "$failed"
