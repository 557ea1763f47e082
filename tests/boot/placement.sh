#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/placement.sh [FILL...]
#
# What the place of the segments costs kexec_load(2): arm64 guests whose memory was filled and freed in
# several ways (all unless some are named) load the same kernel and initrd with kexec-tools and with
# our kexec. The guests count instructions, so that a second is a billion of them on any machine; the
# last ones are timed. docs/placement.md says what is to be seen. Takes half an hour. kexec-tools
# comes from scripts/setup-kernels, which is to be run first.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin arm64

guest_seconds=300
initrd_size=41000000
tools=/extra/kernels/tools/arm64/usr
[ -x "$tools/sbin/kexec" ] || die "there is no kexec-tools: run scripts/setup-kernels"

# needed_libraries FILE: what it is linked with, directly or not, into the guest.
needed_libraries() {
	aarch64-linux-gnu-readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' |
		while read -r library; do
			[ ! -e "$work/own/lib/$library" ] || continue
			cp -L "$tools/lib/aarch64-linux-gnu/$library" "$work/own/lib/"
			needed_libraries "$tools/lib/aarch64-linux-gnu/$library"
		done
}

# The disk: the kernel, and the initrd from $initrd_offset on, both in whole MiB, and nothing up to more
# than a guest's memory.
make_disk() {
	kernel_size=$(stat -c %s "$kernel")
	initrd_offset=$((kernel_size / 1048576 + 1))
	head -c $initrd_size /dev/urandom >"$work/payload"
	cp "$kernel" "$work/disk"
	truncate -s ${initrd_offset}M "$work/disk"
	cat "$work/payload" >>"$work/disk"
	truncate -s 2G "$work/disk"
}

# guest_contents FILL: what the first guest brings: its initramfs has what it loads only where the fill
# says so, since it takes memory, and so does the initramfs' own file.
guest_contents() {
	rm -rf "$work/own"
	mkdir -p "$work/own/boot" "$work/own/lib" "$work/own/sbin" "$work/own/modules"
	cp /guest/arm64/modules/* "$work/own/modules/"
	cp "$tools/sbin/kexec" "$work/own/sbin/kexec-tools"
	needed_libraries "$tools/sbin/kexec"
	case $1 in
	boot | moved)
		cp "$kernel" "$work/own/boot/kernel"
		cp "$work/payload" "$work/own/boot/initrd"
		;;
	esac
}

# The guest's /test: fill memory, wait until the CPU's lists of free pages are given back, load.
guest_script() {
	cat <<-EOF
		fill=$1 loader=$2
		kernel_size=$kernel_size initrd_offset=$initrd_offset initrd_size=$initrd_size
	EOF
	cat <<-'EOF'
		from_disk() {
			dd if=/dev/vda of=/tmp/kernel bs=1M count=$((initrd_offset)) 2>/dev/null
			truncate -s $kernel_size /tmp/kernel
			dd if=/dev/vda of=/tmp/initrd bs=1M skip=$initrd_offset count=40 2>/dev/null
			truncate -s $initrd_size /tmp/initrd
			ln -s /tmp/kernel /tmp/initrd /boot/
		}

		for module in virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci \
			virtio_blk; do
			[ ! -e /modules/$module.ko ] || insmod /modules/$module.ko
		done
		free_kib() {
			awk '/^MemFree/ { print $2 }' /proc/meminfo
		}
		case $fill in
		boot) ;;
		moved)
			cp /boot/kernel /boot/initrd /tmp/
			rm /boot/kernel /boot/initrd
			ln -s /tmp/kernel /tmp/initrd /boot/
			;;
		process-*)
			mkfifo /tmp/fifo
			dd if=/dev/zero of=/tmp/fifo bs=${fill#process-}M count=1 2>/dev/null &
			exec 7<>/tmp/fifo
			sleep 5
			from_disk
			kill $!
			;;
		files)
			from_disk
			for i in 0 1 2 3 4 5 6 7; do
				cp /tmp/initrd /tmp/file$i
			done
			rm /tmp/file0 /tmp/file2 /tmp/file4 /tmp/file6
			;;
		cache)
			# What was read of a disk is forgotten when nobody has it open.
			exec 8</dev/vda
			from_disk
			dd if=/dev/vda of=/dev/null bs=1M 2>/dev/null
			;;
		esac
		sleep 40
		echo "free: $(free_kib) KiB"

		: >/tmp/empty
		limit=$((0x$(sed -n 's/^ *[0-9a-f]*-\([0-9a-f]*\) : Kernel data$/\1/p' /proc/iomem) + (84 << 20)))
		options='--initrd=/boot/initrd --append=x'
		load='kexec -l /boot/kernel -dd'
		case $loader in
		kexec-tools) load='/sbin/kexec-tools -d -l /boot/kernel' ;;
		lowest) options="$options --mem-max=$limit" ;;
		no-flags) mount -o bind /tmp/empty /proc/kpageflags ;;
		nothing)
			mount -o bind /tmp/empty /proc/kpageflags
			mount -o bind /tmp/empty /proc/zoneinfo
			;;
		esac
		time $load $options >/tmp/out 2>&1
		grep -E 'hole|zone|kpageflags|cost|segment.*mem|^real|^user|^sys|^kexec: cannot' /tmp/out
		echo "loaded: $(cat /sys/kernel/kexec_loaded)"
	EOF
}

# seconds FIELD: of the guest's `time`, in hundredths.
seconds() {
	sed -n "s/^$1.*m *\([0-9]*\)\.\([0-9]*\)s\$/\1\2/p" "$log" | sed 's/^0*//; s/^$/0/'
}

