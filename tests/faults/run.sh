#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/faults/run.sh arm64|riscv64 [TRIALS [SEED [CELL [NUMBER]]]]
#        tests/faults/run.sh arm64|riscv64 bits [COUNT]
#        tests/faults/run.sh arm64|riscv64 meanwhile [TRIALS [SEED [CELL [NUMBER]]]]
#
# Damages loads of out/host/kexec, 100 of them unless told otherwise, and sees what purgatory makes of
# it. Prints TAP. A trial that failed is repeated alone by its seed, cell and number. With "bits", flips each
# bit of the code that runs before purgatory has checked itself. With "meanwhile", damages memory while
# purgatory runs.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

arch=${1:-}
[ $# -gt 0 ] || die "usage: tests/faults/run.sh arm64|riscv64 [bits | meanwhile | TRIALS [SEED [CELL [NUMBER]]]]"
check_words architecture "arm64 riscv64" "$arch"
trials=${2:-100}
shift $(($# < 2 ? $# : 2))
case $arch in
arm64) prefix=aarch64-linux-gnu- ;;
*) prefix=riscv64-linux-gnu- ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "$trials" = bits ]; then
	python3 "$top/tests/faults/bits.py" "$top/out/host" "$arch" "$prefix" "$work" "$@"
elif [ "$trials" = meanwhile ]; then
	[ $# -gt 0 ] || set -- 100
	python3 "$top/tests/faults/meanwhile.py" "$top/out/host" "$arch" "$prefix" "$work" "$@"
else
	python3 "$top/tests/faults/inject.py" "$top/out/host" "$arch" "$prefix" "$work" "$trials" "$@"
fi
