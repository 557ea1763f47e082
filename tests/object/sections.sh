#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Part of make check, in the build tree. What the build asks of a finished purgatory object
# (purgatory/check-object.sh) is what kexec asks of it when it loads: both accept the embedded objects,
# and both refuse objects with a section that is not as it should be. Prints TAP. The environment has
# from Makefile.am: srcdir, READELF, PURGATORIES (the architectures that are embedded), their compilers
# CC_FOR_PURGATORY_ARM64 and _RISCV64, and TEST_EMULATOR.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failures=0

# result DESCRIPTION ok|WHY-NOT
result() {
	count=$((count + 1))
	if [ "$2" = ok ]; then
		echo "ok $count - $arch: $1"
	else
		failures=$((failures + 1))
		echo "not ok $count - $arch: $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# ask OBJECT: the answers of both in $built and $loaded, yes or no, what they said in files.
ask() {
	built=yes loaded=yes
	# shellcheck disable=SC2154 # Makefile.am's
	sh "$srcdir/purgatory/check-object.sh" "$READELF" "$1" 2>"$work/built" || built=no
	# shellcheck disable=SC2086 # an emulator with its options, or nothing
	$TEST_EMULATOR tests/object/open_object "$arch" "$1" 2>"$work/loaded" || loaded=no
}

# expect DESCRIPTION yes|no OBJECT [SECTION]: both give this answer; a refusal names the section.
expect() {
	ask "$3"
	if [ "$built $loaded" != "$2 $2" ]; then
		result "$1" "the build says $built, kexec says $loaded:
$(cat "$work/built" "$work/loaded")"
	elif [ "$2" = no ] && ! grep -q "\"$4\"" "$work/built"; then
		result "$1" "the build does not name $4: $(cat "$work/built")"
	else
		result "$1" ok
	fi
}

# expect_build_refuses DESCRIPTION OBJECT SECTION: kexec would load it.
expect_build_refuses() {
	ask "$2"
	if [ "$built $loaded" != "no yes" ]; then
		result "$1" "the build says $built, kexec says $loaded:
$(cat "$work/built" "$work/loaded")"
	elif ! grep -q "\"$3\" has a pointer" "$work/built"; then
		result "$1" "the build does not name $3: $(cat "$work/built")"
	else
		result "$1" ok
	fi
}

# assemble: an object of the assembler on stdin, after what every one has.
assemble() {
	{
		cat <<-'END'
			.text
			.word 0
			.section .rodata.digest, "a", %progbits
			.skip 32
		END
		cat
	} | $compiler -c -x assembler -o "$work/object" -
}

test_arch() {
	expect "the embedded object" yes "purgatory/purgatory-$arch.o"
	assemble </dev/null
	expect "a small object" yes "$work/object"
	echo '.section .bss.stack, "aw", %nobits; .skip 64' | assemble
	expect "writable zeros" yes "$work/object"
	echo '.section .rodata.patched, "aw", %progbits; .word 0' | assemble
	expect "writable constants" no "$work/object" .rodata.patched
	echo '.data; .word 1' | assemble
	expect "writable data" no "$work/object" .data
	echo '.section .text.patched, "awx", %progbits; .word 0' | assemble
	expect "writable text" no "$work/object" .text.patched
	echo '.section .tdata, "awT", %progbits; .word 0' | assemble
	expect "thread-local data" no "$work/object" .tdata
	echo '.section .init_array, "aw", %init_array; .quad 0' | assemble
	expect "a constructor" no "$work/object" .init_array
	echo '.section .note.x, "a", %note; .word 0' | assemble
	expect "a note that is loaded" no "$work/object" .note.x

	echo '.section .rodata, "a", %progbits; .balign 8; .quad .text' | assemble
	expect_build_refuses "a pointer in constants" "$work/object" .rodata
	echo '.text; .balign 8; .quad .text' | assemble
	expect_build_refuses "a pointer in text" "$work/object" .text
	echo '.section .debug_x, "", %progbits; .quad .text' | assemble
	expect "a pointer in what is not loaded" yes "$work/object"

	# Of this every compiler makes what it likes, and both must see it alike.
	$compiler -O2 -ffreestanding -c -o "$work/object" "$srcdir/tests/object/const-volatile.c"
	case $(LC_ALL=C "$READELF" -S -W "$work/object" | grep ' \.rodata\.a ') in
	*' WA '*) expect "const volatile, writable by this compiler" no "$work/object" .rodata.a ;;
	*) expect "const volatile, read-only by this compiler" yes "$work/object" ;;
	esac
}

# shellcheck disable=SC2154 # Makefile.am's
for arch in $PURGATORIES; do
	case $arch in
	arm64) compiler=$CC_FOR_PURGATORY_ARM64 ;;
	riscv64) compiler="$CC_FOR_PURGATORY_RISCV64 -mabi=lp64 -march=rv64ima" ;;
	esac
	test_arch
done
echo "1..$count"
[ "$failures" = 0 ]
