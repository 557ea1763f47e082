#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/bench/placement.sh
#
# Times kexec -l in an arm64 guest of 2 GiB of which 512 MiB are kept for a crash kernel, with Debian's
# kernel and an initrd of 4 MB. There kexec-tools puts the segments where the kernel's allocator hands
# out pages, and the search for each in kexec_load(2) is long. Both tools take turns, five times. Leaves
# out/bench/placement-arm64.csv.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=lib.sh
. "$top/tests/bench/lib.sh"

repetitions=5

bench_begin arm64
memory=2G
kernel_options='quiet panic=-1 crashkernel=512M'
guest_seconds=3000
guest_file kernel "$kernel"
head -c 4000000 /dev/urandom >"$work/own/boot/initrd"
{
	i=0
	while [ $i -lt $repetitions ]; do
		for tool in kexec-tools kexec; do
			echo "echo \"run: $tool \$(measure time $tool -l /boot/kernel --initrd=/boot/initrd --append=x 2>&1 | tail -n 1)\""
			echo "kexec -u"
		done
		i=$((i + 1))
	done
} >"$work/commands"
boot placement <"$work/commands"
{
	echo tool,user_us,system_us,wall_us,peak_kb,status
	sed -n 's/^run: \([^ ]*\) time: /\1,/p' "$log" | sed -e 's/[a-z_]*=//g' -e 's/ /,/g'
} >"$results/placement-arm64.csv"
