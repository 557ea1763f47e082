#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/lpa2.sh [newer]
#
# A CPU with LPA2, on which Debian's 6.12 uses five levels of page tables and would crash in
# kexec_load: kexec recognises the kernel and does not call it. Crash kernels are not concerned, and
# with arm64.nolva the second kernel comes up. With "newer" the kernel is Debian's newest, of
# scripts/setup-kernels: the same CPU, as many addresses, and the second kernel comes up.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
kernels=${1:-}
case $kernels in
'' | newer) ;;
*) die "usage: tests/boot/lpa2.sh [newer]" ;;
esac
[ "$kernels" = '' ] || [ -e "/$toolroot_stamp" ] || "$top/scripts/setup-kernels"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin arm64
guest_seconds=300 # this CPU takes long to emulate

test_bug() {
	guest_file kernel "$kernel"
	boot lpa2 -cpu max <<-'EOF_GUEST'
		refuses_early 'would crash in this call.*: boot it with arm64.nolva' \
			"a kernel that would crash is not called"
	EOF_GUEST
	boot_results 2

	boot lpa2-nolva -cpu max -append "$kernel_options arm64.nolva first" <<-'EOF_GUEST'
		kexec -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 arm64.nolva second"
		kexec -e
	EOF_GUEST
	expect_second_kernel "the remedy that it names is one" "quiet panic=-1 arm64.nolva second"
}

test_newer() {
	kernel=/extra/kernels/arm64-sid/Image
	guest_file kernel "$kernel"
	boot lpa2-newer -cpu max <<-'EOF_GUEST'
		uname -r
		run kexec -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 second" -dd
		[ $status = 0 ] && loaded; result "a kernel without the bug is called"
		# With 48 bits it would begin at 0xffff000000000000, give or take where RAM is.
		grep -Eq 'the linear map is 0xff(e|f[0-7])[0-9a-f]{13} ' /tmp/err
		result "it uses 52-bit addresses"
		kexec -e
	EOF_GUEST
	boot_results 2
	expect_second_kernel "a kernel without the bug hands over" "quiet panic=-1 second"
}

case $kernels in
newer) test_newer ;;
*) test_bug ;;
esac
boot_end
