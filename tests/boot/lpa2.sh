#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/lpa2.sh
#
# A CPU with LPA2, on which Debian's 6.12 uses five levels of page tables and would crash in
# kexec_load: kexec recognises the kernel and does not call it. Crash kernels are not concerned, and
# with arm64.nolva the second kernel comes up.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin arm64

guest_file kernel "$kernel"
boot lpa2 -cpu max <<-'EOF_GUEST'
	# The file is not there: the load is refused before it is looked for.
	run kexec -l /boot/missing
	refused_with 'would crash in this call.*: boot it with arm64.nolva'
	result "a kernel that would crash is not called"
	run kexec -p /boot/missing
	refused_with '/boot/missing: .*No such file'; result "a crash kernel is not refused for that"
EOF_GUEST
boot_results 2

boot lpa2-nolva -cpu max -append "$kernel_options arm64.nolva first" <<-'EOF_GUEST'
	kexec -l /boot/kernel --initrd=/boot/initrd --append="quiet panic=-1 arm64.nolva second"
	kexec -e
EOF_GUEST
expect_second_kernel "the remedy that it names is one" "quiet panic=-1 arm64.nolva second"

boot_end
