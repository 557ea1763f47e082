#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/bench/timed.sh arm64|riscv64 [MB...]
#
# Times kexec -l of ours and of kexec-tools in one guest: kernels of so many MB (40 and 250) as they are,
# compressed by gzip and by zstd. Both take turns, five times; then the anonymous memory of each is
# measured once, because that is exact, and in another guest their instructions are counted, with the
# plugin "marks". Leaves out/bench/timed-ARCH.csv and instructions-ARCH.csv. A tool that cannot load a
# kernel has a status other than 0 there.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=lib.sh
. "$top/tests/bench/lib.sh"

repetitions=5
compressions='raw gzip zstd'
contenders='kexec-tools kexec'

# The kernels of so many MB, in the next guest's /boot.
make_kernels() {
	payload_clear
	"$bench_directory/make-kernel.py" "$kernel" "${1}000000" "$work/own/boot/raw"
	gzip -c "$work/own/boot/raw" >"$work/own/boot/gzip"
	zstd -q "$work/own/boot/raw" -o "$work/own/boot/zstd"
}

# measure_all MODE: the commands that measure all kernels with both tools.
measure_all() {
	for compression in $compressions; do
		for tool in $contenders; do
			echo "echo \"run: $tool $compression \$(measure $1 $tool -l /boot/$compression --append=x 2>&1 | tail -n 1)\""
		done
	done
}

# From the guest's console: MB,TOOL,COMPRESSION, then the values of the mode's line.
results_of() {
	sed -n "s/^run: \([^ ]*\) \([^ ]*\) $2: /$1,\1,\2,/p" "$log" |
		sed -e 's/[a-z_]*=//g' -e 's/ /,/g'
}

bench_begin "${1:-}"
shift
[ $# -gt 0 ] || set -- 40 250
build_plugin marks
guest_seconds=7200
times=$results/timed-$arch.csv
memory_used=$results/memory-$arch.csv
instructions=$results/instructions-$arch.csv
echo mb,tool,compression,user_us,system_us,wall_us,peak_kb,status >"$times"
echo mb,tool,compression,anonymous_kb,status >"$memory_used"
echo mb,tool,compression,instructions,kernel_instructions,status >"$instructions"
for mb; do
	make_kernels "$mb"
	{
		i=0
		while [ $i -lt $repetitions ]; do
			measure_all time
			i=$((i + 1))
		done
		measure_all memory
	} >"$work/commands"
	boot "timed-$mb" <"$work/commands"
	results_of "$mb" time >>"$times"
	results_of "$mb" memory >>"$memory_used"

	measure_all marks >"$work/commands"
	rm -f "$work/report"
	boot "instructions-$mb" -plugin "$work/marks.so,report=$work/report" <"$work/commands"
	results_of "$mb" marks >"$work/statuses"
	sed -n 's/^mark number=2 user=\([0-9]*\) kernel=\([0-9]*\) .*/\1,\2/p' "$work/report" |
		paste -d, "$work/statuses" - | awk -F, -v OFS=, '{ print $1, $2, $3, $5, $6, $4 }' \
		>>"$instructions"
done
