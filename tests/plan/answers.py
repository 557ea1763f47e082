#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What kexec answers without loading anything, and its exit status: reports, states, sizes.

usage: answers.py KEXEC CAPTURED

Prints TAP. See planning.py for the arguments.
"""

import os
import subprocess
import sys

sys.dont_write_bytecode = True  # the source may be read-only
from planning import KEXEC, run_tests, variant  # noqa: E402

REPORT = "proc/device-tree/chosen/kexec,purgatory-report"
REPORT_SIZE = 320  # PURGATORY_REPORT_SIZE
VERIFIED = "purgatory: verified bytes=1 ms=0.1 mmu=on regime=el1 engine=sha2"
MISMATCH = "purgatory: MISMATCH segment=initrd addr=0x1 chunk=1/2 bytes=1 ms=0.1"
NO_BLOB = {"sys/firmware/fdt": None}
LOADED, CRASH_LOADED = "sys/kernel/kexec_loaded", "sys/kernel/kexec_crash_loaded"


def ask(system, *arguments, stdout=subprocess.PIPE):
    """Exit status, standard output and standard error."""
    result = subprocess.run([KEXEC, *arguments, "--sysroot=" + system], stdout=stdout, stderr=subprocess.PIPE,
                            text=True, check=False)
    return result.returncode, result.stdout, result.stderr


def test_last_report(work):
    for number, (report, status) in enumerate(((VERIFIED, 0), (MISMATCH, 2))):
        place = os.path.join(work, str(number))
        os.mkdir(place)
        system = variant(place, "arm64-dt", {**NO_BLOB, REPORT: report.ljust(REPORT_SIZE, "\0")})
        assert ask(system, "--last-report") == (status, report + "\n", "")


def test_no_report(work):
    status, said, error = ask(variant(work, "arm64-dt", {}), "--last-report")
    assert (status, said) == (1, "") and error.count("\n") == 1, error
    assert "the running kernel has no report of a verification" in error


def test_status(work):
    """0, 1 and 255, and of a crash kernel if not told otherwise, as in kexec-tools."""
    system = variant(work, "arm64-dt", {LOADED: "1\n", CRASH_LOADED: "0\n"})
    assert ask(system, "--status", "-l") == (1, "", "")
    assert ask(system, "--status") == ask(system, "--status", "-p") == (0, "", "")
    os.remove(os.path.join(system, LOADED))
    status, said, error = ask(system, "--status", "-l")
    assert (status, said) == (255, "") and error.count("\n") == 1, error


def test_show_status(work):
    system = variant(work, "arm64-dt", {LOADED: "1\n", CRASH_LOADED: "0\n"})
    status, said, error = ask(system, "--show", "--status", "-l")
    assert (status, error) == (1, "") and said, error


def test_full_disk(work):
    """What cannot be written is an error, and not silence."""
    system = variant(work, "arm64-dt", {
        **NO_BLOB, LOADED: "0\n", CRASH_LOADED: "0\n", REPORT: VERIFIED.ljust(REPORT_SIZE, "\0")})
    for arguments, expected in ((["--last-report"], 1), (["--show", "--status"], 255), (["--show"], 1),
                                (["--print-ckr-size"], 1), (["--version"], 1), (["--help"], 1)):
        with open("/dev/full", "w", encoding="ascii") as full:
            status, _, error = ask(system, *arguments, stdout=full)
        assert status == expected, f"{arguments}: {status}"
        assert error == "kexec: cannot write to standard output: No space left on device\n", error


def test_no_memory_map(work):
    status, said, error = ask(variant(work, "arm64-dt", {"proc/iomem": None}), "--print-ckr-size")
    assert (status, said) == (1, "") and error.count("\n") == 1, error


def main():
    return run_tests([
        ("the last report, and its status", test_last_report), ("no report", test_no_report),
        ("whether a kernel is loaded", test_status), ("the same in words", test_show_status),
        ("a full disk", test_full_disk), ("no memory map", test_no_memory_map)])


if __name__ == "__main__":
    sys.exit(main())
