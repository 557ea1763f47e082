#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/lint/words.sh
#
# Gives every script that selects by names one that there is not: it must end with an error that lists
# the names that there are. Needs out/arm64 and out/host. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
cd "$top"

count=0
failures=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What is missing from what a command said, which ended with that status.
wrong() {
	[ "$1" = 1 ] || echo "its exit status is $1"
	shift
	grep -qE 'usage: |nonsense' "$log" || echo "it does not name the word"
	for name; do
		grep -qwF -e "$name" "$log" || echo "it does not list $name"
	done
}

while IFS='|' read -r command names; do
	command=${command%"${command##*[! ]}"}
	count=$((count + 1))
	status=0
	# shellcheck disable=SC2086 # lists of words
	timeout 60 $command </dev/null >"$log" 2>&1 || status=$?
	# shellcheck disable=SC2086
	said=$(wrong "$status" $names)
	if [ -z "$said" ]; then
		echo "ok $count - $command"
	else
		failures=$((failures + 1))
		echo "not ok $count - $command"
		printf '%s\n' "$said" | sed 's/^/# /'
		tail -n 10 "$log" | cut -c 1-500 | sed 's/^/# | /'
	fi
done <<-'END'
	scripts/bench nonsense                         | counted modelled aims baseline
	scripts/build nonsense                         | arm64 riscv64 host
	scripts/build host nonsense                    | gcc clang sanitize
	scripts/check nonsense                         | compilers lint boot-mmu-arm64
	tests/fuzz/run.sh nonsense 1                   | libfuzzer afl
	tests/fuzz/run.sh libfuzzer 1 nonsense         | options zoneinfo
	scripts/check lint nonsense                    | compilers lint boot-mmu-arm64
	scripts/check --nonsense                       | --quick --list compilers
	scripts/demo nonsense                          | arm64 riscv64
	scripts/setup nonsense                         | toolroot
	tests/boards/run.sh --only=nonsense            | arm64/rockchip riscv64/sifive
	tests/boot/mmu.sh nonsense                     | arm64 riscv64
	tests/boot/mmu.sh arm64 nonsense               | gcc clang
	tests/boot/mmu.sh arm64 gcc nonsense           | mmu-el1 mmu-el2
	tests/boot/mmu.sh arm64 gcc mmu-el1-nonsense   | mmu-el1 mmu-el2
	tests/boot/consoles.sh arm64 gcc nonsense      | imx8mp-evk xlnx-zcu102
	tests/clients/commands.sh nonsense             | arm64 riscv64
	tests/clients/commands.sh arm64 nonsense       | nixos-run all
	tests/coherence/run.sh nonsense                | checker purgatory
	tests/coherence/run.sh checker nonsense        | gcc clang
	tests/debian/matrix.sh nonsense gcc-12         | bookworm trixie
	tests/harness/run.sh nonsense                  | arm64 riscv64
	tests/harness/run.sh arm64 nonsense            | gcc clang
	tests/harness/run.sh arm64 gcc EL1 nonsense    | EL1 EL2 damage
	tests/kdump/run.sh nonsense                    | arm64 riscv64
	tests/kdump/run.sh arm64 nonsense              | smp
	tests/lint/lint.sh nonsense                    | cppcheck clang-format
	tests/unit/engines.sh nonsense                 | arm64 riscv64
	tests/unit/engines.sh arm64 nonsense           | gcc clang
	tests/unit/run.sh nonsense                     | arm64 riscv64 host
	tests/unit/run.sh host nonsense                | gcc clang sanitize
	tests/unit/run.sh host gcc range nonsense      | range tables
END
echo "1..$count"
[ "$failures" = 0 ]
