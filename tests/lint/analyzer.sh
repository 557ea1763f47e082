#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/lint/analyzer.sh [kexec|purgatory...]
#
# GCC's -fanalyzer, which follows each function's paths, over all of kexec/, and over purgatory for both
# architectures. A remark fails. One that is wrong is switched off beside the code, with the reason. Needs a
# configured build in out/host, for config.h. One result of TAP for each.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
check_words part "kexec purgatory" "$@"
enter_toolroot "$@"
cd "$top"
chosen=${*:-kexec purgatory}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
count=0
failures=0

# analyze NAME COMPILER-AND-FLAGS SOURCE...
analyze() {
	name=$1 compiler=$2
	shift 2
	count=$((count + 1))
	# shellcheck disable=SC2016 # expanded by that shell
	if printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 sh -c \
		'$1 -std=gnu11 -Wall -Wextra -fanalyzer -Werror -c -o /dev/null "$2"' sh "$compiler" >"$log" 2>&1; then
		echo "ok $count - $name: $# files"
	else
		failures=$((failures + 1))
		echo "not ok $count - $name"
		sed 's/^/# /' "$log"
	fi
}

# sources PATTERN DIRECTORY: all but those whose paths match
sources() {
	find "$2" -name '*.c' -type f | grep -Ev "$1" | LC_ALL=C sort
}

# shellcheck disable=SC2046 # names without spaces
case " $chosen " in
*" kexec "*)
	analyze kexec "gcc -O1 -D_GNU_SOURCE -DHAVE_CONFIG_H -Iinclude -Ikexec -Iout/host/build" \
		$(sources '_(arm|riscv)64\.c$' kexec)
	;;
esac
# shellcheck disable=SC2046 # names without spaces
case " $chosen " in
*" purgatory "*)
	flags="-O1 -ffreestanding -fno-builtin -Iinclude -Ipurgatory"
	analyze purgatory-arm64 "aarch64-linux-gnu-gcc $flags" $(sources /riscv64/ purgatory)
	analyze purgatory-riscv64 "riscv64-linux-gnu-gcc $flags" $(sources /arm64/ purgatory)
	;;
esac
echo "1..$count"
[ "$failures" = 0 ]
