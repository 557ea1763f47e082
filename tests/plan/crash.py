#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans of crash kernels for captured systems, examined from outside.

usage: crash.py KEXEC CAPTURED

Prints TAP. See planning.py for the arguments and for how plans are read. What a dump must hold is
computed from the captured files: /proc/iomem, sysfs, vmcoreinfo, and /proc/kallsyms to prove it.
"""

import os
import re
import struct
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
from planning import (CAPTURED, MIB, Memory, Plan, check_manifest, check_placement,  # noqa: E402
                      check_tables, expect_refusal, linear_map_offset, run, run_tests, variant,
                      vmcoreinfo, write_initrd, write_kernel)

# name of the captured system: (target, ELF machine, offset of the kernel's image in vmcoreinfo)
SYSTEMS = {
    "arm64-crash": ("arm64", 183, "kimage_voffset"),
    "riscv64-crash": ("riscv64", 243, "va_kernel_pa_offset"),
}
KEXEC_ON_CRASH, KEXEC_CRASH_HOTPLUG_SUPPORT = 1, 8
PT_LOAD, PT_NOTE = 1, 4
ELFCOREHDR_SIZE = "sys/kernel/crash_elfcorehdr_size"


def text_of(system, path):
    with open(os.path.join(CAPTURED, system, path), encoding="ascii") as file:
        return file.read()


def plan_crash(work, system, target, *arguments):
    """The plan of a crash kernel with an initrd."""
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    directory = os.path.join(work, "out")
    write_kernel(kernel, target)
    write_initrd(initrd, 5 * MIB + 123)
    result = run(system, target, directory, "-p", kernel, "--initrd", initrd, *arguments)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return Plan(directory)


def headers(plan, machine):
    """Program headers of the ELF core header, as dictionaries, after its own was compared."""
    (_, _, _, data, _), = plan.role("elfcorehdr")
    assert data[:7] == b"\x7fELF\x02\x01\x01" and not any(data[7:16])
    kind, elf_machine, version, entry, offset, sections, flags, size, entry_size, count = \
        struct.unpack_from("<HHIQQQIHHH", data, 16)
    assert (kind, elf_machine, version, entry, sections, flags) == (4, machine, 1, 0, 0, 0)
    assert (offset, size, entry_size) == (64, 64, 56)
    assert not any(data[offset + count * entry_size:]), "something follows the headers"
    names = ("type", "flags", "offset", "virtual", "physical", "file_size", "size", "alignment")
    return [dict(zip(names, struct.unpack_from("<IIQQQQQQ", data, offset + index * entry_size)))
            for index in range(count)]


def check_notes(notes, system):
    """A note of each CPU in the order of numbers, then vmcoreinfo."""
    expected = []
    directory = "sys/devices/system/cpu/"
    cpus = [int(name[3:]) for name in os.listdir(os.path.join(CAPTURED, system, directory))
            if re.fullmatch(r"cpu\d+", name)]
    for cpu in sorted(cpus):
        file = "%scpu%d/crash_notes" % (directory, cpu)
        expected.append((int(text_of(system, file), 16), int(text_of(system, file + "_size"))))
    address, size = text_of(system, "sys/kernel/vmcoreinfo").split()
    expected.append((int(address, 16), int(size, 16)))
    assert [(note["physical"], note["size"]) for note in notes] == expected
    assert all(note["offset"] == note["physical"] and note["file_size"] == note["size"]
               for note in notes)


def without(ranges, taken):
    """What is left of the ranges, as a sorted list."""
    for low, high in taken:
        ranges = [piece for start, end in ranges
                  for piece in ((start, min(end, low)), (max(start, high), end))
                  if piece[0] < piece[1]]
    return sorted(ranges)


def check_memory(loads, system, image_offset):
    """The kernel's image where it runs, and all RAM but that of crash kernels."""
    memory = Memory(system)
    image, *rest = loads
    assert image["physical"] == min(start for start, _ in memory.kernel)
    assert image["physical"] + image["size"] == max(end for _, end in memory.kernel)
    assert (image["virtual"] - image["physical"] - image_offset) % (1 << 64) == 0
    spans = [(load["physical"], load["physical"] + load["size"]) for load in rest]
    assert spans == without(memory.ram, memory.crash), "other ranges than RAM"
    offset = linear_map_offset(system)
    assert all((load["virtual"] - load["physical"] - offset) % (1 << 64) == 0 for load in rest)
    assert all(load["offset"] == load["physical"] and load["file_size"] == load["size"]
               for load in loads)
    symbols = dict(reversed(line.split()[::2]) for line in
                   text_of(system, "proc/kallsyms").splitlines())
    for name in ("_stext", "linux_banner"):
        inside = int(symbols[name], 16) - image["virtual"]
        assert 0 <= inside < image["size"], name + " is not in the kernel's image"


