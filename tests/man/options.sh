#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The options of kexec --help and those of the manual page are the same.
#
# usage: options.sh KEXEC [MANUAL]
#
# MANUAL is man/kexec.8 below $srcdir by default. Prints TAP.
set -eu
# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

kexec=$1
manual=${2:-${srcdir:-.}/man/kexec.8}

# Spellings after the macro .Fl in lines that begin with $1: ".Fl -load" is --load.
manual_options()
{
	awk -v first="$1" '
		$1 ~ first {
			for (i = 1; i < NF; i++)
				if ($i ~ /^\.?Fl$/)
					print "-" $(i + 1)
		}' "$manual" | sort
}

echo "1..5"
help_options "$kexec" >"$work/help"
manual_options '^\.It$' >"$work/listed"
# .Op Fl dxy: letters in one word
manual_options '^\.(Fl|Op|It|Pq|Po|Nm)$' |
	awk '/^-[a-z][a-z]+$/ { for (i = 2; i <= length($0); i++) print "-" substr($0, i, 1); next }
		{ print }' | sort -u >"$work/mentioned"

[ "$(wc -l <"$work/help")" -gt 20 ] || echo "only $(wc -l <"$work/help") options" >"$work/few"
touch "$work/few"
check_empty "--help lists options" "$work/few"

comm -23 "$work/help" "$work/listed" >"$work/undocumented"
check_empty "every option of --help is in the manual page" "$work/undocumented"

comm -13 "$work/help" "$work/listed" >"$work/unknown"
check_empty "every option of the manual page is in --help" "$work/unknown"

comm -13 "$work/help" "$work/mentioned" >"$work/stray"
check_empty "the text of the manual page mentions no other option" "$work/stray"

uniq -d "$work/listed" >"$work/twice"
check_empty "no option is described twice" "$work/twice"

finish
