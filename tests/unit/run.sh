#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/unit/run.sh arm64|riscv64|host [gcc|clang|sanitize [TEST...]]
#
# Builds and runs the unit tests, or the named ones alone: "range" is tests/unit/test_range.c. Prints
# the results of all as TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
usage="usage: tests/unit/run.sh arm64|riscv64|host [gcc|clang|sanitize [TEST...]]"
arch=${1:-}
compiler=${2:-gcc}
[ $# -gt 0 ] || die "$usage"
check_words architecture "arm64 riscv64 host" "$arch"
check_words compiler "gcc clang sanitize" "$compiler"
enter_toolroot "$@"
shift $(($# < 2 ? $# : 2))
out=$top/out/$arch
[ "$compiler" = gcc ] || out=$out-$compiler
case $arch in
arm64) emulator=qemu-aarch64 ;;
riscv64) emulator=qemu-riscv64 ;;
*) emulator= ;;
esac

# All tests that this architecture has, by the names that select them.
names() {
	for file in "$top"/tests/unit/test_*.c; do
		name=${file##*/test_}
		case $arch:$name in
		arm64:*_arm64.c | riscv64:*_riscv64.c) ;;
		*_arm64.c | *_riscv64.c) continue ;;
		esac
		echo "${name%.c}"
	done
}

export CMOCKA_MESSAGE_OUTPUT=TAP
status=0
if [ $# -gt 0 ]; then
	check_words "unit test of $arch" "$(names)" "$@"
	# shellcheck disable=SC2046 # names without spaces
	"$top/scripts/build" "$arch" "$compiler" captured/stamp $(printf 'tests/unit/test_%s\n' "$@")
	cd "$out/build"
	for name; do
		# shellcheck disable=SC2086 # no emulator on the host
		CAPTURED=$out/build/captured $emulator "tests/unit/test_$name" || status=1
	done
	exit "$status"
fi
"$top/scripts/build" "$arch" "$compiler" check || status=$?
for log in "$out"/build/tests/*/*.log; do
	[ -e "$log" ] || die "no test left a log in $out/build/tests"
	echo "# ${log##*/}"
	cat "$log"
done
exit "$status"
