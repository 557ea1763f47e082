# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What all scripts share; sourced, after `set -eu`, by a script one or more directories below the
# top of the checkout. Gives $top (the checkout), $cache (the toolroot and the guests' files, which
# git ignores) and the functions below.

top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
while [ ! -f "$top/scripts/lib.sh" ]; do
	top=${top%/*}
done
cache=${KEXEC_MMU_CACHE:-$top/.cache}

# The file that only a toolroot has; setup makes it, with the hash of what it installed.
toolroot_stamp=etc/kexec-mmu-toolroot

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# check_words WHAT NAMES WORD...: every word is one of the names, which are separated by white space;
# else name them all and end.
check_words() {
	what=$1
	names=$(printf '%s' "$2" | tr -s ' \t\n' ' ' | sed 's/^ //')
	shift 2
	for word; do
		case " $names " in
		*" $word "*) ;;
		*) die "there is no $what '$word'; there are: $names" ;;
		esac
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || die "needs root for mount namespaces and chroot: run it with sudo"
}

# Run the calling script inside the toolroot, which is set up first; returns where it is already
# inside. Usage: enter_toolroot "$@"
enter_toolroot() {
	if [ ! -e "/$toolroot_stamp" ]; then
		"$top/scripts/setup" toolroot
		script=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)/${0##*/}
		exec "$top/scripts/toolroot" "${script#"$top"/}" "$@"
	fi
}