def check_devicetree(plan, memory):
    _, start, _, data, _ = plan.role("elfcorehdr")[0]
    assert plan.fdt_numbers("/chosen", "linux,elfcorehdr") == [start, len(data)]
    regions = [number for low, high in sorted(memory.crash, reverse=True)
               for number in (low, high - low)]
    assert plan.fdt_numbers("/chosen", "linux,usable-memory-range") == regions


def flags_of(plan):
    return int(plan.json["flags"], 16) & 0xFFFF


def test_system(system, work):
    target, machine, image_offset = SYSTEMS[system]
    plan = plan_crash(work, system, target, "--append=one two")
    memory = Memory(system)
    region = max(memory.crash)
    check_placement(plan, [region], memory.reserved, 4096)
    check_tables(plan, system, memory.reserved)
    covered = check_manifest(plan)
    assert covered["elfcorehdr"] == len(plan.role("elfcorehdr")[0][3]) > 0
    program = headers(plan, machine)
    kinds = [header["type"] for header in program]
    assert kinds == sorted(kinds, reverse=True) and set(kinds) == {PT_NOTE, PT_LOAD}
    check_notes([h for h in program if h["type"] == PT_NOTE], system)
    check_memory([h for h in program if h["type"] == PT_LOAD], system,
                 vmcoreinfo(system)[image_offset])
    check_devicetree(plan, memory)
    assert plan.fdt_property("/chosen", "bootargs", "s") == "one two"
    assert flags_of(plan) == KEXEC_ON_CRASH


def test_load_beside(system, work):
    """Without -p nothing of this is there, and the crash regions are left alone."""
    target = SYSTEMS[system][0]
    kernel, directory = os.path.join(work, "kernel"), os.path.join(work, "out")
    write_kernel(kernel, target)
    result = run(system, target, directory, "-l", kernel)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    plan, memory = Plan(directory), Memory(system)
    check_placement(plan, memory.ram, memory.taken(), 4096)
    assert plan.role("elfcorehdr") == [] and flags_of(plan) == 0
    assert plan.fdt_property("/chosen", "linux,elfcorehdr", "x") is None
    assert plan.fdt_property("/chosen", "linux,usable-memory-range", "x") is None
    for start, end in memory.crash:
        expect_refusal(work, system, target, ("hole", "kernel"), "-l", kernel,
                       "--mem-min=0x%x" % start, "--mem-max=0x%x" % (end - 1))


def test_hotplug(system, work):
    """The kernel gets the room that it wants, and what it changes is not verified."""
    target, machine, _ = SYSTEMS[system]
    wanted = variant(work, system, {ELFCOREHDR_SIZE: "65536\n"})
    plan = plan_crash(work, wanted, target, "--hotplug")
    (_, start, _, data, _), = plan.role("elfcorehdr")
    assert len(data) == 65536 and len(headers(plan, machine)) > 5
    assert check_manifest(plan)["elfcorehdr"] == 0
    assert plan.fdt_numbers("/chosen", "linux,elfcorehdr") == [start, 65536]
    assert flags_of(plan) == KEXEC_ON_CRASH | KEXEC_CRASH_HOTPLUG_SUPPORT


def test_size_not_asked_for(work):
    """Without --hotplug the header is as long as it is, and verified, whatever the kernel can."""
    wanted = variant(work, "arm64-crash", {ELFCOREHDR_SIZE: "65536\n"})
    plan = plan_crash(work, wanted, "arm64")
    assert check_manifest(plan)["elfcorehdr"] == len(plan.role("elfcorehdr")[0][3]) < 4096


def test_reuse_cmdline(work):
    """A crash kernel keeps no memory for another one."""
    plan = plan_crash(work, "arm64-crash", "arm64", "--reuse-cmdline", "--append=irqpoll")
    assert "crashkernel=" in text_of("arm64-crash", "proc/cmdline")
    bootargs = plan.fdt_property("/chosen", "bootargs", "s").split()
    assert bootargs == [word for word in text_of("arm64-crash", "proc/cmdline").split()
                        if not word.startswith("crashkernel=")] + ["irqpoll"]


def test_bounds_inside(work):
    """--mem-min and --mem-max narrow the region."""
    start, end = max(Memory("arm64-crash").crash)
    low, high = start + 64 * MIB, end - 64 * MIB
    plan = plan_crash(work, "arm64-crash", "arm64", "--mem-min=0x%x" % low,
                      "--mem-max=0x%x" % (high - 1))
    check_placement(plan, [(low, high)], [], 4096)
    check_manifest(plan)


