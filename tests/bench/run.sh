#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/bench/run.sh
#
# Compares what the purgatories in out/host/kexec execute with tests/bench/baseline.csv. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$top/tests/bench/regression.py" "$top/out/host" "$work"
