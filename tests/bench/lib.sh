# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Guests that are measured: those of the boot tests with kexec-tools beside our kexec. Sourced after
# tests/boot/lib.sh, by a script that runs inside the toolroot; out/ARCH/kexec has been built, and
# scripts/setup-kernels has fetched kexec-tools.

# shellcheck disable=SC2154 # $top is scripts/lib.sh's, the others are tests/boot/lib.sh's
bench_directory=$top/tests/bench
results=$top/out/bench

# bench_begin ARCH: the next guests are of this architecture, of one CPU, and have in /bin our kexec,
# kexec-tools (kexec-tools) and measure, and no file of ours in /boot.
bench_begin() {
	boot_begin "$1"
	memory=4G # for kernels of a quarter of a GB, each three times; and kexec-tools places well there
	logs=$results/logs/$arch
	mkdir -p "$logs"
	tools=/extra/kernels/tools/$arch
	[ -e "$tools/usr/sbin/kexec" ] || die "there is no kexec-tools of $arch: run scripts/setup-kernels"
	add_tools
	pack "$work/base" >"$work/base.cpio"
	payload_clear
}

# kexec-tools with its libraries, as it is, and the helper.
add_tools() {
	cp "$tools/usr/sbin/kexec" "$work/base/bin/kexec-tools"
	for library in "$tools"/usr/lib/ld-linux-* "$tools"/usr/lib/*-linux-gnu/*.so*; do
		directory=$work/base/${library#"$tools/"}
		mkdir -p "${directory%/*}"
		cp -P "$library" "${directory%/*}/"
	done
	ln -s usr/lib "$work/base/lib"
	"$(cross)gcc" -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/base/bin/measure" \
		"$bench_directory/guest/measure.c"
}

# The prefix of this architecture's tools.
cross() {
	case $arch in
	arm64) echo aarch64-linux-gnu- ;;
	riscv64) echo riscv64-linux-gnu- ;;
	esac
}

# The next guest has nothing of its own.
payload_clear() {
	rm -rf "$work/own"
	mkdir -p "$work/own/boot"
}

# build_plugin NAME: $work/NAME.so.
build_plugin() {
	cc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -fvisibility=hidden -shared -fPIC \
		-I"$top/tests/coherence" -o "$work/$1.so" "$bench_directory/plugin/$1.c" \
		"$bench_directory/plugin/decode.c"
}
