#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/coverage/userspace.sh [--missing]
#
# Which lines and branches of kexec/ the unit tests, the tests of the finished program, the seeds of the
# fuzzers and loads without memory, descriptors and room reach: a table by folder, and TAP. --missing lists the
# lines and branches that nothing reached. The build is one of its own, without optimisation, so that a branch
# is one of the source.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
missing=
case ${1:-} in
'') ;;
--missing) missing=--missing ;;
*) die "usage: tests/coverage/userspace.sh [--missing]" ;;
esac

build=$top/out/host-coverage/build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
"$top/scripts/build" host coverage captured/stamp
find "$build" -name '*.gcda' -delete
for target in check check-program; do
	"$top/scripts/build" host coverage "$target" >>"$work/log" 2>&1 || status=1
done
for test in fuzz scarcity; do
	"$top/tests/$test/run.sh" coverage >>"$work/log" 2>&1 || status=1
done
if [ "$status" = 0 ]; then
	echo "ok 1 - all tests pass"
else
	echo "not ok 1 - all tests pass"
	grep -E -A 5 '^not ok |^FAIL|\*\*\* ' "$work/log" | sed 's/^/# /'
fi

# A branch that the compiler made for a line without code is none of the source.
cd "$build"
gcovr --root "$top" --filter "$top/kexec/" --exclude-unreachable-branches --exclude-throw-branches \
	--gcov-ignore-parse-errors=negative_hits.warn --json "$work/coverage.json" kexec 2>"$work/log" || {
	cat "$work/log" >&2
	exit 1
}
python3 "$top/tests/coverage/userspace.py" "$work/coverage.json" ${missing:+"$missing"} || status=1
exit "$status"
