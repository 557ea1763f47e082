# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Boot tests: real kernels in QEMU guests, in which our kexec runs. Sourced after scripts/lib.sh, by
# a script that runs inside the toolroot; out/ARCH/kexec has been built. Results are TAP; every
# guest's console goes to out/boot/ARCH/GUEST.log.

# shellcheck disable=SC2154 # $top is scripts/lib.sh's
boot_directory=$top/tests/boot
# shellcheck source=../tap.sh
. "$top/tests/tap.sh"
kernel_options='quiet panic=-1'
guest_seconds=120

# What boot_begin was told to run, and whether the guest at hand is left out.
guests_chosen=
guests_seen=
guest_left_out=false

# boot_begin ARCH [COMPILER [GUEST...]]: prepare what all guests of this script share, with the kexec
# that the compiler made (gcc unless told otherwise). With guests, all others are left out: they are not
# run and have no results.
boot_begin() {
	arch=${1:-}
	boot_compiler=${2:-gcc}
	shift $(($# < 2 ? $# : 2))
	guests_chosen=$*
	check_words architecture "arm64 riscv64" "$arch"
	check_words compiler "gcc clang sanitize" "$boot_compiler"
	boot_build=$arch
	[ "$boot_compiler" = gcc ] || boot_build=$arch-$boot_compiler
	memory=2G # less than 4 GiB have a single zone: segments are placed by what is free (docs/placement.md)
	kexec=$top/out/$boot_build/kexec
	kernel=/guest/$arch/Image
	logs=$top/out/boot/$boot_build
	[ -x "$kexec" ] ||
		die "there is no ${kexec#"$top"/}: run scripts/build $arch $boot_compiler"
	mkdir -p "$logs"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	make_base
	make_second_initrd
	guest_clear
}

boot_end() {
	# shellcheck disable=SC2086 # a list of words
	check_words "guest of $arch" "$guests_seen" $guests_chosen
	echo "1..$test_count"
	[ "$failure_count" = 0 ]
}

# pack DIRECTORY: an initramfs of it, to stdout.
pack() {
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

# What is the same in every first guest.
make_base() {
	mkdir -p "$work/base/bin" "$work/base/etc" "$work/base/proc" "$work/base/sys" \
		"$work/base/dev" "$work/base/tmp" "$work/base/boot"
	cp "/guest/$arch/busybox" "$kexec" "$work/base/bin/"
	cp "$boot_directory/guest/init" "$boot_directory/guest/functions" "$work/base/"
	printf '%s\n' root:x:0:0::/:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$work/base/etc/passwd"
	chmod +x "$work/base/init"
	pack "$work/base" >"$work/base.cpio"
}

# The second kernel's initrd, with a file of random content that the second kernel names the digest
# of: $work/initrd, $content_digest.
make_second_initrd() {
	mkdir -p "$work/second/bin" "$work/second/proc" "$work/second/sys"
	cp "/guest/$arch/busybox" "$kexec" "$work/second/bin/"
	cp "$boot_directory/guest/second-init" "$work/second/init"
	chmod +x "$work/second/init"
	head -c 1000000 /dev/urandom >"$work/second/content"
	content_digest=$(sha256sum <"$work/second/content" | cut -d' ' -f1)
	pack "$work/second" >"$work/initrd"
}

# The next guest has nothing of its own but /boot/initrd.
guest_clear() {
	rm -rf "$work/own"
	mkdir -p "$work/own/boot"
	ln "$work/initrd" "$work/own/boot/initrd"
}

# guest_file NAME FILE: the next guest finds FILE as /boot/NAME.
guest_file() {
	cp "$2" "$work/own/boot/$1"
}

# guest_pack: the next guest's initramfs in $work/initramfs, its /test from stdin.
guest_pack() {
	cat >"$work/own/test"
	{
		cat "$work/base.cpio"
		pack "$work/own"
	} >"$work/initramfs"
}

# qemu_machine: the command for this architecture's machine, one word a line.
qemu_machine() {
	case $arch in
	arm64) printf '%s\n' qemu-system-aarch64 -M virt -cpu cortex-a57 ;;
	riscv64) printf '%s\n' qemu-system-riscv64 -M virt -cpu rv64 ;;
	esac
	printf '%s\n' -m "$memory" -nic none -display none -monitor none -serial stdio -no-reboot \
		-kernel "$kernel" -initrd "$work/initramfs"
}

# console_lines: what a console wrote, as lines, each at once. What overwrites the line that it is on,
# as kexec's progress does, begins one of its own.
console_lines() {
	sed -u -e 's/\r*$//' -e 's/\r/\n/g'
}

# guest_begin GUEST: the guest at hand, and its $log. Fails if it is left out: its log is then that of an
# earlier run, if there was one.
guest_begin() {
	guest=$1
	log=$logs/$guest.log
	guests_seen="$guests_seen $guest"
	guest_left_out=false
	case " ${guests_chosen:-$guest} " in
	*" $guest "*) ;;
	*)
		guest_left_out=true
		return 1
		;;
	esac
}

