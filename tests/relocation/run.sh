#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/relocation/run.sh
#
# Compares kexec's relocation with ld's, for the purgatory objects of both compilers and for objects
# that hold every type of relocation that kexec knows. Needs out/host, and
# elf_rel_dump in out/host-sanitize, where clang makes the purgatories. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
cd "$top"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
set --
for pair in arm64:aarch64-linux-gnu- riscv64:riscv64-linux-gnu-; do
	arch=${pair%%:*}
	prefix=${pair#*:}
	set -- "$@" "purgatory-$arch-gcc:$prefix:out/host/build/purgatory/purgatory-$arch.o" \
		"purgatory-$arch-clang:$prefix:out/host-sanitize/build/purgatory/purgatory-$arch.o"
	for source in tests/relocation/"$arch"-*.S; do
		object=$work/$(basename "$source" .S)
		"${prefix}gcc" -c -o "$object.o" "$source"
		set -- "$@" "$(basename "$source" .S):$prefix:$object.o"
	done
done
python3 tests/relocation/compare.py out/host-sanitize/build/tests/unit/elf_rel_dump "$@"
