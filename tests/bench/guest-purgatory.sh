#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/bench/guest-purgatory.sh MIB...
#
# Counts what kexec-tools' purgatory executes on arm64, and ours beside it: after a real kexec -l and
# kexec -e in a guest, with Debian's kernel and an initrd of MIB random MiB. kexec-tools' purgatory is
# in its binary, so it is not run in the harness. (On riscv64 it has none.) Leaves for each
# TOOL-MIB.report, as the plugin "phases" writes it, and TOOL-MIB.segments, in out/bench/guest/arm64/.
#
# Where purgatory will be is found by loading once without the plugin; the place depends on nothing
# but the guest and the payload.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=lib.sh
. "$top/tests/bench/lib.sh"

# segments: what was loaded, from the guest's console: "entry ADDRESS" of purgatory, "kernel ADDRESS",
# and "segment ADDRESS SIZE" for each. kexec-tools' first segment is the kernel.
segments() {
	awk -F '"' '
		/"entry":/ { print "entry", $4 }
		/"role":/ { role = $4 }
		/"address":/ { address = $4; if (role == "kernel") print "kernel", address }
		/"memory_size":/ { gsub(/[^0-9]/, "", $3); print "segment", address, $3 }
	' "$log"
	awk '
		/^kexec_load: entry = / { print "entry", $4 }
		/^segment\[[0-9]*\]\.mem / { address = $3 }
		/^segment\[0\]\.mem / { print "kernel", address }
		/^segment\[[0-9]*\]\.memsz / { print "segment", address, $3 }
	' "$log"
}

# The commands that show what kexec loads, for segments.
show_commands() {
	case $1 in
	kexec-tools) echo "kexec-tools -d -l $load 2>&1" ;;
	kexec) echo "kexec --output=/tmp/plan $load && cat /tmp/plan/plan.json" ;;
	esac
}

# code_range ENTRY: "low=ADDRESS,high=ADDRESS" of the segment in which that address is; the segments
# come from stdin.
code_range() {
	while read -r word address size; do
		if [ "$word" = segment ] && [ $(($1)) -ge $((address)) ] &&
			[ $(($1)) -lt $((address + size)) ]; then
			printf 'low=%s,high=0x%x\n' "$address" $((address + size))
		fi
	done
}

# count TOOL MIB
count() {
	name=$1-$2
	list=$results/guest/arm64/$name.segments
	report=$results/guest/arm64/$name.report
	show_commands "$1" >"$work/commands"
	boot "show-$name" -M dtb-randomness=off <"$work/commands"
	segments >"$list"
	entry=$(sed -n 's/^entry //p' "$list")
	[ -n "$entry" ] || die "$1 did not load, see ${log#"$top"/}"
	kernel_entry=$(sed -n 's/^kernel //p' "$list")
	range=$(code_range "$entry" <"$list")
	echo "$1 -l $load && $1 -e" >"$work/commands"
	boot "count-$name" -M dtb-randomness=off -plugin \
		"$work/phases.so,report=$report,$range,phase=all:$entry,phase=end:$kernel_entry" \
		<"$work/commands"
	[ -s "$report" ] ||
		die "$1: purgatory was not where it was the first time, see ${log#"$top"/}"
}

[ $# -gt 0 ] || die "usage: tests/bench/guest-purgatory.sh MIB..."
bench_begin arm64
mkdir -p "$results/guest/arm64"
rm -f "$results"/guest/arm64/*
build_plugin phases
guest_seconds=3600
load="/boot/kernel --initrd=/boot/payload --append=panic=-1"
for mib; do
	payload_clear
	guest_file kernel "$kernel"
	head -c "${mib}M" /dev/urandom >"$work/own/boot/payload"
	count kexec-tools "$mib"
	count kexec "$mib"
done