def test_without_image_offset(work):
    """A kernel that does not tell where it runs: the header does without, and kexec says so."""
    system = variant(work, "riscv64-crash", {})
    kcore = os.path.join(system, "proc/kcore")
    with open(kcore, "rb") as file:
        notes = file.read()
    assert b"va_kernel_pa_offset" in notes
    with open(kcore, "wb") as file:
        file.write(notes.replace(b"va_kernel_pa_offset", b"something_else_here"))
    kernel, directory = os.path.join(work, "kernel"), os.path.join(work, "out")
    write_kernel(kernel, "riscv64")
    result = run(system, "riscv64", directory, "-p", kernel)
    assert result.returncode == 0 and result.stderr.count("\n") == 1, result.stderr
    assert "where it runs" in result.stderr, result.stderr
    loads = [header for header in headers(Plan(directory), 243) if header["type"] == PT_LOAD]
    memory = Memory("riscv64-crash")
    assert [header["physical"] for header in loads] == \
        [start for start, _ in without(memory.ram, memory.crash)]


def refusals(work):
    """Name, files of the system that are others, words of the line, arguments after -p."""
    memory = Memory("arm64-crash")
    (low_start, _), (start, end) = sorted(memory.crash)
    kernel, large, initrd = (os.path.join(work, name) for name in ("kernel", "large", "initrd"))
    write_kernel(kernel, "arm64")
    write_kernel(large, "arm64", image_size=300 * MIB)
    write_initrd(initrd, 5 * MIB)
    no_region = "".join(line for line in
                        text_of("arm64-crash", "proc/iomem").splitlines(keepends=True)
                        if "Crash kernel" not in line)
    return [
        ("no crash region", {"proc/iomem": no_region}, ("Crash kernel", "crashkernel="), [kernel]),
        ("crash region too small for the kernel", {},
         ("300 MiB", "%d + 0 bytes" % (300 * MIB), "256 MiB", "crashkernel="), [large]),
        ("crash region too small for kernel and initrd", {},
         ("305 MiB", "%d + %d bytes" % (300 * MIB, 5 * MIB), "256 MiB"),
         [large, "--initrd=" + initrd]),
        ("missing /proc/kcore", {"proc/kcore": None}, ("/proc/kcore",), [kernel]),
        ("missing crash_notes", {"sys/devices/system/cpu/cpu%d/crash_notes" % cpu: None
                                 for cpu in range(4)}, ("crash_notes",), [kernel]),
        ("unreadable crash_notes", {"sys/devices/system/cpu/cpu2/crash_notes": ""},
         ("/sys/devices/system/cpu/cpu2/crash_notes,",), [kernel]),
        ("missing crash_notes_size", {"sys/devices/system/cpu/cpu3/crash_notes_size": None},
         ("/sys/devices/system/cpu/cpu3/crash_notes_size",), [kernel]),
        ("missing vmcoreinfo", {"sys/kernel/vmcoreinfo": None}, ("/sys/kernel/vmcoreinfo",),
         [kernel]),
        ("--hotplug without the kernel's help", {}, (ELFCOREHDR_SIZE, "--hotplug"),
         [kernel, "--hotplug"]),
        ("--hotplug with too little room", {ELFCOREHDR_SIZE: "256\n"}, ("256", "--hotplug"),
         [kernel, "--hotplug"]),
        ("--mem-min above the crash region", {}, ("hole", "kernel", "--mem-min"),
         [kernel, "--mem-min=0x%x" % end]),
        ("--mem-max below the crash region", {}, ("hole", "kernel", "--mem-max"),
         [kernel, "--mem-max=0x%x" % (start - 1)]),
        ("bounds around the low region", {}, ("hole", "kernel", "--mem-max"),
         [kernel, "--mem-min=0x%x" % low_start, "--mem-max=0x%x" % (start - 1)]),
        ("-p and -e", {}, ("-p", "-e"), [kernel, "-e"]),
        ("no kernel named", {}, ("no kernel",), []),
    ]


def refuse(work, case):
    """The case of that name, with files made for it alone."""
    files, words, arguments = next(rest for name, *rest in refusals(work) if name == case)
    system = variant(work, "arm64-crash", files) if files else "arm64-crash"
    expect_refusal(work, system, "arm64", words, "-p", *arguments)


def main():
    tests = []
    for system in SYSTEMS:
        tests += [("crash kernel for " + system,
                   lambda work, system=system: test_system(system, work)),
                  ("another kernel beside it for " + system,
                   lambda work, system=system: test_load_beside(system, work)),
                  ("--hotplug for " + system,
                   lambda work, system=system: test_hotplug(system, work))]
    tests += [("the header is verified without --hotplug", test_size_not_asked_for),
              ("--reuse-cmdline drops crashkernel=", test_reuse_cmdline),
              ("--mem-min and --mem-max inside the crash region", test_bounds_inside),
              ("a kernel that does not tell where it runs", test_without_image_offset)]
    with tempfile.TemporaryDirectory() as work:
        tests += [("refused: " + case[0], lambda work, name=case[0]: refuse(work, name))
                  for case in refusals(work)]
    return run_tests(tests)


sys.exit(main())
