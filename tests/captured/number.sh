# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Binary files by a shell alone; sourced.

# number BYTES VALUE...: each in so many bytes, little endian.
number() {
	bytes=$1
	shift
	for value; do
		left=$bytes
		while [ "$left" -gt 0 ]; do
			# shellcheck disable=SC2059 # the format is the byte
			printf "\\$(printf %03o $((value % 256)))"
			value=$((value / 256))
			left=$((left - 1))
		done
	done
}
