#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/reproducible.sh ARCH...
#
# Builds kexec once more from a copy of the checkout in another directory, and compares it with what
# scripts/build left in out/ARCH: the same bytes.
set -eu
# shellcheck source=../scripts/lib.sh
. "$(dirname -- "$0")/../scripts/lib.sh"
enter_toolroot "$@"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -C "$top" -c --exclude=./out --exclude=./.cache --exclude=./.git . | tar -C "$copy" -x

count=0
failures=0
for arch; do
	count=$((count + 1))
	"$copy/scripts/build" "$arch"
	if cmp "$top/out/$arch/kexec" "$copy/out/$arch/kexec"; then
		echo "ok $count - $arch: built twice, the same bytes"
	else
		failures=$((failures + 1))
		echo "not ok $count - $arch: built twice, the same bytes"
	fi
done
echo "1..$count"
[ "$failures" = 0 ]
