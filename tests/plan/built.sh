#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Part of make check, in the build tree. The kexec that was just built plans loads for captured systems
# with each purgatory that is embedded in it: what compiled is loaded. Needs no more than a shell; the
# plans are examined in depth by plans.py. KEXEC is another program to be tested, an installed one. Prints
# TAP. The environment has from Makefile.am: CAPTURED,
# PURGATORIES (the architectures that are embedded) and TEST_EMULATOR.
set -eu
# shellcheck source=../captured/number.sh
. "$(dirname -- "$0")/../captured/number.sh"

# shellcheck disable=SC2154 # Makefile.am's
[ -e "$CAPTURED/stamp" ] || {
	echo "1..0 # SKIP no captured systems: install dtc and acpixtract"
	exit 77
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failures=0

# make_kernel ARCH: a kernel Image of 1 MiB that says of itself what the boot protocol wants.
make_kernel() {
	case $1 in
	arm64)
		number 8 0 0 1048576 10 0 0 0 # offset, size, flags
		printf 'ARM\144\0\0\0\0'
		;;
	riscv64)
		number 8 0 2097152 1048576 0 2 0 0 # offset, size, flags, version
		printf 'RSC\005\0\0\0\0'
		;;
	esac
	head -c 1048512 /dev/zero
}

# bytes FILE OFFSET SIZE: in hexadecimal.
bytes() {
	od -A n -v -t x1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# A plan as lines "ROLE ADDRESS SIZE FILE", the segments, and "SYMBOL ADDRESS".
plan_lines() {
	tr -d ' ,"' <"$work/plan/plan.json" | awk -F : '
		{ value[$1] = $2 }
		$1 == "file" { print value["role"], value["address"], value["size"], $2 }
		/^purgatory_/ { print $1, $2 }'
}

# symbol NAME SIZE: its bytes, found in the segment that it lies in.
symbol() {
	address=$(($(awk -v name="$1" '$1 == name { print $2 }' "$work/lines")))
	while read -r role start size file; do
		offset=$((address - start))
		if [ "$role" = purgatory ] && [ "$offset" -ge 0 ] && [ "$offset" -lt "$size" ]; then
			bytes "$work/plan/$file" "$offset" "$2"
			return
		fi
	done <"$work/segments"
}

# check: the plan has what a load needs, and purgatory knows the manifest by its digest. Says why not.
check() {
	plan_lines >"$work/lines"
	awk 'NF == 4' "$work/lines" >"$work/segments"
	for role in kernel dtb purgatory manifest; do
		grep -q "^$role " "$work/segments" || {
			echo "there is no $role"
			return
		}
	done
	manifest=$work/plan/$(awk '$1 == "manifest" { print $4 }' "$work/segments")
	digest=$(sha256sum <"$manifest" | cut -d ' ' -f 1)
	[ "$(symbol purgatory_manifest_digest 32)" = "$digest" ] ||
		echo "purgatory has another digest of the manifest: $(symbol purgatory_manifest_digest 32)"
}

# plan SYSTEM ACTION: one result.
plan() {
	count=$((count + 1))
	rm -rf "$work/plan"
	# shellcheck disable=SC2086 # an emulator with its options, or nothing
	if $TEST_EMULATOR "${KEXEC:-kexec/kexec}" --sysroot="$CAPTURED/$1" --target="$arch" \
		--output="$work/plan" "$2" "$work/kernel" --append=x >"$work/said" 2>&1; then
		why=$(check)
	else
		why=$(cat "$work/said")
	fi
	if [ -z "$why" ]; then
		echo "ok $count - $1: kexec $2 plans a load"
	else
		failures=$((failures + 1))
		echo "not ok $count - $1: kexec $2 plans a load"
		printf '%s\n' "$why" | sed 's/^/# /'
	fi
}

# shellcheck disable=SC2154 # Makefile.am's
for arch in $PURGATORIES; do
	make_kernel "$arch" >"$work/kernel"
	for system in "$arch-dt" "$arch-acpi" "$arch-64k"; do
		[ ! -d "$CAPTURED/$system" ] || plan "$system" -l
	done
	plan "$arch-crash" -p
done
echo "1..$count"
[ "$failures" = 0 ]
