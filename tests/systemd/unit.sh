#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What kexec-load.service does when it stops and when it is reloaded, and what the drop-in for kdump-tools
# does: their command lines, with stand-ins for systemctl, kexec and the kernel's file.
#
# usage: unit.sh UNIT DROP-IN
#
# Both are the files that make installs. Prints TAP.
set -eu
# shellcheck source=../man/lib.sh
. "$(dirname -- "$0")/../man/lib.sh"

unit=$1
drop_in=$2
mkdir "$work/bin"
PATH=$work/bin:$PATH
printf '#!/bin/sh\ncat "%s"\n' "$work/jobs" >"$work/bin/systemctl"
printf '#!/bin/sh\necho "$@" >>"%s"\n' "$work/calls" >"$work/bin/kexec"
chmod +x "$work/bin/systemctl" "$work/bin/kexec"
KEXEC_ARGUMENTS=$(sed -n 's/^Environment="KEXEC_ARGUMENTS=\(.*\)"$/\1/p' "$unit")
export KEXEC_ARGUMENTS

# command KEY: what systemd runs for it, with the stand-ins.
command_of()
{
	sed -n "s|^$1=||p" "$unit" | sed -e 's|\$\$|$|g' -e 's|/[a-z/]*/kexec -l|kexec -l|' \
		-e "s|/sys/kernel/kexec_loaded|$work/loaded|"
}

# expect NAME KEY JOBS LOADED CALL: with these jobs and this content of kexec_loaded.
expect()
{
	printf '%s' "$3" >"$work/jobs"
	echo "$4" >"$work/loaded"
	: >"$work/calls"
	command_of "$2" >"$work/command"
	: >"$work/wrong"
	[ -s "$work/command" ] || echo "the unit has no $2=" >"$work/wrong"
	sh -e "$work/command" >>"$work/wrong" 2>&1 || echo "exit status $?" >>"$work/wrong"
	[ "$(cat "$work/calls")" = "$5" ] || echo "kexec got: $(cat "$work/calls")" >>"$work/wrong"
	check_empty "$1" "$work/wrong"
}

load="-l /vmlinuz --initrd=/initrd.img --reuse-cmdline"
echo "1..7"
expect "a shutdown without kexec loads nothing" ExecStop "" 0 ""
expect "nor does the end of kexec.target" ExecStop "12 kexec.target stop waiting" 0 ""
expect "a shutdown with kexec loads the default kernel" ExecStop "12 kexec.target start waiting" 0 "$load"
expect "but not over one that is loaded" ExecStop "12 kexec.target start waiting" 1 ""
expect "a reload loads at once" ExecReload "" 1 "$load"

: >"$work/remarks"
if command -v systemd-analyze >/dev/null; then
	sed "s|/[a-z/]*/kexec -l|$work/bin/kexec -l|" "$unit" >"$work/kexec-load.service"
	systemd-analyze verify --man=no "$work/kexec-load.service" 2>&1 | grep kexec-load >"$work/remarks" || :
fi
check_empty "systemd-analyze has no remarks, where it is installed" "$work/remarks"

# The drop-in, whose "kexec" answers. systemd gives it the settings of kdump-tools.
mkdir "$work/crash"
printf '#!/bin/sh\necho "purgatory: said for $*"\n' >"$work/bin/kexec"
sed -n -e 's|%%|%|g' -e 's|\$\$|$|g' -e 's|^ExecStartPre=-||p' "$drop_in" >"$work/command"
: >"$work/wrong"
KDUMP_COREDIR=$work/crash sh -e "$work/command" >"$work/said" 2>&1 || echo "exit status $?" >"$work/wrong"
for said in "$work/said" "$work/crash"/purgatory.20[0-9][0-9]*[0-9]; do
	[ "$(cat "$said")" = "purgatory: said for --last-report" ] || echo "${said##*/} has: $(cat "$said")" >>"$work/wrong"
done
check_empty "the drop-in for kdump-tools keeps the last report, and shows it" "$work/wrong"

finish
