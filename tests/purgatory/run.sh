#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/purgatory/run.sh arm64|riscv64 [gcc|clang]
#
# Runs the purgatory object that the compiler made, as scripts/build host left it, on bare machines
# in QEMU. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

arch=$1
compiler=${2:-gcc}
case $arch in
arm64) prefix=aarch64-linux-gnu- ;;
*) prefix=riscv64-linux-gnu- ;;
esac
out=$top/out/host
[ "$compiler" = gcc ] || out=$out-$compiler

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$top/tests/purgatory/test_purgatory.py" "$arch" \
	"$out/build/purgatory/purgatory-$arch.o" "$prefix" "$work"
