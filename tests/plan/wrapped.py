#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans of crash kernels that are wrapped into one Image for kexec_file_load(2).

usage: wrapped.py KEXEC CAPTURED

Prints TAP. See planning.py for the arguments and for how plans are read. The Image is read back by the
layout that its documentation has, and compared with the segments of the same plan.
"""

import os
import re
import struct
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
from planning import (CAPTURED, IMAGE_SIZE, MIB, Memory, Plan, check_manifest,  # noqa: E402
                      check_placement, check_tables, expect_refusal, run, run_tests, variant,
                      write_initrd, write_kernel)

SYSTEM = "arm64-crash"
TAIL = 4 * MIB
HEADER = "<IIQQQQQQ4sI"  # Documentation/arch/arm64/booting.rst, "4. Call the kernel image"
AT_PAGESZ = 6


def iomem(first, last):
    """The captured /proc/iomem with the crash kernel's upper region from first to last."""
    with open(os.path.join(CAPTURED, SYSTEM, "proc/iomem"), encoding="ascii") as file:
        lines = file.read().splitlines(keepends=True)
    upper = [number for number, line in enumerate(lines) if "Crash kernel" in line][-1]
    lines[upper] = re.sub(r"[0-9a-f]+-[0-9a-f]+", f"{first:08x}-{last:08x}", lines[upper])
    return "".join(lines)


def with_region(work, start, end):
    return variant(work, SYSTEM, {"proc/iomem": iomem(start, end - 1)})


def plan_wrapped(work, system, *arguments, initrd_size=5 * MIB + 123, **kernel):
    path, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    directory = os.path.join(work, "out")
    write_kernel(path, "arm64", **kernel)
    write_initrd(initrd, initrd_size)
    result = run(system, "arm64", directory, "-p", "-s", path, "--initrd", initrd,
                 "--append=one two", *arguments)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return Plan(directory)


def image_of(plan):
    """Address, size in memory and content of the Image."""
    entry = plan.json["wrapped_image"]
    with open(os.path.join(plan.directory, entry["file"]), "rb") as file:
        return int(entry["address"], 16), entry["memory_size"], file.read()


def end_of(plan):
    return max(start + size for _, start, size, _, _ in plan.segments)


def check_image(plan, region, page_size=4096):
    """The Image is where the kernel puts it, and holds all segments and zeros."""
    base, size, content = image_of(plan)
    assert base == -(-region[0] // (2 * MIB)) * 2 * MIB, "another base"
    assert base + size == end_of(plan) <= region[1] - TAIL
    expected = bytearray(len(content))
    for _, start, _, data, _ in plan.segments:
        expected[start - base:start - base + len(data)] = data
    assert content == expected, "the Image is not the segments"
    branch, _, text_offset, image_size, flags, _, _, _, magic, pe = \
        struct.unpack_from(HEADER, content)
    assert (branch, text_offset, image_size, magic, pe) == (0x14000010, 0, size, b"ARM\x64", 0)
    assert flags == 8 | {4096: 1, 16384: 2, 65536: 3}[page_size] << 1
    assert not any(content[96:page_size]), "something follows the jump"


def check_head(plan, page_size):
    """The whole first page is verified, as purgatory."""
    base, _, _ = image_of(plan)
    manifest = plan.bytes_at(plan.number("purgatory_manifest_address"),
                             plan.number("purgatory_manifest_size"))
    chunks = [struct.unpack_from("<QQQII", manifest, place)
              for place in range(16, len(manifest) - 63, 64)]
    assert [(length, role) for start, length, _, role, _ in chunks if start == base] == \
        [(page_size, 3)]


def test_plan(work, *arguments, text_offset=0):
    plan = plan_wrapped(work, SYSTEM, *arguments, text_offset=text_offset)
    memory = Memory(SYSTEM)
    region = max(memory.crash)
    check_image(plan, region)
    check_head(plan, 4096)
    check_placement(plan, [region], memory.reserved, 4096)
    covered = check_manifest(plan)
    assert covered["elfcorehdr"] == len(plan.role("elfcorehdr")[0][3]) > 0
    if "--mmu=off" not in arguments:
        check_tables(plan, SYSTEM, memory.reserved)
    base, _, _ = image_of(plan)
    assert plan.role("kernel")[0][1] == base + 2 * MIB + text_offset
    assert plan.fdt_property("/chosen", "bootargs", "s") == "one two"
    assert int(plan.json["flags"], 16) & 0xFFFF == 1


def test_pages(work):
    """The head takes a page of the running kernel, and names its size."""
    system = variant(work, SYSTEM, {})
    with open(os.path.join(system, "proc/self/auxv"), "wb") as file:
        file.write(struct.pack("<4Q", AT_PAGESZ, 16384, 0, 0))
    plan = plan_wrapped(work, system)
    check_image(plan, max(Memory(SYSTEM).crash), 16384)
    check_head(plan, 16384)
    check_manifest(plan)


def test_long_jump(work):
    """Purgatory is farther away than a branch reaches."""
    plan = plan_wrapped(work, SYSTEM, image_size=195 * MIB)
    check_image(plan, max(Memory(SYSTEM).crash))
    assert int(plan.json["entry"], 16) - image_of(plan)[0] > 128 * MIB


def test_unaligned_region(work):
    start, end = max(Memory(SYSTEM).crash)
    region = (start + MIB, end - 0x1f000)
    plan = plan_wrapped(work, with_region(work, *region))
    check_image(plan, region)
    check_manifest(plan)


def test_tight_region(work):
    """It is loaded if it just fits, and one page less is refused."""
    start, end = max(Memory(SYSTEM).crash)
    needed = end_of(plan_wrapped(work, SYSTEM, "--mmu=on")) - start + TAIL
    system = with_region(work, start, start + needed)
    check_image(plan_wrapped(work, system, "--mmu=on"), (start, start + needed))
    os.rename(system, system + "-before")
    expect_refusal(work, with_region(work, start, start + needed - 4096), "arm64", ["no hole"],
                   "-p", "-s", "--mmu=on", os.path.join(work, "kernel"),
                   "--initrd=" + os.path.join(work, "initrd"), "--append=one two")


def test_tiny_region(work):
    start, _ = max(Memory(SYSTEM).crash)
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, "arm64", image_size=MIB, size=MIB)
    expect_refusal(work, with_region(work, start, start + TAIL), "arm64",
                   ["no room where the running kernel places"], "-p", "-s", kernel)


