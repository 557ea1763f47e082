#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/consoles.sh arm64|riscv64 [COMPILER [GUEST...]]
#
# Purgatory's line on UARTs of boards that QEMU has, with Debian's kernels: i.MX and Cadence on arm64,
# SiFive on riscv64. tests/boot/raspi.sh has those of a Raspberry Pi, all others boot on virt's. A guest
# ends when purgatory has written its line; on i.MX the second kernel shows that it is none the worse
# for that.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"
guest_seconds=240

# qemu_machine: the guest's board; the console is the UART that is connected to stdio.
qemu_machine() {
	case $guest in
	imx8mp-evk)
		set -- qemu-system-aarch64 -M imx8mp-evk -dtb "/guest/arm64/dtbs/freescale/imx8mp-evk.dtb" \
			-serial null -serial stdio
		;;
	xlnx-zcu102)
		dtc -q -I dts -O dtb -o "$work/zcu102.dtb" "$boot_directory/zcu102.dts"
		set -- qemu-system-aarch64 -M xlnx-zcu102 -dtb "$work/zcu102.dtb" -serial stdio
		;;
	sifive_u) set -- qemu-system-riscv64 -M sifive_u -smp 2 -serial stdio ;;
	esac
	printf '%s\n' "$@" -m 1G -nic none -display none -monitor none -no-reboot \
		-kernel "$kernel" -initrd "$work/initramfs"
}

# A port of PCI below a bridge that has a node, in place of the ports that sysfs shows, for --capture;
# its device is that of the serial core. QEMU has none with registers in memory.
pci_port=$(
	cat <<-'EOF'
		bridge=/tmp/devices/pci0000:00
		device=$bridge/0000:00:01.0/0000:00:01.0:0/0000:00:01.0:0.0
		mkdir -p $bridge/of_node $device /tmp/ports/ttyS7
		echo pci-host-ecam-generic >$bridge/of_node/compatible
		printf 'DRIVER=serial\nPCI_SLOT_NAME=0000:00:01.0\n' >$bridge/0000:00:01.0/uevent
		echo DEVTYPE=port >$device/uevent
		ln -s $device /tmp/ports/ttyS7/device
		echo 4 >/tmp/ports/ttyS7/type
		echo 2 >/tmp/ports/ttyS7/io_type
		echo 0 >/tmp/ports/ttyS7/iomem_reg_shift
		echo 0x10000000 >/tmp/ports/ttyS7/iomem_base
		mount --bind /tmp/ports /sys/class/tty
		kexec --capture=/tmp/other
		umount /sys/class/tty
		run kexec -l --sysroot=/tmp/other --output=/tmp/plan --serial=ttyS0 /boot/kernel
		grep -q 'ports: ttyS7 (PCI function 0000:00:01.0, its clock may be off)' /tmp/err
		result "a port of PCI is captured with its function"
	EOF
)

# board GUEST TTY NAME OPTION COMMAND: one boot with this console, and a load with the option, or none
# if it is "", after which purgatory has the UART of that name. The command is run before the jump. The guest
# ends with a line that matches $end. What --capture takes gives the same console.
board() {
	guest_file kernel "$kernel"
	options="console=$2 quiet panic=-1 iomem=relaxed"
	boot_until "$end|Kernel panic|guest: /test returned" "$1" -append "$options first" <<-EOT
		run kexec -d -l $4 /boot/kernel --initrd=/boot/initrd --append="$options second"
		[ "\$status" = 0 ] && grep -q 'console: $3 at 0x' /tmp/err && ! grep -q warning: /tmp/err
		result "a kernel is loaded, with the $3 as purgatory's console"
		kexec --capture=/tmp/captured && cmp /proc/consoles /tmp/captured/proc/consoles
		run kexec -d -l --sysroot=/tmp/captured --output=/tmp/plan --serial=$2 /boot/kernel
		[ "\$status" = 0 ] && grep -q 'console: $3 at 0x' /tmp/err &&
			grep -q 'serial $2 .*: a console of the running kernel' /tmp/err
		result "a plan of the captured machine has it too, and knows that it is a console"
		$pci_port
		$5
		kexec -e
	EOT
	boot_results 3
	expect "purgatory reports on $2" '^purgatory: verified ([^ ]* )*bytes=[1-9][0-9]+' '!MISMATCH|FAULT'
	guest_clear
}

case $arch in
arm64)
	# Its clocks could be gated: it must be asked for. The Cadence UART's are fixed here. The i.MX UART's
	# UCR2 loses its TXEN, as if nobody had it open; what the kernel still writes there, it switches on for
	# itself alone.
	end='second kernel up'
	# shellcheck disable=SC2016 # the guest expands it
	board imx8mp-evk ttymxc1 'i.MX UART' --serial=ttymxc1 \
		'sleep 1; devmem 0x30890084 32 $(($(devmem 0x30890084 32) & ~4))'
	expect_second_kernel "the second kernel comes up after that" "$options second"
	end='purgatory: .* engine='
	board xlnx-zcu102 ttyPS0 'Cadence UART' '' :
	;;
riscv64)
	end='purgatory: .* engine='
	# Without the option the firmware would write the line, to the same UART.
	board sifive_u ttySIF0 'SiFive UART' --serial=ttySIF0 :
	;;
esac
boot_end
