#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/package/guests.sh arm64|riscv64|arm64-bookworm
#
# The package that scripts/package makes, in a guest with Debian 13, or 12: it is installed beside kexec-tools and
# kdump-tools, shows a plan, loads and reboots through systemd with its unit, crashes into kdump-tools' crash kernel,
# whose report of purgatory is kept, runs debian/tests/load, and is purged without a rest. All boots are one run of
# QEMU, whose writes to the disk are not kept. Sets the userland up where it is missing; the package has been made.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
name=${1:-}
check_words userland "arm64 riscv64 arm64-bookworm" "$name"
[ -e "/$toolroot_stamp" ] || "$top/scripts/setup-userlands" "$name"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "${name%-*}"
# shellcheck source=../boot/userland.sh
. "$top/tests/boot/userland.sh"
userland_begin "$name" "$top/out/package-guests"

# The second disk: a tar file with what the guest runs.
make_test_disk() {
	mkdir "$work/test"
	cp "$top/tests/package/guest" "$work/test/run"
	cp "$top/tests/boot/guest/functions" "$top/debian/tests/load" "$work/test/"
	case $name in
	*-bookworm) package=$(echo "$top"/out/package/bookworm/kexec-mmu_*_"$arch".deb) ;;
	*) package=$(echo "$top"/out/package/kexec-mmu_*_"$arch".deb) ;;
	esac
	[ -e "$package" ] || die "there is no package for $name: run scripts/package"
	cp "$package" "$work/test/kexec-mmu.deb"
	tar -C "$work/test" -cf "$work/test.tar" .
}

make_test_disk
boot_userland "$name"
boot_results 25
expect "each kernel was verified before it ran" \
	'package-test: step first' '^purgatory: verified ([^ ]* )*bytes=[1-9][0-9]+' \
	'package-test: step unit' '^purgatory: verified' 'kdump-tools: saved vmcore in /var/crash/' \
	'package-test: step dump' '^purgatory: verified' 'package-test: step again' '^purgatory: verified' \
	'package-test: step load' '!MISMATCH|FAULT'
boot_end
