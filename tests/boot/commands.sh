#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/commands.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# What the options do in a running system: every way to load, execute, unload and ask.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"

# Statuses and unloading; then the guest's device tree for the next test, and -f to end it.
guest_file kernel "$kernel"
boot status-force <<-'EOF'
	run kexec -l -S
	[ $status = 0 ]; result "-l -S with no kernel loaded exits with 0"
	run kexec -e
	refused_with "no kernel is loaded"; result "-e with no kernel loaded is refused"
	run kexec -u
	[ $status = 0 ] && ! loaded; result "-u with no kernel loaded is no error"

	mkdir -p /run
	run kexec /boot/kernel --initrd /boot/initrd -l --command-line "options after the name"
	[ $status = 0 ] && [ ! -s /tmp/err ] && loaded
	result "options after the kernel's name, and --option value; nothing is said"
	run kexec -l -S
	[ $status = 1 ]; result "-l -S with a kernel loaded exits with 1"
	run kexec --show
	grep -q '^Loaded  *[/]boot[/]kernel of .*, with an initrd of ' /tmp/out && grep -q '^Verified by  *purgatory: ' /tmp/out
	result "--show names what is loaded"
	run kexec -S
	[ $status = 0 ]; result "-S asks about the crash kernel"
	run kexec -u
	[ $status = 0 ] && ! loaded && [ ! -e /run/kexec-mmu/loaded ]; result "-u unloads"
	run kexec -l -S
	[ $status = 0 ]; result "-l -S after -u exits with 0"

	gzip </sys/firmware/fdt | base64 | sed 's/^/fdt: /'

	mkdir /tmp/devicetree
	mount -o bind /sys/firmware/devicetree /tmp/devicetree
	mount -t tmpfs tmpfs /sys/firmware
	mkdir /sys/firmware/devicetree
	mount -o move /tmp/devicetree /sys/firmware/devicetree
	run kexec -l /boot/kernel --initrd=/boot/initrd --output=/tmp/plan
	[ $status = 0 ]; result "a load without /sys/firmware/fdt is planned"
	cat /tmp/plan/*-dtb.bin | gzip | base64 | sed 's/^/flattened: /'
	umount /sys/firmware/devicetree /sys/firmware

	kexec -f /boot/kernel --initrd=/boot/initrd --reuse-cmdline
EOF
boot_results 10
expect_second_kernel "-f --reuse-cmdline" "$kernel_options first"
guest_tree "$work/given.dtb"
sed -n 's/^flattened: //p' "$log" | base64 -d | gunzip >"$work/flattened.dtb"
set --
difference=$(python3 "$top/tests/boards/compare.py" "$work/given.dtb" "$work/flattened.dtb") ||
	set -- "$difference"
test_result "$arch $guest: what is flattened is the firmware's tree, nodes in its order" "$@"

# A given device tree, with stale properties in its /chosen from the boot that it was taken from.
fdtput -t s "$work/given.dtb" / model given,by-dtb
guest_file dtb "$work/given.dtb"
boot dtb-append <<-'EOF'
	kexec -l --dtb=/boot/dtb --initrd=/boot/initrd --append=new --reuse-cmdline -- /boot/kernel
	kexec -x -y -e
EOF
expect_second_kernel "--dtb, --reuse-cmdline with --append, --" "$kernel_options first new"
expect "--dtb is what the second kernel gets" '^second kernel model: given,by-dtb$'

# Without an action: load, then leave it to the system, whose shutdown is ours here.
mkdir -p "$work/own/sbin"
cat >"$work/own/sbin/shutdown" <<-'EOF'
	#!/bin/sh
	echo "system shutdown: $*"
	kexec -e
EOF
chmod +x "$work/own/sbin/shutdown"
boot no-action <<-'EOF'
	kexec /boot/kernel --initrd=/boot/initrd --append=through-shutdown
	sleep 60
EOF
expect_second_kernel "no action flag" through-shutdown
expect "the system's shutdown is asked to reboot" '^system shutdown: -r now$'

# --no-checks is honoured, and said.
boot no-checks <<-'EOF'
	kexec -l -i /boot/kernel --initrd=/boot/initrd --append=unchecked
	kexec -e
EOF
expect "-i boots without verifying, and says so" '^purgatory: not verified' \
	'^second kernel command line: unchecked$' '^second kernel up: ' '!^purgatory: verified'

# Several initrds: the first without the content that the second one brings. The size of the first
# is no multiple of 4.
mkdir -p "$work/part"
mv "$work/second/content" "$work/part/content"
guest_clear
guest_file kernel "$kernel"
{
	pack "$work/second"
	printf '\0'
} >"$work/own/boot/first"
pack "$work/part" >"$work/own/boot/second"
boot initrds <<-'EOT'
	kexec -l /boot/kernel --initrd=/boot/first --initrd=/boot/second --append=concatenated
	kexec -e
EOT
expect_second_kernel "two --initrd are concatenated" concatenated

# The running kernel's own initrd; there is none to reuse where it was not kept.
guest_clear
guest_file kernel "$kernel"
boot reuseinitrd -append "$kernel_options retain_initrd first" <<-'EOT'
	if grep -q second /proc/cmdline; then
		echo "second kernel up with the first one's initrd: $(sha256sum </boot/initrd)"
		poweroff -f
	fi
	run kexec -l /boot/kernel --reuseinitrd --initrd=/boot/initrd
	refused_with "exclude each other"; result "--reuseinitrd with --initrd is refused"
	kexec -l /boot/kernel --reuseinitrd --append='quiet panic=-1 second'
	kexec -e
EOT
boot_results 1
expect "--reuseinitrd" '^purgatory: verified' \
	"^second kernel up with the first one's initrd: $(sha256sum <"$work/initrd" | cut -d' ' -f1)"

boot_end
