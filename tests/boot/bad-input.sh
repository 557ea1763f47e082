#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/bad-input.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# Everything that kexec must refuse in a running system: each with one line and exit status 1, and
# the kernel that was loaded before stays loaded and boots.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"

case $arch in
arm64) other=riscv64 ;;
*) other=arm64 ;;
esac

# make FORMAT NAME: a file of that format with what $work/parts holds, for every guest.
make() {
	"$boot_directory/make-kernel" "$arch" "$1" "$work/parts" "$work/damaged/$2"
}

# overwrite NAME OFFSET: the bytes there with those from stdin.
overwrite() {
	dd of="$work/damaged/$1" bs=1 seek="$2" conv=notrunc status=none
}

# Files that hold a kernel and lie about it: the header of the real one, and noise. In the header of a
# zboot image the size of the payload is at byte 12; in the middle of the FIT is its kernel.
mkdir "$work/parts" "$work/damaged"
echo quiet >"$work/parts/cmdline"
make uki addon
{
	head -c 64 "$kernel"
	head -c 1000000 /dev/urandom
} >"$work/parts/Image"
make zboot-zstd zboot-larger
printf '\377\377\377\377' | overwrite zboot-larger 12
make zboot-zstd zboot-smaller
printf '\350\003\0\0' | overwrite zboot-smaller 12
make fit-gzip fit
printf 'lies' | overwrite fit $(($(wc -c <"$work/damaged/fit") / 2))

# What every load must refuse of them.
cat >"$work/damaged-checks" <<-'EOF'
	refused "a unified kernel image without a kernel" "/boot/addon.*without a kernel" /boot/addon
	refused "a zboot image that claims more than it has" \
		"/boot/zboot-larger.*payload of 4294967295 bytes" /boot/zboot-larger
	refused "a zboot image that claims less" "/boot/zboot-smaller.*truncated" /boot/zboot-smaller
	refused "a FIT that does not match its hash" "/boot/fit.*kernel-1.*sha256" /boot/fit
EOF
damaged_count=4

