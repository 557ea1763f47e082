#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Loads that take some time, on one CPU: what a terminal shows and a pipe does not, how much memory
they take, and what comes of a file that shrinks meanwhile.

usage: long_loads.py KEXEC CAPTURED; prints TAP
"""

import gzip
import os
import pty
import re
import signal
import subprocess
import sys
import time

from planning import CAPTURED, KEXEC, MIB, Plan, check_manifest, run_tests, write_initrd, write_kernel

SYSTEM, TARGET = "arm64-crash", "arm64"
INITRD_SIZE = 256 * MIB + 12345
SHOWN = 260  # MiB: what is hashed of the initrd and the kernel's segment, in whole ones
NOWHERE = "/dev/null/plan"  # found out when all is hashed: nothing of the initrd is written


def make_files(directory, archive_size):
    """A kernel, and an initrd: an archive, or none, with zeros behind it; how long these are hashed
    is all the same."""
    kernel, initrd = (os.path.join(directory, name) for name in ("Image", "initrd"))
    write_kernel(kernel, TARGET)
    write_initrd(initrd, 4096)
    os.truncate(initrd, archive_size)
    os.truncate(initrd, INITRD_SIZE)
    return kernel, initrd


def start(directory, stderr, *arguments, output=NOWHERE, cpus=1, archive_size=4096):
    """kexec on so many of the CPUs there are."""
    kernel, initrd = make_files(directory, archive_size)
    allowed = set(sorted(os.sched_getaffinity(0))[-cpus:])
    return subprocess.Popen(
        [KEXEC, "--sysroot=" + os.path.join(CAPTURED, SYSTEM), "--target=" + TARGET,
         "--output=" + output, "-l", kernel, "--initrd", initrd, *arguments],
        stderr=stderr, preexec_fn=lambda: os.sched_setaffinity(0, allowed))


def resident_memory(process, name):
    """Bytes of a file that the process has read from a mapping; 0 if it has none."""
    is_found = False
    try:
        with open("/proc/%d/smaps" % process.pid, encoding="ascii") as file:
            for line in file:
                if re.match("[0-9a-f]+-", line):
                    is_found = name in line
                elif is_found and line.startswith("Rss:"):
                    return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def wait_until_read(process, name):
    """Wait until the process has read some of a file."""
    while process.poll() is None and not resident_memory(process, name):
        pass


def stop_halfway(process):
    """Let a load stand still (SIGSTOP) with a part of its initrd read. False if it had read most of
    it by then, on a machine that is busy with other things; it is ended then."""
    wait_until_read(process, "/initrd")
    if process.poll() is None:
        os.kill(process.pid, signal.SIGSTOP)
        if 0 < resident_memory(process, "/initrd") < INITRD_SIZE // 2:
            return True
        process.kill()
    process.wait()
    return False


def read_terminal(master):
    """All that a terminal was sent."""
    data = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # nobody writes any more
            return data.decode("ascii")
        data += part


def screen(text):
    """What stands on a terminal in the end, line by line."""
    lines, column = [""], 0
    for character in text:
        if character == "\n":
            lines.append("")
            column = 0
        elif character == "\r":
            column = 0
        else:
            lines[-1] = lines[-1][:column].ljust(column) + character + lines[-1][column + 1:]
            column += 1
    return [line.rstrip() for line in lines]


def run_on_terminal(directory, *arguments):
    """What a load that takes longer than a second, however fast the machine is, shows."""
    is_stopped = False
    while not is_stopped:
        master, slave = pty.openpty()
        process = start(directory, slave, *arguments)
        os.close(slave)
        is_stopped = stop_halfway(process)
        if not is_stopped:
            os.close(master)
    time.sleep(1.1)
    os.kill(process.pid, signal.SIGCONT)
    text = read_terminal(master)
    os.close(master)
    assert process.wait() == 1, process.returncode
    return text


def test_terminal(directory):
    text = run_on_terminal(directory)
    draws = [part.rstrip() for part in text.split("\r") if part.startswith("kexec: hashing: ")]
    shown = [re.fullmatch(r"kexec: hashing: ([0-9]+)%%, ([0-9]+) of %d MiB, [0-9]+ MiB/s" % SHOWN,
                          line)
             for line in draws]
    assert shown and all(shown), draws
    # It was stopped with some of the initrd read: that counts, though nothing was asked for yet.
    amounts = [int(match[2]) for match in shown]
    assert amounts == sorted(amounts) and amounts[-1] > 0, draws
    # Both amounts are cut off to whole MiB, and the percentage is that of what they were before.
    assert all(int(match[2]) * 100 // (SHOWN + 1) <= int(match[1]) <=
               (int(match[2]) + 1) * 100 // SHOWN for match in shown), draws
    lines = screen(text)
    assert len(lines) == 2 and not lines[1], lines
    assert lines[0].startswith("kexec: cannot make the output directory " + NOWHERE), lines


def test_debug(directory):
    """The same messages as in a pipe, each in one line."""
    process = start(directory, subprocess.PIPE, "--debug")
    piped = process.communicate()[1].decode("ascii").splitlines()
    assert process.returncode == 1 and len(piped) > 5
    assert "\r" not in "".join(piped)
    assert screen(run_on_terminal(directory, "--debug")) == piped + [""]


def test_pipe(directory):
    process = start(directory, subprocess.PIPE)
    lines = process.communicate()[1].decode("ascii").splitlines()
    assert process.returncode == 1
    assert len(lines) == 1 and "cannot make the output directory" in lines[0], lines


def test_shrinks(directory):
    """One message, exit status 1, no plan; on one CPU and on all. An initrd of zeros is looked at
    for as long as it is hashed: a warning of what it is now would say what was never true."""
    output = os.path.join(directory, "plan")
    for cpus, archive_size in ((1, 4096), (64, 4096), (1, 0), (64, 0)):
        process = None
        while not process or not stop_halfway(process):
            process = start(directory, subprocess.PIPE, output=output, cpus=cpus,
                            archive_size=archive_size)
        os.truncate(os.path.join(directory, "initrd"), 4096)
        os.kill(process.pid, signal.SIGCONT)
        lines = process.communicate()[1].decode("ascii").splitlines()
        assert process.returncode == 1, process.returncode
        assert len(lines) == 1 and "initrd changed while it was loaded" in lines[0], lines
        assert not os.path.exists(output), "a plan was written"


def anonymous_memory(process):
    """Bytes that the process has which are not those of a file."""
    try:
        with open("/proc/%d/status" % process.pid, encoding="ascii") as file:
            return sum(int(line.split()[1]) << 10 for line in file if line.startswith("RssAnon"))
    except OSError:
        return 0


def test_memory(directory):
    """Files that can be used as they are cost nothing, however large they are."""
    process = start(directory, subprocess.PIPE, cpus=64)
    wait_until_read(process, "/initrd")
    peak = 0
    while process.poll() is None:
        peak = max(peak, anonymous_memory(process))
        time.sleep(0.001)
    process.communicate()
    assert 0 < peak <= 8 * MIB, "%d bytes" % peak


def test_cpus(directory):
    """Right digests whatever CPUs there are; of a kernel that is hashed as it grows, too."""
    kernel, initrd = os.path.join(directory, "Image"), os.path.join(directory, "initrd")
    write_kernel(kernel, TARGET, size=30 * MIB + 4096, image_size=4 * MIB + 4096)
    with open(kernel, "rb") as file, gzip.open(kernel + ".gz", "wb", 1) as compressed:
        compressed.write(file.read())
    write_initrd(initrd, 20 * MIB + 123)
    for cpus in (1, 64):
        allowed = set(sorted(os.sched_getaffinity(0))[-cpus:])
        output = os.path.join(directory, "plan%d" % cpus)
        subprocess.run(
            [KEXEC, "--sysroot=" + os.path.join(CAPTURED, SYSTEM), "--target=" + TARGET,
             "--output=" + output, "-l", kernel + ".gz", "--initrd", initrd], check=True,
            preexec_fn=lambda allowed=allowed: os.sched_setaffinity(0, allowed))
        check_manifest(Plan(output), kernel_size=30 * MIB + 4096)


sys.exit(run_tests([
    ("a terminal shows progress, and then the message alone", test_terminal),
    ("--debug on a terminal prints what it prints to a pipe", test_debug),
    ("a pipe gets messages alone", test_pipe),
    ("refused: an initrd that shrinks while it is hashed", test_shrinks),
    ("uncompressed files take no memory", test_memory),
    ("one CPU or several: the digests are right", test_cpus)]))
