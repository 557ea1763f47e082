#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/raspi.sh
#
# A Raspberry Pi 3 as its firmware leaves it: with Debian's kernel and the device tree of its
# package, whose CPUs are started by "spin-table", and without PSCI. With four CPUs nothing but a
# crash kernel can be loaded, which kexec knows before it reads any file; with nr_cpus=1 the second
# kernel comes up. Purgatory writes to both kinds of UART that it has.
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

# The auxiliary UART, QEMU's second one, of which Linux makes ttyS1, writes to $work/auxiliary.
# qemu_machine: QEMU's Raspberry Pi, whose firmware is a loop for each CPU: with one thread for all of
# them the loops take no time.
qemu_machine() {
	printf '%s\n' qemu-system-aarch64 -M raspi3b -m 1G -accel tcg,thread=single -dtb "$tree" \
		-nic none -display none -monitor none -serial stdio -serial "file:$work/auxiliary" -no-reboot \
		-kernel "$kernel" -initrd "$work/initramfs"
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
	set -- /boot/kernel --initrd=/boot/initrd --append="$(cat /proc/cmdline) second"
	run kexec -l "$@"
	[ "$status" = 0 ] && [ "$(grep -c . /tmp/err)" = 2 ]; result "with one CPU a kernel is loaded"
	grep -q 'no console .*/soc/serial@7e215040 .*clock may be gated; .*load with --serial=ttyS1' /tmp/err
	result "purgatory's lack of a console is explained"
	grep -q 'warning: purgatory cannot reset this system' /tmp/err
	result "a warning says that it cannot reset"
	run kexec -d -l --serial=ttyS1 "$@"
	[ "$status" = 0 ] && grep -q 'console: BCM2835 auxiliary 8250 at 0x3f215040' /tmp/err
	result "the auxiliary UART becomes the console if it is named"
	kexec -e
EOT
boot_results 4
expect "with one CPU the second kernel comes up" \
	"^second kernel command line: $kernel_options nr_cpus=1 first second" \
	"^second kernel initrd: $content_digest" '^second kernel up: ' '!Kernel panic'
log=$logs/raspi-1-auxiliary.log
console_lines <"$work/auxiliary" >"$log"
expect "the auxiliary UART has purgatory's line" '^purgatory: verified bytes=[1-9][0-9]+ '

# In the package's tree the PL011 is Bluetooth's, and no port of /sys/class/tty.
cp "$tree" "$work/pl011.dtb"
fdtput -r "$work/pl011.dtb" /soc/serial@7e201000/bluetooth
tree=$work/pl011.dtb
guest_clear
guest_file kernel "$kernel"
boot_until 'purgatory: .* engine=|Kernel panic|guest: /test returned' raspi-pl011 \
	-append "$kernel_options nr_cpus=1 first" <<-'EOT'
	run kexec -l --serial=ttyAMA0 --on-mismatch=halt --append="$(cat /proc/cmdline) second" /boot/kernel
	[ "$status" = 0 ] && [ ! -s /tmp/err ]; result "a kernel is loaded"
	kexec -e
EOT
boot_results 1
expect "the PL011 has purgatory's line" '^purgatory: verified bytes=[1-9][0-9]+ '

boot_end