# damaged_files: the next guest has them.
damaged_files() {
	cp "$work"/damaged/* "$work/own/boot/"
	cp "$work/damaged-checks" "$work/own/"
}

guest_file kernel "$kernel"
damaged_files
guest_file other "/guest/$other/Image"
head -c 1000000 /dev/urandom >"$work/own/boot/garbage"
head -c 1000000 "$kernel" >"$work/own/boot/truncated"
head -c 9000000 "$kernel" | gzip | head -c 2000000 >"$work/own/boot/truncated.gz"
head -c 3000000000 /dev/zero | zstd -q >"$work/own/boot/endless.zst"
dtc -q -O dtb -o "$work/own/boot/no-memory.dtb" - <<-DTS
	/dts-v1/;
	/ {
		compatible = "linux,dummy-virt", "riscv-virtio";
		#address-cells = <2>;
		#size-cells = <2>;
		memory@40000000 {
			device_type = "memory";
			reg = <0 0x40000000 0 0x100000>;
		};
	};
DTS
: >"$work/own/boot/empty"

boot bad-input <<-'EOF'
	kexec -l /boot/kernel --initrd=/boot/initrd --append=stays-loaded
	head -c 200 /sys/firmware/fdt >/tmp/truncated.dtb
	truncate -s "$(awk '/^MemTotal/ { print int($2 * 0.6) "K" }' /proc/meminfo)" /tmp/huge

	# refused DESCRIPTION PATTERN ARGUMENT...
	refused() {
		description=$1 pattern=$2
		shift 2
		run kexec -l "$@"
		refused_with "$pattern" && loaded
		result "$description"
	}

	refused "no kernel named" "no kernel"
	refused "unknown option" "--nonsense" --nonsense /boot/kernel
	refused "missing kernel" "/boot/missing.*No such file" /boot/missing
	refused "empty kernel" "/boot/empty.*empty" /boot/empty
	refused "a directory as kernel" "/boot.*directory" /boot
	refused "garbage as kernel" "/boot/garbage" /boot/garbage
	refused "truncated kernel" "/boot/truncated.*truncated" /boot/truncated
	refused "truncated gzip" "/boot/truncated.gz" /boot/truncated.gz
	refused "kernel of another architecture" "/boot/other" /boot/other
	refused "a file that expands without end" "/boot/endless.zst" /boot/endless.zst
	. /damaged-checks
	refused "wrong type" "vmlinux" --type=vmlinux /boot/kernel
	refused "unknown type" "nonsense" --type=nonsense /boot/kernel
	refused "missing initrd" "/boot/missing.*No such file" /boot/kernel --initrd=/boot/missing
	refused "empty initrd" "/boot/empty.*empty" /boot/kernel --initrd=/boot/empty
	refused "initrd larger than half of RAM" "half" /boot/kernel --initrd=/tmp/huge
	refused "missing dtb" "/boot/missing.*No such file" /boot/kernel --dtb=/boot/missing
	refused "empty dtb" "/boot/empty.*empty" /boot/kernel --dtb=/boot/empty
	refused "garbage as dtb" "/boot/garbage.*not a" /boot/kernel --dtb=/boot/garbage
	refused "truncated dtb" "/tmp/truncated.dtb" /boot/kernel --dtb=/tmp/truncated.dtb
	refused "dtb with too little memory" "too little memory" /boot/kernel --dtb=/boot/no-memory.dtb
	refused "no hole" "hole" /boot/kernel --mem-min=0x1000 --mem-max=0x1fff
	refused "no such UART" "ttyNO" /boot/kernel --serial=ttyNO
	refused "an initrd that the kernel has not kept" "retain_initrd" /boot/kernel --reuseinitrd
	refused "what only x86 can do" "not available" /boot/kernel --load-preserve-context
	refused "--hotplug without -p" "crash kernels" /boot/kernel --hotplug
	run kexec -p /boot/kernel --initrd=/boot/initrd
	refused_with "boot with crashkernel=" && loaded; result "-p without a crash region"
	run kexec --print-ckr-size
	[ "$(cat /tmp/out)" = 0 ]; result "--print-ckr-size without a crash region"

	run su nobody -s /bin/sh -c "kexec -l /boot/kernel"
	refused_with "root" && loaded; result "not root: load"
	run su nobody -s /bin/sh -c "kexec -u"
	refused_with "root" && loaded; result "not root: unload"
	run su nobody -s /bin/sh -c "kexec -e"
	refused_with "root" && loaded; result "not root: execute"

	kexec -e
EOF
boot_results $((30 + damaged_count))
expect_second_kernel "the kernel loaded before stays loaded" stays-loaded

# The same for crash kernels.
guest_clear
guest_file kernel "$kernel"
damaged_files
boot bad-crash-input -append "$kernel_options crashkernel=128M first" <<-'EOF'
	crash_loaded() {
		[ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ]
	}

	# refused DESCRIPTION PATTERN ARGUMENT...
	refused() {
		description=$1 pattern=$2
		shift 2
		run kexec -p "$@"
		refused_with "$pattern" && crash_loaded
		result "$description"
	}

	kexec -p /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 stays-loaded"
	truncate -s 200M /tmp/large
	run kexec --print-ckr-size
	[ "$(cat /tmp/out)" = 134217728 ]; result "--print-ckr-size"

	refused "a crash region too small" "needs? [0-9]+ MiB .* it has 128 MiB" \
		/boot/kernel --initrd=/tmp/large
	refused "a missing initrd" "No such file" /boot/kernel --initrd=/boot/missing
	refused "bounds outside of the crash region" "hole" /boot/kernel --mem-max=0x7fffff
	refused "-p with -e" "exclude" -e /boot/kernel
	. /damaged-checks
	printf 'nonsense\n' >/tmp/notes
	mount -o bind /tmp/notes /sys/devices/system/cpu/cpu0/crash_notes
	refused "unreadable crash_notes" "cpu0/crash_notes" /boot/kernel
	umount /sys/devices/system/cpu/cpu0/crash_notes
	: >/tmp/kcore
	mount -o bind /tmp/kcore /proc/kcore
	refused "no /proc/kcore" "/proc/kcore" /boot/kernel
	umount /proc/kcore
	run kexec -u
	[ $status = 0 ] && crash_loaded; result "-u leaves the crash kernel loaded"
	echo c >/proc/sysrq-trigger
EOF
boot_results $((8 + damaged_count))
expect "the crash kernel loaded before stays loaded" '^purgatory: verified' \
	'^second kernel command line: quiet panic=-1 stays-loaded$' '^second kernel up: '

boot_end
