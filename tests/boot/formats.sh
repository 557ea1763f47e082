#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/formats.sh arm64|riscv64 [clang]
#
# A real kernel in every format that kexec reads, loaded with -l and executed with -e.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"

# load_and_execute GUEST [QEMU-OPTION...]: what is in /boot/kernel.
load_and_execute() {
	boot "$@" <<-'EOF'
		dmesg | grep -o 'started at EL.' || :
		kexec -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 token=second"
		echo "guest: loaded after $(cut -d' ' -f1 /proc/uptime) s"
		kexec -e
	EOF
}

# format NAME: $work/kernel, in format NAME.
format() {
	guest_clear
	guest_file kernel "$work/kernel"
	rm "$work/kernel"
	load_and_execute "$1"
	expect_second_kernel "-l and -e" 'quiet panic=-1 token=second'
}

cp "$kernel" "$work/kernel"
format raw
if [ "$arch" = arm64 ]; then
	# The same guest at EL2, with two CPUs and the other interrupt controller; without its ITS,
	# since Linux reuses the old kernel's LPI tables in place, whatever was loaded there, unless
	# it was booted with EFI.
	load_and_execute raw-el2 -M virtualization=on,gic-version=3,its=off -smp 2
	expect_second_kernel "-l and -e at EL2" 'quiet panic=-1 token=second'
	expect "the guest runs at EL2" '^started at EL2'
else
	load_and_execute raw-smp -smp 2
	expect_second_kernel "-l and -e with two harts" 'quiet panic=-1 token=second'
fi
gzip -1 <"$kernel" >"$work/kernel"
format gzip
xz -0 <"$kernel" >"$work/kernel"
format xz
zstd -q -1 <"$kernel" >"$work/kernel"
format zstd
"$boot_directory/make-vmlinux" "$arch" "$kernel" "$work/kernel"
format vmlinux

boot_end