# guest_tree FILE: write the device tree that the guest at hand printed, as "fdt: " and base64.
guest_tree() {
	[ -e "$log" ] || die "a later guest needs the device tree of guest $guest: run that one too"
	sed -n 's/^fdt: //p' "$log" | base64 -d | gunzip >"$1"
}

# boot GUEST [QEMU-OPTION...]: run a guest whose /test is on stdin, to its end or for $guest_seconds;
# its console goes to $log.
boot() {
	guest_begin "$1" || return 0
	shift
	guest_pack
	started=$(date +%s)
	# shellcheck disable=SC2046 # one word a line, none with spaces
	timeout -s KILL "$guest_seconds" $(qemu_machine) -append "$kernel_options first" "$@" \
		</dev/null >"$work/console" 2>&1 || echo "qemu ended with status $?" >>"$work/console"
	console_lines <"$work/console" >"$log"
	echo "# $guest: $(($(date +%s) - started)) s, log in ${log#"$top"/}"
}

# boot_until PATTERN GUEST QEMU-OPTION...: like boot, but the guest, which has no way to turn itself
# off, is ended when its console has a line that matches the pattern.
boot_until() {
	pattern=$1
	guest_begin "$2" || return 0
	shift 2
	guest_pack
	started=$(date +%s)
	: >"$work/console"
	# shellcheck disable=SC2046 # one word a line, none with spaces
	timeout -s KILL "$guest_seconds" $(qemu_machine) "$@" </dev/null >"$work/console" 2>&1 &
	emulator=$!
	while kill -0 "$emulator" 2>/dev/null && ! grep -aEq "$pattern" "$work/console"; do
		sleep 1
	done
	kill "$emulator" 2>/dev/null || :
	wait "$emulator" 2>/dev/null || :
	console_lines <"$work/console" >"$log"
	echo "# $guest: $(($(date +%s) - started)) s, log in ${log#"$top"/}"
}

# test_result DESCRIPTION [REASON]: one line of TAP; with a reason it failed.
test_result() {
	$guest_left_out || tap_result "$@"
}

# expect DESCRIPTION PATTERN...: one result: the log has lines that match the patterns, in this
# order. A pattern that begins with "!" may match nowhere in the log.
expect() {
	! $guest_left_out || return 0
	description="$arch $guest: $1"
	shift
	line=1
	for pattern; do
		case $pattern in
		!*)
			if grep -Eq -- "${pattern#!}" "$log"; then
				test_result "$description" "the log has: ${pattern#!}"
				return
			fi
			;;
		*)
			found=$(tail -n "+$line" "$log" | grep -En -m 1 -- "$pattern" | cut -d: -f1)
			if [ -z "$found" ]; then
				test_result "$description" "the log lacks: $pattern"
				tail -n 15 "$log" | sed 's/^/# | /'
				return
			fi
			line=$((line + found))
			;;
		esac
	done
	test_result "$description"
}

# expect_second_kernel DESCRIPTION COMMAND-LINE: it was verified, and came up with this command line,
# our initrd, whole, and the report of the verification.
expect_second_kernel() {
	expect "$1" '^purgatory: verified ([^ ]* )*bytes=[1-9][0-9]+' \
		"^second kernel command line: $2\$" \
		"^second kernel initrd: $content_digest" \
		'^second kernel report: purgatory: verified bytes=[1-9][0-9]* .*, status 0$' \
		'^second kernel up: ' '!MISMATCH|FAULT|Kernel panic'
}

# boot_results COUNT: take over the results that the guest printed; there must be so many.
boot_results() {
	! $guest_left_out || return 0
	grep -E '^guest: (not )?ok - ' "$log" >"$work/results" || :
	while read -r _ line; do
		case $line in
		ok*) test_result "$arch $guest: ${line#ok - }" ;;
		*) test_result "$arch $guest: ${line#not ok - }" "see ${log#"$top"/}" ;;
		esac
	done <"$work/results"
	count=$(wc -l <"$work/results")
	if [ "$count" != "$1" ]; then
		test_result "$arch $guest: all $1 checks were made" "$count were"
		tail -n 15 "$log" | sed 's/^/# | /'
	fi
}
