#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans for captured systems with page flags: segments keep off the running kernel's pages.

usage: pages.py KEXEC CAPTURED; prints TAP
"""

import array
import os
import re
import sys

from planning import (CAPTURED, MIB, Memory, Plan, check_placement, expect_refusal, run,
                      run_tests, variant, write_initrd, write_kernel)

GIB = 1 << 30
PAGE = 4096
# include/uapi/linux/kernel-page-flags.h
SLAB, BUDDY, HUGE, HWPOISON, NOPAGE, OFFLINE = (1 << bit for bit in (7, 10, 17, 19, 20, 23))
WARNING = "devices may still write to these after kexec -e"
ROUNDS = 6


def write_flags(system, marked, flags=0, others=BUDDY):
    """/proc/kpageflags of all RAM: these flags at the marked addresses, free blocks elsewhere."""
    end = max(high for _, high in Memory(system).ram) // PAGE
    pages = array.array("Q", [others]) * end
    for address in marked:
        pages[address // PAGE] = flags
    with open(os.path.join(system, "proc/kpageflags"), "wb") as file:
        pages.tofile(file)


def write_files(work, target):
    """A kernel and an initrd, as arguments."""
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    write_kernel(kernel, target)
    write_initrd(initrd, 5 * MIB + 123)
    return ["-l", kernel, "--initrd", initrd]


def make_plan(work, target, system, arguments, warning=None):
    directory = os.path.join(work, "out")
    result = run(system, target, directory, *arguments)
    assert result.returncode == 0, result.stderr
    assert (warning in result.stderr) if warning else result.stderr == "", result.stderr
    return Plan(directory)


def test_pages(work, target, *options, files=None):
    """A page of each place that was chosen becomes the kernel's, round by round."""
    system = variant(work, target + "-dt", files or {})
    arguments = write_files(work, target) + list(options)
    memory, marked, plan = Memory(system), set(), None
    for _ in range(ROUNDS):
        write_flags(system, marked)
        plan = make_plan(work, target, system, arguments)
        check_placement(plan, memory.ram, memory.taken(), PAGE)
        for role, start, size, _, _ in plan.segments:
            on = [page for page in marked if start <= page < start + size]
            assert not on, "the %s at 0x%x lies on 0x%x" % (role, start, on[0])
            # One that no sample of a block meets, and for small segments the last.
            marked.add(min(start + 333 * PAGE, start + size - PAGE))
    return plan


def test_unreached(work):
    """All goes to the lower half of RAM, which no source page comes from."""
    zone = ("Node 0, zone %s\n  pages free %d\n        low 10\n        spanned 262144\n"
            "        protection: (0, 0)\n  start_pfn: %d\n")
    plan = test_pages(work, "arm64", files={
        "proc/zoneinfo": zone % ("DMA", 200000, 0x40000) + zone % ("Normal", 200000, 0x80000)})
    assert all(start < 0x80000000 for _, start, _, _, _ in plan.segments), "in the upper half"


def test_last_resort(work, flags):
    """Each place for the kernel has such a page: it gets one with a warning, of one line."""
    system = variant(work, "arm64-dt", {})
    low, high = Memory(system).ram[0]
    write_flags(system, range(low, high, 2 * MIB), flags)
    plan = make_plan(work, "arm64", system, write_files(work, "arm64"), WARNING)
    for role, start, size, _, _ in plan.segments:
        on = any(start <= page < start + size for page in range(low, high, 2 * MIB))
        assert on == (role in ("kernel", "initrd")), (role, hex(start))


def test_broken(work):
    """Pages that are not there, or have a hardware error, are never used."""
    system = variant(work, "arm64-dt", {})
    for flags in (HWPOISON, NOPAGE, OFFLINE):
        write_flags(system, range(Memory(system).ram[0][0], Memory(system).ram[0][1], 2 * MIB),
                    flags)
        expect_refusal(work, system, "arm64",
                       ("no hole for the kernel", "hardware errors or are offline"),
                       *write_files(work, "arm64"))


def poisoned(system, size):
    with open(os.path.join(CAPTURED, system, "proc/meminfo"), encoding="ascii") as file:
        text = re.sub("^HardwareCorrupted: .*\n", "", file.read(), flags=re.M)
    return {"proc/meminfo": text + "HardwareCorrupted: %5d kB\n" % size}


def test_poison(work):
    """In the region of a crash kernel, all whose pages are the kernel's."""
    system = variant(work, "arm64-crash", poisoned("arm64-crash", 4))
    crash = Memory(system).crash
    arguments = write_files(work, "arm64") + ["-p"]
    arguments.remove("-l")
    first = make_plan(work, "arm64", system, arguments, "which: the next kernel may be loaded")
    page = first.role("kernel")[0][1] + 5 * PAGE
    write_flags(system, [page], HWPOISON, 0)
    second = make_plan(work, "arm64", system, arguments)
    check_placement(second, crash, [(page, page + PAGE)], PAGE)


def test_no_poison(work):
    """Without such pages nothing of a crash kernel's region is looked at."""
    system = variant(work, "arm64-crash", poisoned("arm64-crash", 0))
    arguments = write_files(work, "arm64") + ["-p"]
    arguments.remove("-l")
    first = make_plan(work, "arm64", system, arguments)
    write_flags(system, [first.role("kernel")[0][1]], HWPOISON, 0)
    assert make_plan(work, "arm64", system, arguments).json == first.json


def test_large(work):
    """The room above the kernel is as large as the manifest of 128 GiB, which takes 8 MiB."""
    size = 128 * GIB
    ram = 0x40000000
    room = 14 * MIB
    system = variant(work, "arm64-dt", {
        "proc/iomem": "%x-%x : System RAM\n" % (ram, ram + size + 2 * MIB + room - 1),
        "proc/meminfo": "MemTotal: %d kB\n" % (4 * size // 1024), "proc/kcore": None})
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, "arm64", image_size=size)
    plan = make_plan(work, "arm64", system, ["-l", kernel])
    assert len(plan.role("manifest")[0][3]) > 8 * MIB


def main():
    near = ("--mem-min=0x50000000", "--mem-max=0x57ffffff")
    return run_tests([
        ("the kernel's pages are the last resort", lambda work: test_last_resort(work, 0)),
        ("hugetlbfs too", lambda work: test_last_resort(work, HUGE)),
        ("slab too", lambda work: test_last_resort(work, SLAB)),
        ("no segment on the kernel's pages", lambda work: test_pages(work, "arm64")),
        ("nor in a zone that source pages do not come from", test_unreached),
        ("nor with mem=", lambda work: test_pages(work, "arm64", "--append=mem=2G")),
        ("nor with --mem-min and --mem-max", lambda work: test_pages(work, "arm64", *near)),
        ("nor for riscv64", lambda work: test_pages(work, "riscv64")),
        ("refused: each place has broken pages", test_broken),
        ("a crash kernel's segments keep off hardware errors", test_poison),
        ("a crash kernel's region is not looked at without one", test_no_poison),
        ("there is room for the manifest of a large kernel", test_large),
    ])


sys.exit(main())
