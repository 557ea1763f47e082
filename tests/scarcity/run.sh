#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/scarcity/run.sh [sanitize|coverage [few]]
#
# Loads for captured systems while memory, reads, writes and descriptors are scarce (scarcity.c): each
# call of a load fails once. Then the program itself runs under limits of memory, of files and of their
# sizes. What it prints is TAP. With "coverage", in the build that counts
# what ran, without limits; with "few", one load of each kind.
set -eu
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "$0")/../../scripts/lib.sh"
compiler=${1:-sanitize}
check_words compiler "sanitize coverage" "$compiler"
enter_toolroot "$@"
"$top/scripts/build" host "$compiler" all captured/stamp tests/scarcity/scarcity
build=$top/out/host-$compiler/build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for arch in arm64 riscv64; do
	"$top/tests/fuzz/make-images" "$arch" "$work/$arch"
done
systems=$work/systems
cp -r "$build/captured" "$systems"
few='load:arm64-dt:none crash:riscv64-crash:none file-load:arm64-dt:none file-crash:arm64-crash:none
	show:arm64-dt:none capture:arm64-crash:none'
more='load:arm64-dt:fit-gzip load:riscv64-dt:uki load:arm64-acpi:none load:arm64-unflattened:none
	cpus:riscv64-online:none cpus:arm64-online:none crash:arm64-crash:none'
case ${2:-} in
few) more= ;;
'')
	for arch in arm64 riscv64; do
		cp -r "$build/captured/$arch-dt" "$systems/$arch-online"
		mkdir -p "$systems/$arch-online/sys/devices/system/cpu"
		echo 0-1 >"$systems/$arch-online/sys/devices/system/cpu/online"
	done
	# As Linux shows it where nobody handed over a flattened tree that can be read.
	cp -r "$build/captured/arm64-dt" "$systems/arm64-unflattened"
	python3 -B - "$top/tests/boards" "$systems/arm64-unflattened" <<-'EOF'
		import os, sys
		sys.path.insert(0, sys.argv[1])
		import fdt, system
		path = os.path.join(sys.argv[2], "sys/firmware/fdt")
		with open(path, "rb") as file:
		    tree = fdt.read(file.read())
		os.unlink(path)
		system.write_directory(tree.root, os.path.join(sys.argv[2], "proc/device-tree"))
	EOF
	;;
*) die "usage: tests/scarcity/run.sh [sanitize|coverage [few]]" ;;
esac
status=0
for load in $few $more; do
	mode=${load%%:*} format=${load##*:}
	system=${load#*:}
	system=${system%:*} arch=${system%%-*}
	echo "# $load"
	"$build/tests/scarcity/scarcity" 1 "$mode" "$systems/$system" "$arch" \
		"$work/$arch/$format" "$work/$arch/parts/initrd" "$work/output" 2>&1 || status=1
done

[ "$compiler" = sanitize ] || exit "$status"

"$top/scripts/build" host gcc
# Larger than what is limited below.
head -c 8000000 /dev/zero >>"$work/arm64/parts/initrd"

# limited OPTION VALUE...: with each limit of ulimit the program ends with 0, or with 1, one line and
# nothing written.
limited() {
	option=$1 fault=
	shift
	refused=0
	for value; do
		[ -z "$fault" ] || break
		rm -rf "$work/plan"
		{
			(
				ulimit "$option" "$value"
				exec "$top/out/host/kexec" -l --sysroot="$systems/arm64-dt" --target=arm64 \
					--output="$work/plan" --initrd="$work/arm64/parts/initrd" "$work/arm64/none"
			) 2>&1 || echo "ended with $?"
		} | cat >"$work/said"
		# What it says goes through a pipe, because the limit of sizes would hold for a file.
		end=$(sed -n 's/^ended with //p' "$work/said")
		end=${end:-0}
		[ "$end" != 1 ] || refused=$((refused + 1))
		lines=$(grep -vc '^kexec: warning: \|^ended with ' "$work/said" || :)
		case $end:$lines in
		0:0) ;;
		1:1) [ -z "$(ls -A "$work/plan" 2>/dev/null)" ] || fault="$value: left files" ;;
		*) fault="$value: status $end, $lines lines" ;;
		esac
	done
	limits=$((limits + 1))
	if [ -z "$fault" ] && [ "$refused" -gt 0 ]; then
		echo "ok $limits - ulimit $option: $# loads, $refused refused"
	else
		status=1
		echo "not ok $limits - ulimit $option: ${fault:-none was refused}"
		sed 's/^/# /' "$work/said"
	fi
}
limits=0
limited -v 4000 6000 8000 10000 10500 11000 11500 12000 14000 16000 24000
limited -n 3 4 5 6 7 8 9 10
limited -f 0 1 8 16 64 128 100000
echo "1..$limits"
exit "$status"
