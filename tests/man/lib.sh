# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# For the tests in this directory, to be sourced: a work directory, TAP, and what --help lists.
LC_ALL=C
export LC_ALL

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Spellings in those lines of KEXEC's --help that begin an option, up to the two blanks before the
# help text.
help_options()
{
	"$1" --help | awk '
		/^(  |      )-/ {
			sub(/^ +/, "")
			sub(/  .*/, "")
			count = split($0, words, ", ")
			for (i = 1; i <= count; i++) {
				sub(/\[?=.*/, "", words[i])
				print words[i]
			}
		}' | sort
}

number=0
failed=0

# check_empty NAME FILE: the file is empty; else its lines are what is wrong.
check_empty()
{
	number=$((number + 1))
	if [ -s "$2" ]; then
		echo "not ok $number - $1"
		sed 's/^/# /' "$2"
		failed=1
	else
		echo "ok $number - $1"
	fi
}

finish()
{
	exit "$failed"
}
