#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/coherence/run.sh checker|purgatory [gcc|clang]
#
# Runs the tests of the coherence checker itself, or the checker on the arm64 purgatory that the
# compiler made, as scripts/build host left it. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

check_words compiler "gcc clang" "${2:-gcc}"
prefix=aarch64-linux-gnu-
out=$top/out/host
[ "${2:-gcc}" = gcc ] || out=$out-$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case ${1:-} in
checker) python3 "$top/tests/coherence/test_checker.py" "$prefix" "$work" ;;
purgatory)
	python3 "$top/tests/coherence/test_purgatory.py" "$out/kexec" \
		"$out/build/purgatory/purgatory-arm64.o" "$prefix" "$work"
	;;
*) die "usage: tests/coherence/run.sh checker|purgatory [gcc|clang]" ;;
esac
