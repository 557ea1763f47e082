#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/bench/panic.sh arm64|riscv64
#
# Counts the instructions of a guest from a panic to the first line of the crash kernel (its /init's: it
# is quiet until then), with the plugin "marks", for kexec-tools' kexec -p and for ours. Leaves
# out/bench/panic-ARCH.csv: of the kernels, and of what runs at physical addresses: purgatory, firmware,
# the kernels' first steps.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=lib.sh
. "$top/tests/bench/lib.sh"

# $work/own/boot/initrd, in which measure is /init.
make_crash_initrd() {
	mkdir -p "$work/crash/dev" "$work/crash/proc"
	cp "$work/base/bin/measure" "$work/crash/init"
	pack "$work/crash" >"$work/own/boot/initrd"
}

# panic TOOL
panic() {
	rm -f "$work/report"
	boot "panic-$1" -plugin "$work/marks.so,report=$work/report,physical=$ram" <<-EOF
		$1 -p /boot/kernel --initrd=/boot/initrd \
			--append='quiet panic=-1 maxcpus=1 reset_devices' && measure panic
	EOF
	grep -q '^mark number=4 ' "$work/report" ||
		die "no crash kernel came up, see ${log#"$top"/}"
	sed -n "s/^mark number=4 user=\([0-9]*\) kernel=\([0-9]*\) physical=\([0-9]*\)$/$1,\2,\3,\1/p" \
		"$work/report" >>"$results/panic-$arch.csv"
}

bench_begin "${1:-}"
memory=1G
case $arch in
arm64) ram=0x40000000-0x80000000 ;;
riscv64) ram=0x80000000-0xc0000000 ;;
esac
kernel_options='quiet panic=-1 crashkernel=256M'
guest_seconds=600
build_plugin marks
guest_file kernel "$kernel"
make_crash_initrd
echo tool,kernel,physical,user >"$results/panic-$arch.csv"
panic kexec-tools
panic kexec