# as_seconds HUNDREDTHS
as_seconds() {
	printf '%d.%02d' $(($1 / 100)) $(($1 % 100))
}

# run_guest FILL LOADER [QEMU-OPTION...]: leaves what the system call and everything took in $kernel_time
# and $all_time, in hundredths of a second, and a line of the table.
run_guest() {
	fill=$1
	loader=$2
	shift 2
	guest_contents "$fill"
	boot "placement-$memory-$fill-$loader" -drive "file=$work/disk,format=raw,if=virtio" "$@" <<-EOF
		$(guest_script "$fill" "$loader")
	EOF
	expect "$loader loads" '^loaded: 1'
	kernel_time=$(seconds sys)
	all_time=$(seconds real)
	printf '# %-4s %-12s %-12s kernel %6s  all %6s  %s\n' "$memory" "$fill" "$loader" \
		"$(as_seconds "${kernel_time:-0}")" "$(as_seconds "${all_time:-0}")" \
		"$(sed -n 's/^free: /free /p' "$log")"
}

# counted FILL LOADER: the same by instructions; a second is a billion of them.
counted() {
	run_guest "$@" -icount shift=0,sleep=off
}

# at_most HUNDREDTHS: of the last guest's kernel.
at_most() {
	if [ "${kernel_time:-99999}" -le "$1" ]; then
		test_result "$memory $fill $loader: at most $(as_seconds "$1") billion instructions"
	else
		test_result "$memory $fill $loader: at most $(as_seconds "$1") billion instructions" \
			"it took $(as_seconds "${kernel_time:-99999}")"
	fi
}

# at_least HUNDREDTHS: likewise, for what the experiment is to show.
at_least() {
	if [ "${kernel_time:-0}" -ge "$1" ]; then
		test_result "$memory $fill $loader: at least $(as_seconds "$1") billion instructions"
	else
		test_result "$memory $fill $loader: at least $(as_seconds "$1") billion instructions" \
			"it took $(as_seconds "${kernel_time:-0}")"
	fi
}

# 80 MB in linear time take 0.1 billion.
limit=30
make_disk
selected=${*:-boot moved process-90 process-200 process-680 files cache}
plain_options=$kernel_options
for memory in 2G 1G; do
	kernel_options=$plain_options
	[ "$memory" = 1G ] || kernel_options="$plain_options crashkernel=512M"
	for fill in $selected; do
		# What is not run here says nothing that others do not.
		case $memory-$fill in
		1G-process-680 | 1G-moved | 1G-process-90) continue ;;
		2G-boot) loaders='kexec-tools lowest no-flags nothing' ;;
		2G-process-90) loaders='lowest no-flags' ;;
		2G-process-680) loaders='no-flags' ;;
		2G-process-200) loaders='kexec-tools lowest no-flags' ;;
		*) loaders='kexec-tools' ;;
		esac
		for loader in $loaders; do
			counted "$fill" "$loader"
			case $memory-$fill-$loader in
			2G-process-90-lowest | 2G-process-200-kexec-tools) at_least 500 ;;
			esac
		done
		counted "$fill" ours
		at_most $limit
	done
done

# By the clock, where kexec-tools' placement is unlucky.
case " $selected " in
*' process-200 '*)
	memory=2G
	kernel_options="$plain_options crashkernel=512M"
	run_guest process-200 kexec-tools
	slow=${all_time:-0}
	run_guest process-200 ours
	echo "# timed, all: $(as_seconds "$slow") s against $(as_seconds "${all_time:-0}") s"
	;;
esac
boot_end
