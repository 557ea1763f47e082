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
			# Three octal digits, without a process for each byte.
			# shellcheck disable=SC2059 # the format is the byte
			printf "\\$((value % 256 / 64))$((value % 64 / 8))$((value % 8))"
			value=$((value / 256))
			left=$((left - 1))
		done
	done
}
