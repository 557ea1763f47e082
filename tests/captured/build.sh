#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/captured/build.sh OUTDIR
#
# Makes the captured machines, which are kept here as text, into directories for --sysroot:
# OUTDIR/arm64-dt, OUTDIR/arm64-acpi and so on. Needs dtc and acpixtract (acpica-tools), and makes
# nothing, with exit status 77, where one is missing. Of each machine there may be
#
#	base		name of the machine that this one is a variant of
#	page-size	of its kernel, in bytes: becomes /proc/self/auxv
#	fdt.dts		becomes /sys/firmware/fdt
#	fdt-memory	the cells of its memory node's reg, where they differ from the base's
#	vmcoreinfo.txt	the text of that note: becomes /proc/kcore, cut off after the notes
#	acpi.txt	ACPI tables as "acpidump -f TABLE" prints them
#	root/		everything else, as it was captured
set -eu
# shellcheck source=number.sh
. "$(dirname -- "$0")/number.sh"

# The auxiliary vector: AT_PAGESZ (6), then AT_NULL.
auxiliary_vector() {
	number 8 6 "$1" 0 0
}

# kcore TEXT MACHINE: an ELF core file of that ELF machine with one note, and a program header of
# memory that is not there, of which nothing is left.
kcore() {
	size=$(wc -c <"$1")
	padding=$(((4 - size % 4) % 4))
	printf '\177ELF\002\001\001\0\0\0\0\0\0\0\0\0'
	number 2 4 "$2"	# ET_CORE
	number 4 1
	number 8 0 64 0		 # entry, program headers, section headers
	number 4 0
	number 2 64 56 2 0 0 0	 # sizes and numbers of headers
	number 4 4 0		 # PT_NOTE
	number 8 176 0 0 $((24 + size + padding)) 0 0
	number 4 1 7		 # PT_LOAD
	number 8 4096 0 0 1048576 1048576 4096
	number 4 11 "$size" 0	 # name, description, type
	printf 'VMCOREINFO\0\0'
	cat "$1"
	head -c "$padding" /dev/zero
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
	if [ -e "$1/fdt-memory" ]; then
		# shellcheck disable=SC2046 # one word for each cell
		fdtput -t x "$2/sys/firmware/fdt" /memory@40000000 reg $(cat "$1/fdt-memory")
	fi
	if [ -e "$1/vmcoreinfo.txt" ]; then
		case $1 in
		arm64*) kcore "$1/vmcoreinfo.txt" 183 ;;
		riscv64*) kcore "$1/vmcoreinfo.txt" 243 ;;
		esac >"$2/proc/kcore"
	fi
	if [ -e "$1/acpi.txt" ]; then
		add_acpi_tables "$(pwd)/$1/acpi.txt" "$2/sys/firmware/acpi/tables"
	fi
}

[ $# -eq 1 ] || {
	echo "usage: build.sh OUTDIR" >&2
	exit 1
}
for tool in dtc acpixtract; do
	command -v "$tool" >/dev/null || {
		echo "build.sh: no captured machines: there is no $tool" >&2
		exit 77
	}
done
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
for machine in */; do
	machine=${machine%/}
	[ -e "$machine/base" ] || [ -e "$machine/root" ] || continue
	rm -rf "${out:?}/$machine"
	add "$machine" "$out/$machine"
done
