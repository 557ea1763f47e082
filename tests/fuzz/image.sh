#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/fuzz/image.sh [ROUNDS]
#
# Damages a small kernel in every format, as the ordinary tools make it, and reads it with the
# sanitizers on; see image.c. So many times for each format, 1500 unless told otherwise. Then faults of
# every kind are planted in the reading, and each must be noticed.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
rounds=${1:-1500}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$top/scripts/build" host sanitize tests/fuzz/image

"$top/tests/fuzz/make-images" arm64 "$work"
set --
for each in "$work"/*; do
	[ -d "$each" ] || set -- "$@" "${each##*/}"
done
cd "$work"
fuzz=$top/out/host-sanitize/build/tests/fuzz/image
status=0
"$fuzz" "$rounds" "$@" || status=1

# What is said of each planted fault; one that hangs is ended by the signal SIGPROF.
count=0
while read -r fault words; do
	count=$((count + 1))
	end=0
	"$fuzz" --plant="$fault" 20 lz4-legacy >said 2>&1 || end=$?
	echo "ended with status $end" >>said
	if [ $end != 0 ] && grep -q -- "$words" said; then
		echo "ok $count - planted and noticed: $fault"
	else
		status=1
		echo "not ok $count - planted and noticed: $fault"
		sed 's/^/# /' said
	fi
done <<-EOF
	access AddressSanitizer: heap-buffer-overflow
	overflow signed integer overflow
	leak LeakSanitizer: detected memory leaks
	hang ended with status 155
	promise not ok 1 - lz4-legacy
	silence not ok 1 - lz4-legacy
	babble not ok 1 - lz4-legacy
EOF
echo "1..$count"
exit "$status"
