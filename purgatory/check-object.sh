#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: purgatory/check-object.sh READELF OBJECT
#
# Checks that kexec will load the finished purgatory object, and names the section if it will not.
# These are the checks of kexec (kexec/plan/elf_object.c, purgatory_load.c) whose outcome compilers and
# linkers decide:
#
#   - A section that is loaded has contents (PROGBITS) or is zeros (NOBITS). No code would run an
#     INIT_ARRAY.
#   - It is never both writable and executable.
#   - A writable one is zeros or empty, because the manifest covers no writable section.
#   - It has no other flags, except for those that allow a linker to merge: it is neither thread-local
#     nor compressed.
#   - The section of the digests is there.
#
# And one rule that kexec does not have: no absolute relocation in what is loaded. Purgatory has no
# pointer in its data, neither to functions nor to text, so that its code runs wherever it lies, before
# anything is known of it; tables that a compiler makes of a switch count too.
#
# READELF is GNU's readelf, of any architecture, or llvm-readelf.
set -eu

[ $# = 2 ] || {
	echo "usage: check-object.sh READELF OBJECT" >&2
	exit 2
}
sections=$(LC_ALL=C "$1" -S -W "$2") || {
	echo "$2: $1 cannot read its sections" >&2
	exit 1
}

# A line is "[number] name type address offset size entry-size flags link info alignment", the flags
# letters or nothing.
printf '%s\n' "$sections" | awk -v object="$2" '
	function refuse(why) {
		printf "%s: section \"%s\" %s, and kexec would refuse to load it\n", object, name,
			why | "cat >&2"
		refused = 1
	}
	!/^ *\[ *[0-9]+\]/ { next }
	{
		sub(/^ *\[ *[0-9]+\] */, "")
		name = $1
		flags = NF > 9 ? $7 : ""
		zeros = $2 == "NOBITS"
		empty = $5 ~ /^0+$/
		seen[name] = 1
	}
	flags !~ /A/ { next }
	$2 != "PROGBITS" && !zeros { refuse("has type " $2) }
	flags ~ /W/ && flags ~ /X/ { refuse("is writable and executable") }
	flags ~ /W/ && !zeros && !empty { refuse("is writable and not empty") }
	flags ~ /[^AWXMSGR]/ { refuse("has flags " flags) }
	END {
		name = ".rodata.digest"
		if (!(name in seen))
			refuse("is missing")
		exit refused
	}'

relocations=$(LC_ALL=C "$1" -r -W "$2") || {
	echo "$2: $1 cannot read its relocations" >&2
	exit 1
}

# "Relocation section '.rela.NAME' at ...", then one relocation a line: "offset info type symbol...".
printf '%s\n' "$relocations" | awk -v object="$2" '
	/^Relocation section / { split($0, part, "\047"); name = part[2]; sub(/^\.rela/, "", name) }
	name ~ /^\.(debug|comment|note)/ { next }
	$3 ~ /^(R_AARCH64_ABS(16|32|64)|R_RISCV_(32|64))$/ {
		printf "%s: section \"%s\" has a pointer at 0x%s: %s %s\n", object, name, $1, $3,
			$5 | "cat >&2"
		refused = 1
	}
	END { exit refused }'