def test_replaces(work):
    """A plan that is not wrapped takes the Image of a former one away."""
    directory, kernel = os.path.join(work, "out"), os.path.join(work, "kernel")
    plan_wrapped(work, SYSTEM)
    assert os.path.exists(os.path.join(directory, "wrapped-image.bin"))
    result = run(SYSTEM, "arm64", directory, "-p", kernel)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    assert not os.path.exists(os.path.join(directory, "wrapped-image.bin"))
    assert "wrapped_image" not in Plan(directory).json


REFUSALS = {
    "lockdown": ({"sys/kernel/security/lockdown": "none [integrity] confidentiality\n"},
                 ["--output", "locked down"], ["-p"]),
    "an old kernel": ({"proc/sys/kernel/osrelease": "5.4.0\n"}, ["--output", "5.6"], ["-p"]),
    "a kernel's own header": ({"sys/kernel/crash_elfcorehdr_size": "65536\n"},
                              ["--output", "up to date"], ["-p", "--hotplug"]),
    "--no-checks": ({}, ["--output", "--no-checks"], ["-p", "--no-checks"]),
    "--mem-min": ({}, ["--mem-min"], ["-p", "--mem-min=0x80000000"]),
    "no crash kernel": ({}, ["--output"], ["-l"]),
}


def refuse(work, name):
    files, words, arguments = REFUSALS[name]
    system = variant(work, SYSTEM, {})
    for path, text in files.items():
        path = os.path.join(system, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, "arm64")
    expect_refusal(work, system, "arm64", words, "-s", kernel, *arguments)


def main():
    assert IMAGE_SIZE < 8 * MIB
    tests = [("a crash kernel", test_plan),
             ("a kernel with a text_offset", lambda work: test_plan(work, text_offset=0x80000)),
             ("without page tables", lambda work: test_plan(work, "--mmu=off")),
             ("--engine, --serial and --on-mismatch",
              lambda work: test_plan(work, "--engine=generic", "--serial=none",
                                     "--on-mismatch=halt")),
             ("--dtb", lambda work: test_plan(
                 work, "--dtb=" + os.path.join(CAPTURED, SYSTEM, "sys/firmware/fdt"))),
             ("pages of 16 KiB", test_pages), ("a long jump", test_long_jump),
             ("a region that is not aligned", test_unaligned_region),
             ("a region that is just large enough", test_tight_region),
             ("a region of nothing but the tail", test_tiny_region),
             ("a plan in place of a wrapped one", test_replaces)]
    tests += [("refused: " + name, lambda work, name=name: refuse(work, name))
              for name in REFUSALS]
    return run_tests(tests)


sys.exit(main())
