#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/several-cpus.sh arm64|riscv64 [gcc|clang [GUEST...]]
#
# --cpus: several CPUs verify, and the second kernel comes up with all of them online, in every regime in
# which the two kernels can meet, with ACPI, ten times one after the other, and not at all if a chunk is
# damaged.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=damage.sh
. "$top/tests/boot/damage.sh"
boot_begin "$@"
guest_file kernel "$kernel"

# shares GUEST CPUS WORDS [QEMU-OPTION...]: load with --cpus=all on so many CPUs, execute, and expect WORDS
# in purgatory's line, with so many CPUs, none of whose work was done again. (--quiet, because with several
# CPUs the end of what kexec says may still be in the UART when purgatory writes.)
shares() {
	guest_name=$1
	cpus=$2
	words=$3
	shift 3
	boot "$guest_name" -smp "$cpus" "$@" <<-END
		echo "guest: loads, on a line of its own, whatever firmware left on the screen"
		kexec -q -l /boot/kernel --initrd=/boot/initrd --cpus=all --append="$kernel_options"
		kexec -e
	END
	expect_second_kernel "--cpus=all on $cpus CPUs" "$kernel_options"
	expect "purgatory says $words" "^purgatory: verified .*$words"
	expect "all CPUs are online" "^second kernel CPUs: 0-$((cpus - 1))\$"
}

case $arch in
arm64)
	shares el1 4 'regime=el1 .* cpus=4$'
	shares el2 4 'regime=el2 .* cpus=4$' -M virtualization=on
	shares el2-e2h 4 'regime=el2-e2h .* cpus=4$' -M virtualization=on,its=off -cpu neoverse-n1
	shares eight 8 'cpus=8$'
	kernel_options="$kernel_options acpi=force"
	shares acpi 4 'regime=el1 .* cpus=4$' -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd
	kernel_options=${kernel_options% acpi=force}
	;;
riscv64)
	shares sv39 4 'regime=sv39 .* cpus=4$' -cpu rv64,sv48=off,sv57=off
	shares sv57 4 'regime=sv57 .* cpus=4$' -cpu rv64,sv57=on
	shares vector 8 'engine=rvv cpus=8$' -cpu rv64,v=on,vlen=256
	;;
esac

# One CPU: there is nobody to share with.
boot one <<-END
	kexec -q -l /boot/kernel --initrd=/boot/initrd --cpus=all --append="$kernel_options"
	kexec -e
END
expect_second_kernel '--cpus=all on one CPU' "$kernel_options"
expect 'purgatory says nothing of CPUs' '!cpus='

# The kernel's initrd is the guest's own, so that its /test loads the next kernel again. A CPU that cannot
# be started a second time, or that writes where it has no business, would show.
guest_seconds=600
# shellcheck disable=SC2016 # expanded in the guest
boot chain -smp 4 -append "$kernel_options retain_initrd left=10" <<-'EOT'
	for word in $(cat /proc/cmdline); do
		case $word in left=*) left=${word#left=} ;; esac
	done
	echo "guest: $left left, CPUs $(cat /sys/devices/system/cpu/online)"
	if [ "$left" -gt 0 ]; then
		kexec -q -l /boot/kernel --reuseinitrd --cpus=all \
			--append="quiet panic=-1 retain_initrd left=$((left - 1))" && kexec -e
	fi
EOT
set --
for left in 9 8 7 6 5 4 3 2 1 0; do
	set -- "$@" '^purgatory: verified .* cpus=4$' "^guest: $left left, CPUs 0-3\$"
done
expect 'ten kernels one after the other' "$@" '!MISMATCH|FAULT|redone|Kernel panic'

# Damage between load and execute, in a chunk that any of them may hash.
part "$work/initrd" $((2500000 / 4096 * 4096 + 1000)) 64
boot_damaged damaged "$work/marker" 64 -smp 4 <<-EOF
	kexec -q -l /boot/kernel --initrd=/boot/initrd --cpus=all --append="$kernel_options"
	echo "guest: waiting"
	read line
	kexec -e
EOF
expect_mismatch initrd resetting

boot_end
