#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/harness/run.sh arm64|riscv64 [gcc|clang [WORD...]]
#
# Runs the harness with what the compiler made, as scripts/build host left it. Prints TAP. With words,
# only the cases whose names have all of them; where no case has, all names are listed.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

arch=${1:-}
compiler=${2:-gcc}
[ $# -gt 0 ] || die "usage: tests/harness/run.sh arm64|riscv64 [gcc|clang [WORD...]]"
check_words architecture "arm64 riscv64" "$arch"
check_words compiler "gcc clang" "$compiler"
shift $(($# < 2 ? $# : 2))
case $arch in
arm64) prefix=aarch64-linux-gnu- ;;
*) prefix=riscv64-linux-gnu- ;;
esac
out=$top/out/host
[ "$compiler" = gcc ] || out=$out-$compiler

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$top/tests/harness/harness.py" "$out/kexec" \
	"$out/build/purgatory/purgatory-$arch.o" "$arch" "$prefix" "$work" "$@"
