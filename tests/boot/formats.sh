#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/formats.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# A real kernel in every kind of file that kexec reads, executed; and a small one, no more than loaded,
# with each library and header that this leaves. All combinations are planned by tests/plan/formats.py.
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

# make FORMAT NAME: the kernel in that format, with what $work/parts holds, as /boot/NAME.
make() {
	"$boot_directory/make-kernel" "$arch" "$1" "$work/parts" "$work/made"
	guest_file "$2" "$work/made"
	rm "$work/made"
}

# format FORMAT: execute a kernel in that format.
format() {
	guest_clear
	make "$1" kernel
	load_and_execute "$1"
	expect_second_kernel "-l and -e" 'quiet panic=-1 token=second'
}

mkdir "$work/parts"
ln -s "$kernel" "$work/parts/Image"

make none kernel
load_and_execute raw
expect_second_kernel "-l and -e" 'quiet panic=-1 token=second'
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
for each in gzip vmlinux zboot-zstd uimage-lzma; do
	format "$each"
done

# A kernel of 1 MiB, which would not run: the header of the real one, with an image_size of 2 MiB, and
# noise; and the real one as the last, executed.
mkdir "$work/small"
{
	head -c 16 "$kernel"
	printf '\0\0\040\0\0\0\0\0'
	head -c 64 "$kernel" | tail -c 40
	head -c 1048512 /dev/urandom
} >"$work/small/Image"
guest_clear
formats='bzip2 lz4-legacy lzo xz zstd zboot-gzip uimage fit-external'
for each in $formats; do
	"$boot_directory/make-kernel" "$arch" "$each" "$work/small" "$work/own/boot/small.$each"
done
echo "$formats" >"$work/own/boot/formats"
make lz4 kernel
boot lz4 <<-'EOF'
	for each in $(cat /boot/formats); do
		run kexec -l /boot/small.$each
		[ $status = 0 ] && [ ! -s /tmp/err ] && loaded
		result "-l of $each"
		kexec -u
	done
	gzip </sys/firmware/fdt | base64 | sed 's/^/fdt: /'
	kexec -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 token=second"
	kexec -e
EOF
# shellcheck disable=SC2086 # a list of words
set -- $formats
boot_results $#
expect_second_kernel "-l and -e" 'quiet panic=-1 token=second'

# What follows needs the tree that the guest lz4 printed.
case " ${guests_chosen:-uki} " in
*" uki "* | *" fit "*) ;;
*)
	guests_seen="$guests_seen uki fit"
	boot_end
	exit
	;;
esac

# Everything in one file: kernel, initrd, command line, and a device tree with a name of its own. Else it
# is the guest's: only that keeps off the firmware's memory.
guest_tree "$work/parts/dtb"
fdtput -t s "$work/parts/dtb" / model brought,by-kernel
ln "$work/initrd" "$work/parts/initrd"
echo 'quiet panic=-1 token=brought' >"$work/parts/cmdline"
guest_clear
make uki uki
boot uki <<-'EOF'
	kexec -l /boot/uki
	kexec -e
EOF
expect_second_kernel "what the unified kernel image brings" 'quiet panic=-1 token=brought'
expect "its device tree" '^second kernel model: brought,by-kernel$'

# A FIT for two boards, whose default is for another than this; models tell the trees apart.
cp "$work/parts/dtb" "$work/parts/other-dtb"
fdtput -t s "$work/parts/other-dtb" / compatible raspberrypi,4-model-b brcm,bcm2711
fdtput -t s "$work/parts/other-dtb" / model another,board
guest_clear
make fit-bzip2 fit
boot fit <<-'EOF'
	kexec -l /boot/fit --append="quiet panic=-1 token=named"
	kexec -e
EOF
expect_second_kernel "what the FIT brings, and a command line" 'quiet panic=-1 token=named'
expect "its device tree for this board" '^second kernel model: brought,by-kernel$'

boot_end
