#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/package/run.sh
#
# What scripts/package makes: the files of both architectures' packages, their dependencies and scripts, what
# lintian has to say, and the program itself, which plans a load under QEMU's user mode. The packages of one
# architecture are made once more, elsewhere, and are the same bytes. Prints TAP.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
enter_toolroot "$@"
# shellcheck source=../tap.sh
. "$top/tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packages=$top/out/package

# empty DESCRIPTION FILE: one result; the file's lines are what is wrong.
empty() {
	if [ -s "$2" ]; then
		tap_result "$1" "$(head -n 20 "$2")"
	else
		tap_result "$1"
	fi
}

# differences DESCRIPTION FILE: from what is on stdin; one result.
differences() {
	diff - "$2" >"$work/differences" || :
	empty "$1" "$work/differences"
}

test_contents() {
	dpkg-deb -x "$deb" "$work/$arch"
	(cd "$work/$arch" && find . ! -type d | sed 's/^\.//' | LC_ALL=C sort) >"$work/files"
	differences "$arch: these files are in the package" "$work/files" <<-'EOF'
		/etc/default/kexec-load
		/usr/lib/systemd/system/kexec-load.service
		/usr/sbin/kexec
		/usr/share/bash-completion/completions/kexec
		/usr/share/doc/kexec-mmu/NEWS.gz
		/usr/share/doc/kexec-mmu/README.Debian
		/usr/share/doc/kexec-mmu/README.md.gz
		/usr/share/doc/kexec-mmu/changelog.Debian.gz
		/usr/share/doc/kexec-mmu/copyright
		/usr/share/doc/kexec-mmu/crash-kernels.md.gz
		/usr/share/doc/kexec-mmu/examples/kdump-tools-dump.conf
		/usr/share/doc/kexec-mmu/install.md.gz
		/usr/share/doc/kexec-mmu/kexec-tools.md.gz
		/usr/share/doc/kexec-mmu/planning.md
		/usr/share/doc/kexec-mmu/verification.md.gz
		/usr/share/fish/vendor_completions.d/kexec.fish
		/usr/share/lintian/overrides/kexec-mmu
		/usr/share/man/man7/purgatory.7.gz
		/usr/share/man/man8/kexec.8.gz
		/usr/share/zsh/vendor-completions/_kexec
	EOF
}

# What a package says of itself.
test_fields() {
	dpkg-deb -f "$deb" Package Version Architecture >"$work/fields"
	version=$(sed -n 's/^AC_INIT(\[kexec-mmu\], \[\(.*\)\])$/\1/p' "$top/configure.ac")
	differences "$arch: the version is that of configure.ac" "$work/fields" <<-EOF
		Package: kexec-mmu
		Version: $version-1
		Architecture: $arch
	EOF
	dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//' | LC_ALL=C sort >"$work/depends"
	differences "$arch: it depends on the libraries that configure finds, and on no package of kexec-tools" \
		"$work/depends" <<-'EOF'
			libbz2-1.0
			libc6
			libelf1t64
			libfdt1
			liblz4-1
			liblzma5
			liblzo2-2
			libzstd1
			zlib1g
		EOF
}

# The program and its debug symbols.
test_program() {
	program=$work/$arch/usr/sbin/kexec
	build_id=$(readelf -n "$program" | sed -n 's/.*Build ID: //p')
	dpkg-deb -c "$packages/kexec-mmu-dbgsym_"*"_$arch.deb" >"$work/dbgsym"
	grep -q "/usr/lib/debug/.build-id/$(echo "$build_id" | cut -c 1-2)/$(echo "$build_id" | cut -c 3-).debug" \
		"$work/dbgsym" || echo "no debug symbols of $build_id" >"$work/wrong"
	empty "$arch: the debug symbols are those of the program" "$work/wrong"
	: >"$work/wrong"
	readelf -dW "$program" | grep -q 'BIND_NOW' || echo "it is not linked with -z now" >>"$work/wrong"
	readelf -hW "$program" | grep -q 'DYN ' || echo "it is not position-independent" >>"$work/wrong"
	empty "$arch: the program is hardened as Debian asks" "$work/wrong"
	count=$(KEXEC=$program CAPTURED=$work/captured PURGATORIES=$arch TEST_EMULATOR=$emulator \
		sh "$top/tests/plan/built.sh" | tee "$work/plans" | grep -c '^ok ') || :
	if [ "$count" -ge 2 ] && ! grep -q '^not ok' "$work/plans"; then
		tap_result "$arch: the program plans loads with the libraries of Debian"
	else
		tap_result "$arch: the program plans loads with the libraries of Debian" "$(cat "$work/plans")"
	fi
}

# The scripts of the package with a dpkg-divert that says what it was told.
test_scripts() {
	mkdir -p "$work/bin" "$work/control"
	dpkg-deb -e "$deb" "$work/control"
	: >"$work/wrong"
	for script in preinst postinst prerm postrm; do
		sh -n "$work/control/$script" 2>>"$work/wrong" || :
	done
	empty "$arch: the scripts of the package are shell scripts" "$work/wrong"
}

