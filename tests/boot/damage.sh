# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Guests whose memory is damaged while they wait between load and execute. Sourced after lib.sh by the
# tests of corruption. A marker is a file of bytes, of which every copy in the guest's memory is found.

# boot_damaged GUEST MARKER-FILE OFFSET [QEMU-OPTION...]: run a guest whose /test is on stdin, and when
# it says "guest: waiting" flip a bit OFFSET bytes after the beginning of every copy of the marker, and
# at each physical address of which it said "guest: damage ADDRESS", then give it a line of input.
boot_damaged() {
	guest_begin "$1" || return 0
	guest_pack
	marker=$2
	offset=$3
	shift 3
	# shellcheck disable=SC2154 # lib.sh's
	case $arch in
	arm64) ram=0x40000000 ;;
	*) ram=0x80000000 ;;
	esac
	# shellcheck disable=SC2046,SC2154 # one word a line, none with spaces; lib.sh's
	"$boot_directory/damage.py" --log="$work/console" --marker="$marker" --offset="$offset" \
		--memory="$work/memory" --ram="$ram" --until='purgatory: halted' -- \
		$(qemu_machine) -append "$kernel_options first" -M memory-backend=memory \
		-object "memory-backend-file,id=memory,size=$memory,mem-path=$work/memory,share=on" "$@" ||
		echo "damage.py ended with status $?" >>"$work/console"
	rm -f "$work/memory"
	# shellcheck disable=SC2154 # guest_begin's
	console_lines <"$work/console" >"$log"
}

# expect_mismatch ROLE NEXT-LINE
expect_mismatch() {
	expect "a flipped bit in segment $1 is found" '^guest: waiting' \
		"^purgatory: MISMATCH ([^ ]* )*segment=$1( |\$)" "^purgatory: $2" \
		'!^second kernel|verified|damage.py ended'
}

# part FILE OFFSET LENGTH: these bytes, as a marker.
part() {
	tail -c "+$(($2 + 1))" "$1" | head -c "$3" >"$work/marker"
}

# text_offset FILE TEXT: where it is first; it must not straddle a page, since pages are scattered.
text_offset() {
	offset=$(LC_ALL=C grep -abo -m 1 -- "$2" "$1" | head -n 1 | cut -d: -f1)
	[ -n "$offset" ] || die "$1 does not contain '$2'"
	echo "$offset"
}
