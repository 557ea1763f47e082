# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Builds in roots of Debian: sourced after scripts/lib.sh by scripts that run outside of the toolroot, as
# root. Results are TAP.

# shellcheck disable=SC2154 # scripts/lib.sh's
# shellcheck source=../tap.sh
. "$top/tests/tap.sh"

# debian_begin SUITE|oldest [compilers]: in $root a fresh copy of that minbase root; or that with packages
# itself, which cannot be written to: "oldest", or with "compilers" that of the suite. In $source is a
# copy of the checkout, its /src.
debian_begin() {
	need_root
	[ ! -e "/$toolroot_stamp" ] || die "needs to run outside of the toolroot"
	# shellcheck disable=SC2086 # an argument or none
	"$top/scripts/setup-debian" ${2:-}
	work=$(mktemp -d "$cache/debian-test.XXXXXX")
	trap 'rm -rf --one-file-system "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	source=$work/src
	log=$work/log
	mkdir -p "$source"
	tar -C "$top" -c --exclude=./out --exclude=./.cache --exclude=./.git . |
		tar -C "$source" -x --no-same-owner
	archive=
	case $1:${2:-} in
	*:compilers) root=$cache/extra/compilers/$1 ;;
	oldest:) root=$cache/debian/$1 ;;
	*)
		root=$work/root archive=$cache/debian/$1/srv/debian
		mkdir -p "$root"
		tar -C "$cache/debian/$1" -c --exclude=./srv/debian . | tar -C "$root" -x
		mkdir -p "$root/srv/debian"
		;;
	esac
}

# in_root [--terminals] SCRIPT: run it with sh -e in /src of the copy, without the network, and, unless
# asked for, without /dev/pts. The toolroot is at /toolroot, to be read. In a root with packages, where
# no user is followed, configure takes the small shell that scripts/build gives it.
in_root() {
	terminals=no
	[ "$1" != --terminals ] || { terminals=yes && shift; }
	# shellcheck disable=SC2016 # expanded by that shell
	unshare --mount --pid --net --fork --kill-child -- sh -euc '
		root=$1 source=$2 archive=$3 toolroot=$4 terminals=$5
		mount --bind "$root" "$root"
		cd "$root"
		mount --bind "$source" src
		mount --bind -o ro "$toolroot" toolroot
		if [ -n "$archive" ]; then
			mount --bind -o ro "$archive" srv/debian
			shell=
		else
			mount -o remount,bind,ro "$root"
			shell=CONFIG_SHELL=/bin/sh
		fi
		mount -t tmpfs -o mode=1777 tmpfs tmp
		mount -t proc proc proc
		mount -t tmpfs -o mode=755 tmpfs dev
		for device in null zero full random urandom tty; do
			: >"dev/$device"
			mount --bind "/dev/$device" "dev/$device"
		done
		ln -s /proc/self/fd dev/fd
		if [ "$terminals" = yes ]; then
			mkdir dev/pts
			mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
			ln -s pts/ptmx dev/ptmx
		fi
		exec chroot . /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root DEBIAN_FRONTEND=noninteractive VERBOSE=1 $shell sh -euc "cd /src
$6"' sh "$root" "$source" "$archive" "$cache/toolroot" "$terminals" "$1" 2>&1
}

# expect DESCRIPTION [--terminals] SCRIPT: the script in the copy succeeds; what it says is in $log, with
# the logs of tests that failed (VERBOSE).
expect() {
	what=$1
	shift
	if in_root "$@" >"$log"; then
		tap_result "$what"
	else
		tap_result "$what" "$(
			grep -E '^(FAIL|ERROR): ' "$log"
			tail -n 60 "$log"
		)"
		return 1
	fi
}

# expect_no_warnings DESCRIPTION: of a compiler, in what the last script said.
expect_no_warnings() {
	if grep -q 'warning:' "$log"; then
		tap_result "$1" "$(grep -m 10 'warning:' "$log")"
	else
		tap_result "$1"
	fi
}

# tests_with STATUS: the names of the tests of which the last script said so, in one line.
tests_with() {
	sed -n "s/^$1: //p" "$log" | sort | paste -s -d ' '
}

debian_end() {
	echo "1..$test_count"
	[ "$failure_count" = 0 ]
}
