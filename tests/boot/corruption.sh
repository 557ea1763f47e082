#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/corruption.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# Damage between load and execute: a bit of the guest's memory is flipped from outside, beside every
# copy of a marker, for a segment of every role. Purgatory must name the segment and reset, or halt
# if it was told so, and no second kernel may come up.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=damage.sh
. "$top/tests/boot/damage.sh"
boot_begin "$@"

token='token-that-is-damaged'

# damaged GUEST MARKER-FILE OFFSET [KEXEC-OPTION]: damage a guest between load and execute.
damaged() {
	boot_damaged "$1" "$2" "$3" <<-EOF
		kexec -l /boot/kernel --initrd=/boot/initrd --append="$kernel_options $token" ${4:-}
		echo "guest: waiting"
		read line
		kexec -e
	EOF
}

guest_file kernel "$kernel"

# The control: nothing is damaged, so it boots.
: >"$work/marker"
damaged undamaged "$work/marker" 0
expect_second_kernel "undamaged" "$kernel_options $token"

# The kernel's banner: the running kernel has it too and does not miss it.
part "$kernel" "$(text_offset "$kernel" 'Linux version [0-9]')" 64
damaged kernel "$work/marker" 70
expect_mismatch kernel resetting

# The second kernel's initrd is random bytes here; the offset is in a page's middle.
part "$work/initrd" $((2500000 / 4096 * 4096 + 1000)) 64
damaged initrd "$work/marker" 64
expect_mismatch initrd resetting
damaged initrd-halt "$work/marker" 64 --on-mismatch=halt
expect_mismatch initrd halted

# The command line in the device tree; a bit of the token itself.
printf %s "${token%damaged}" >"$work/marker"
damaged dtb "$work/marker" 16
expect_mismatch dtb resetting

# A message of purgatory's that is for other occasions: its second word.
printf %s 'reset failed, halted' >"$work/marker"
damaged purgatory "$work/marker" 7
expect_mismatch purgatory resetting

# The magic number and the version; the bit is in the first chunk's digest.
printf 'KXMANIFE\001\000\000\000' >"$work/marker"
damaged manifest "$work/marker" 64
expect_mismatch manifest resetting

boot_end
