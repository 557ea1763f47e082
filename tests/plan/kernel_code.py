#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans for arm64 kernels at whose jump their own code may be read-only: no segment lies there.

usage: kernel_code.py KEXEC CAPTURED; prints TAP
"""

import array
import os
import sys

from planning import (IMAGE_SIZE, MIB, Memory, Plan, check_placement, expect_refusal, run,
                      run_tests, variant, write_initrd, write_kernel)

PAGE = 4096
BUDDY, RESERVED = 1 << 10, 1 << 32  # of /proc/kpageflags
MENDED = "6.12.78"
WARNING = "only memory with the running kernel's code fits"
CODE = (0x40200000, 0x41F20000)  # of arm64-dt


def make_system(work, release, flags=False, base="arm64-dt"):
    """That machine with another release; with page flags, its own image is reserved."""
    system = variant(work, base, {"proc/sys/kernel/osrelease": release + "\n"})
    if flags:
        memory = Memory(system)
        pages = array.array("Q", [BUDDY]) * (max(high for _, high in memory.ram) // PAGE)
        start, end = (edge // PAGE for edge in (memory.kernel[0][0], memory.kernel[-1][1]))
        pages[start:end] = array.array("Q", [RESERVED]) * (end - start)
        with open(os.path.join(system, "proc/kpageflags"), "wb") as file:
            pages.tofile(file)
    return system


def write_files(work, image_size=IMAGE_SIZE):
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    write_kernel(kernel, "arm64", image_size=image_size)
    write_initrd(initrd, 5 * MIB + 123)
    return ["-l", kernel, "--initrd", initrd]


def on_code(plan):
    """The roles of all segments that lie on the code."""
    return [role for role, start, size, _, _ in plan.segments
            if start < CODE[1] and CODE[0] < start + size]


def make_plan(work, system, arguments, warning=None):
    directory = os.path.join(work, "out")
    result = run(system, "arm64", directory, *arguments)
    assert result.returncode == 0, result.stderr
    assert bool(warning) == bool(result.stderr), result.stderr
    assert not warning or (warning in result.stderr and len(result.stderr.splitlines()) == 1)
    plan, memory = Plan(directory), Memory(system)
    crash = "-p" in arguments
    check_placement(plan, memory.ram, memory.reserved if crash else memory.taken(), PAGE)
    return plan


def test_avoided(work, release, *options, flags=False):
    system = make_system(work, release, flags)
    plan = make_plan(work, system, write_files(work) + list(options))
    assert not on_code(plan), on_code(plan)


def test_taken(work, release, *options, flags=False):
    """The same options bring the kernel there where nothing speaks against it."""
    system = make_system(work, release, flags)
    plan = make_plan(work, system, write_files(work) + list(options))
    assert "kernel" in on_code(plan), plan.segments


def test_last_resort(work, *options):
    """Nothing else fits: a line says so and names a mended release."""
    system = make_system(work, "6.12.73+deb13-arm64")
    arguments = write_files(work) + list(options)
    plan = make_plan(work, system, arguments, WARNING)
    assert "kernel" in on_code(plan), plan.segments
    assert MENDED in run(system, "arm64", os.path.join(work, "again"), *arguments).stderr


def test_no_warning(work):
    """What lies there would not fit, but one that fits beside it: the code stays free."""
    system = make_system(work, "6.12.73+deb13-arm64")
    bounds = ("--mem-min=0x%x" % CODE[0], "--mem-max=0x%x" % (0x426F0000 + 32 * MIB - 1))
    plan = make_plan(work, system, write_files(work) + list(bounds))
    assert not on_code(plan), on_code(plan)


def test_refusal(work):
    """One line and no warning where not even the code has room."""
    system = make_system(work, "6.12.73+deb13-arm64")
    expect_refusal(work, system, "arm64", ("no hole for the kernel",),
                   *write_files(work, image_size=48 * MIB), "--mem-min=0x40200000",
                   "--mem-max=0x41f1ffff")


def test_crash(work):
    """A crash kernel goes where it always does."""
    plans = []
    for release in ("6.12.73+deb13-arm64", MENDED):
        place = os.path.join(work, release)
        os.mkdir(place)
        system = make_system(place, release, base="arm64-crash")
        arguments = write_files(work) + ["-p"]
        arguments.remove("-l")
        plan = make_plan(place, system, arguments)
        plans.append([(role, start, size) for role, start, size, _, _ in plan.segments])
    assert plans[0] == plans[1]


def main():
    lowest = ("--append=mem=2G",)
    inside = ("--mem-min=0x%x" % CODE[0], "--mem-max=0x%x" % (CODE[1] - 1))
    tests = []
    for release in ("6.12.73+deb13-arm64", "6.1.158", "6.18.18", "6.8.0-90-generic"):
        tests.append(("no segment on the code of %s" % release,
                      lambda work, release=release: test_avoided(work, release, *lowest)))
    for release in (MENDED, "6.1.140", "7.0.0"):
        tests.append(("the lowest place, on the code of %s" % release,
                      lambda work, release=release: test_taken(work, release, *lowest)))
    return run_tests(tests + [
        ("nor where the image costs nothing",
         lambda work: test_avoided(work, "6.12.73+deb13-arm64", flags=True)),
        ("which a mended kernel's is taken for", lambda work: test_taken(work, MENDED, flags=True)),
        ("nothing else between --mem-min and --mem-max",
         lambda work: test_last_resort(work, *inside)),
        ("no other place for kernel and initrd together",
         lambda work: test_last_resort(work, inside[0], "--mem-max=0x42afffff")),
        ("no room for the rest beside kernel and initrd",
         lambda work: test_last_resort(work, inside[0], "--mem-max=0x430fffff")),
        ("no warning where something else fits", test_no_warning),
        ("refused in one line", test_refusal),
        ("a crash kernel's place does not change", test_crash),
    ])


sys.exit(main())
