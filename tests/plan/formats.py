#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans for kernels in every format and compression, as the ordinary tools make them.

usage: formats.py KEXEC CAPTURED MAKE-KERNEL

KEXEC and CAPTURED are as in planning.py, MAKE-KERNEL is the script of that name in tests/boot.
Whatever the file, the plan must have the same kernel, and what the file brings besides; damage
must be refused. Prints TAP.
"""

import os
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
from planning import (CAPTURED, IMAGE_SIZE, Memory, Plan, check_manifest,  # noqa: E402
                      check_placement, expect_refusal, kernel_entry, run, run_tests, write_initrd,
                      write_kernel)

MAKE_KERNEL = sys.argv[3]
SYSTEMS = {"arm64": "arm64-dt", "riscv64": "riscv64-dt"}
PE_MACHINE = {"arm64": 0xAA64, "riscv64": 0x5064}
KERNEL_SIZE = 300000
COMMAND_LINE = "quiet token=brought"
TREE_COMMAND_LINE = "of the tree"

COMPRESSIONS = ["bzip2", "gzip", "lz4", "lzma", "lzo", "zstd"]
PLAIN = (COMPRESSIONS + ["lz4-legacy", "xz", "vmlinux", "uimage"]
         + ["zboot-" + name for name in COMPRESSIONS + ["xz"] if name != "bzip2"]
         + ["uimage-" + name for name in COMPRESSIONS])
FITS = ["fit-" + name for name in COMPRESSIONS + ["none", "external"]]

# --type of each kind of file: ours, and kexec-tools' names on both architectures
TYPES = {
    "vmlinux": ["vmlinux", "elf-riscv"],
    "gzip": ["Image", "image-riscv"],
    "uimage": ["uImage"],
    "zboot-zstd": ["zboot", "vmlinuz", "vmlinuz-riscv"],
    "uki": ["uki"],
    "fit-gzip": ["fit"],
}


def write(directory, name, data):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(data)


def read(directory, name):
    with open(os.path.join(directory, name), "rb") as file:
        return file.read()


def make_parts(directory, target):
    """A kernel that is an EFI application, as Debian's are, and what else a file may bring."""
    write_kernel(os.path.join(directory, "Image"), target, size=KERNEL_SIZE)
    kernel = bytearray(read(directory, "Image"))
    kernel[0:2] = b"MZ"
    struct.pack_into("<I", kernel, 60, 64)
    struct.pack_into("<4sHHIIIHH", kernel, 64, b"PE\0\0", PE_MACHINE[target], 1, 0, 0, 0, 160,
                     0x206)
    kernel[88:88 + 160 + 40] = bytes(200)
    struct.pack_into("<H", kernel, 88, 0x20B)
    struct.pack_into("<II", kernel, 88 + 32, 4096, 512)  # alignment in memory and in the file
    struct.pack_into("<II", kernel, 88 + 56, IMAGE_SIZE, 4096)
    struct.pack_into("<I", kernel, 88 + 108, 6)
    struct.pack_into("<8sIIII", kernel, 88 + 160, b".text", KERNEL_SIZE - 4096, 4096,
                     KERNEL_SIZE - 4096, 4096)
    write(directory, "Image", kernel)
    write_initrd(os.path.join(directory, "initrd"), 123456)
    write(directory, "cmdline", (COMMAND_LINE + "\n").encode())
    with open(os.path.join(CAPTURED, SYSTEMS[target], "sys/firmware/fdt"), "rb") as file:
        write(directory, "dtb", file.read())
    for node, name, text in (("/", "model", "brought"), ("/chosen", "bootargs", TREE_COMMAND_LINE)):
        subprocess.run(["fdtput", "-t", "s", os.path.join(directory, "dtb"), node, name, text],
                       check=True)


def make(directory, target, kind):
    """The path of a file of that kind."""
    path = os.path.join(directory, "file." + kind)
    subprocess.run(["sh", MAKE_KERNEL, target, kind, directory, path], check=True)
    return path


def plan_of(directory, target, *arguments):
    """The plan, made without a message."""
    output = os.path.join(directory, "plan")
    result = run(SYSTEMS[target], target, output, "-l", *arguments)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return Plan(output)


