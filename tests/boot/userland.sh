# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Guests with a whole Debian of scripts/setup-userlands: sourced after tests/boot/lib.sh and boot_begin.

# shellcheck disable=SC2154,SC2034 # set or used by tests/boot/lib.sh
# userland_begin NAME LOGS: that userland's kernel and command line are the guest's; logs go to that directory.
userland_begin() {
	userland=/extra/userlands/$1
	logs=$2
	kernel=$userland/kernel
	[ -e "$userland/stamp" ] || die "there is no userland of $1: run scripts/setup-userlands $1"
	mkdir -p "$logs"
	case $arch in
	arm64) console=ttyAMA0 ;;
	riscv64) console=ttyS0 ;;
	esac
	# A login prompt would write into the middle of the results.
	options="console=$console systemd.mask=serial-getty@$console.service panic=-1 crashkernel=512M"
}

# boot_userland GUEST: run the guest, with $work/test.tar as its second disk, until it powers off; its console
# goes to $log. What it writes to the disk is not kept.
# shellcheck disable=SC2154,SC2034
boot_userland() {
	guest=$1
	log=$logs/$guest.log
	cp "$userland/initrd" "$work/initramfs"
	started=$(date +%s)
	# shellcheck disable=SC2046 # one word a line, none with spaces
	TMPDIR=$work timeout -s KILL 3500 $(qemu_machine) -action reboot=reset -smp 2 -snapshot \
		-drive "file=$userland/disk,format=raw,if=virtio" \
		-drive "file=$work/test.tar,format=raw,if=virtio" \
		-append "root=/dev/vda rw $options" \
		</dev/null >"$work/console" 2>&1 || echo "qemu ended with status $?" >>"$work/console"
	console_lines <"$work/console" >"$log"
	echo "# $guest: $(($(date +%s) - started)) s, log in ${log#"$top"/}"
}
