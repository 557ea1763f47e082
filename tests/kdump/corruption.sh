#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/kdump/corruption.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# Damage between the load of a crash kernel and the panic: a bit is flipped from outside in a segment of
# every role that the crash kernel trusts. Purgatory must name it and reset.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=../boot/damage.sh
. "$top/tests/boot/damage.sh"
boot_begin "$@"

token='token-that-is-damaged'
options='quiet panic=-1'
memory=1G
kernel_options="$options crashkernel=256M"
guest_file kernel "$kernel"

# damaged GUEST OFFSET [OPTION...]: damage a guest beside the marker in $work/marker, then let it panic.
damaged() {
	guest_name=kdump-$1
	offset=$2
	shift 2
	boot_damaged "$guest_name" "$work/marker" "$offset" <<-EOF
		kexec -p /boot/kernel --initrd=/boot/initrd --append="$options $token" $*
		echo "guest: waiting"
		read line
		echo c >/proc/sysrq-trigger
	EOF
}

# The control: nothing is damaged, so it boots.
: >"$work/marker"
damaged undamaged 0
expect "undamaged, the crash kernel boots" '^guest: waiting' 'Kernel panic' \
	'^purgatory: verified ' "^second kernel command line: $options $token" \
	"^second kernel initrd: $content_digest" \
	'^second kernel report: purgatory: verified .*, status 0$' '^second kernel up: ' '!MISMATCH|FAULT'

# The kernel's banner: the running kernel has it too and does not miss it.
part "$kernel" "$(text_offset "$kernel" 'Linux version [0-9]')" 64
damaged kernel 70
expect_mismatch kernel resetting

# The crash kernel's initrd is random bytes here; the offset is in a page's middle.
part "$work/initrd" $((2500000 / 4096 * 4096 + 1000)) 64
damaged initrd 64
expect_mismatch initrd resetting

# A file of the initrd that nothing but its digest is asked of.
part "$work/second/content" 500000 64
damaged initrd-boot 64 --on-mismatch=boot
expect "with --on-mismatch=boot the crash kernel boots with a damaged initrd" '^guest: waiting' \
	'^purgatory: MISMATCH segment=initrd ' '^purgatory: not verified, booting anyway damaged=initrd chunks=1 ' \
	'^second kernel report: purgatory: not verified, booting anyway damaged=initrd .*, status 2$' \
	'^second kernel up: ' "!verified bytes=|resetting|^second kernel initrd: $content_digest"

# The command line in the device tree; a bit of the token itself.
printf %s "${token%damaged}" >"$work/marker"
damaged dtb 16
expect_mismatch dtb resetting

# The first words of a core file of this architecture; the bit is in the third program header, the first
# that tells of memory: in the physical address.
case $arch in
arm64) machine='\267' ;;
*) machine='\363' ;;
esac
# shellcheck disable=SC2059 # the format is the bytes
printf "\\177ELF\\002\\001\\001\\0\\0\\0\\0\\0\\0\\0\\0\\0\\004\\0$machine\\0\\001\\0\\0\\0" \
	>"$work/marker"
damaged elfcorehdr $((64 + 2 * 56 + 25))
expect_mismatch elfcorehdr resetting

boot_end
