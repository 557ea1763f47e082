#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/boot/file-crash.sh [arm64 [gcc|clang [GUEST...]]]
#
# Crash kernels that kexec_file_load(2) loads on arm64, verified: the plan is one Image. Damage to every
# segment, a wrong place, what speaks against it and what the kernel may refuse. The kernels come from
# scripts/setup-file-kernels; tests/kdump/cases has the dumps.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
[ -e "/$toolroot_stamp" ] || "$top/scripts/setup-file-kernels"
[ $# != 0 ] || set -- arm64
enter_toolroot "$@"
# shellcheck source=lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=damage.sh
. "$top/tests/boot/damage.sh"
check_words architecture arm64 "$1"
boot_begin "$@"

kernels=/extra/file-kernels/arm64
both=$kernels/both/Image
file_only=$kernels/file/Image
memory=1G
token='token-that-is-damaged'
options='quiet panic=-1'
crash_options="$options crashkernel=256M"
loss='nothing verifies this kernel before it is entered'

# What these guests share beside tests/boot/guest/functions.
cat >"$work/file-functions" <<-'EOF'
	mount -t securityfs securityfs /sys/kernel/security

	crash_loaded() {
		[ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ]
	}

	# What was run worked, and said nothing; or one line that matches PATTERN.
	silent() {
		[ "$status" = 0 ] && [ ! -s /tmp/err ]
	}
	warned_with() {
		[ "$status" = 0 ] && [ "$(wc -l </tmp/err)" = 1 ] &&
			grep -Eq "^kexec: warning: .*($1)" /tmp/err
	}

	# The limit counts down with each call, whatever becomes of it.
	attempts_left() {
		[ "$(cat /proc/sys/kernel/kexec_load_limit_panic)" = "$1" ]
	}

	# field N ROLE NAME: of the Nth segment of that role in /tmp/plan, in the order of addresses.
	field() {
		awk -v n="$1" -v role="\"$2\"," -v name="\"$3\":" '
			$1 == "\"role\":" { found = $2 == role; count += found }
			$1 == name && found && count == n { gsub(/[",]/, ""); print $2 }
		' /tmp/plan/plan.json
	}

	crash() {
		echo c >/proc/sysrq-trigger
	}
EOF

# prepare KERNEL CRASH-KERNEL: the next guests run KERNEL, and load the other one.
prepare() {
	kernel=$1
	guest_clear
	guest_file kernel "$2"
	cp "$work/file-functions" "$work/own/"
	kernel_options=$crash_options
}

# change_image OFFSET BYTES: load a kernel with other bytes in the header of its Image.
change_image() {
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$2" | dd of="$work/own/boot/kernel" bs=1 seek="$1" conv=notrunc status=none
}

# expect_verified DESCRIPTION: after the crash, with the MMU on.
expect_verified() {
	expect "$1" 'Kernel panic - not syncing' '^purgatory: verified .* mmu=on regime=' \
		"^second kernel command line: $options $token\$" \
		"^second kernel initrd: $content_digest" \
		'^second kernel report: purgatory: verified .*, status 0$' '^second kernel up: ' \
		'!MISMATCH|FAULT'
}

# client_load ROW: the next guest finds in /client how that row of tests/clients/commands.table loads.
client_load() {
	command=$(sed -n "s/^$1  *[^ ]*  *\(kexec .*\)/\1/p" "$top/tests/clients/commands.table")
	cat >"$work/own/client" <<-EOF
		K=/boot/kernel I=/boot/initrd C='$options $token'
		run ${command% =>*}
	EOF
}

# A kernel that has no other call, and the command line of Fedora's kdumpctl for such systems.
prepare "$file_only" "$file_only"
client_load fedora-s
for machine in el1 el2 vhe; do
	case $machine in
	el1) set -- ;;
	# Without ITS: Linux without EFI cannot keep its LPI tables from the next kernel.
	el2) set -- -M virtualization=on,gic-version=3,its=off -smp 4 ;;
	vhe) set -- -M virtualization=on,gic-version=3,its=off -cpu neoverse-n1 ;;
	esac
	boot "file-crash-$machine" "$@" <<-'EOF'
		. /file-functions
		. /client
		silent && crash_loaded; result "kdumpctl's command line loads in silence"
		run kexec -p -d /boot/kernel --initrd=/boot/initrd
		[ $status = 0 ] && grep -Eq "the crash kernel's Image is at 0x[0-9a-f]+\$" /tmp/err
		result "the kernel's memory tells where it is"
		. /client
		crash
	EOF
	boot_results 2
	expect_verified "the crash kernel comes up verified"
done

# That of Debian's kdump-tools, which knows nothing of the calls.
client_load debian-kdump
boot file-crash-kdump-tools <<-'EOF'
	. /file-functions
	. /client
	silent && crash_loaded; result "kdump-tools' command line loads in silence"
	crash
EOF
boot_results 1
expect_verified "the crash kernel comes up verified"
rm "$work/own/client"

# A kernel with both calls, by -s; without symbols of data its log tells where the Image is. Options
# that a plain load cannot honour, and formats that it does not take.
prepare "$both" "$both"
guest_file zboot "$kernels/both/vmlinuz.efi"
guest_file vmlinux "$kernels/both/vmlinux"
boot file-crash-both <<-EOF
	. /file-functions
	load="kexec -p -s --initrd=/boot/initrd"
	run \$load -d /boot/kernel
	[ \$status = 0 ] && grep -Eq "the crash kernel's Image is at 0x[0-9a-f]+\\\$" /tmp/err
	result "the kernel's log tells where it is"
	for option in --dtb=/sys/firmware/fdt --mmu=off --serial=none --engine=generic \\
		--on-mismatch=halt; do
		run \$load \$option /boot/kernel
		silent && crash_loaded; result "-s -p honours \$option"
	done
	run \$load --mem-min=0x60000000 /boot/kernel
	refused_with "--mem-min" && crash_loaded; result "-s -p refuses --mem-min"
	run \$load /boot/zboot
	silent && crash_loaded; result "-s -p takes a vmlinuz.efi"
	run \$load /boot/vmlinux --append="$options $token"
	silent && crash_loaded; result "-s -p takes a vmlinux"
	crash
EOF
boot_results 9
expect_verified "a vmlinux comes up verified"

# load_and_crash GUEST MARKER-OFFSET [KEXEC-OPTION]: a guest that loads, says what is to be damaged if
# $damage is an address, waits and crashes.
load_and_crash() {
	cat >"$work/commands" <<-EOF
		. /file-functions
		kexec -p -s --sysroot=/ --output=/tmp/plan /boot/kernel --initrd=/boot/initrd \\
			--append="$options $token"
		kexec -p ${3:-} /boot/kernel --initrd=/boot/initrd --append="$options $token"
		[ -z "$damage" ] || printf 'guest: damage 0x%x\\n' \$(($damage))
		echo "guest: waiting"
		read line
		crash
	EOF
	boot_damaged "file-crash-$1" "$work/marker" "$2" <"$work/commands"
}

# The control: what is not damaged boots. Loaded plainly, what is damaged boots too, and this is what
# the Image is for.
prepare "$file_only" "$file_only"
: >"$work/marker"
damage=
load_and_crash undamaged 0
expect_verified "undamaged, it comes up"
# Random bytes are at the end of the initrd.
part "$work/initrd" $(($(stat -c %s "$work/initrd") - 500000)) 64
load_and_crash plain 64 -i
expect "plain, a damaged crash kernel boots" '^guest: waiting' 'Kernel panic' '^second kernel up: ' \
	'!^purgatory:' "!^second kernel initrd: $content_digest"
: >"$work/marker"

# damaged NAME N ROLE OFFSET: flip a bit in the Nth segment of that role. In purgatory's text that is at
# the end, because damage to what writes the line could hide it.
damaged() {
	damage="\$(field $2 $3 address) + $4"
	load_and_crash "damaged-$1" 0
}
damaged head 1 purgatory 4000
expect_mismatch purgatory resetting
damaged text 2 purgatory "\$(field 2 purgatory size) - 8"
expect_mismatch purgatory resetting
damaged rodata 3 purgatory 64
expect_mismatch purgatory resetting
damaged kernel 1 kernel 0x123456
expect_mismatch kernel resetting
damaged initrd 1 initrd 0x54321
expect_mismatch initrd resetting
damaged elfcorehdr 1 elfcorehdr 0x60
expect_mismatch elfcorehdr resetting
damaged dtb 1 dtb 0x123
expect_mismatch dtb resetting
damaged manifest 1 manifest 0x40
expect_mismatch manifest resetting
damaged pagetable 1 pagetable 0
expect "a flipped bit in the page tables is found, and the MMU stays off" '^guest: waiting' \
	'^purgatory: verified .* mmu=off reason=tables' '^second kernel up: ' '!MISMATCH|FAULT'

# An Image for another region, which only its head can begin with: the kernel puts it into its own.
boot file-crash-place <<-'EOF'
	. /file-functions
	mkdir -p /tmp/system/proc /tmp/system/sys
	mount --rbind /proc /tmp/system/proc
	mount --rbind /sys /tmp/system/sys
	first=$(sed -n 's/^ *\([0-9a-f]*\)-.*: Crash kernel/\1/p' /proc/iomem)
	other=$(printf '%x' $((0x$first + 0x200000)))
	sed "s/$first\\(-.*: Crash kernel\\)/$other\\1/" /proc/iomem >/tmp/iomem
	mount --bind /tmp/iomem /tmp/system/proc/iomem
	kexec -p -s --sysroot=/tmp/system --output=/tmp/plan /boot/kernel --initrd=/boot/initrd
	kexec -p -s -i /tmp/plan/wrapped-image.bin
	crash
EOF
expect "another place is reported" 'Kernel panic' \
	'^purgatory: FAULT cause=place address=0x[0-9a-f]+ expected=0x[0-9a-f]+$' \
	'^purgatory: resetting' '!^second kernel'

# boot_to_crash COMMAND GUEST [QEMU-OPTION...]: a guest that runs the command, loads and crashes.
boot_to_crash() {
	cat >"$work/commands" <<-EOF
		. /file-functions
		$1
		kexec -p /boot/kernel --initrd=/boot/initrd --append="$options $token"
		crash
	EOF
	shift
	boot "$@" <"$work/commands"
}

# Kernels that make the jump long, or lie at an offset: 195 MiB, and 512 KiB.
change_image 16 '\000\000\060\014\000\000\000\000'
memory=2G
boot_to_crash : file-crash-long -append "$options crashkernel=512M first"
expect_verified "a kernel of 195 MiB comes up verified"
memory=1G
prepare "$file_only" "$file_only"
change_image 8 '\000\000\010\000\000\000\000\000'
boot_to_crash : file-crash-text-offset
expect_verified "a kernel with a text_offset comes up verified"

# A region at an address, and one that was shrunk so that its end is not aligned.
prepare "$file_only" "$file_only"
boot_to_crash : file-crash-at -append "$options crashkernel=128M@0x60000000 first"
expect_verified "in a region at an address it comes up verified"
boot_to_crash 'echo 104869888 >/sys/kernel/kexec_crash_size' file-crash-shrunk
expect_verified "in a region that was shrunk it comes up verified"

# The least region in which it fits: there it is loaded, and with less it is loaded plainly, with a
# warning.
boot file-crash-tight <<-'EOF'
	. /file-functions
	kexec -p -s --sysroot=/ --output=/tmp/plan /boot/kernel --initrd=/boot/initrd --mmu=on
	memory=$(sed -n '/wrapped_image/,/}/s/.*"memory_size": \([0-9]*\),/\1/p' /tmp/plan/plan.json)
	echo $((memory + (4 << 20))) >/sys/kernel/kexec_crash_size
	run kexec -p /boot/kernel --initrd=/boot/initrd
	silent && crash_loaded; result "where it just fits it is loaded, verified"
	kexec -p -u
	echo $((memory + (4 << 20) - 0x100000)) >/sys/kernel/kexec_crash_size
	run kexec -p /boot/kernel --initrd=/boot/initrd
	warned_with "nothing verifies.*no hole" && crash_loaded
	result "where it does not it is loaded plainly, with a warning"
	run kexec -p --serial=none /boot/kernel --initrd=/boot/initrd
	refused_with "no hole" && crash_loaded
	result "with an option that needs it, it is refused"
EOF
boot_results 3

# What speaks against it is known beforehand: one warning, one attempt, a plain load.
prepare "$both" "$both"
boot file-crash-lockdown -append "$crash_options lockdown=integrity first" <<-EOF
	. /file-functions
	echo 10 >/proc/sys/kernel/kexec_load_limit_panic
	run kexec -p -s /boot/kernel --initrd=/boot/initrd
	warned_with "$loss, because.*locked down" && crash_loaded && attempts_left 9
	result "under lockdown it is loaded plainly, in one attempt"
	run kexec -p /boot/kernel --initrd=/boot/initrd
	warned_with "locked down.*$loss" && crash_loaded && attempts_left 8
	result "without -s, too"
EOF
boot_results 2
prepare "$file_only" "$file_only"
boot file-crash-policy -append "$crash_options loadpin.enforce=1 first" <<-EOF
	. /file-functions
	echo 10 >/proc/sys/kernel/kexec_load_limit_panic
	run kexec -p -s /boot/kernel --initrd=/boot/initrd
	warned_with "$loss, because LoadPin" && crash_loaded && attempts_left 9
	result "under LoadPin it is loaded plainly, in one attempt"
	mount -t tmpfs tmpfs /proc/sys/kernel/loadpin
	run kexec -p -s /boot/kernel --initrd=/boot/initrd
	warned_with "does not accept.*Operation not permitted.*$loss" && crash_loaded &&
		attempts_left 7
	result "what the kernel refuses is loaded once more, plainly"
	run kexec -p -s --serial=none /boot/kernel --initrd=/boot/initrd
	refused_with "not permitted.*the kernel loaded before is gone" && ! crash_loaded &&
		attempts_left 6
	result "with an option that needs it, the refusal is final"
EOF
boot_results 3
boot file-crash-ima <<-EOF
	. /file-functions
	echo 10 >/proc/sys/kernel/kexec_load_limit_panic
	echo 'appraise func=KEXEC_KERNEL_CHECK appraise_type=imasig' >/tmp/policy
	cat /tmp/policy >/sys/kernel/security/ima/policy
	run kexec -p -s /boot/kernel --initrd=/boot/initrd
	[ \$status = 1 ] && grep -q "$loss, because IMA's policy" /tmp/err && attempts_left 9
	result "under IMA's policy it is loaded plainly, in one attempt"
EOF
boot_results 1
boot file-crash-limit <<-EOF
	. /file-functions
	for limit in 3 2 1; do
		echo \$limit >/proc/sys/kernel/kexec_load_limit_panic
		run kexec -p -s /boot/kernel --initrd=/boot/initrd
		case \$limit in
		3) silent ;;
		*) warned_with "$loss, because kernel.kexec_load_limit_panic" ;;
		esac && crash_loaded
		result "with \$limit attempts left"
	done
EOF
boot_results 3

# No memory for the file: the crash kernel before stays.
boot file-crash-memory <<-'EOF'
	. /file-functions
	kexec -p -s /boot/kernel --initrd=/boot/initrd
	echo 10 >/proc/sys/kernel/kexec_load_limit_panic
	cp /boot/initrd /tmp/large
	dd if=/dev/zero bs=1M count=150 2>/dev/null >>/tmp/large
	used=$(awk '/^Committed_AS/ { print $2 }' /proc/meminfo)
	echo $((used + 100000)) >/proc/sys/vm/overcommit_kbytes
	echo 2 >/proc/sys/vm/overcommit_memory
	run kexec -p -s /boot/kernel --initrd=/tmp/large
	refused_with "cannot make a file of the crash kernel in memory: Cannot allocate" &&
		crash_loaded && attempts_left 10
	result "without memory for the file nothing is lost"
EOF
boot_results 1

# EFI and ACPI.
prepare "$file_only" "$file_only"
# The firmware leaves codes for a terminal on the line.
boot_to_crash 'echo; [ ! -e /proc/device-tree/model ]; result "the first kernel runs with ACPI"' \
	file-crash-acpi -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd
boot_results 1
expect_verified "with ACPI it comes up verified"

boot_end
