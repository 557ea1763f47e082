#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/next-memory.sh
#
# An arm64 guest of 4 GiB loads a kernel with a device tree that keeps half of its RAM for firmware,
# unmapped, and hands over to it: the second kernel reserves all of that and lives.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
boot_begin arm64

# The machine's own tree, with a carve-out over the lower 2 GiB: $work/carved.dtb.
make_tree() {
	qemu-system-aarch64 -M "virt,dumpdtb=$work/virt.dtb" -cpu cortex-a57 -m 4G -nic none \
		-display none 2>/dev/null
	{
		dtc -q -I dtb -O dts "$work/virt.dtb"
		cat <<-'END'
			/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
				carveout@40000000 { reg = <0 0x40000000 0 0x80000000>; no-map; }; }; };
		END
	} | dtc -q -O dtb -o "$work/carved.dtb"
}

make_tree
memory=4G
guest_file kernel "$kernel"
guest_file carved.dtb "$work/carved.dtb"
boot carve-out <<'END'
run kexec -l /boot/kernel --initrd=/boot/initrd --dtb=/boot/carved.dtb \
	--append="console=ttyAMA0 panic=-1 second"
result "a load with a tree that keeps half of RAM for itself"
kexec -e
END
boot_results 1
expect "the second kernel keeps the carve-out" '^purgatory: verified ' \
	'reserved mem: .*0x0000000040000000\.\.0x00000000bfffffff .* nomap' \
	'^second kernel up: ' '!failed to reserve memory|Kernel panic'
boot_end
