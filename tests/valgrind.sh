#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/valgrind.sh [TEST...]
#
# Runs the unit tests, or the named ones ("range" is tests/unit/test_range.c), under valgrind: no use of
# memory that is not initialised, and no leak. One result of TAP for each.
set -eu
# shellcheck source=../scripts/lib.sh
. "$(dirname -- "$0")/../scripts/lib.sh"
all=$(for file in "$top"/tests/unit/test_*.c; do
	name=${file##*/test_}
	echo "${name%.c}"
done | grep -Ev '_(arm|riscv)64$')
check_words "unit test" "$all" "$@"
enter_toolroot "$@"
tests=${*:-$all}
# shellcheck disable=SC2046,SC2086 # names without spaces
"$top/scripts/build" host gcc captured/stamp $(printf 'tests/unit/test_%s\n' $tests)
cd "$top/out/host/build"
export CAPTURED="$PWD/captured" CMOCKA_MESSAGE_OUTPUT=TAP
log=$(mktemp)
trap 'rm -f "$log"' EXIT
count=0
failed=0
for name in $tests; do
	count=$((count + 1))
	status=0
	valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
		--errors-for-leak-kinds=definite,indirect "tests/unit/test_$name" >"$log" 2>&1 || status=$?
	# A process with an error ends with 99, which its parent does not expect. Valgrind also tells of one that a
	# test has ended by a signal.
	if [ "$status" != 0 ] && [ "$status" != 77 ]; then
		failed=1
		echo "not ok $count - $name"
		grep '^==[0-9]*== ' "$log" | head -n 40 | sed 's/^/# /'
	else
		echo "ok $count - $name (status $status)"
	fi
done
echo "1..$count"
exit "$failed"
