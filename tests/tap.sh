# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Results of tests as TAP. Sourced by the libraries of test scripts, which print the plan and end with an
# error if $failure_count is not 0.

test_count=0
failure_count=0

# tap_result DESCRIPTION [REASON]: one result. With a reason, which may have several lines, it failed.
tap_result() {
	test_count=$((test_count + 1))
	if [ $# = 1 ]; then
		echo "ok $test_count - $1"
	else
		failure_count=$((failure_count + 1))
		echo "not ok $test_count - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}
