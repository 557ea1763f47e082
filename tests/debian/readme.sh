#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/debian/readme.sh bookworm|trixie|--skipped
#
# In a fresh minbase root of Debian does what README.md says under "Build it", word for word, without the
# network and without /dev/pts: in Debian 12 in the unpacked release archive, in Debian 13 in a copy of the
# checkout. It must end with an installed kexec that plans loads for both architectures; what cannot be
# tested for want of something is skipped. Runs outside of the toolroot; prints TAP. --skipped prints the names of
# the unit tests that are skipped.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# expect_tests DESCRIPTION STATUS NAMES: the last script said of these tests, and no other, that status.
expect_tests() {
	if [ "$(tests_with "$2")" = "$3" ]; then
		tap_result "$1"
	else
		tap_result "$1" "$2 are: $(tests_with "$2")"
	fi
}

# For want of terminals and of published vectors.
skipped='chunk_hash loaded plan_text progress sha256'
suite=${1:-}
case $suite in
bookworm | trixie) ;;
--skipped)
	echo "$skipped"
	exit
	;;
*) die "usage: tests/debian/readme.sh bookworm|trixie|--skipped" ;;
esac
debian_begin "$suite"
[ "$suite" = trixie ] || {
	"$top/scripts/build" host gcc dist
	find "$source" -mindepth 1 -delete
	tar -C "$source" -x --strip-components=1 --no-same-owner -f "$top"/out/host/build/kexec-mmu-*.tar.xz
}
expect "$suite: README's commands build, test and install" \
	"$("$top/scripts/readme-commands" "Build it")" || {
	debian_end
	exit
}
expect_no_warnings "$suite: no warning of a compiler"
expect_tests "$suite: skipped is what lacks terminals and vectors" SKIP \
	"$(echo "$skipped" | sed 's,[^ ]*,tests/unit/test_&,g')"
# shellcheck disable=SC2016 # expanded in the copy
expect "$suite: the installed kexec plans loads for both architectures" '
	cd out/native
	CAPTURED=$PWD/captured PURGATORIES="arm64 riscv64" TEST_EMULATOR= KEXEC=kexec \
		sh ../../tests/plan/built.sh' || :
expect "$suite: make uninstall leaves none of the files that make install brings" '
	cd out/native
	make -s install DESTDIR=/tmp/installed
	test -x /tmp/installed/usr/local/sbin/kexec
	make -s uninstall DESTDIR=/tmp/installed
	find /tmp/installed ! -type d >left
	cat left
	test ! -s left' || :
with_terminals="tests/unit/test_loaded tests/unit/test_plan_text tests/unit/test_progress"
expect "$suite: with /dev/pts nothing is skipped for want of it" --terminals "
	cd out/native
	make check TESTS='$with_terminals'" || :
expect_tests "$suite: that is so" PASS "$with_terminals"
expect "$suite: without dtc make check does not fail" '
	mv /usr/bin/dtc /usr/bin/dtc.away
	cd out/native
	rm -r captured
	make check TESTS="tests/plan/built.sh tests/unit/test_machine"' || :
expect_tests "$suite: without dtc captured systems are skipped" SKIP \
	"tests/plan/built.sh tests/unit/test_machine"
debian_end
