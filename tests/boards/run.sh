#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boards/run.sh [--accept | --only=GLOB] [--verbose]
#
# Plans a load on every board whose device tree Debian's kernels bring, and examines the plans; see
# README.md. Needs out/host. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
cd "$top"

python3 tests/boards/selftest.py
python3 tests/boards/boards.py out/host/kexec /guest "$@"
