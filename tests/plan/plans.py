#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans of the finished program for captured systems, examined from outside.

usage: plans.py KEXEC CAPTURED

Prints TAP. See planning.py for the arguments and for how plans are read.
"""

import hashlib
import os
import resource
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
import page_tables  # noqa: E402
from planning import (CAPTURED, IMAGE_SIZE, KEXEC, MIB, ROLES, Memory, Plan, check_manifest,  # noqa: E402
                      check_placement, check_tables, cpio_member, expect_refusal, kernel_entry, reason, run,
                      run_tests, variant, write_initrd, write_kernel)

# name of the captured system: (target, page size of its kernel)
SYSTEMS = {
    "arm64-dt": ("arm64", 4096),
    "arm64-16k": ("arm64", 16384),
    "arm64-64k": ("arm64", 65536),
    "arm64-two-banks": ("arm64", 4096),
    "arm64-reserved": ("arm64", 4096),
    "arm64-acpi": ("arm64", 4096),
    "riscv64-dt": ("riscv64", 4096),
}


def check_kernel(plan, system, target, text_offset):
    """What the boot protocols ask of the places of kernel and initrd."""
    memory = Memory(system)
    kernel, initrd = plan.role("kernel")[0], plan.role("initrd")[0]
    assert (kernel[1] - text_offset) % (2 * MIB) == 0, "the kernel is at 0x%x" % kernel[1]
    # riscv reserves whole 2 MiB for the kernel
    end = -(-(kernel[1] + IMAGE_SIZE) // (2 * MIB)) * 2 * MIB
    assert any(low <= kernel[1] and end <= high for low, high in memory.ram), "not in RAM"
    assert not any(kernel[1] < high and low < end for low, high in memory.taken())
    for role, start, size, _, _ in plan.segments:
        assert role == "kernel" or start >= end, role + " lies below the kernel's end"
    if target == "arm64":
        first = kernel[1] >> 30 << 30
        assert initrd[1] + initrd[2] - first <= 32 << 30, "kernel and initrd share no window"


def check_devicetree(plan, append):
    _, start, _, data, _ = plan.role("initrd")[0]
    assert plan.fdt_numbers("/chosen", "linux,initrd-start") == [start]
    assert plan.fdt_numbers("/chosen", "linux,initrd-end") == [start + len(data)]
    assert plan.fdt_property("/chosen", "bootargs", "s") == append
    seed = plan.fdt_property("/chosen", "rng-seed", "x")
    assert seed and len(set(seed.split())) > 4
    assert plan.segments[0][0] == "dtb", "the device tree does not come first"
    assert plan.number("purgatory_kernel_dtb") == plan.role("dtb")[0][1]
    return seed


def test_system(system, work, text_offset=0):
    target, page_size = SYSTEMS[system]
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    write_kernel(kernel, target, text_offset=text_offset)
    write_initrd(initrd, 5 * MIB + 123)
    memory, plans, seeds = Memory(system), [], []
    for name in ("first", "second"):
        directory = os.path.join(work, name)
        result = run(system, target, directory, "-l", kernel, "--initrd", initrd,
                     "--append=one two \"three\"")
        assert result.returncode == 0 and result.stderr == "", result.stderr
        plan = Plan(directory)
        assert plan.json["target"] == target
        check_placement(plan, memory.ram, memory.taken(), page_size)
        check_kernel(plan, system, target, text_offset)
        assert check_manifest(plan)["pagetable"] == 0
        check_tables(plan, system, memory.taken())
        seeds.append(check_devicetree(plan, "one two \"three\""))
        plans.append(plan)
    check_entry(plans[0])
    assert seeds[0] != seeds[1], "the seed is not fresh"
    assert plans[0].json == plans[1].json, "the same inputs gave another plan"
    for (role, _, _, first, mode), (_, _, _, second, _) in zip(*(p.segments for p in plans)):
        # The tree has fresh seeds, hence other digests in the manifest and one in the rodata.
        if role not in ("dtb", "manifest") and (role, mode) != ("purgatory", "r"):
            assert first == second, role + " differs"


def check_no_tables(plan, why):
    assert reason(plan) == why, reason(plan)
    assert plan.role("pagetable") == []
    assert page_tables.present(plan) == []


def check_entry(plan):
    entry = int(plan.json["entry"], 16)
    assert entry == plan.number("purgatory_address")
    assert entry == int(plan.json["symbols"]["purgatory_start"], 16)
    modes = sorted(s[4] for s in plan.role("purgatory"))
    assert modes == ["r", "rw", "rx"], modes
    assert any(s[1] <= entry < s[1] + len(s[3]) for s in plan.role("purgatory") if s[4] == "rx")
    assert kernel_entry(plan) == plan.role("kernel")[0][1]


def test_no_checks(work):
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, "arm64")
    result = run("arm64-dt", "arm64", os.path.join(work, "out"), "-l", "-i", kernel)
    assert result.returncode == 0, result.stderr
    check_unverified(Plan(os.path.join(work, "out")))


def plan_variant(work, target, system, *arguments, warning=None):
    """The plan of a small kernel for a system made by variant()."""
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    directory = os.path.join(work, "out")
    write_kernel(kernel, target)
    write_initrd(initrd, 3 * MIB)
    result = run(system, target, directory, "-l", kernel, "--initrd", initrd, *arguments)
    assert result.returncode == 0, result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == (1 if warning else 0), result.stderr
    assert not warning or warning in lines[0], result.stderr
    return Plan(directory)


def test_mmu_off(work):
    check_no_tables(plan_variant(work, "arm64", "arm64-dt", "--mmu=off"), "option")


def test_engine(work):
    """plan.json and purgatory_engine say the same: the number in sha256.h, or all ones for auto."""
    numbers = {"auto": 0xffffffff, "generic": 0, "sha2": 1, "sha2-x2": 2, "neon-x4": 3,
               "uncached": 4}
    for engine, number in numbers.items():
        plan = plan_variant(work, "arm64", "arm64-dt", "--engine=" + engine)
        assert plan.json["engine"] == engine, plan.json["engine"]
        assert plan.number("purgatory_engine", 4) == number
    plan = plan_variant(work, "riscv64", "riscv64-dt")
    assert plan.json["engine"] != "auto"


ONLINE = {"sys/devices/system/cpu/online": "0-1\n"}


def test_cpus(work):
    """What several CPUs share is one segment more, of zeros, which the page tables map without the pages
    below the stacks."""
    for target in ("arm64", "riscv64"):
        with tempfile.TemporaryDirectory(dir=work) as directory:
            system = variant(directory, target + "-dt", ONLINE)
            plan = plan_variant(directory, target, system, "--cpus=all", "--mmu=on")
            (_, address, size, data, _), = plan.role("cpus")
            chunks = struct.unpack_from("<I", plan.role("manifest")[0][3], 12)[0]
            stacks = plan.number("purgatory_cpus_stacks")
            assert data == b"" and plan.number("purgatory_cpus_address") == address
            assert address + 2048 + 32 * chunks <= stacks and stacks % 4096 == 0
            assert stacks + 2 * 3 * 4096 == address + size
            assert plan.number("purgatory_cpus_count", 4) == 2
            ids = struct.unpack("<8Q", plan.symbol("purgatory_cpus_ids", 64))
            assert sorted(ids)[:2] == [0, 1] and set(ids[2:]) == {(1 << 64) - 1}, ids
            assert check_manifest(plan)["cpus"] == 0
            assert [mode for *_, mode in plan.role("purgatory")] == ["rx", "r", "rx", "r", "rw"]
            check_tables(plan, system, Memory(system).taken())


def test_cpus_alone(work):
    """One CPU needs nothing, whether it is the user or the system that has one."""
    for files, option, warning in ((ONLINE, "1", None), ({**ONLINE, **{
            "sys/devices/system/cpu/online": "0\n", "sys/devices/system/cpu/cpu0/of_node/reg": "\0\0\0\0"}},
            "all", None)):
        with tempfile.TemporaryDirectory(dir=work) as directory:
            system = variant(directory, "arm64-dt", files)
            plan = plan_variant(directory, "arm64", system, "--cpus=" + option, warning=warning)
            assert not plan.role("cpus") and plan.number("purgatory_cpus_count", 4) == 0
            assert "purgatory_cpus_ids" not in plan.json["symbols"]
            assert [mode for *_, mode in plan.role("purgatory")] == ["rx", "r", "rw"]
    system = variant(work, "arm64-dt", ONLINE)
    plan = plan_variant(work, "arm64", system, "--cpus=4", warning="--cpus=4: 2 CPUs are online")
    assert plan.number("purgatory_cpus_count", 4) == 2


def test_cpus_refused(work):
    """Where firmware has no way to turn a CPU off, and where nothing tells which are online."""
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, "arm64")
    expect_refusal(work, "arm64-dt", "arm64", ["cpu/online does not say which CPUs are online"], "-l",
                   "--cpus=all", kernel)
    system = variant(work, "arm64-dt", ONLINE)
    tree = os.path.join(system, "sys/firmware/fdt")
    subprocess.run(["fdtput", "-t", "s", tree, "/cpus/cpu@1", "enable-method", "spin-table"], check=True)
    expect_refusal(work, system, "arm64", ["enable-method \"spin-table\""], "-l", "--cpus=all", kernel)
    run_without = run(system, "arm64", os.path.join(work, "out"), "-l", kernel)
    assert run_without.returncode == 0, run_without.stderr


def ram_at(start):
    return "%x-%x : System RAM\n" % (start, start + (1 << 30) - 1)


def test_mmu_range(work):
    """RAM that no table can name: arm64 with 52-bit physical addresses. The kernel lies below."""
    system = variant(work, "arm64-dt", {"proc/iomem": ram_at((1 << 48) - 16 * MIB)})
    check_no_tables(plan_variant(work, "arm64", system, warning="beyond the addresses of"), "range")
    result = run(system, "arm64", os.path.join(work, "on"), "-l", "--mmu=on",
                 os.path.join(work, "kernel"))
    assert result.returncode == 1 and "--mmu=on is not possible here" in result.stderr


def cpuinfo(mode, vendor=0, architecture=0):
    return "processor\t: 0\nmmu\t\t: %s\nmvendorid\t: 0x%x\nmarchid\t\t: 0x%x\n\n" % (
        mode, vendor, architecture)


def test_mmu_thead(work):
    system = variant(work, "riscv64-dt", {"proc/cpuinfo": cpuinfo("sv39", vendor=0x5B7)})
    check_no_tables(plan_variant(work, "riscv64", system, warning="T-Head"), "cpu")


def test_modes(work):
    """RAM where only a wider mode reaches it."""
    cases = [("arm64", "arm64-dt", 0x4000000000, 39), ("arm64", "arm64-dt", 0x8000000000, 48),
             ("riscv64", "riscv64-dt", 0x3000000000, 39), ("riscv64", "riscv64-dt", 1 << 38, 48),
             ("riscv64", "riscv64-dt", 1 << 47, 57)]
    for target, base, start, bits in cases:
        with tempfile.TemporaryDirectory(dir=work) as directory:
            system = variant(directory, base, {"proc/iomem": ram_at(start), "proc/kcore": None})
            plan = plan_variant(directory, target, system, "--mmu=on")
            assert check_tables(plan, system, [])["low"].bits == bits, (target, start)


def test_alias_modes(work):
    """Linear maps of other kernels: the riscv64 ones as Linux has them, with their tables."""
    cases = [("riscv64", b"PAGE_OFFSET)=0x", b"ffffffd600000000", "low", 39),
             ("riscv64", b"PAGE_OFFSET)=0x", b"ffffaf8000000000", "low", 48),
             ("arm64", b"PHYS_OFFSET)=0x", b"fff0007fc0000000", "high", 39),
             ("arm64", b"PHYS_OFFSET)=0x", b"0000000040000000", "high", None)]
    for target, key, value, name, bits in cases:
        with tempfile.TemporaryDirectory(dir=work) as directory:
            system = variant(directory, target + "-dt", {})
            path = os.path.join(system, "proc/kcore")
            with open(path, "r+b") as file:
                text = file.read()
                file.seek(text.index(key) + len(key))
                file.write(value)
            plan = plan_variant(directory, target, system, "--mmu=on")
            if bits is None:  # a 52-bit linear map: out of reach
                os.remove(path)
            sets = check_tables(plan, system, Memory(system).taken())
            assert (sets[name].bits if name in sets else None) == bits, value


def test_mode_missing(work):
    """The device tree of that system says sv57, so it has to go too."""
    system = variant(work, "riscv64-dt", {"proc/iomem": ram_at(1 << 38), "proc/kcore": None,
                                          "proc/cpuinfo": cpuinfo("sv39")})
    tree = os.path.join(system, "sys/firmware/fdt")
    for cpu in ("cpu@0", "cpu@1"):
        subprocess.run(["fdtput", "-t", "s", tree, "/cpus/" + cpu, "mmu-type", "riscv,sv39"],
                       check=True)
    check_no_tables(plan_variant(work, "riscv64", system, warning="only sv48 would reach"), "mode")


def test_two_initrds(work):
    """One after another, the second at the next multiple of 4 bytes."""
    first = write_initrd(os.path.join(work, "first"), MIB + 1)
    second = write_initrd(os.path.join(work, "second"), 4097)
    plan = plan_initrd(work, "arm64-dt", "--initrd=" + os.path.join(work, "first"),
                       "--initrd=" + os.path.join(work, "second"))
    (_, start, _, data, _), = plan.role("initrd")
    assert data == first + bytes(3) + second, "the files do not follow each other"
    assert plan.fdt_numbers("/chosen", "linux,initrd-end") == [start + len(data)]


def test_reuseinitrd(work):
    """The initrd that the running kernel has kept."""
    system = variant(work, "arm64-dt", {})
    kept = write_initrd(os.path.join(system, "sys/firmware/initrd"), 3 * MIB + 5)
    plan = plan_initrd(work, system, "--reuseinitrd")
    (_, start, _, data, _), = plan.role("initrd")
    assert data == kept, "another initrd"
    assert plan.fdt_numbers("/chosen", "linux,initrd-start") == [start]


def expect_warnings(work, warnings, *arguments, system="arm64-dt"):
    """A load that goes on with one line for each of the warnings, which have these words in them."""
    kernel, directory = os.path.join(work, "kernel"), os.path.join(work, "out")
    write_kernel(kernel, "arm64")
    result = run(system, "arm64", directory, *arguments, kernel)
    lines = result.stderr.splitlines()
    assert result.returncode == 0 and len(lines) == len(warnings), result.stderr
    for line, words in zip(lines, warnings):
        assert line.startswith("kexec: warning: "), line
        assert all(word in line for word in words), line
    return Plan(directory)


def test_packed_initrds(work, ignored):
    """The same inside of a stream, and a real initrd there."""
    packed = os.path.join(work, "packed")
    subprocess.run(["tar", "-C", work, "-cf", os.path.join(work, "tar"), "initrd"], check=True)
    for command in ("gzip", "lzma", "xz", "zstd"):
        for name, content in (("kernel", "a kernel for arm64"), ("tar", "a tar archive"),
                              ("initrd", None)):
            with open(packed, "wb") as file:
                subprocess.run([command, "-1", "-c", os.path.join(work, name)], stdout=file,
                               check=True)
            words = ("packed: is compressed, and in it is %s; the next" % content, ignored)
            expect_warnings(work, [words] if content else [], "-l", "--initrd=" + packed)


def test_foreign_initrds(work):
    """Files that no kernel takes for an initrd are loaded all the same, with a warning."""
    initrd, other = os.path.join(work, "initrd"), os.path.join(work, "other")
    write_initrd(initrd, MIB)
    tree = os.path.join(CAPTURED, "arm64-dt", "sys/firmware/fdt")
    with open(other, "wb") as file:
        file.write(b"<html>not found</html>\n")
    ignored = "will ignore it, and panic if it cannot do without: "
    for arguments, warnings in (
            (["--initrd=" + os.path.join(work, "kernel")],
             [(work + "/kernel: is a kernel for arm64", ignored, "that kernel's initrd")]),
            (["--initrd=" + tree], [("fdt: is a device tree", ignored, "--dtb")]),
            (["--initrd=" + other], [("other: is a text", ignored)]),
            (["--initrd=" + initrd, "--initrd=" + other, "--ramdisk=" + tree],
             [("other: is a text", ignored), ("fdt: is a device tree", ignored)])):
        plan = expect_warnings(work, warnings, "-l", *arguments)
        assert len(plan.role("initrd")) == 1
        check_manifest(plan)
    test_packed_initrds(work, ignored)
    expect_warnings(work, [("other: is a text",)], "-p", "--initrd=" + other, system="arm64-crash")
    system = variant(work, "arm64-dt", {})
    with open(os.path.join(system, "sys/firmware/initrd"), "wb") as file:
        file.write(bytes(4096))
    expect_warnings(work, [("initrd /sys/firmware/initrd: is nothing but zeros",)], "-l",
                    "--reuseinitrd", system=system)


def test_tiny_initrd(work):
    """An archive of nothing; it may follow another one."""
    tiny, initrd = os.path.join(work, "tiny"), os.path.join(work, "initrd")
    write_initrd(initrd, 512)
    with open(tiny, "wb") as file:
        file.write(cpio_member(b"TRAILER!!!", b"", 0))
    expect_warnings(work, [("initrd " + tiny + ": has only 124 bytes", "written whole")], "-l",
                    "--initrd=" + tiny)
    expect_warnings(work, [], "-l", "--initrd=" + initrd)
    expect_warnings(work, [], "-l", "--initrd=" + initrd, "--initrd=" + tiny)


def test_missing_initrd(work):
    """root= as only an initrd understands it, and no initrd."""
    initrd = os.path.join(work, "initrd")
    write_initrd(initrd, MIB)
    for root in ("UUID=1-2", "LABEL=root", "/dev/mapper/vg-root", "ZFS=rpool/ROOT",
                 "/dev/disk/by-id/x"):
        warning = ("no initrd is loaded", "root=" + root + ":", "--initrd", "--reuseinitrd")
        expect_warnings(work, [warning], "-l", "--append=quiet root=" + root + " ro")
        expect_warnings(work, [], "-l", "--append=root=" + root, "--initrd=" + initrd)
    for root in ("PARTUUID=1-2", "PARTLABEL=root", "/dev/sda1", "/dev/nfs", "/dev/ram0", "b302",
                 "254:1", "ubi0:root"):
        expect_warnings(work, [], "-l", "--append=root=" + root)
    expect_warnings(work, [], "-l", "--append=quiet")
    # /proc/cmdline, and the crash kernel too
    system = variant(work, "arm64-crash", {"proc/cmdline": "root=UUID=3-4 crashkernel=256M\n"})
    expect_warnings(work, [("root=UUID=3-4:",)], "-p", "--reuse-cmdline", system=system)


def plan_initrd(work, system, *arguments):
    """The verified plan of a small arm64 kernel with these options."""
    plan = expect_warnings(work, [], "-l", *arguments, system=system)
    check_manifest(plan)
    return plan


def check_unverified(plan):
    """The manifest lists what is to be cleaned, without digests."""
    manifest = plan.bytes_at(plan.number("purgatory_manifest_address"),
                             plan.number("purgatory_manifest_size"))
    assert hashlib.sha256(manifest).digest() == plan.symbol("purgatory_manifest_digest", 32)
    count, = struct.unpack_from("<I", manifest, 12)
    roles = set()
    for index in range(count):
        role, flags, digest = struct.unpack_from("<24xII32s", manifest, 16 + 64 * index)
        assert flags == 3 and digest == bytes(32), "a chunk is to be verified"
        roles.add(ROLES[role])
    assert roles == {"kernel", "dtb", "purgatory"}, roles


def refusals(work):
    """Name, and what expect_refusal() gets."""
    def made(name, data):
        path = os.path.join(work, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    kernel, foreign = os.path.join(work, "kernel"), os.path.join(work, "foreign")
    big = os.path.join(work, "big")
    write_kernel(kernel, "arm64")
    write_kernel(foreign, "riscv64")
    write_kernel(big, "arm64", image_size=3 << 30)
    empty, garbage = made("empty", b""), made("garbage", b"\x55" * 5000)
    missing = os.path.join(work, "missing")
    return [
        ("missing kernel", ("missing",), [missing]),
        ("empty kernel", ("empty",), [empty]),
        ("garbage kernel", ("garbage", "Image", "vmlinux"), [garbage]),
        ("truncated kernel", ("short",), [made("short", open(kernel, "rb").read()[:40])]),
        ("kernel of the other architecture", ("riscv64", "arm64"), [foreign]),
        ("kernel larger than half of RAM", ("kernel",), [big]),
        ("missing initrd", ("initrd",), [kernel, "--initrd=" + missing]),
        ("empty initrd", ("initrd",), [kernel, "--initrd=" + empty]),
        ("missing second initrd", ("initrd", "missing"),
         [kernel, "--initrd=" + kernel, "--initrd=" + missing]),
        ("a text as initrd, and no room", ("hole", "kernel"),
         [kernel, "--initrd=" + garbage, "--mem-min=0x50000000", "--mem-max=0x50000fff"]),
        ("no initrd to reuse", ("/sys/firmware/initrd", "retain_initrd"),
         [kernel, "--reuseinitrd"]),
        ("missing dtb", ("missing",), [kernel, "--dtb=" + missing]),
        ("empty dtb", ("empty",), [kernel, "--dtb=" + empty]),
        ("garbage dtb", ("garbage",), [kernel, "--dtb=" + garbage]),
        ("no hole between --mem-min and --mem-max", ("hole", "kernel"),
         [kernel, "--mem-min=0x50000000", "--mem-max=0x50000fff"]),
        ("command line longer than a kernel keeps", ("command line", "2047"),
         [kernel, "--append=" + "x" * 2048]),
        ("no kernel named", ("no kernel",), []),
        ("two kernels named", ("kernel",), [kernel, foreign]),
        ("unknown --mmu", ("--mmu=maybe", "auto, on and off"), [kernel, "--mmu=maybe"]),
        ("unknown --engine", ("--engine=sha3", "kexec --help"), [kernel, "--engine=sha3"]),
        ("--engine of the other architecture", ("--engine=zbb", "arm64", "sha2-x2", "generic"),
         [kernel, "--engine=zbb"]),
        ("unknown --type", ("bzImage",), [kernel, "--type=bzImage"]),
        ("wrong --type", ("Image", "vmlinux"), [kernel, "--type=vmlinux"]),
    ]


def test_foreign_machine(work):
    """Elsewhere than on the two architectures: what this program is for, and what helps."""
    result = subprocess.run([KEXEC, "-l", os.path.join(work, "kernel")], capture_output=True,
                            text=True, check=False)
    lines = result.stderr.splitlines()
    assert result.returncode == 1 and len(lines) == 1, result.stderr
    if os.uname().machine not in ("aarch64", "riscv64"):
        assert lines[0].startswith("kexec: this kexec boots kernels on arm64 and riscv64, and this "
                                   "machine is " + os.uname().machine), lines
        assert "use kexec-tools here" in lines[0], lines


def test_bounds_remedy(work):
    """Only the options that were given are to be changed."""
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, "arm64")
    for arguments, remedy in ((["--mem-min=0xfff0000000"], "; lower --mem-min, or load smaller"),
                              (["--mem-max=0x1000"], "; raise --mem-max, or load smaller"),
                              (["--mem-min=0x1000", "--mem-max=0x1fff"],
                               "; widen --mem-min and --mem-max, or load smaller")):
        expect_refusal(work, "arm64-dt", "arm64", ("no hole", remedy), "-l", kernel, *arguments)


def test_crash_size(work):
    """--print-ckr-size is about the captured system that an option behind it names."""
    system = os.path.join(CAPTURED, "arm64-crash")
    for arguments in (["--print-ckr-size", "--sysroot=" + system],
                      ["--sysroot=" + system, "--print-ckr-size"],
                      ["-p", "--print-ckr-size", os.path.join(work, "none"), "--sysroot", system]):
        result = subprocess.run([KEXEC, *arguments], capture_output=True, text=True, check=False)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        low, high = max(Memory("arm64-crash").crash)
        assert result.stdout == "%d\n" % (high - low), result.stdout


def test_standard_output(work):
    """What cannot be written is no success."""
    for option in ("--help", "--version", "--print-ckr-size"):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([KEXEC, option, "--sysroot=" + os.path.join(
                CAPTURED, "arm64-crash")], stdout=full, stderr=subprocess.PIPE, text=True,
                check=False)
        assert result.returncode == 1, option
        assert result.stderr == ("kexec: cannot write to standard output: No space left on "
                                 "device\n"), result.stderr
        limited = os.path.join(work, "limited")
        with open(limited, "wb") as file:
            file.write(b"x" * 4096)
        with open(limited, "ab") as file:
            result = subprocess.run(
                [KEXEC, option, "--sysroot=" + os.path.join(CAPTURED, "arm64-crash")], stdout=file,
                stderr=subprocess.PIPE, text=True, check=False,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
        assert result.returncode == 1, option
        assert result.stderr == "kexec: cannot write to standard output: File too large\n", (
            result.stderr)


def place(work, name, *arguments):
    """Where kernel and initrd go, in 64 MiB of free memory that cost the least in the middle."""
    low, size = 0x70000000, 64 * MIB
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    if not os.path.exists(kernel):
        write_kernel(kernel, "arm64", image_size=20 * MIB)
        write_initrd(initrd, 20 * MIB)
    result = run("arm64-dt", "arm64", os.path.join(work, name), "-l", kernel, "--initrd", initrd,
                 "--mem-min=%#x" % low, "--mem-max=%#x" % (low + size - 1), *arguments)
    assert result.returncode == 0, result.stderr
    plan = Plan(os.path.join(work, name))
    return plan.role("kernel")[0][1] - low, plan.role("initrd")[0][1] - low


def test_mem(work):
    assert place(work, "priced")[0] > 0, "nothing has a price here"
    assert place(work, "told", "--append=quiet mem=4G") == (0, 20 * MIB)


def test_room(work):
    """Of 44.5 MiB the middle 40 would leave too little above for all else."""
    assert place(work, "tight", "--mem-max=%#x" % (0x70000000 + 44 * MIB + (1 << 19) - 1)) == (
        0, 20 * MIB)


def main():
    tests = [("plan for " + system, lambda work, system=system: test_system(system, work))
             for system in SYSTEMS]
    tests.append(("plan for a kernel with a text_offset",
                  lambda work: test_system("arm64-64k", work, 0x80000)))
    tests += [("--no-checks makes a manifest without digests", test_no_checks),
              ("--mmu=off makes no tables", test_mmu_off),
              ("--engine tells purgatory", test_engine),
              ("several CPUs share a segment", test_cpus),
              ("one CPU shares none", test_cpus_alone),
              ("CPUs that cannot be turned off are refused", test_cpus_refused),
              ("no tables for RAM above 2^48", test_mmu_range),
              ("no tables for T-Head C9xx", test_mmu_thead),
              ("the mode follows from the addresses", test_modes),
              ("the mode follows from the linear map", test_alias_modes),
              ("no tables where the CPU lacks the mode", test_mode_missing),
              ("two initrds are concatenated", test_two_initrds),
              ("what is no initrd is warned of", test_foreign_initrds),
              ("an initrd too small for any use is warned of", test_tiny_initrd),
              ("no initrd for a root= that needs one is warned of", test_missing_initrd),
              ("mem= has the lowest places taken", test_mem),
              ("room is left above kernel and initrd", test_room),
              ("--reuseinitrd takes the running kernel's", test_reuseinitrd),
              ("on another architecture: what it is for", test_foreign_machine),
              ("no hole: the remedy names the options given", test_bounds_remedy),
              ("--print-ckr-size after all options", test_crash_size),
              ("standard output that takes nothing is an error", test_standard_output)]
    with tempfile.TemporaryDirectory() as work:
        for name, words, arguments in refusals(work):
            tests.append(("refused: " + name,
                          lambda directory, words=words, arguments=arguments: expect_refusal(
                              directory, "arm64-dt", "arm64", words, "-l", *arguments)))
        tests.append(("refused: zeroed /proc/iomem", lambda directory: expect_refusal(
            directory, "arm64-hidden", "arm64", ("/proc/iomem",), "-l",
            os.path.join(work, "kernel"))))
        return run_tests(tests)


sys.exit(main())
