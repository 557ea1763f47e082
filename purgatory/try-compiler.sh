#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: purgatory/try-compiler.sh SRCDIR READELF COMPILER FLAGS LINK-FLAGS FILE[:MORE]...
#
# For configure: checks whether COMPILER makes purgatory objects that kexec loads. Compiles every FILE
# below SRCDIR with the FLAGS that the build uses, with MORE appended to the last of them, and makes one
# object of them. If that fails, prints why in one line. COMPILER, FLAGS and LINK-FLAGS are lists of
# words.
set -eu

srcdir=$1 readelf=$2 compiler=$3 flags=$4 link_flags=$5
shift 5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run WHAT COMMAND...: run the command. If it fails, exit with its first line about an error.
run() {
	what=$1
	shift
	"$@" >"$work/log" 2>&1 || {
		cause=$(grep -m 1 -i 'error' "$work/log" || head -n 1 "$work/log")
		echo "$what: ${cause:-it says nothing}"
		exit 1
	}
}

# shellcheck disable=SC2086 # lists of words
for file; do
	more=
	case $file in
	*:*) more=${file#*:} file=${file%:*} ;;
	esac
	run "$file" $compiler "-I$srcdir/include" "-I$srcdir/purgatory" $flags$more -c \
		-o "$work/$(basename "$file").o" "$srcdir/purgatory/$file"
done
# shellcheck disable=SC2086 # lists of words
run linking $compiler $link_flags -r -o "$work/object" "$work"/*.o
run "the object" sh "$srcdir/purgatory/check-object.sh" "$readelf" "$work/object"