def check_plan(plan, directory, target):
    """Kernel and initrd, and that both and the device tree are in the manifest."""
    kernel = read(directory, "Image")
    (_, start, _, data, _), = plan.role("kernel")
    # A vmlinux made of it is padded.
    assert data[:len(kernel)] == kernel and not any(data[len(kernel):]), "another kernel"
    (_, _, _, initrd, _), = plan.role("initrd")
    assert initrd == read(directory, "initrd"), "another initrd"
    assert kernel_entry(plan) == start
    check_manifest(plan)
    memory = Memory(SYSTEMS[target])
    check_placement(plan, memory.ram, memory.taken(), 4096)


def test_plain(directory, target, kind):
    plan = plan_of(directory, target, make(directory, target, kind),
                   "--initrd", os.path.join(directory, "initrd"), "--append", "one two")
    check_plan(plan, directory, target)
    assert plan.fdt_property("/chosen", "bootargs", "s") == "one two"
    assert plan.fdt_property("/", "model", "s") != "brought"


def test_brought(directory, target, kind, command_line):
    """What the file brings is used; a FIT has no command line but its device tree's."""
    plan = plan_of(directory, target, make(directory, target, kind))
    check_plan(plan, directory, target)
    assert plan.fdt_property("/chosen", "bootargs", "s") == command_line
    assert plan.fdt_property("/", "model", "s") == "brought"


def test_precedence(directory, target, kind):
    """What the user names replaces what the file brings, one by one."""
    path = make(directory, target, kind)
    other = write_initrd(os.path.join(directory, "other"), 2000)
    plan = plan_of(directory, target, path, "--initrd", os.path.join(directory, "other"))
    assert plan.role("initrd")[0][3] == other
    assert plan.fdt_property("/", "model", "s") == "brought"
    given = os.path.join(CAPTURED, SYSTEMS[target], "sys/firmware/fdt")
    plan = plan_of(directory, target, path, "--dtb", given, "--append", "mine")
    check_plan(plan, directory, target)
    assert plan.fdt_property("/", "model", "s") != "brought"
    assert plan.fdt_property("/chosen", "bootargs", "s") == "mine"
    plan = plan_of(directory, target, path, "--reuse-cmdline")
    with open(os.path.join(CAPTURED, SYSTEMS[target], "proc/cmdline"),
              encoding="ascii") as file:
        assert plan.fdt_property("/chosen", "bootargs", "s") == file.read().strip()
    check_plan(plan, directory, target)


def test_types(directory, target):
    for kind, types in TYPES.items():
        path = make(directory, target, kind)
        for name in types:
            plan_of(directory, target, path, "--type", name, "--initrd",
                    os.path.join(directory, "initrd"))
        expect_refusal(directory, SYSTEMS[target], target,
                       ("is not of type", "leave out --type"), "-l", path, "--type",
                       "vmlinux" if kind != "vmlinux" else "Image")


def test_nested(directory, target):
    """A FIT with a zboot image in it, compressed as a whole."""
    zboot = make(directory, target, "zboot-zstd")
    with tempfile.TemporaryDirectory() as outer:
        for name in ("initrd", "dtb"):
            os.link(os.path.join(directory, name), os.path.join(outer, name))
        os.link(zboot, os.path.join(outer, "Image"))
        os.replace(make(outer, target, "fit-none"), os.path.join(outer, "Image"))
        plan = plan_of(directory, target, make(outer, target, "xz"))
    check_plan(plan, directory, target)


def test_other_architecture(directory, target):
    other = {"arm64": "riscv64", "riscv64": "arm64"}[target]
    for kind in PLAIN + ["uki", "fit-gzip"]:
        expect_refusal(directory, SYSTEMS[other], other, (target[:5], other), "-l",
                       make(directory, target, kind))


def test_command_line_lines(directory, target):
    """Blanks stand for ends of lines inside, and nothing for those at either end, as with
    systemd-stub."""
    write(directory, "cmdline", b"\nquiet\r\n\ttoken=lines \"a\nb\"\n\n")
    plan = plan_of(directory, target, make(directory, target, "uki"))
    assert plan.fdt_property("/chosen", "bootargs", "s") == "quiet   token=lines \"a b\""


