#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/pages.sh arm64 [clang]
#
# Segments keep off pages that devices go on writing to: the tables of a GICv3's redistributors and
# of its ITS, which Linux takes from plain alloc_pages(), and which without EFI nobody reserves. The
# first guest asks for the lowest places, which would lie on them; the second lets kexec choose.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$@"
guest_file kernel "$kernel"
guest_seconds=240

# The registers are those of arm,gic-v3.yaml's machine: QEMU's virt has the ITS at 0x8080000, and the
# first CPU's redistributor at 0x80a0000 (hw/arm/virt.c). iomem=relaxed lets /dev/mem read them.
kernel_options="$kernel_options iomem=relaxed"
registers=$(
	cat <<-'EOF'
		# register ADDRESS: a register of 64 bits
		register() {
			echo $(($(devmem $1 64)))
		}
		# table NAME REGISTER SIZE: where it lies, by its address bits
		table() {
			start=$(($(register $2) & 0xfffffffff000))
			echo "table $1 $start $((start + $3))"
		}
		# GICR_PROPBASER, GICR_PENDBASER, GITS_CBASER and GITS_BASER0 and 1
		{
			table propbaser 0x80a0070 65536
			table pendbaser 0x80a0078 65536
			table cbaser 0x8080080 65536
			table baser0 0x8080100 65536
			table baser1 0x8080108 65536
		} >/tmp/tables
		cat /tmp/tables
		[ $(($(devmem 0x80a0000 32) & 1)) = 1 ]
		result "the redistributor uses its tables"
		awk '$3 == 0 { exit 1 }' /tmp/tables && [ $(wc -l </tmp/tables) = 5 ]
		result "all tables are known"
	EOF
)

# Whether a segment of the load lies on a table: -dd names all, with --mmu=on the page tables too.
overlap=$(
	cat <<-'EOF'
		sed -n 's/^kexec: hole for .*: \(0x[0-9a-f]*\) to \(0x[0-9a-f]*\)$/\1 \2/p' /tmp/err \
			>/tmp/holes
		cat /tmp/holes
		[ $(wc -l </tmp/holes) -ge 6 ]
		result "places of all segments are known"
		while read -r start end; do
			while read -r _ name low high; do
				[ $((start)) -ge $high ] || [ $((end)) -le $low ] ||
					echo "$start to $end lies on $name"
			done </tmp/tables
		done </tmp/holes >/tmp/overlaps
		cat /tmp/overlaps
		[ ! -s /tmp/overlaps ]
		result "no segment lies on a table"
	EOF
)
boot pages-asked -M gic-version=3,its=on <<-EOF
	$registers
	low=\$(awk '\$2 == "propbaser" { print \$3 }' /tmp/tables)
	run kexec -l /boot/kernel --initrd=/boot/initrd --mmu=on --append=mem=2G -dd \
		--mem-min=\$((low / 2097152 * 2097152))
	[ \$status = 0 ]
	result "loads above the start of a table"
	$overlap
EOF
boot_results 5
boot pages-own -M gic-version=3,its=on <<-EOF
	$registers
	run kexec -l /boot/kernel --initrd=/boot/initrd --mmu=on --append="quiet panic=-1" -dd
	$overlap
	kexec -e
EOF
boot_results 4
expect_second_kernel "with LPI tables in ordinary memory" 'quiet panic=-1'
boot_end
