#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/clients/commands.sh arm64|riscv64 [all | ROW...]
#
# The command lines of programs that call kexec, from commands.table: one guest for all rows after which
# it goes on, and one for each row that boots or panics; without "all" only for one of each kind, or for the rows that are named.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
arch=${1:-}
[ $# = 0 ] || shift
check_words "row of tests/clients/commands.table that boots or panics" \
	"all $(awk '!/^#/ && / => / { print $1 }' "$top/tests/clients/commands.table")" "$@"
boot_begin "$arch"
logs=$top/out/clients/$arch
mkdir -p "$logs"
kernel_options='quiet panic=-1 crashkernel=256M'
guest_seconds=400 # many times what they take alone; this target runs for long on busy machines
table=$top/tests/clients/commands.table

# The rows that boot or panic; all if empty.
chosen=$*
case $chosen in
'') chosen='zfsbootmenu nixos-crashdump nixos-run' ;;
all) chosen= ;;
esac

rows() {
	grep -Ev '^(#|$)' "$table"
}

guest_file vmlinuz "$kernel"
cp "$table" "$work/own/commands.table"
boot rows <"$top/tests/clients/guest/commands"
boot_results "$(rows | grep -vc ' => ')"

# A guest in which a row of the table loads a kernel and starts it.
boot_row() {
	boot "$name" <<-EOF
		export K=/boot/vmlinuz I=/boot/initrd D=/sys/firmware/fdt
		export C='quiet panic=-1 client=$name'
		${command%% => *}
		${command#* => }
	EOF
}

rows >"$work/rows"
while read -r name must command; do
	case " ${chosen:-$name} " in
	*" $name "*) ;;
	*) continue ;;
	esac
	case $must in
	boots)
		boot_row
		expect_second_kernel "boots" "(.* )?quiet panic=-1 client=$name"
		;;
	boots-unchecked)
		boot_row
		expect "boots without verifying" '^purgatory: not verified' \
			"^second kernel command line: quiet panic=-1 client=$name\$" \
			"^second kernel initrd: $content_digest" '^second kernel up: '
		;;
	panics)
		boot_row
		expect "panics, and the crash kernel comes up" \
			'^purgatory: verified ([^ ]* )*bytes=[1-9][0-9]+' \
			"^second kernel command line: quiet panic=-1 client=$name\$" \
			"^second kernel initrd: $content_digest" '^second kernel up: ' \
			'!MISMATCH|FAULT'
		;;
	esac
done <"$work/rows"

boot_end
