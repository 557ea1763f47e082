#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/proofs/run.sh [PROOF...]
#
# Lets CBMC prove what must never be wrong, or the named proofs alone; --list prints their names. A
# proof's file says what is proven and within which bounds; beyond them loops are proven not to go. Before
# that a wrong statement is tried, which must be refuted. One result of TAP for each proof.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"

# Name, file, function, rounds of a loop at most, and what the file is compiled with.
proofs() {
	cat <<-EOT
		range-arithmetic range arithmetic 3
		range-add range add 6
		range-subtract range subtract 6
		range-questions range questions 6
		range-find-hole range find_hole 6
		relocate-arm64 relocate arm64 15
		relocate-riscv64 relocate_riscv64 riscv64 30
		relocate-riscv64-halves relocate_riscv64 halves 3
		manifest-chunks manifest chunks 5
	EOT
	for format in arm64_two_ranges_39 arm64_two_ranges_48 arm64_one_range_39 arm64_one_range_48 \
		arm64_upper_39 arm64_upper_48 sv32 sv39 sv48 sv57; do
		for function in leaf apart table; do
			echo "page-table-$function-$format page_table $function 3 -DFORMAT=page_table_$format"
		done
	done
}

names=$(proofs | cut -d ' ' -f 1)
if [ "${1:-}" = --list ]; then
	echo "$names"
	exit
fi
check_words proof "$names" "$@"
enter_toolroot "$@"
cd "$top"
chosen=${*:-$names}
log=$(mktemp)
trap 'rm -f "$log" "$log.c"' EXIT

# prove FILE FUNCTION ROUNDS ARGUMENT...
prove() {
	file=$1 function=$2 rounds=$3
	shift 3
	timeout 600 cbmc --function "$function" --unwind "$rounds" --unwinding-assertions --no-standard-checks \
		--bounds-check --pointer-check --signed-overflow-check --undefined-shift-check \
		--div-by-zero-check --malloc-may-fail --malloc-fail-null \
		-D_GNU_SOURCE -Iinclude -Ikexec -Itests/proofs "$@" "$file" >"$log" 2>&1
}

count=1
failed=0
printf '#include "%s/tests/proofs/proof.h"\nvoid wrong(void) { PROVE(nondet_uint64_t() != 42); }\n' "$top" >"$log.c"
if ! prove "$log.c" wrong 3 && grep -q 'nondet_uint64_t() != 42: FAILURE' "$log"; then
	echo "ok 1 - what is wrong is refuted"
else
	failed=1
	echo "not ok 1 - what is wrong is refuted"
fi
for name in $chosen; do
	count=$((count + 1))
	# shellcheck disable=SC2046 # words
	set -- $(proofs | sed -n "s/^$name //p")
	file=tests/proofs/$1.c
	shift
	if prove "$file" "$@" -DPROVE_UNREACHABLE || ! grep -q "place is not reached: FAILURE" "$log"; then
		failed=1
		echo "not ok $count - $name: nothing is proven, or it took too long"
	elif prove "$file" "$@"; then
		echo "ok $count - $name: $(grep -c ': SUCCESS$' "$log") properties"
	else
		failed=1
		echo "not ok $count - $name"
		{
			grep -E ': FAILURE$|rror' "$log" || tail -n 5 "$log"
		} | head -n 30 | sed 's/^/# /'
	fi
done
echo "1..$count"
exit "$failed"
