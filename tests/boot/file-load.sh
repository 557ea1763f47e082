#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/file-load.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# kexec_file_load(2), and the choice between it and kexec_load(2): on kernels that have both, only
# the one or only the other, in every way to forbid them. The kernels come from
# scripts/setup-file-kernels.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
[ -e "/$toolroot_stamp" ] || "$top/scripts/setup-file-kernels"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"

debian=$kernel
kernels=/extra/file-kernels/$arch
both=$kernels/both/Image
file_only=$kernels/file/Image

# What kexec_file_load(2) of Linux 6.12 takes, and what it does not; what is said to be lost by it.
case $arch in
arm64) taken=Image other=vmlinux loss='nothing verifies this kernel' ;;
riscv64) taken=vmlinux other=Image loss='hangs without a word' ;;
esac
taken=$kernels/both/$taken
other=$kernels/both/$other

# What these guests share beside tests/boot/guest/functions.
cat >"$work/file-functions" <<-'EOF'
	mount -t securityfs securityfs /sys/kernel/security

	crash_loaded() {
		[ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ]
	}

	# How often the calls may still be tried: whatever becomes of them counts.
	set_limits() {
		echo "$1" >/proc/sys/kernel/kexec_load_limit_reboot
		echo "$1" >/proc/sys/kernel/kexec_load_limit_panic
	}
	limits_are() {
		[ "$(cat /proc/sys/kernel/kexec_load_limit_reboot)" = "$1" ] &&
			[ "$(cat /proc/sys/kernel/kexec_load_limit_panic)" = "$2" ]
	}

	# What was run worked, and said nothing; or one line that matches PATTERN.
	silent() {
		[ "$status" = 0 ] && [ ! -s /tmp/err ]
	}
	warned_with() {
		[ "$status" = 0 ] && [ "$(wc -l </tmp/err)" = 1 ] &&
			grep -Eq "^kexec: warning: .*($1)" /tmp/err
	}

	# Has kexec_file_load(2), with KEXEC_FILE_DEBUG, loaded something since this was asked last?
	file_loaded() {
		dmesg -c | grep -q 'kexec_file: nr_segments = '
	}
EOF
echo "loss='$loss'" >>"$work/file-functions"

# prepare KERNEL: the next guest runs KERNEL and has the files that all tests use.
prepare() {
	kernel=$1
	guest_clear
	guest_file kernel "$taken"
	guest_file other "$other"
	cp "$work/file-functions" "$work/own/"
}

# expect_unverified DESCRIPTION COMMAND-LINE: it came up by kexec_file_load(2), without a word from
# our purgatory.
expect_unverified() {
	expect "$1" "^second kernel command line: $2\$" "^second kernel initrd: $content_digest" \
		'^second kernel up: ' '!^purgatory:|Kernel panic'
}

# Both calls are there.
prepare "$both"
boot file-load <<-'EOF'
	. /file-functions
	run kexec -l /boot/other --initrd=/boot/initrd --append=a
	silent && loaded; result "without an option it is kexec_load, in silence"
	run kexec -u
	silent && ! loaded; result "-u unloads what kexec_load loaded"

	set_limits 10
	run kexec -l -s -d /boot/kernel --initrd=/boot/initrd --append=a
	[ $status = 0 ] && loaded && file_loaded
	result "-s loads with kexec_file_load, and -d makes the kernel tell"
	limits_are 9 10; result "-s is one attempt"

	# refused DESCRIPTION PATTERN ARGUMENT...
	refused() {
		description=$1 pattern=$2
		shift 2
		run kexec "$@"
		refused_with "$pattern" && loaded && limits_are 9 10
		result "$description is refused before the call"
	}

	refused "-s with --dtb" "--dtb" -l -s /boot/kernel --dtb=/sys/firmware/fdt
	refused "-s with --serial" "--serial" -l -s /boot/kernel --serial=none
	refused "-s with --mem-min" "--mem-min" -l -s /boot/kernel --mem-min=0x80000000
	refused "-s with --mem-max" "--mem-max" -l -s /boot/kernel --mem-max=0x80000000
	refused "-s with --mmu" "--mmu" -l -s /boot/kernel --mmu=off
	refused "-s with --on-mismatch" "--on-mismatch" -l -s /boot/kernel --on-mismatch=reset
	refused "-s with --output" "--output" -l -s /boot/kernel --output=/tmp/plan
	refused "-s with a format that it does not take" "/boot/other.*kexec_file_load" \
		-l -s /boot/other
	refused "-s with garbage" "/file-functions: is not a kernel" -l -s /file-functions
	refused "-s with a missing initrd" "No such file" -l -s /boot/kernel --initrd=/missing
	refused "-p -s without a crash region" "crashkernel=" -p -s /boot/kernel
	run su nobody -s /bin/sh -c "kexec -l -s /boot/kernel"
	refused_with "root"; result "-s without privilege is refused"

	exec 7>>/boot/kernel
	run kexec -l -s /boot/kernel --initrd=/boot/initrd
	refused_with "open for writing" && loaded
	result "-s with a file that is open for writing leaves the kernel before loaded"
	exec 7>&-

	run kexec -u
	silent && ! loaded; result "-u unloads what -s loaded"
	run kexec -l -s --no-cma /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 by=file"
	silent; result "-s says nothing"
	kexec -e
