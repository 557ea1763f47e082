#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/pstore.sh arm64|riscv64 plain|ramoops [GUEST...]
#
# A mismatch without a console, and a reset by PSCI or SBI: the line is in the console zone of ramoops
# after it. With "ramoops" the kernel has that driver, and the line is read where it shows it: on arm64
# Debian's newest kernel with its modules, of scripts/setup-kernels; on riscv64, where Debian's have no
# pstore, Debian's source with it, of scripts/setup-file-kernels. With "plain" the kernel is that of other
# guests, which begins a zone and reads it by way of /dev/mem.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
arch=${1:-}
kind=${2:-}
check_words architecture "arm64 riscv64" "$arch"
check_words "kind of kernel" "plain ramoops" "$kind"
case $kind-$arch in
ramoops-arm64) [ -e "/$toolroot_stamp" ] || "$top/scripts/setup-kernels" ;;
ramoops-riscv64) [ -e "/$toolroot_stamp" ] || "$top/scripts/setup-file-kernels" ;;
esac
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=damage.sh
. "$top/tests/boot/damage.sh"
shift 2
boot_begin "$arch" gcc "$@"
memory=1G
modules=
case $kind-$arch in
ramoops-arm64) kernel=/extra/kernels/arm64-sid/Image modules=/extra/kernels/arm64-sid/modules ;;
ramoops-riscv64) kernel=/extra/file-kernels/riscv64/both/Image ;;
esac

# Near the end of RAM: a page that counts boots, then ramoops with 15 dumps and the console behind them.
case $arch in
arm64) region=0x7e000000 ;;
riscv64) region=0xbe000000 ;;
esac
counter=$region
ramoops=$((region + 0x10000))
zone=$((ramoops + 0xf000))

# A tree that reserves them, of which QEMU makes the guest's at each reset.
virt() {
	case $arch in
	arm64) printf '%s\n' qemu-system-aarch64 -M virt -cpu cortex-a57 ;;
	riscv64) printf '%s\n' qemu-system-riscv64 -M virt -cpu rv64 ;;
	esac
	printf '%s\n' -m "$memory" -nic none -display none -monitor none
}
# shellcheck disable=SC2046 # one word a line, none with spaces
$(virt) -M "dumpdtb=$work/virt.dtb" -serial null >/dev/null 2>&1
# set_cells NODE PROPERTY CELL...
set_cells() {
	fdtput -p -t x "$work/virt.dtb" "$@"
}
reserved=/reserved-memory
set_cells "$reserved" '#address-cells' 2
set_cells "$reserved" '#size-cells' 2
set_cells "$reserved" ranges
set_cells "$reserved/counter" reg 0 "$region" 0 1000
set_cells "$reserved/counter" no-map
fdtput -p -t s "$work/virt.dtb" "$reserved/ramoops" compatible ramoops
set_cells "$reserved/ramoops" reg 0 "$(printf %x "$ramoops")" 0 10000
set_cells "$reserved/ramoops" record-size 1000
set_cells "$reserved/ramoops" console-size 1000
set_cells "$reserved/ramoops" no-map

# Without -no-reboot: a reset keeps RAM.
qemu_machine() {
	virt
	printf '%s\n' -serial stdio -dtb "$work/virt.dtb" -kernel "$kernel" -initrd "$work/initramfs"
}

# resets GUEST COMMAND: load, run the command, let the second kernel's initrd be damaged, and enter
# purgatory. After the reset print the header and the log.
resets() {
	rm -rf "$work/own/modules"
	[ -z "$modules" ] || cp -R "$modules" "$work/own/modules"
	boot_damaged "$1" "$work/marker" 64 <<-EOT
		log() {
			header=\$(devmem $zone 32)
			if [ -e /sys/module/ramoops ]; then
				cat /sys/fs/pstore/console-ramoops-0
				return
			fi
			address=$((zone + 12))
			end=\$((address + \$(devmem $((zone + 8)) 32)))
			while [ \$address -lt \$end ]; do
				word=\$(devmem \$address 32)
				printf "\\\\x\${word:8:2}\\\\x\${word:6:2}\\\\x\${word:4:2}\\\\x\${word:2:2}"
				address=\$((address + 4))
			done
		}
		mount -t pstore pstore /sys/fs/pstore 2>/dev/null
		for module in reed_solomon ramoops; do
			[ ! -e /modules/\$module.ko ] || insmod /modules/\$module.ko
		done
		if [ \$((\$(devmem $counter 32))) != 0 ]; then
			echo "guest: after the reset"
			header=\$(devmem $zone 32)
			log 2>&1 | tr -d '\\0' | sed 's/^/guest: log: /'
			echo
			echo "guest: signature \$header"
			poweroff -f
		fi
		devmem $counter 32 1
		if [ ! -e /sys/module/ramoops ]; then
			devmem $zone 32 0x43474244
			devmem $((zone + 4)) 32 0
			devmem $((zone + 8)) 32 0
		fi
		kexec -d -l --serial=none /boot/kernel --initrd=/boot/initrd --append="second" 2>&1 | grep pstore:
		$2
		echo "guest: waiting"
		read line
		kexec -e
	EOT
}

guest_file kernel "$kernel"
# A file of the second initrd that the running kernel does not miss.
part "$work/second/content" 500000 64

resets "pstore-$kind" :
expect "a mismatch without a console is found after a reset" \
	"pstore: purgatory appends to the console zone at 0x$(printf %x "$zone"), 4096 bytes" \
	'^guest: waiting' '^guest: after the reset' \
	'^guest: log: purgatory: MISMATCH segment=initrd address=0x[0-9a-f]* offset=0x' \
	'!^purgatory:|second kernel|damage.py ended'

resets "pstore-$kind-damaged" "devmem $zone 32 0x43474245"
expect "a zone with a damaged header is left alone" '^guest: waiting' '^guest: after the reset' \
	'!MISMATCH|second kernel|damage.py ended'
boot_end
