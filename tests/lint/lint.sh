#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/lint/lint.sh [CHECK...]
#
# Static checks of everything that is written by hand, or the named ones alone: clang-format, includes
# (their direction), clang-tidy, cppcheck, shellcheck, shellcheck-bash, mandoc; and, by name alone,
# clang-tidy-deep. One result of TAP per check. clang-tidy needs a configured build in out/host, for config.h.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
default="clang-format includes clang-tidy cppcheck shellcheck shellcheck-bash mandoc"
check_words check "$default clang-tidy-deep" "$@"
enter_toolroot "$@"
cd "$top"
chosen=$*

count=0
failures=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# check NAME COMMAND...: the command succeeds and says nothing. Left out if others are chosen.
check() {
	name=$1
	shift
	case " ${chosen:-$default} " in
	*" $name "*) ;;
	*) return ;;
	esac
	count=$((count + 1))
	if "$@" >"$log" 2>&1 && [ ! -s "$log" ]; then
		echo "ok $count - $name"
	else
		failures=$((failures + 1))
		echo "not ok $count - $name"
		sed 's/^/# /' "$log"
	fi
}

# files PATTERN DIRECTORY...: no name here has a space.
files() {
	pattern=$1
	shift
	find "$@" -name "$pattern" -type f | LC_ALL=C sort
}

# tidy_hosted SETTING ARGUMENT...: clang-tidy, with that setting of its analyzer, for the names on standard
# input; arguments of clang.
tidy_hosted() {
	setting=$1
	shift
	# shellcheck disable=SC2016 # expanded by that shell
	xargs -r -P "$(nproc)" -n 8 sh -c '
		setting=$1 arguments=$2
		shift 2
		clang-tidy --quiet --extra-arg=-Xclang --extra-arg=-analyzer-config \
			--extra-arg=-Xclang "--extra-arg=$setting" "$@" -- \
			$arguments -std=gnu11 -D_GNU_SOURCE -DHAVE_CONFIG_H \
			-Iinclude -Ikexec -Itests/unit -Iout/host/build 2>/dev/null' sh "$setting" "$*"
}

# tidy_all SETTING: the names on standard input, by the architecture that they are built for: files for one
# alone end in its name.
tidy_all() {
	names=$(cat)
	echo "$names" | grep -Ev '_(arm|riscv)64\.c$' | tidy_hosted "$1"
	echo "$names" | grep '_arm64\.c$' | tidy_hosted "$1" --target=aarch64-linux-gnu
	echo "$names" | grep '_riscv64\.c$' | tidy_hosted "$1" --target=riscv64-linux-gnu
}

# run_clang_tidy SETTING: the checks are those of .clang-tidy, the setting is that of its analyzer for kexec.
# It follows a third of the paths that it would in the deep check, and fewer in the other: all of them take ten
# minutes.
run_clang_tidy() {
	echo "$hosted" | grep '^kexec/' | tidy_all "$1"
	echo "$hosted" | grep -v '^kexec/' | tidy_all mode=shallow
	for arch in arm64 riscv64; do
		case $arch in
		arm64) triplet=aarch64-linux-gnu other=riscv64 ;;
		*) triplet=riscv64-linux-gnu other=arm64 ;;
		esac
		# shellcheck disable=SC2046 # names without spaces
		clang-tidy --quiet $(echo "$freestanding" | grep -v "/$other/") -- \
			"--target=$triplet" -std=gnu11 -ffreestanding -Iinclude -Ipurgatory 2>/dev/null
	done
}

# Suppressed: a remark on its own thoroughness, and fclose() inside of cmocka's assertions.
run_cppcheck() {
	printf '%s\n' "$hosted" "$freestanding" | xargs cppcheck --quiet --std=c11 \
		--enable=warning,portability,performance --inline-suppr --error-exitcode=1 \
		--suppress=normalCheckLevelMaxBranches --suppress='deallocuse:tests/unit/*' \
		-j "$(nproc)" -D_GNU_SOURCE -DHAVE_LZMA -DHAVE_ZSTD \
		-Iinclude -Ikexec -Ipurgatory -Itests/unit
}

# Other packages' manual pages are not in the toolroot.
run_mandoc() {
	mandoc -Tlint -W all man/*.[78] | grep -v 'STYLE: referenced manual not found' || :
}

# The rule itself is tried on an include that breaks it.
run_includes() {
	planted=$(mktemp -d)
	mkdir "$planted/base" "$planted/load"
	echo '#include "load/load.h"' >"$planted/base/planted.c"
	! python3 tests/lint/includes.py "$planted" >/dev/null || echo "a planted include is not found"
	rm -r "$planted"
	python3 tests/lint/includes.py
}

sources=$(files '*.[ch]' include kexec purgatory tests)
hosted=$(files '*.c' kexec tests/unit tests/fuzz tests/scarcity)
freestanding=$(files '*.c' purgatory)
scripts=$(grep -rlE '^#!/bin/(busybox )?sh|^# shellcheck shell=sh' scripts purgatory tests debian .ci bootstrap)
bash_scripts=$(grep -rlE '^#!/bin/bash|^# shellcheck shell=bash' completions tests)

# shellcheck disable=SC2086 # lists of names without spaces
{
	check clang-format clang-format --dry-run -Werror $sources
	check includes run_includes
	check clang-tidy run_clang_tidy mode=shallow
	check clang-tidy-deep run_clang_tidy max-nodes=75000
	check cppcheck run_cppcheck
	check shellcheck shellcheck -x -P SCRIPTDIR -s sh -e SC2034 $scripts
	check shellcheck-bash shellcheck -x -P SCRIPTDIR -s bash $bash_scripts
	check mandoc run_mandoc
}
echo "1..$count"
[ "$failures" = 0 ]