EOF
boot_results 19
expect_unverified "-s boots" 'quiet panic=-1 by=file'

# Through files in memory: a compressed kernel and two initrds; without a command line the next
# kernel gets the device tree's, as with kexec_load(2).
prepare "$both"
gzip -1 <"$taken" >"$work/own/boot/kernel"
head -c 500000 "$work/initrd" >"$work/own/boot/first"
tail -c +500001 "$work/initrd" >"$work/own/boot/second"
boot file-load-memory <<-'EOF'
	kexec -l -s /boot/kernel --initrd=/boot/first --initrd=/boot/second
	kexec -e
EOF
expect_unverified "-s with a gzip kernel, two initrds, no command line" "$kernel_options first"

# Taken out of what they come in: a vmlinuz.efi as Linux' own build makes it, and a unified kernel
# image with its initrd and command line. Those of riscv64 hold an Image.
if [ "$arch" = arm64 ]; then
	prepare "$both"
	guest_file kernel "$kernels/both/vmlinuz.efi"
	boot file-load-zboot <<-'EOF'
		kexec -l -s /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 by=zboot"
		kexec -e
	EOF
	expect_unverified "-s with a vmlinuz.efi" 'quiet panic=-1 by=zboot'

	mkdir "$work/parts"
	cp "$both" "$work/initrd" "$work/parts"
	printf 'quiet panic=-1 by=uki' >"$work/parts/cmdline"
	"$boot_directory/make-kernel" "$arch" uki "$work/parts" "$work/own/boot/kernel"
	boot file-load-uki <<-'EOF'
		kexec -l -s /boot/kernel
		kexec -e
	EOF
	expect_unverified "-s with a unified kernel image" 'quiet panic=-1 by=uki'
fi

# Attempts are counted down by the kernel, and none is wasted.
prepare "$both"
boot file-load-limits <<-'EOF'
	. /file-functions
	set_limits 2
	run kexec -l /boot/kernel --initrd=/boot/initrd --append=a
	silent && limits_are 1 2; result "a load with kexec_load is one attempt"
	run kexec -l -s /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 last"
	silent && limits_are 0 2; result "a load with kexec_file_load is another one"
	for call in -c -s -a; do
		run kexec -l $call /boot/kernel --initrd=/boot/initrd
		refused_with "kexec_load_limit_reboot is used up" && loaded
		result "$call is refused when they are used up"
	done
	run kexec -u
	refused_with "kexec_load_limit_reboot is used up" && loaded; result "so is -u"
	echo 1 >/proc/sys/kernel/kexec_load_disabled
	for call in -c -s -a; do
		run kexec -l $call /boot/kernel --initrd=/boot/initrd
		refused_with "kexec_load_disabled forbids" && loaded && limits_are 0 2
		result "$call is refused by kernel.kexec_load_disabled"
	done
	kexec -e
EOF
boot_results 9
expect_unverified "the kernel loaded before boots" 'quiet panic=-1 last'

# Lockdown forbids kexec_load(2).
prepare "$both"
boot file-load-lockdown -append "$kernel_options lockdown=integrity first" <<-'EOF'
	. /file-functions
	set_limits 10
	run kexec -l -c /boot/kernel --initrd=/boot/initrd
	refused_with "locked down" && ! loaded; result "-c is refused"
	run kexec -l --serial=none /boot/kernel --initrd=/boot/initrd
	refused_with "locked down.*--serial" && ! loaded
	result "an option that only kexec_load honours is refused"
	limits_are 10 10; result "no attempt is wasted"
	run kexec -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 locked"
	warned_with "locked down.*kexec_file_load.*$loss" && loaded && limits_are 9 10
	result "without an option it is kexec_file_load, with a warning"
	run kexec -u
	silent && ! loaded && limits_are 8 10; result "-u unloads"
	umount /sys/kernel/security
	run kexec -l -c /boot/kernel --initrd=/boot/initrd
	refused_with "locked down" && limits_are 8 10
	result "lockdown is seen where securityfs is not mounted"
	grep -q securityfs /proc/mounts
	[ $? = 1 ]; result "and it is not mounted for that"
	kexec -l -a /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 locked"
	kexec -e
