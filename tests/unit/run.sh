#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/unit/run.sh arm64|riscv64|host [gcc|clang|sanitize]
#
# Builds and runs the unit tests; prints the results of all as TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

arch=$1
compiler=${2:-gcc}
out=$top/out/$arch
[ "$compiler" = gcc ] || out=$out-$compiler

export CMOCKA_MESSAGE_OUTPUT=TAP
status=0
"$top/scripts/build" "$arch" "$compiler" check || status=$?
for log in "$out"/build/tests/*/*.log; do
	[ -e "$log" ] || die "no test left a log in $out/build/tests"
	echo "# ${log##*/}"
	cat "$log"
done
exit "$status"
