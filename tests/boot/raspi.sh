#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/raspi.sh
#
# A Raspberry Pi 3 as its firmware leaves it: with Debian's kernel and the device tree of its
# package, whose CPUs are started by "spin-table", and without PSCI. With four CPUs nothing but a
# crash kernel can be loaded, which kexec knows before it reads any file; with nr_cpus=1 the second
# kernel comes up.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin arm64

tree=/guest/arm64/dtbs/broadcom/bcm2837-rpi-3-b.dtb
[ -s "$tree" ] || die "there is no ${tree##*/}: run scripts/setup"
guest_seconds=240
kernel_options='console=ttyAMA0,115200 earlycon=pl011,0x3f201000 quiet panic=-1'

# qemu_machine: QEMU's Raspberry Pi, whose firmware is a loop for each CPU: with one thread for all of
# them the loops take no time.
qemu_machine() {
	printf '%s\n' qemu-system-aarch64 -M raspi3b -m 1G -accel tcg,thread=single -dtb "$tree" \
		-nic none -display none -monitor none -serial stdio -no-reboot \
		-kernel "$kernel" -initrd "$work/initramfs"
}

# boot_until PATTERN GUEST QEMU-OPTION...: like boot, but the guest, which has no way to turn itself
# off, is ended when its console has a line that matches the pattern.
boot_until() {
	pattern=$1
	guest=$2
	log=$logs/$guest.log
	shift 2
	guest_pack
	started=$(date +%s)
	: >"$work/console"
	# shellcheck disable=SC2046 # one word a line, none with spaces
	timeout -s KILL "$guest_seconds" $(qemu_machine) "$@" </dev/null >"$work/console" 2>&1 &
	emulator=$!
	while kill -0 "$emulator" 2>/dev/null && ! grep -aEq "$pattern" "$work/console"; do
		sleep 1
	done
	kill "$emulator" 2>/dev/null || :
	wait "$emulator" 2>/dev/null || :
	console_lines <"$work/console" >"$log"
	echo "# $guest: $(($(date +%s) - started)) s, log in ${log#"$top"/}"
}

guest_file kernel "$kernel"
boot_until 'guest: /test returned' raspi-4 -append "$kernel_options first" <<-'EOT'
	# The file is not there: the load is refused before it is looked for.
	run kexec -l --serial=none /boot/missing
	refused_with 'cannot stop its other CPUs.*"spin-table".*: boot it with nr_cpus=1, or use .*PSCI'
	result "with four CPUs a load is refused, with the cause, before anything is read"
	run kexec -l -s /boot/missing
	refused_with 'has no kexec_file_load'; result "so is one with the call that the kernel lacks"
	run kexec -p --serial=none --on-mismatch=halt /boot/missing
	refused_with '/boot/missing: .*No such file'; result "a crash kernel is not refused for that"
	run kexec -l --serial=none --on-mismatch=reset --output=/tmp/plan /boot/kernel
	refused_with '--on-mismatch=reset: .*no PSCI: use --on-mismatch=halt'
	result "a reset that purgatory cannot do is refused"
EOT
boot_results 4

boot_until 'second kernel up|Kernel panic|guest: /test returned' raspi-1 \
	-append "$kernel_options nr_cpus=1 first" <<-'EOT'
	run kexec -l /boot/kernel --initrd=/boot/initrd --append="$(cat /proc/cmdline) second"
	[ "$status" = 0 ] && [ "$(grep -c . /tmp/err)" = 2 ]; result "with one CPU a kernel is loaded"
	grep -q 'no console .*stdout-path /soc/serial@7e215040 .*neither a PL011.*ports: ttyS1' /tmp/err
	result "purgatory's lack of a console is explained"
	grep -q 'warning: purgatory cannot reset this system' /tmp/err
	result "a warning says that it cannot reset"
	kexec -e
EOT
boot_results 3
expect "with one CPU the second kernel comes up" \
	"^second kernel command line: $kernel_options nr_cpus=1 first second" \
	"^second kernel initrd: $content_digest" '^second kernel up: ' '!Kernel panic'

boot_end
