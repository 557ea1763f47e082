# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Crash tests: a guest loads a crash kernel with our kexec and panics, and the crash kernel reads
# /proc/vmcore. Sourced after tests/boot/lib.sh, by a script that runs inside the toolroot.

# shellcheck disable=SC2154 # $top is scripts/lib.sh's, the others are tests/boot/lib.sh's
kdump_directory=$top/tests/kdump

# What the crash kernel's command line is, and how long a guest may take: two kernels run, and all
# memory is copied.
crash_options='quiet panic=-1 maxcpus=1 reset_devices'
guest_seconds=900

# kernel_directory NAME: where that kernel is: "trixie", which all boot tests use, one that
# scripts/setup-file-kernels built, or one that scripts/setup-kernels fetched for this architecture.
kernel_directory() {
	case $1 in
	trixie) echo "/guest/$arch" ;;
	file*) echo "/extra/file-kernels/$arch/$1" ;;
	*) echo "/extra/kernels/$arch-$1" ;;
	esac
}

# dump_tools NAME: the root directory of the makedumpfile that knows that kernel.
dump_tools() {
	case $1 in
	sid*) echo "/extra/kernels/tools/$arch" ;;
	*) echo "/guest/$arch/makedumpfile" ;;
	esac
}

# require_kernel NAME
require_kernel() {
	[ -e "$(kernel_directory "$1")/Image" ] ||
		die "there is no kernel $arch-$1: run scripts/setup-kernels, or scripts/setup-file-kernels"
}

# make_crash_initrd KERNEL-NAME: $work/initrd, in which the crash kernel of that name finds busybox,
# its modules, and makedumpfile with its libraries.
make_crash_initrd() {
	tools=$(dump_tools "$1")
	root=$work/crash
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/dev" "$root/proc" "$root/sys" "$root/usr/bin" "$root/usr/lib"
	cp "/guest/$arch/busybox" "$root/bin/"
	cp -R "$(kernel_directory "$1")/modules" "$root/"
	cp "$tools/usr/bin/makedumpfile" "$root/usr/bin/"
	# The libraries themselves, not the directories of what they may load.
	for library in "$tools"/usr/lib/ld-linux-* "$tools"/usr/lib/*-linux-gnu/*.so*; do
		directory=$root${library#"$tools"}
		mkdir -p "${directory%/*}"
		cp -P "$library" "${directory%/*}/"
	done
	ln -s usr/lib "$root/lib"
	cp "$kdump_directory/guest/crash-init" "$root/init"
	cp "$kdump_directory/guest/vmcoreinfo" "$root/vmcoreinfo"
	chmod +x "$root/init" "$root/vmcoreinfo"
	pack "$root" >"$work/initrd"
}

# crash_commands CPU: the first kernel's /test: load, say what the host has to know, panic on that CPU.
# The last line waits in the terminal's buffer; what a panic finds there is lost.
crash_commands() {
	cat <<-EOF
		echo "first kernel up: \$(uname -r -m)"
		sed 's/^/iomem: /' /proc/iomem
		grep -E ' (_text|_stext|_etext|_end|linux_banner)\$' /proc/kallsyms | sed 's/^/symbol: /'
		head -c 32 /dev/urandom | hexdump -v -e '1/1 "%02x"' >/tmp/marker
		echo "marker: \$(cat /tmp/marker)"
		kexec -p /boot/kernel --initrd=/boot/initrd --append="$crash_options" || exit
		echo "crash kernel loaded: \$(cat /sys/kernel/kexec_crash_loaded)"
		ln /bin/busybox /bin/busybox-crash
		exec taskset -c $1 /bin/busybox-crash sh -c '
			echo "panic: process \$\$"
			sleep 1
			echo c >/proc/sysrq-trigger'
	EOF
}

# crash GUEST FIRST-KERNEL CRASH-KERNEL CRASHKERNEL= CPUS CPU [QEMU-OPTION...]: run a guest with so
# many CPUs through a panic on that one. Leaves $work/memory, the guest's RAM as the crash
# kernel left it, and $work/vmcore, what was copied from /proc/vmcore.
crash() {
	crash_guest=$1
	crash_name=$3
	crash_region=$4
	crash_cpus=$5
	crash_cpu=$6
	kernel=$(kernel_directory "$2")/Image
	disk='format=raw,detect-zeroes=unmap,discard=unmap' # stays sparse
	shift 6
	make_crash_initrd "$crash_name"
	guest_clear
	guest_file kernel "$(kernel_directory "$crash_name")/Image"
	rm -f "$work/memory" "$work/vmcore" "$work/filtered"
	truncate -s "$memory" "$work/vmcore" "$work/filtered"
	kernel_options="quiet panic=-1 crashkernel=$(echo "$crash_region" | sed 's/+/ crashkernel=/g')"
	crash_commands "$crash_cpu" >"$work/commands"
	boot "$crash_guest" -smp "$crash_cpus" -M memory-backend=memory \
		-object "memory-backend-file,id=memory,size=$memory,mem-path=$work/memory,share=on" \
		-drive "if=none,id=vda,file=$work/vmcore,$disk" -device virtio-blk-pci,drive=vda \
		-drive "if=none,id=vdb,file=$work/filtered,$disk" -device virtio-blk-pci,drive=vdb \
		"$@" <"$work/commands"
}

# expect_dump CPUS CPU: what the crash kernel said, and what the host finds in its copy of
# /proc/vmcore.
expect_dump() {
	expect "purgatory verifies and the crash kernel comes up" '^crash kernel loaded: 1$' \
		'^panic: process ' '^purgatory: verified ([^ ]* )*bytes=[1-9][0-9]+' \
		'^crash kernel: up: ' '!MISMATCH|FAULT'
	expect "makedumpfile reads the first kernel's last messages" \
		'^crash kernel: message: .*sysrq: Trigger a crash' \
		'^crash kernel: message: .*Kernel panic - not syncing: sysrq triggered crash' \
		"^crash kernel: message: .*CPU: $2 .*Comm: busybox-crash"
	expect "makedumpfile filters the dump and reads the result" \
		'^crash kernel: the dump filtered at level [0-9]+ has the same messages' \
		'^crash kernel: done' '!crash kernel: failed'
	case $arch in
	arm64) ram=0x40000000 ;;
	*) ram=0x80000000 ;;
	esac
	"$kdump_directory/examine.py" --log="$log" --vmcore="$work/vmcore" --memory="$work/memory" \
		--ram="$ram" --cpus="$1" >"$work/examined" 2>&1 || echo "not ok - examine.py ended" \
		>>"$work/examined"
	while read -r line; do
		case $line in
		'ok - '*) test_result "$arch $guest: ${line#ok - }" ;;
		'not ok - '*) test_result "$arch $guest: ${line#not ok - }" "see ${log#"$top"/}" ;;
		*) echo "# $line" ;;
		esac
	done <"$work/examined"
}
