#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/corruption.sh arm64|riscv64 [clang]
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
boot_begin "$@"

token='token-that-is-damaged'

# damaged GUEST MARKER-FILE OFFSET [KEXEC-OPTION]: run a guest, and while it waits between load and
# execute flip a bit OFFSET bytes after the beginning of every copy of the marker.
damaged() {
	guest=$1
	log=$logs/$guest.log
	guest_pack <<-EOF
		kexec -l /boot/kernel --initrd=/boot/initrd --append="$kernel_options $token" ${4:-}
		echo "guest: waiting"
		read line
		kexec -e
	EOF
	# shellcheck disable=SC2046 # one word a line, none with spaces
	"$boot_directory/damage.py" --log="$work/console" --marker="$2" --offset="$3" \
		--memory="$work/memory" --until='purgatory: halted' -- \
		$(qemu_machine) -append "$kernel_options first" -M memory-backend=memory \
		-object "memory-backend-file,id=memory,size=$memory,mem-path=$work/memory,share=on" ||
		echo "damage.py ended with status $?" >>"$work/console"
	rm -f "$work/memory"
	tr -d '\r' <"$work/console" >"$log"
}

# expect_mismatch ROLE NEXT-LINE
expect_mismatch() {
	expect "a flipped bit in segment $1 is found" '^guest: waiting' \
		"^purgatory: MISMATCH ([^ ]* )*segment=$1( |\$)" "^purgatory: $2" \
		'!^second kernel|verified|damage.py ended'
}

# part FILE OFFSET LENGTH: these bytes, as a marker.
part() {
	tail -c "+$(($2 + 1))" "$1" | head -c "$3" >"$work/marker"
}

# text_offset FILE TEXT: where it is first; it must not straddle a page, since pages are scattered.
text_offset() {
	offset=$(LC_ALL=C grep -abo -m 1 -- "$2" "$1" | head -n 1 | cut -d: -f1)
	[ -n "$offset" ] || die "$1 does not contain '$2'"
	echo "$offset"
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
