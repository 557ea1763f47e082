#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/fuzz/run.sh [coverage | libfuzzer|afl SECONDS [TARGET...]]
#
# Gives each target of the fuzzers (fuzz.c has the list), or the named ones alone, its seeds and what
# fuzzers found before (tests/fuzz/corpus). Without arguments it runs each on these files, and on copies of
# them that are damaged by chance, always the same ones, with the sanitizers of GCC, or ten times as many with
# counters of what ran, for tests/coverage/userspace.sh. With a fuzzer, each
# is fuzzed for so many seconds. What a fuzzer learns stays in out/fuzz/FUZZER-TARGET, and the next run
# goes on from there. One result of TAP for each target: executions; places of the code that were reached,
# as the fuzzer counts them; and what was found, which is then in out/fuzz too.
# shellcheck disable=SC2317 # functions are called by the names of fuzzers
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
fuzzer=${1:-none}
seconds=${2:-0}
check_words fuzzer "none coverage libfuzzer afl" "$fuzzer"
all=$(sed -n 's/^\t{"\([a-z_]*\)", fuzz_.*/\1/p' "$top/tests/fuzz/fuzz.c")
[ "$fuzzer" = none ] || [ "$fuzzer" = coverage ] || [ "$seconds" -gt 0 ] || die "$fuzzer needs a number of seconds"
[ $# -le 2 ] || {
	fuzzer_of_all=$fuzzer
	shift 2
	check_words target "$all" "$@"
	set -- "$fuzzer_of_all" "$seconds" "$@"
}
enter_toolroot "$@"
shift $(($# < 2 ? $# : 2))
targets=${*:-$all}

# Copies of each seed that are damaged; a load takes milliseconds, everything else much less.
rounds() {
	case $1 in
	load) echo 3 ;;
	purgatory | system) echo 10 ;;
	devicetree | image) echo 15 ;;
	*) echo 100 ;;
	esac
}

case $fuzzer in
none) compiler=sanitize program=replay ;;
coverage) compiler=coverage program=replay ;;
libfuzzer) compiler=fuzz program=fuzz ;;
afl) compiler=afl program=fuzz ;;
esac
build=$top/out/host-$compiler/build
export FUZZ_LDFLAGS=
[ "$program" = replay ] || FUZZ_LDFLAGS=-fsanitize=fuzzer
"$top/scripts/build" host "$compiler" captured/stamp "FUZZ_LDFLAGS=$FUZZ_LDFLAGS" "tests/fuzz/$program"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work"
for arch in arm64 riscv64; do
	"$top/tests/fuzz/make-images" "$arch" "$work/images/$arch"
done
python3 "$top/tests/fuzz/seeds.py" "$top" "$build" "$work/images" "$work/seeds"
mkdir -p "$top/out/fuzz" "$work/bin"

# Reports end with the signal SIGABRT, and no finding is in a library's start.
export ASAN_OPTIONS=abort_on_error=1:symbolize=1:detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=report_objects=0

files_of() {
	find "$work/seeds/$1" "$top/tests/fuzz/corpus/$1" -type f 2>/dev/null | LC_ALL=C sort
}

run_none() {
	copies=$(($(rounds "$1") * ${2:-1}))
	# shellcheck disable=SC2046 # names without spaces
	"$work/bin/$1" "$copies" $(files_of "$1") >"$work/said" 2>&1 || return 1
	summary="$(($(files_of "$1" | wc -l) * (copies + 1))) executions"
}

run_coverage() {
	run_none "$1" 10
}

run_libfuzzer() {
	kept=$top/out/fuzz/libfuzzer-$1
	status=0
	mkdir -p "$kept"
	set -- "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=131072 \
		-print_final_stats=1 -artifact_prefix="$top/out/fuzz/$1-" "$kept"
	# A directory that is not there would be an error.
	for each in "$work/seeds/$1" "$top/tests/fuzz/corpus/$1"; do
		[ ! -d "$each" ] || set -- "$@" "$each"
	done
	target=$1
	shift
	"$work/bin/$target" "$@" >"$work/said" 2>&1 || status=$?
	executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/said")
	reached=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work/said" | tail -n 1)
	summary="${executions:-0} executions, ${reached:-0} places"
	return "$status"
}

run_afl() {
	kept=$top/out/fuzz/afl-$1
	mkdir "$work/afl-$1"
	for file in $(files_of "$1"); do
		cp "$file" "$work/afl-$1/"
	done
	rm -rf "$kept"
	AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
		AFL_BENCH_UNTIL_CRASH=0 timeout "$((seconds * 2 + 60))" \
		afl-fuzz -V "$seconds" -t 10000 -m none -i "$work/afl-$1" -o "$kept" -- "$work/bin/$1" \
		>"$work/said" 2>&1 || return 1
	value() {
		sed -n "s/^$1 *: *//p" "$kept/default/fuzzer_stats"
	}
	summary="$(value execs_done) executions, $(value edges_found) places"
	[ "$(value saved_crashes)" = 0 ] && [ "$(value saved_hangs)" = 0 ]
}

count=0
failed=0
for target in $targets; do
	count=$((count + 1))
	summary=
	ln -s "$build/tests/fuzz/$program" "$work/bin/$target"
	if "run_$fuzzer" "$target"; then
		echo "ok $count - $target: $summary"
	else
		failed=1
		echo "not ok $count - $target: ${summary:-failed}"
		tail -n 60 "$work/said" | sed 's/^/# /'
	fi
done
echo "1..$count"
exit "$failed"
