#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/page_table/sv32.sh SV32_TABLES
#
# Switches Sv32 tables of the page-table builder on in QEMU. SV32_TABLES is the program that writes
# them (tests/page_table/sv32_tables). The guest prints the results as TAP; this passes them on and
# fails unless all are there.
set -eu

tables=$1
source=$(dirname -- "$0")
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

"$tables" "$directory/tables"
riscv64-linux-gnu-gcc -E -P -x c -o "$directory/guest.ld" "$source/sv32_guest.ld"
riscv64-linux-gnu-gcc -march=rv32ima_zicsr -mabi=ilp32 -mcmodel=medany -msmall-data-limit=0 \
	-std=gnu11 -Wall -Wextra -Werror -O2 -ffreestanding -fno-pic -nostdlib -static \
	-Wl,--build-id=none -Wl,-T,"$directory/guest.ld" -o "$directory/guest" \
	"$source/sv32_start.S" "$source/sv32_guest.c"

# svade: A and D in the entries matter, the CPU does not set them itself.
addr=$(sed -n 's/^#define SV32_TABLES *\(0x[0-9a-f]*\)$/\1/p' "$source/sv32_layout.h")
timeout 20 qemu-system-riscv32 -M virt -cpu rv32,svade=on,svadu=off -m 64M -bios none -kernel "$directory/guest" \
	-device "loader,file=$directory/tables,addr=$addr,force-raw=on" \
	-display none -monitor none -serial stdio -no-reboot >"$directory/log" </dev/null || true

cat "$directory/log"
passed=$(grep -c '^ok ' "$directory/log" || true)
grep -qx "1..$passed" "$directory/log" || {
	echo "Bail out! sv32: $passed passed, which is not all"
	exit 1
}
