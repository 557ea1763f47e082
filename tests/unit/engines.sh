#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/unit/engines.sh arm64|riscv64 [gcc|clang]
#
# Runs the unit tests of SHA-256, as tests/unit/run.sh left them, on CPUs with all that engines need
# and in all sizes of vectors: each must find the engines that its CPU has. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"

check_words architecture "arm64 riscv64" "${1:-}"
check_words compiler "gcc clang" "${2:-gcc}"
arch=$1
compiler=${2:-gcc}
out=$top/out/$arch
[ "$compiler" = gcc ] || out=$out-$compiler
case $arch in
arm64) emulator=qemu-aarch64 ;;
*) emulator=qemu-riscv64 ;;
esac
test=$out/build/tests/unit/test_sha256
[ -x "$test" ] || die "there is no ${test#"$top"/}: run tests/unit/run.sh $arch $compiler"

# What to tell QEMU of the CPU, and the engines and lanes that the test must find then.
cpus() {
	case $arch in
	arm64)
		all='generic:1 sha2:1 sha2-x2:2 neon-x4:4 uncached:1'
		cat <<-END
			max $all
			cortex-a72 $all
			cortex-a55 $all
		END
		;;
	*)
		cat <<-END
			rv64,zbb=off generic:1
			rv64 generic:1 zbb:1
			rv64,zknh=on generic:1 zbb:1 zknh:1
			rv64,zbb=off,v=on,vlen=128,zvknha=on,zvkb=on generic:1 zvknh:1 zvknh-x2:2
			rv64,v=on,vlen=128,zvknhb=on,zvbb=on generic:1 zbb:1 zvknh:1 zvknh-x2:2 rvv:4
			rv64,v=on,vlen=256,zvknha=on generic:1 zbb:1 rvv:8
			rv64,v=on,vlen=256,zvknha=on,zvkb=on generic:1 zbb:1 zvknh:1 zvknh-x2:2 rvv:8
			rv64,v=on,vlen=512,zvknha=on,zvkb=on generic:1 zbb:1 zvknh:1 zvknh-x2:2 rvv:8
			rv64,v=on,vlen=1024,zvknha=on,zvkb=on generic:1 zbb:1 zvknh:1 zvknh-x2:2 rvv:8
		END
		;;
	esac
}

# run CPU ENGINES: one result.
run() {
	number=$((number + 1))
	result=ok
	log=$("$emulator" -cpu "$1" "$test" 2>&1) || result='not ok'
	found=$(printf '%s\n' "$log" |
		sed -n 's/^# engine \([^,]*\), lanes: \([0-9]*\).*/\1:\2/p' | paste -s -d ' ')
	[ "$found" = "$2" ] || result='not ok'
	echo "$result $number - engines of $1: $found"
	[ "$result" = ok ] || {
		status=1
		printf '%s\n' "$log" | sed 's/^/# /'
	}
}

number=0
status=0
echo "1..$(cpus | wc -l)"
while read -r cpu engines; do
	run "$cpu" "$engines"
done <<EOF
$(cpus)
EOF
exit $status
