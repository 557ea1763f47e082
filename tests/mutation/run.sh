#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/mutation/run.sh [COUNT [SEED [FILE[:LINE]...]]]
#
# Changes purgatory's sources and those of the page tables, one place at a time, and runs the tests that should
# notice: 20 mutants unless told otherwise, by chance but the same for the same seed. With files, or lines of
# them, only mutants of these. Works on a copy of the checkout and of what scripts/build left in out/host, out/arm64 and
# out/riscv64. Prints TAP. See mutate.py.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

for arch in host arm64 riscv64; do
	[ -x "$top/out/$arch/kexec" ] || die "there is no out/$arch/kexec: run scripts/build $arch"
done
count=${1:-20}
seed=${2:-1}
shift $(($# < 2 ? $# : 2))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree/out/host" "$work/tree/out/arm64" "$work/tree/out/riscv64"
for entry in "$top"/*; do
	[ "${entry##*/}" = out ] || cp -a "$entry" "$work/tree/"
done
for arch in host arm64 riscv64; do
	cp -a "$top/out/$arch/build" "$work/tree/out/$arch/"
done
python3 "$top/tests/mutation/mutate.py" "$work/tree" "$work/scratch" "$count" "$seed" "$@"
