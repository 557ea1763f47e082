#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/package/autopkgtest.sh
#
# Debian's autopkgtest runs debian/tests with the arm64 package that scripts/package has made, in a root of Debian 13
# whose programs QEMU's user mode runs; each test has a fresh copy of it, without the network. The test "load" wants a
# machine: tests/package/guests.sh runs it. Runs outside of the toolroot; prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
# shellcheck source=../tap.sh
. "$top/tests/tap.sh"

[ $# = 0 ] || die "usage: tests/package/autopkgtest.sh"
need_root
[ ! -e "/$toolroot_stamp" ] || die "needs to run outside of the toolroot"
"$top/scripts/setup-autopkgtest"
work=$(mktemp -d "$cache/autopkgtest-run.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
packages=$top/out/package
package=$(echo "$packages"/kexec-mmu_*_arm64.deb)
[ -e "$package" ] || die "there is no package: run scripts/package"
mkdir -p "$work/given" "$top/out/autopkgtest"
cp "$package" "$work/given/kexec-mmu.deb"
"$top/scripts/toolroot" sh -c 'dpkg-source --extract out/package/kexec-mmu_*.dsc /tmp/source >&2 &&
	tar -C /tmp/source -c .' >"$work/source.tar"

# run TEST: in a fresh root; what autopkgtest says is in $log.
run() {
	log=$top/out/autopkgtest/$1.log
	mkdir -p "$work/$1/upper" "$work/$1/work" "$work/$1/root"
	# shellcheck disable=SC2016 # expanded by these shells
	unshare --mount --net -- sh -euc '
		lower=$1 work=$2 given=$3 name=$4 foreign=$5
		mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" "$work/root"
		mkdir "$work/root/srv/test" "$work/root/srv/test/source"
		cp "$given/given/kexec-mmu.deb" "$work/root/srv/test/"
		tar -C "$work/root/srv/test/source" -x -f "$given/source.tar" --no-same-owner
		exec "$foreign" arm64 sh -euc "
			cd \"\$1\"
			mount -t proc proc proc
			mount -t tmpfs -o mode=1777 tmpfs tmp
			mount -t tmpfs -o mode=755 tmpfs run
			mount -t tmpfs -o mode=755 tmpfs dev
			for device in null zero full random urandom tty; do
				: >dev/\$device
				mount --bind /dev/\$device dev/\$device
			done
			ln -s /proc/self/fd dev/fd
			mkdir dev/pts
			mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
			ln -s pts/ptmx dev/ptmx
			exec chroot . /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
				HOME=/root LC_ALL=C.UTF-8 TERM=dumb autopkgtest --test-name=\"\$2\" \
				--setup-commands=\"apt-get update\" --ignore-restrictions=breaks-testbed --no-built-binaries \
				/srv/test/kexec-mmu.deb /srv/test/source/ -- null
		" sh "$work/root" "$name"
	' sh "$cache/extra/autopkgtest" "$work/$1" "$work" "$1" "$top/scripts/foreign" >"$log" 2>&1 || :
}

for test in commands beside-kexec-tools; do
	run "$test"
	if grep -q "^$test  *PASS" "$log"; then
		tap_result "autopkgtest: $test"
	else
		tap_result "autopkgtest: $test" "$(tail -n 40 "$log")"
	fi
done
echo "1..$test_count"
[ "$failure_count" = 0 ]