# In a root of its own, which has nothing but kexec-tools' kexec, as Debian 12 and 13 have it: the scripts that run, and
# what dpkg knows afterwards.
test_diversions() {
	for owner in /sbin/kexec /usr/sbin/kexec; do
		root=$work/root$owner
		mkdir -p "$root/usr/sbin" "$root/usr/share/man/man8" "$root/var/lib/dpkg/info" "$root/run/kexec-mmu"
		ln -s usr/sbin "$root/sbin"
		echo packaged >"$root$owner"
		echo packaged >"$root/usr/share/man/man8/kexec.8.gz"
		printf '%s\n' 'Package: kexec-tools' 'Status: install ok installed' 'Architecture: all' 'Version: 1' \
			'Maintainer: nobody' 'Description: none' '' >"$root/var/lib/dpkg/status"
		printf '%s\n' /. "$owner" /usr/share/man/man8/kexec.8.gz >"$root/var/lib/dpkg/info/kexec-tools.list"
		: >"$work/wrong"
		divert_in "$root" preinst install
		for file in usr/sbin/kexec.distrib usr/share/man/man8/kexec.distrib.8.gz; do
			[ "$(cat "$root/$file" 2>&1)" = packaged ] || echo "$file is not the packaged one" >>"$work/wrong"
		done
		[ "$(dpkg-divert --root "$root" --list '*kexec*' | grep -c 'by kexec-mmu')" = 3 ] ||
			echo "not three diversions: $(cat "$root/var/lib/dpkg/diversions")" >>"$work/wrong"
		divert_in "$root" preinst upgrade
		divert_in "$root" postrm remove
		divert_in "$root" postrm purge
		for file in "$owner" /usr/share/man/man8/kexec.8.gz; do
			[ "$(cat "$root$file" 2>&1)" = packaged ] || echo "$file is not back" >>"$work/wrong"
		done
		[ ! -s "$root/var/lib/dpkg/diversions" ] || cat "$root/var/lib/dpkg/diversions" >>"$work/wrong"
		find "$root" -name '*distrib*' >>"$work/wrong"
		[ ! -e "$root/run/kexec-mmu" ] || echo "/run/kexec-mmu is left" >>"$work/wrong"
		empty "a kexec-tools that owns $owner is diverted, and comes back" "$work/wrong"
	done
}

# divert_in ROOT SCRIPT ARGUMENT: run a script of the package with a dpkg-divert that works on that root.
divert_in() {
	mkdir -p "$work/bin"
	printf '#!/bin/sh\nexec /usr/bin/dpkg-divert --root "%s" "$@"\n' "$1" >"$work/bin/dpkg-divert"
	chmod +x "$work/bin/dpkg-divert"
	sed "s|/run/|$1/run/|g" "$work/control/$2" >"$work/script"
	PATH=$work/bin:$PATH sh "$work/script" "$3" >>"$work/said" 2>&1 ||
		echo "$2 $3 fails: $(tail -n 3 "$work/said")" >>"$work/wrong"
}

"$top/scripts/package" >"$work/log" 2>&1 || {
	tap_result "scripts/package makes the packages" "$(tail -n 30 "$work/log")"
	echo "1..$test_count"
	exit 1
}
sh "$top/tests/captured/build.sh" "$work/captured"
touch "$work/captured/stamp"
for arch in arm64 riscv64; do
	case $arch in
	arm64) emulator=qemu-aarch64 ;;
	riscv64) emulator=qemu-riscv64 ;;
	esac
	deb=$(echo "$packages"/kexec-mmu_*_"$arch".deb)
	: >"$work/wrong"
	test_contents
	test_fields
	test_program
	test_scripts
done
test_diversions

# Remarks and all: what is not to be mended is overridden, with the reason.
lintian --no-cfg --display-info --fail-on none "$packages"/*.changes >"$work/lintian" 2>&1 || :
grep -v '^running with root privileges' "$work/lintian" >"$work/remarks" || :
empty "lintian has no remarks" "$work/remarks"

mkdir "$work/elsewhere"
tar -C "$top" -c --exclude=./out --exclude=./.cache --exclude=./.git . | tar -C "$work/elsewhere" -x
"$work/elsewhere/scripts/package" arm64 >"$work/log" 2>&1 || tail -n 5 "$work/log"
: >"$work/wrong"
for file in "$work"/elsewhere/out/package/*.deb "$work"/elsewhere/out/package/*.tar.xz; do
	cmp "$file" "$packages/${file##*/}" >>"$work/wrong" 2>&1 || :
done
[ "$(find "$work/elsewhere/out/package" -name '*.deb' | wc -l)" = 2 ] ||
	echo "there are not two packages" >>"$work/wrong"
empty "arm64: made twice, the same bytes" "$work/wrong"

echo "1..$test_count"
[ "$failure_count" = 0 ]
