#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/efi.sh arm64 [gcc|clang [GUEST...]]
#
# A guest booted by EFI firmware with ACPI: its device tree is a stub without memory, the console
# comes from SPCR and the way to reset from the FADT.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"
guest_file kernel "$kernel"
kernel_options="$kernel_options acpi=force"

boot efi -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd <<-'EOF'
	[ -d /sys/firmware/efi ] && [ -e /sys/firmware/acpi/tables/SPCR ] && echo "guest: EFI and ACPI"
	kexec -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 acpi=force"
	kexec -e
EOF
expect "the guest has EFI and ACPI" 'guest: EFI and ACPI$'
expect_second_kernel "-l and -e" 'quiet panic=-1 acpi=force'
expect "purgatory finds the console of SPCR" '^purgatory: verified .*mmu=on regime=el1( |$)'
boot_end
