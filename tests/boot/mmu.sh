#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/mmu.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# A real kernel through a purgatory that verifies with the MMU on, in every regime in which the two
# kernels can meet: the line names it, and the second kernel comes up. And with --mmu=off.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"
guest_file kernel "$kernel"

# regime NAME KEYS MMU [QEMU-OPTION...]: load with --mmu=MMU, execute, and expect the words KEYS in
# purgatory's line.
regime() {
	name=$1
	keys=$2
	mmu=$3
	shift 3
	boot "mmu-$name" "$@" <<-END
		kexec -l /boot/kernel --initrd=/boot/initrd --mmu=$mmu --append="quiet panic=-1"
		kexec -e
	END
	expect_second_kernel "-l --mmu=$mmu and -e" 'quiet panic=-1'
	expect "purgatory says $keys" "^purgatory: verified .*$keys( |\$)"
}

case $arch in
arm64)
	regime el1 'mmu=on regime=el1' on
	regime el2 'mmu=on regime=el2' on -M virtualization=on
	regime el2-e2h 'mmu=on regime=el2-e2h' on -M virtualization=on,its=off -cpu neoverse-n1
	regime max 'mmu=on regime=el1' auto -cpu max,lpa2=off
	;;
riscv64)
	regime sv39 'mmu=on regime=sv39' on -cpu rv64,sv48=off,sv57=off
	regime sv48 'mmu=on regime=sv48' on -cpu rv64,sv48=on,sv57=off
	regime sv57 'mmu=on regime=sv57' on -cpu rv64,sv57=on
	regime auto 'mmu=on' auto
	;;
esac
regime off 'mmu=off reason=option' off
boot_end
