#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/mutation/run.sh [COUNT [SEED [FILE...]]]
#
# Changes purgatory's sources and those of the page tables, one place at a time, and runs the tests that should
# notice: 20 mutants unless told otherwise, by chance but the same for the same seed. With files, only mutants
# of these. Works on a copy of the checkout and of what scripts/build host left in out/host. Prints TAP. See
# mutate.py.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

[ -x "$top/out/host/kexec" ] || die "there is no out/host/kexec: run scripts/build host"
count=${1:-20}
seed=${2:-1}
shift $(($# < 2 ? $# : 2))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree/out/host"
for entry in "$top"/*; do
	[ "${entry##*/}" = out ] || cp -a "$entry" "$work/tree/"
done
cp -a "$top/out/host/build" "$work/tree/out/host/"
python3 "$top/tests/mutation/mutate.py" "$work/tree" "$work/scratch" "$count" "$seed" "$@"
