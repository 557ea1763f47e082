#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/faults/guests.sh arm64|riscv64 [TRIALS [SEED [NUMBER]]]
#
# Damages the memory of guests with a real kernel, which have loaded a kernel to execute and a crash kernel:
# 20 trials unless told otherwise. out/ARCH/kexec has been built. Prints TAP. See snapshots.py.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "${1:-}"
trials=${2:-20}
shift $(($# < 2 ? $# : 2))

options='quiet panic=-1'
memory=1G
case $arch in
arm64) ram=0x40000000 ;;
*) ram=0x80000000 ;;
esac
guest_file kernel "$kernel"

# The plan of the crash kernel says where it is. The one to execute is scattered until it is executed.
guest_pack <<-EOF
	files='/boot/kernel --initrd=/boot/initrd'
	kexec -p \$files --append="$options" --plan=json | sed 's/^/plan: /'
	kexec -p \$files --append="$options" || exit
	kexec -l \$files --append="$options" || exit
	echo "guest: waiting"
	read action
	case \$action in
	panic) echo c >/proc/sysrq-trigger ;;
	*) kexec -e ;;
	esac
EOF
# shellcheck disable=SC2046 # one word a line, none with spaces
python3 "$top/tests/faults/snapshots.py" "$arch" "$work" "$ram" "$memory" "$kernel" "$work/initrd" \
	"$trials" "${1:-1}" "${2:-}" -- $(qemu_machine) -append "$options crashkernel=256M first"
