#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/kdump/run.sh arm64|riscv64 [CASE...]
#
# Crashes guests and examines their dumps, with foreign tools: the named cases of tests/kdump/cases,
# or all of that architecture but those that need scripts/setup-file-kernels, which "file-load" names.
# Those of other kernels than trixie need scripts/setup-kernels.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
# shellcheck source=lib.sh
. "$top/tests/kdump/lib.sh"
arch=${1:-}
[ $# = 0 ] || shift
check_words architecture "arm64 riscv64" "$arch"
check_words "case of $arch" \
	"file-load $(awk -v arch="$arch" '$1 == arch { print $2 }' "$kdump_directory/cases")" "$@"
boot_begin "$arch"

# chosen_cases [NAME...]: these cases of this architecture, or all that Debian's kernels are for.
chosen_cases() {
	awk -v arch="$arch" -v names="$*" '
		BEGIN { count = split(names, list); for (i in list) wanted[list[i]] }
		{ is_file = $3 ~ /^file/ }
		$1 == arch && (count == 0 ? !is_file : $2 in wanted || (is_file && "file-load" in wanted)) {
			$1 = ""
			print
		}
	' "$kdump_directory/cases"
}

# machine_options KERNEL FIRMWARE: for QEMU, one word a line.
machine_options() {
	case $1 in
	*-16k) printf '%s\n' -cpu neoverse-n1 ;; # the Cortex-A57 has no pages of 16 KiB
	esac
	case $2 in
	dt) ;;
	acpi) printf '%s\n' -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd ;;
	# Without ITS: Linux without EFI cannot keep its LPI tables from the next kernel.
	el2) printf '%s\n' -M virtualization=on,gic-version=3,its=off ;;
	vhe) printf '%s\n' -M virtualization=on,gic-version=3,its=off -cpu neoverse-n1 ;;
	*) die "there is no firmware $2" ;;
	esac
}

chosen_cases "$@" >"$work/cases"
while read -r name first second memory region cpus cpu firmware; do
	require_kernel "$first"
	require_kernel "$second"
	# shellcheck disable=SC2046 # one word a line, none with spaces
	crash "kdump-$name" "$first" "$second" "$region" "$cpus" "$cpu" \
		$(machine_options "$first" "$firmware")
	expect_dump "$cpus" "$cpu"
done <"$work/cases"
boot_end
