#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/clients/debian.sh arm64|riscv64
#
# Debian's own clients, unmodified, in a Debian guest where our kexec takes the packaged one's place as
# docs/install.md says: kdump-tools loads a crash kernel, the guest panics, and the next boot finds
# the dump; systemctl kexec, kexec-load-kernel and kexec without an action boot the kernel again; then
# the packaged kexec comes back. All boots are one run of QEMU, whose writes to the disk are not
# kept. Sets up what it needs where that is missing.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
[ -e "/$toolroot_stamp" ] || "$top/scripts/setup-userlands" "$@"
enter_toolroot "$@"
# shellcheck source=../boot/lib.sh
. "$top/tests/boot/lib.sh"
boot_begin "$1"
# shellcheck source=../boot/userland.sh
. "$top/tests/boot/userland.sh"
userland_begin "$arch" "$top/out/clients/$arch"

# documented NAME: the commands in docs/install.md whose block begins with "# NAME".
documented() {
	awk -v begin="    # $1" '$0 == begin { inside = 1; next } !/^    / { inside = 0 }
		inside { print substr($0, 5) }' "$top/docs/install.md"
}

# The second disk: a tar file with what the guest runs.
make_test_disk() {
	mkdir "$work/test"
	cp "$top/tests/clients/guest/debian" "$work/test/run"
	cp "$top/tests/boot/guest/functions" "$kexec" "$work/test/"
	documented install >"$work/test/install.sh"
	documented reload >"$work/test/reload.sh"
	documented remove >"$work/test/remove.sh"
	tar -C "$work/test" -cf "$work/test.tar" .
}

make_test_disk
boot_userland debian
boot_results 23
expect "the crash kernel is verified, and its kdump-tools save the dump" \
	'client-test: step first' '^purgatory: verified ([^ ]* )*bytes=[1-9][0-9]+' \
	'kdump-tools: saved vmcore in /var/crash/' 'client-test: step dump' '!MISMATCH|FAULT'
expect "every kernel after it is verified" \
	'client-test: step dump' '^purgatory: verified' 'client-test: step systemctl-kexec' \
	'^purgatory: verified' 'client-test: step load-kernel' \
	'^purgatory: verified' 'client-test: step no-action'
boot_end
