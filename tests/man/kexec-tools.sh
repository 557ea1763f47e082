#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tables of docs/kexec-tools.md are true: what they say of each option, and that no option of ours
# and no type of kernel is missing in them.
#
# usage: kexec-tools.sh KEXEC [DOCUMENT]
#
# DOCUMENT is docs/kexec-tools.md below $srcdir by default. Prints TAP.
set -eu
# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

kexec=$1
document=${2:-${srcdir:-.}/docs/kexec-tools.md}

# Lines of the table below the heading $1: cells with tabs between them, without the quotes of code.
table()
{
	awk -v heading="## $1" '
		/^## / { inside = $0 == heading; row = 0 }
		inside && /^\|/ && ++row > 2 {
			gsub(/\\\|/, "/")
			gsub(/`/, "")
			sub(/^\| */, "")
			sub(/ *\|$/, "")
			gsub(/ *\| */, "\t")
			print
		}' "$document"
}

# Spellings in the first cell, one a line: "-t, --type=TYPE" is -t and --type=TYPE.
spellings()
{
	cut -f 1 | tr ',' '\n' | tr -d ' '
}

# An argument that the option $1 takes: nothing looks at the file.
with_sample()
{
	case $1 in
	*=ADDRESS | *=RATE) echo "${1%%=*}=1" ;;
	*=*/*) echo "${1%%/*}" ;;
	-t) echo "-tImage" ;;
	*=*) echo "${1%%=*}=sample" ;;
	*) echo "$1" ;;
	esac
}

# What our kexec makes of the word $1: accepted, refused or unknown. The second word is an option that
# nobody has, and getopt gets there only if the first one is taken.
answer()
{
	status=0
	"$kexec" "$1" --no-such-option >"$work/out" 2>"$work/error" || status=$?
	case $status:$(cat "$work/error") in
	0:) echo accepted ;;
	1:"kexec: unknown option --no-such-option"*) echo accepted ;;
	1:"kexec: unknown option "*) echo unknown ;;
	1:"kexec: ${1%%=*} is not available"*) echo refused ;;
	*) echo "exit $status, $(cat "$work/error")" ;;
	esac
}

# True if --help says of the option $1 that it has no effect.
has_no_effect()
{
	"$kexec" --help | grep -A 1 -E -e "$1([ ,]|\$)" | grep -q 'without effect'
}

# check_option SPELLING EXPECTED: print what is wrong.
check_option()
{
	case $2 in
	same | more | 'no effect') expected=accepted ;;
	*) expected=$2 ;;
	esac
	is=$(answer "$(with_sample "$1")")
	[ "$is" = "$expected" ] || echo "$1: the table says $2, but it is: $is"
	case $1 in
	--*)
		effect=some
		! has_no_effect "${1%%=*}" || effect=none
		case $effect:$2 in
		none:'no effect' | some:same | some:more | some:refused | some:unknown) ;;
		*) echo "$1: the table says $2, but --help tells something else" ;;
		esac
		;;
	esac
}

echo "1..7"
table "Options of kexec-tools" >"$work/theirs"
table "Options of ours alone" >"$work/ours"
table "Kernel types" >"$work/types"

# As many as there are in kexec-tools 2.0.32: 47 rows, 16 of them with a letter, one with two.
[ "$(wc -l <"$work/theirs")" -eq 47 ] && [ "$(spellings <"$work/theirs" | wc -l)" -eq 64 ] ||
	echo "$(wc -l <"$work/theirs") rows, $(spellings <"$work/theirs" | wc -l) spellings" >"$work/few"
touch "$work/few"
check_empty "the table has all options of kexec-tools" "$work/few"

cut -f 3 "$work/theirs" | grep -vxE 'same|more|no effect|refused|unknown' >"$work/unanswered" || :
check_empty "every row has an answer" "$work/unanswered"

while IFS='	' read -r options _ here _; do
	echo "$options" | spellings | while read -r spelling; do
		check_option "$spelling" "$here"
	done
done <"$work/theirs" >"$work/untrue"
check_empty "options of kexec-tools do what the table says" "$work/untrue"

spellings <"$work/ours" | while read -r spelling; do
	check_option "$spelling" same
done >"$work/untrue"
check_empty "options of ours alone are accepted" "$work/untrue"

spellings <"$work/theirs" | sed 's/=.*//' | sort >"$work/their-names"
spellings <"$work/ours" | sed 's/=.*//' | sort >"$work/our-names"
comm -12 "$work/their-names" "$work/our-names" >"$work/both"
check_empty "no option stands in both tables" "$work/both"

help_options "$kexec" >"$work/help"
sort "$work/their-names" "$work/our-names" | comm -23 "$work/help" - >"$work/missing"
[ -s "$work/help" ] || echo "no options in --help" >>"$work/missing"
check_empty "every option of --help is in one of them" "$work/missing"

"$kexec" --version | sed -n 's/^kernels: //p' | tr ' ' '\n' | sort >"$work/known"
cut -f 1 "$work/types" | sort | comm -3 - "$work/known" >"$work/types-differ"
check_empty "the types are those of --version" "$work/types-differ"

finish
