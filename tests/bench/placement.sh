#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/bench/placement.sh
#
# Measures kexec -l where kexec-tools' placement is unlucky: the guest of tests/boot/placement.sh in which
# a process of 200 MB has ended. There kexec-tools puts the segments where the kernel's allocator hands
# out pages, and the search for each in kexec_load(2) is long. Leaves out/bench/placement.csv: seconds in
# the kernel and in all, "counted" by a clock that goes with instructions (a second is a billion of them),
# and "timed".
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

output=$top/out/bench/placement.txt
"$top/tests/boot/placement.sh" process-200 | tee "$output"
# Each tool's first line is counted, its last one timed.
awk '
	$1 == "#" && $2 == "2G" && $3 == "process-200" && ($4 == "kexec-tools" || $4 == "ours") {
		tool = $4 == "ours" ? "kexec" : $4
		row = tool "," $6 "," $8
		if (!(tool in counted))
			counted[tool] = row
		timed[tool] = row
	}
	END {
		print "kind,tool,kernel_s,all_s"
		for (tool in counted) {
			print "counted," counted[tool]
			print "timed," timed[tool]
		}
	}
' "$output" >"${output%.txt}.csv"