EOF
boot_results 7
expect_unverified "auto boots under lockdown" 'quiet panic=-1 locked'

# kexec_file_load(2) alone. On arm64 this kernel looks at signatures, which only lockdown makes it
# insist on.
prepare "$file_only"
boot file-load-alone <<-'EOF'
	. /file-functions
	run kexec -l -c /boot/kernel --initrd=/boot/initrd
	refused_with "CONFIG_KEXEC" && ! loaded; result "-c is refused"
	run kexec -l --mmu=off /boot/kernel --initrd=/boot/initrd
	refused_with "has no kexec_load.*--mmu" && ! loaded
	result "an option that only kexec_load honours is refused"
	run kexec -l /boot/kernel --initrd=/boot/initrd
	warned_with "has no kexec_load.*$loss" && loaded; result "without an option it warns"
	run kexec -u
	silent && ! loaded; result "-u unloads"
	kexec -a -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 alone"
	kexec -e
EOF
boot_results 4
expect_unverified "auto boots where there is no kexec_load" 'quiet panic=-1 alone'

if [ "$arch" = arm64 ]; then
	boot file-load-signature -append "$kernel_options lockdown=integrity first" <<-'EOF'
		. /file-functions
		for call in -s -a; do
			run kexec -l $call /boot/kernel --initrd=/boot/initrd
			[ $status = 1 ] && grep -q "takes only kernels with a valid signature" /tmp/err &&
				! loaded
			result "$call of an unsigned kernel is refused under lockdown"
		done
	EOF
	boot_results 2
fi

# kexec_load(2) alone, as Debian has it.
prepare "$debian"
guest_file kernel "$both"
boot file-load-none <<-'EOF'
	. /file-functions
	run kexec -l -s /boot/kernel --initrd=/boot/initrd
	refused_with "CONFIG_KEXEC_FILE" && ! loaded; result "-s is refused"
	run kexec -l -a /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 verified"
	silent && loaded; result "-a takes kexec_load, in silence"
	kexec -e
EOF
boot_results 2
expect_second_kernel "-a boots, verified" 'quiet panic=-1 verified'

# Crash kernels. Theirs say what they find of the dump.
prepare "$both"
sed "/second kernel up/i /bin/busybox echo \"vmcore: \$(/bin/busybox stat -c %s /proc/vmcore)\" \
	\"\$(/bin/busybox head -c 4 /proc/vmcore | /bin/busybox tr -d '\\\\177')\"" \
	"$boot_directory/guest/second-init" >"$work/second/init"
pack "$work/second" >"$work/own/boot/crash-initrd"
boot file-load-crash -append "$kernel_options crashkernel=256M first" <<-'EOF'
	. /file-functions
	set_limits 10
	run kexec -p -s /boot/kernel --initrd=/boot/crash-initrd
	silent && crash_loaded && ! loaded && limits_are 10 9; result "-p -s loads a crash kernel"
	run kexec -S
	[ $status = 1 ]; result "-S tells that it is loaded"
	run kexec -l -s /boot/kernel --initrd=/boot/initrd
	run kexec -u -p
	silent && ! crash_loaded && loaded && limits_are 9 8; result "-p -u unloads it and no other"

	run kexec -p -s /boot/kernel --initrd=/boot/crash-initrd
	run kexec -p -s --hotplug /boot/kernel
	refused_with "hotplug" && crash_loaded && limits_are 9 7
	result "--hotplug is refused where the kernel has none"
	run kexec -p -s /file-functions
	refused_with "/file-functions: is not a kernel" && crash_loaded && limits_are 9 7
	result "what is refused before the call leaves it loaded"
	exec 7>>/boot/kernel
	run kexec -p -s -i /boot/kernel
	[ $status = 1 ] && grep -q "open for writing.*the kernel loaded before is gone" /tmp/err &&
		! crash_loaded
	result "what the kernel refuses costs it, and that is said"
	exec 7>&-

	kexec -p -s /boot/kernel --initrd=/boot/crash-initrd --append="quiet panic=-1 crashed"
	echo c >/proc/sysrq-trigger
EOF
boot_results 6
# On arm64 kexec verifies it; see tests/boot/file-crash.sh.
case $arch in
arm64) verdict='^purgatory: verified .* mmu=on ' ;;
*) verdict='!^purgatory:' ;;
esac
expect "-p -s: the crash kernel comes up with the dump" "$verdict" \
	'^second kernel command line: (elfcorehdr=0x[0-9a-f]+ )?quiet panic=-1 crashed$' \
	"^second kernel initrd: $content_digest" '^vmcore: [0-9]{9,10} ELF$' \
	'^second kernel up: '

boot_end
