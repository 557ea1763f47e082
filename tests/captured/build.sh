#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/captured/build.sh OUTDIR
#
# Makes the captured machines, which are kept here as text, into directories for --sysroot:
# OUTDIR/arm64-dt, OUTDIR/arm64-acpi and so on. Needs dtc and acpixtract (acpica-tools). Of each
# machine there may be
#
#	base		name of the machine that this one is a variant of
#	page-size	of its kernel, in bytes: becomes /proc/self/auxv
#	fdt.dts		becomes /sys/firmware/fdt
#	acpi.txt	ACPI tables as "acpidump -f TABLE" prints them
#	root/		everything else, as it was captured
set -eu

# word VALUE: as 64 bits, little endian.
word() {
	value=$1
	for byte in 1 2 3 4 5 6 7 8; do
		# shellcheck disable=SC2059 # the format is the byte
		printf "\\$(printf %03o $((value % 256)))"
		value=$((value / 256))
	done
}

# The auxiliary vector: AT_PAGESZ (6), then AT_NULL.
auxiliary_vector() {
	word 6 && word "$1" && word 0 && word 0
}

# add_acpi_tables FILE DIR: acpixtract leaves facp.dat, spcr.dat in the current directory.
add_acpi_tables() {
	mkdir -p "$2"
	(
		cd "$2"
		acpixtract -a "$1" >/dev/null
		for table in *.dat; do
			mv "$table" "$(echo "${table%.dat}" | tr '[:lower:]' '[:upper:]')"
		done
	)
}

# add MACHINE ROOT: put the machine's files over what is in ROOT.
add() {
	if [ -e "$1/base" ]; then
		add "$(cat "$1/base")" "$2"
	fi
	mkdir -p "$2/proc/self" "$2/sys/firmware"
	if [ -d "$1/root" ]; then
		cp -R "$1/root/." "$2"
		chmod -R u+w "$2" # a source tree may be read-only
	fi
	if [ -e "$1/page-size" ]; then
		auxiliary_vector "$(cat "$1/page-size")" >"$2/proc/self/auxv"
	fi
	if [ -e "$1/fdt.dts" ]; then
		dtc -q -I dts -O dtb -o "$2/sys/firmware/fdt" "$1/fdt.dts"
	fi
	if [ -e "$1/acpi.txt" ]; then
		add_acpi_tables "$(pwd)/$1/acpi.txt" "$2/sys/firmware/acpi/tables"
	fi
}

[ $# -eq 1 ] || {
	echo "usage: build.sh OUTDIR" >&2
	exit 1
}
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
for machine in */; do
	machine=${machine%/}
	[ -e "$machine/base" ] || [ -e "$machine/root" ] || continue
	rm -rf "${out:?}/$machine"
	add "$machine" "$out/$machine"
done
