#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/hardened.sh [arm64|riscv64|host...]
#
# What configure promises of the finished program, read back from it, for each architecture: it is
# position-independent, all of its relocations are read-only once it runs, no memory is writable and
# executable, its stack is guarded, the C library checks sizes, and its own functions protect their return
# addresses or jump targets where the architecture has that. Prints TAP.
set -eu
# shellcheck source=../scripts/lib.sh
. "$(dirname -- "$0")/../scripts/lib.sh"
check_words architecture "arm64 riscv64 host" "$@"
enter_toolroot "$@"

count=0
failed=0
# expect NAME: the command's status, in $?, is 0.
expect() {
	ended=$?
	count=$((count + 1))
	if [ "$ended" = 0 ]; then
		echo "ok $count - $arch: $1"
	else
		failed=1
		echo "not ok $count - $arch: $1"
	fi
}

# disassemble FUNCTION
disassemble() {
	"$triplet-objdump" -d --no-show-raw-insn --disassemble="$1" "$program"
}

# lacks TEXT PATTERN
lacks() {
	if echo "$1" | grep -Eq "$2"; then
		return 1
	fi
}

[ $# -gt 0 ] || set -- arm64 riscv64 host
for arch; do
	case $arch in
	arm64) triplet=aarch64-linux-gnu ;;
	riscv64) triplet=riscv64-linux-gnu ;;
	host) triplet=x86_64-linux-gnu ;;
	esac
	"$top/scripts/build" "$arch" gcc
	program=$top/out/$arch/build/kexec/kexec
	headers=$(readelf -hlW "$program")
	dynamic=$(readelf -dW "$program")
	symbols=$(readelf -sW "$program")
	set +e
	echo "$headers" | grep -q 'Type: *DYN'
	expect "position-independent"
	lacks "$headers" INTERP
	expect "static"
	echo "$headers" | grep -q GNU_RELRO
	expect "relocations are read-only"
	echo "$dynamic" | grep -q 'FLAGS.*NOW'
	expect "all of them, from the start"
	lacks "$dynamic" TEXTREL
	expect "none in the code"
	echo "$headers" | grep 'GNU_STACK' | grep -q 'RW '
	expect "the stack is not executable"
	lacks "$headers" 'LOAD .* RWE'
	expect "nothing is writable and executable"
	disassemble load | grep -q 'stack_chk_fail\|stack_chk_guard' ||
		disassemble print_line | grep -q 'stack_chk'
	expect "stacks are guarded"
	echo "$symbols" | grep -Eq ' __(s|vs|vas|f|vf)n?printf_chk'
	expect "the C library checks sizes"
	case $arch in
	arm64)
		disassemble load | grep -q 'paciasp'
		expect "return addresses are signed"
		;;
	host)
		disassemble load | grep -q 'endbr64'
		expect "indirect jumps have marked targets"
		;;
	esac
	set -e
done
echo "1..$count"
exit "$failed"
