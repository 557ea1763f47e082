#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/coverage/run.sh arm64|riscv64 [--missing]
#
# Which instructions and branches of out/host/kexec's purgatory the harness reaches. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

arch=${1:-}
[ $# -gt 0 ] || die "usage: tests/coverage/run.sh arm64|riscv64 [--missing]"
check_words architecture "arm64 riscv64" "$arch"
shift
case $arch in
arm64) prefix=aarch64-linux-gnu- ;;
*) prefix=riscv64-linux-gnu- ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$top/tests/coverage/coverage.py" "$top/out/host" "$arch" "$prefix" "$work" "$@"
