#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/debian/compilers.sh [riscv64]
#
# In a root of Debian 12, the oldest that is supported: builds kexec with clang 14 and runs its tests, and
# builds it crosswise for arm64 with GCC 12; or, with the argument, crosswise for riscv64, and the arm64
# purgatory with GCC 11. That leaves out/debian12/ARCH/kexec, static; all without a warning. configure
# refuses to leave out the host's own purgatory unasked. Runs outside of the toolroot; prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# build DESCRIPTION DIRECTORY MAKE-TARGETS CONFIGURE-ARGUMENT...: one result; arguments have no quotes.
build() {
	what=$1 directory=$2 targets=$3
	shift 3
	arguments=$(printf " '%s'" "$@")
	expect "$what" "
		mkdir -p out/$directory
		cd out/$directory
		../../configure -q --enable-werror $arguments
		make $targets" || :
}

# configure_cross TRIPLET ARGUMENT...: a command with the libraries of the toolroot, see
# scripts/debian-packages; arguments have no quotes.
configure_cross() {
	triplet=$1
	shift
	printf "../../configure -q -C --enable-werror"
	printf " --host=%s --enable-static-binary" "$triplet"
	printf " '%s'" "CC=$triplet-gcc --sysroot=/toolroot" \
		'LDFLAGS=-B/usr/lib/llvm-19/bin -fuse-ld=lld' \
		PKG_CONFIG=/usr/bin/pkg-config PKG_CONFIG_SYSROOT_DIR=/toolroot \
		"PKG_CONFIG_LIBDIR=/toolroot/usr/lib/$triplet/pkgconfig:/toolroot/usr/share/pkgconfig" \
		"$@"
}

# cross DESCRIPTION ARCH TRIPLET ARGUMENT...
cross() {
	what=$1
	cross_arch=$2
	cross_triplet=$3
	shift 3
	expect "$what" "
		mkdir -p out/$cross_arch
		cd out/$cross_arch
		$(configure_cross "$cross_triplet" "$@")
		make all" || :
	[ ! -e "$source/out/$cross_arch/kexec/kexec" ] || {
		mkdir -p "$top/out/debian12/$cross_arch"
		cp "$source/out/$cross_arch/kexec/kexec" "$top/out/debian12/$cross_arch/"
	}
}

# Every compiler for arm64 is one that makes no purgatory. configure knows the rest from cross arm64.
no_own_purgatory() {
	expect "configure fails without the purgatory of the host itself, and names the way out" "
		mkdir -p out/own/bin
		cd out/own
		grep -v CC_FOR_PURGATORY ../arm64/config.cache >config.cache
		for compiler in aarch64-linux-gnu-gcc clang; do
			cp ../../tests/debian/hosted-only bin/\$compiler
		done
		PATH=\$PWD/bin:\$PATH
		if $(configure_cross aarch64-linux-gnu CC_FOR_PURGATORY_RISCV64=no) >log 2>&1; then
			echo it does not fail
			exit 1
		fi
		cat log
		grep -q 'CC_FOR_PURGATORY_ARM64=no leaves it out' log" || :
	expect "that way configure does not fail" "
		cd out/own
		grep -v CC_FOR_PURGATORY ../arm64/config.cache >config.cache
		PATH=\$PWD/bin:\$PATH
		$(configure_cross aarch64-linux-gnu CC_FOR_PURGATORY_ARM64=no \
			CC_FOR_PURGATORY_RISCV64=riscv64-linux-gnu-gcc)" || :
}

check_words part riscv64 "$@"
debian_begin oldest
expect "configure is made in Debian 12" ./bootstrap
if [ $# = 0 ]; then
	build "clang 14 builds kexec, which passes its tests" clang "all check" CC=clang \
		CC_FOR_PURGATORY_ARM64='clang --target=aarch64-linux-gnu -fuse-ld=lld' \
		CC_FOR_PURGATORY_RISCV64='clang --target=riscv64-linux-gnu -fuse-ld=lld'
	cross "GCC 12 builds kexec for arm64" arm64 aarch64-linux-gnu CC_FOR_PURGATORY_RISCV64=no
	no_own_purgatory
else
	cross "GCC 12 builds kexec for riscv64, and GCC 11 the arm64 purgatory" riscv64 riscv64-linux-gnu \
		CC_FOR_PURGATORY_ARM64=aarch64-linux-gnu-gcc-11
fi
debian_end