def test_mem(directory, target):
    """mem= counts from the file as if it were typed."""
    initrd = ("--initrd", os.path.join(directory, "initrd"))
    image = os.path.join(directory, "Image")
    typed = plan_of(directory, target, image, "--append=mem=4G", *initrd).role("kernel")[0][1]
    write(directory, "cmdline", b"quiet mem=4G")
    path = make(directory, target, "uki")
    assert plan_of(directory, target, path).role("kernel")[0][1] == typed
    plan = plan_of(directory, target, path, "--append=quiet")
    assert (plan.role("kernel")[0][1] == typed) == (target == "riscv64"), "nothing has a price"


def test_foreign_initrd(directory, target):
    """What a file brings is looked at as well."""
    write(directory, "initrd", b"no initrd")
    for kind in ("uki", "fit-gzip"):
        path = make(directory, target, kind)
        result = run(SYSTEMS[target], target, os.path.join(directory, "plan"), "-l", path)
        assert result.returncode == 0, result.stderr
        assert result.stderr.startswith("kexec: warning: initrd in " + path + ": is a text; "), (
            result.stderr)
        assert result.stderr.count("\n") == 1, result.stderr


def test_command_line_limit(directory, target):
    limit = {"arm64": 2048, "riscv64": 1024}[target]
    write(directory, "cmdline", b"x" * (limit - 1))
    plan_of(directory, target, make(directory, target, "uki"))
    write(directory, "cmdline", b"x" * limit)
    expect_refusal(directory, SYSTEMS[target], target, ("command line", str(limit - 1)), "-l",
                   make(directory, target, "uki"))


def test_bad_devicetree(directory, target):
    write(directory, "dtb", b"no device tree")
    expect_refusal(directory, SYSTEMS[target], target,
                   ("the device tree in it is not valid", "--dtb"), "-l",
                   make(directory, target, "uki"))


def test_damage(directory, target):
    """Files cut off, and one bit of the kernel in those that have a checksum of it."""
    for kind in ("zboot-gzip", "uki", "uimage-lzma", "fit-gzip", "fit-external", "lzo", "bzip2"):
        data = read(directory, os.path.basename(make(directory, target, kind)))
        write(directory, "short", data[:len(data) * 2 // 3])
        expect_refusal(directory, SYSTEMS[target], target, ("short",), "-l",
                       os.path.join(directory, "short"))
        if kind != "uki":
            damaged = bytearray(data)
            damaged[len(data) // 3] ^= 4
            write(directory, "damaged", damaged)
            expect_refusal(directory, SYSTEMS[target], target, ("damaged: ",), "-l",
                           os.path.join(directory, "damaged"))


def tests_for(target):
    """Name and function of each test."""
    for kind in PLAIN:
        yield kind, lambda directory, kind=kind: test_plain(directory, target, kind)
    yield "uki", lambda directory: test_brought(directory, target, "uki", COMMAND_LINE)
    for kind in FITS:
        yield kind, lambda directory, kind=kind: test_brought(
            directory, target, kind, TREE_COMMAND_LINE)
    for kind in ("uki", "fit-gzip"):
        yield ("what the user names replaces what a file brings: " + kind,
               lambda directory, kind=kind: test_precedence(directory, target, kind))
    for name, test in (
            ("--type", test_types),
            ("containers within each other", test_nested),
            ("refused: kernels of the other architecture", test_other_architecture),
            ("lines of a command line", test_command_line_lines),
            ("mem= in the command line of the file", test_mem),
            ("what is no initrd is warned of", test_foreign_initrd),
            ("refused: a command line longer than a kernel keeps", test_command_line_limit),
            ("refused: a bad device tree in a file", test_bad_devicetree),
            ("refused: damaged files", test_damage)):
        yield name, lambda directory, test=test: test(directory, target)


def prepared(target, test):
    """The test, with the parts of its files in its directory."""
    def run_prepared(directory):
        make_parts(directory, target)
        test(directory)
    return run_prepared


sys.exit(run_tests([(target + ": " + name, prepared(target, test)) for target in SYSTEMS
                    for name, test in tests_for(target)]))
