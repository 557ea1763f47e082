#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/protected-kvm.sh
#
# An arm64 kernel with protected KVM, whose hypervisor keeps EL2: the kernel loads no other one, which
# kexec knows before it reads any file. Crash kernels are not concerned.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin arm64
guest_seconds=240

boot protected-kvm -M virtualization=on -append "$kernel_options kvm-arm.mode=protected first" \
	<<-'EOF_GUEST'
		dmesg | grep -q 'Protected nVHE mode initialized successfully'
		result "the kernel has protected KVM"
		refuses_early 'under protected KVM: boot it without kvm-arm.mode=protected' \
			"a load is refused with that cause"
	EOF_GUEST
boot_results 3

# At EL1 the kernel ignores the parameter, and so must kexec.
guest_file kernel "$kernel"
boot protected-kvm-el1 -append "$kernel_options kvm-arm.mode=protected first" <<-'EOF_GUEST'
	run kexec -l /boot/kernel --initrd=/boot/initrd --append=second
	[ $status = 0 ] && loaded; result "without EL2 a kernel is loaded"
EOF_GUEST
boot_results 1
boot_end
