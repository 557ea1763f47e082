#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/debian/matrix.sh bookworm|trixie COMPILER
#
# Builds kexec, both purgatories and all tests with that compiler of that Debian (gcc-12, clang-16: lld
# links the purgatories of clang), without a warning, and plans loads with what came of it. Runs outside of
# the toolroot; prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

suite=${1:-} compiler=${2:-}
check_words suite "bookworm trixie" "$suite"
case $compiler in
gcc-11) # Debian 12 has none for riscv64
	arm64=aarch64-linux-gnu-$compiler riscv64=no
	;;
gcc-*)
	arm64=aarch64-linux-gnu-$compiler riscv64=riscv64-linux-gnu-$compiler
	;;
clang-*)
	arm64="$compiler --target=aarch64-linux-gnu -fuse-ld=lld-${compiler#clang-}"
	riscv64="$compiler --target=riscv64-linux-gnu -fuse-ld=lld-${compiler#clang-}"
	;;
*) die "usage: tests/debian/matrix.sh bookworm|trixie COMPILER" ;;
esac
debian_begin "$suite" compilers
expect "$suite: $compiler builds all without a warning" "
	./bootstrap
	mkdir -p out/build
	cd out/build
	../../configure -q --enable-werror CC=$compiler CC_FOR_PURGATORY_ARM64='$arm64' \
		CC_FOR_PURGATORY_RISCV64='$riscv64'
	make all
	make check TESTS=" || :
expect "$suite: kexec loads what $compiler made" "
	cd out/build
	make check TESTS='tests/object/sections.sh tests/plan/built.sh'" || :
debian_end
