#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/soak/run.sh arm64|riscv64 loads|chain|panics [COUNT]
#
# What goes wrong only after a long time, in guests with a real kernel. out/ARCH/kexec has been built.
#
#   loads    so many times (1000 unless told otherwise) a kernel and a crash kernel are loaded and unloaded
#            in one guest, which then has as much memory, as many descriptors and the same /proc/iomem
#   chain    so many kernels (50), each executed by the one before it, none of them started cold. Each is
#            verified, and the device tree does not grow
#   panics   so many times (100) a guest with four CPUs under load, of which two come and go, panics
#            on one of them at any moment, and, for each five of these, loads and executes a kernel. Each ends
#            in the next kernel, which was verified
#
# Prints TAP; consoles are in out/boot/ARCH/.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
usage="usage: tests/soak/run.sh arm64|riscv64 loads|chain|panics [COUNT]"
[ $# -ge 2 ] || die "$usage"
boot_begin "$1"
soak=$top/tests/soak
options='quiet panic=-1'

# An Image with nothing but a header: it is loaded and never executed.
soak_loads() {
	count=${1:-1000}
	memory=1G
	kernel_options="$options crashkernel=256M"
	guest_seconds=7200
	python3 - "$arch" >"$work/image" <<-'EOF'
		import struct, sys
		magic = b"ARM\x64" + bytes(4) if sys.argv[1] == "arm64" else b"RSC\x05" + bytes(4)
		version = bytes(8) if sys.argv[1] == "arm64" else struct.pack("<II", 2, 0)
		text_offset = 0 if sys.argv[1] == "arm64" else 0x200000
		flags = 0xa if sys.argv[1] == "arm64" else 0
		head = bytes(8) + struct.pack("<QQQ", text_offset, 1 << 20, flags) + version + bytes(8)
		head += bytes(8) if sys.argv[1] == "arm64" else b"RISCV\0\0\0"
		sys.stdout.buffer.write((head + magic).ljust(1 << 20, b"\1"))
	EOF
	guest_file image "$work/image"
	{
		echo "count=$count"
		cat "$soak/guest/loads"
	} >"$work/test"
	boot soak-loads <"$work/test"
	expect "$count times loaded and unloaded" '^guest: all were loaded' '!^guest: failed'
	for what in memory descriptors iomem modules; do
		expect "$what as before" "^guest: same $what" "!^guest: other $what"
	done
}

soak_chain() {
	count=${1:-50}
	memory=1G
	guest_seconds=$((count * 120))
	mkdir -p "$work/chain/bin" "$work/chain/boot" "$work/chain/proc" "$work/chain/sys" "$work/chain/tmp"
	cp "/guest/$arch/busybox" "$kexec" "$work/chain/bin/"
	cp "$kernel" "$work/chain/boot/kernel"
	cp "$soak/guest/chain-init" "$work/chain/init"
	chmod +x "$work/chain/init"
	pack "$work/chain" >"$work/chain.cpio"
	guest='soak-chain'
	log=$logs/soak-chain.log
	cp "$work/chain.cpio" "$work/initramfs"
	# shellcheck disable=SC2046 # one word a line, none with spaces
	timeout -s KILL "$guest_seconds" $(qemu_machine) -append "$options chain=0 last=$count" \
		</dev/null >"$work/console" 2>&1 || echo "qemu ended with status $?" >>"$work/console"
	console_lines <"$work/console" >"$log"
	verified=$(grep -c '^purgatory: verified ' "$log" || :)
	[ "$verified" = "$count" ] && reason= || reason="$verified of $count"
	test_result "$arch $guest: $count kernels in a chain, each verified" ${reason:+"$reason"}
	expect "the last one is up" "^chain $count: " '!MISMATCH|FAULT|Oops|panic'
	# The first tree is the firmware's. From the second on it is ours.
	sizes=$(sed -n 's/^chain [1-9][0-9]*: tree \([0-9]*\) bytes.*/\1/p' "$log" | sort -u | tr '\n' ' ')
	[ "$(echo "$sizes" | wc -w)" = 1 ] && reason= || reason="sizes: $sizes"
	test_result "$arch $guest: the device tree does not grow" ${reason:+"$reason"}
}

soak_panics() {
	count=${1:-100}
	memory=1G
	kernel_options="$options crashkernel=256M"
	guest_file kernel "$kernel"
	guest_pack <"$soak/guest/panics"
	# shellcheck disable=SC2046 # one word a line, none with spaces
	python3 "$soak/panics.py" "$arch" "$work" "$memory" "$count" "$logs/soak-panics.log" -- $(qemu_machine) \
		-append "$kernel_options first" -smp 4 && reason= || reason="see out/boot/$arch/soak-panics.log"
	guest='soak-panics'
	test_result "$arch $guest: $count panics and $((count / 5)) executions, each ends in the next kernel" ${reason:+"$reason"}
}

case $2 in
loads | chain | panics) "soak_$2" "${3:-}" ;;
*) die "$usage" ;;
esac
boot_end
