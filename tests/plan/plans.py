#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans of the finished program for captured systems, examined from outside.

usage: plans.py KEXEC CAPTURED

KEXEC is the program, CAPTURED the directory of captured systems (tests/captured/build.sh makes
it). Everything that kexec writes with --output is read back with other code: JSON and SHA-256 by
Python, device trees by fdtget, page tables by page_tables.py. Prints TAP.
"""

import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
import page_tables  # noqa: E402

KEXEC, CAPTURED = sys.argv[1:3]
MIB = 1 << 20
CHUNK = MIB
ROLES = ["kernel", "initrd", "dtb", "purgatory", "manifest", "pagetable", "elfcorehdr"]
IMAGE_MAGIC = {"arm64": 0x644D5241, "riscv64": 0x05435352}

REASONS = ["none", "option", "range", "cpu", "granule", "mode", "tables", "room"]

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


IMAGE_SIZE = 4 * MIB + 4096  # what a kernel made here needs for itself


def write_kernel(path, target, size=3 * MIB + 4096, image_size=IMAGE_SIZE, text_offset=0):
    """A kernel Image of that many bytes, whose header claims image_size; the rest is noise."""
    header = bytearray(64)
    if target == "arm64":
        struct.pack_into("<QQQ", header, 8, text_offset, image_size, 0b1010)
    else:
        struct.pack_into("<QQQ", header, 8, 0x200000, image_size, 0)
        struct.pack_into("<I", header, 32, 2)
    struct.pack_into("<I", header, 56, IMAGE_MAGIC[target])
    with open(path, "wb") as file:
        file.write(header + os.urandom(size - len(header)))


def iomem(system):
    """(RAM, taken) ranges of the captured /proc/iomem, half-open."""
    ram, taken = [], []
    with open(os.path.join(CAPTURED, system, "proc/iomem"), encoding="ascii") as file:
        for line in file:
            match = re.match(r"\s*([0-9a-f]+)-([0-9a-f]+) : (.*)", line)
            span = (int(match[1], 16), int(match[2], 16) + 1)
            if match[3] == "System RAM":
                ram.append(span)
            elif match[3].lower() == "reserved" or match[3] == "Crash kernel":
                taken.append(span)
    return ram, taken


def linear_map_offset(system):
    """Virtual minus physical address of the captured kernel's linear map; None: not captured."""
    path = os.path.join(CAPTURED, system, "proc/kcore")
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        values = dict(re.findall(rb"^NUMBER\((\w+)\)=(\S+)$", file.read(), re.M))
    number = {name.decode(): int(value, 0) for name, value in values.items()}
    if "phys_ram_base" in number:
        return number["PAGE_OFFSET"] - number["phys_ram_base"]
    return -(1 << number["VA_BITS"]) - number["PHYS_OFFSET"]


class Plan:
    """What --output wrote."""

    def __init__(self, directory):
        with open(os.path.join(directory, "plan.json"), encoding="ascii") as file:
            self.json = json.load(file)
        self.segments = []
        for entry in self.json["segments"]:
            with open(os.path.join(directory, entry["file"]), "rb") as file:
                data = file.read()
            assert len(data) == entry["size"], "file of " + entry["role"] + " has another size"
            self.segments.append(
                (entry["role"], int(entry["address"], 16), entry["memory_size"], data,
                 entry["permissions"]))

    def role(self, role):
        return [segment for segment in self.segments if segment[0] == role]

    def bytes_at(self, address, size):
        for _, start, memory_size, data, _ in self.segments:
            if start <= address and address + size <= start + memory_size:
                return data[address - start:address - start + size].ljust(size, b"\0")
        raise AssertionError("no segment holds 0x%x" % address)

    def symbol(self, name, size):
        return self.bytes_at(int(self.json["symbols"][name], 16), size)

    def number(self, name, size=8):
        return int.from_bytes(self.symbol(name, size), "little")


def run(system, target, directory, *arguments):
    command = [KEXEC, "-l", "--sysroot=" + os.path.join(CAPTURED, system), "--target=" + target,
               "--output=" + directory, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check_placement(plan, system, page_size):
    ram, taken = iomem(system)
    spans = sorted((start, start + size) for _, start, size, _, _ in plan.segments)
    for start, end in spans:
        assert start % page_size == 0 and end % page_size == 0, "0x%x is not aligned" % start
        assert any(low <= start and end <= high for low, high in ram), "0x%x is not RAM" % start
        assert not any(start < high and low < end for low, high in taken), "0x%x is taken" % start
    for (_, end), (start, _) in zip(spans, spans[1:]):
        assert end <= start, "0x%x overlaps" % start


def check_kernel(plan, system, target, text_offset):
    """What the boot protocols ask of the places of kernel and initrd."""
    ram, taken = iomem(system)
    kernel, initrd = plan.role("kernel")[0], plan.role("initrd")[0]
    assert (kernel[1] - text_offset) % (2 * MIB) == 0, "the kernel is at 0x%x" % kernel[1]
    # riscv reserves whole 2 MiB for the kernel
    end = -(-(kernel[1] + IMAGE_SIZE) // (2 * MIB)) * 2 * MIB
    assert any(low <= kernel[1] and end <= high for low, high in ram), "the kernel leaves RAM"
    assert not any(kernel[1] < high and low < end for low, high in taken)
    for role, start, size, _, _ in plan.segments:
        assert role == "kernel" or start >= end, role + " lies below the kernel's end"
    if target == "arm64":
        first = kernel[1] >> 30 << 30
        assert initrd[1] + initrd[2] - first <= 32 << 30, "kernel and initrd share no window"


def check_manifest(plan):
    address = plan.number("purgatory_manifest_address")
    size = plan.number("purgatory_manifest_size")
    manifest = plan.bytes_at(address, size)
    assert hashlib.sha256(manifest).digest() == plan.symbol("purgatory_manifest_digest", 32)
    magic, version, count = struct.unpack_from("<8sII", manifest)
    assert (magic, version) == (b"KXMANIFE", 1) and size >= 16 + 64 * count
    covered = dict.fromkeys(ROLES, 0)
    for index in range(count):
        start, length, _, role, _, digest = struct.unpack_from("<QQQII32s", manifest,
                                                               16 + 64 * index)
        assert 0 < length <= CHUNK and start % 8 == 0
        assert hashlib.sha256(plan.bytes_at(start, length)).digest() == digest
        covered[ROLES[role]] += length
    for role in ("kernel", "initrd", "dtb"):
        size = IMAGE_SIZE if role == "kernel" else sum(len(s[3]) for s in plan.role(role))
        assert covered[role] == size, role + " is not covered"
    # text and rodata up to the digest; neither data nor the digest itself
    text = [s for s in plan.role("purgatory") if s[4] == "rx"]
    assert covered["purgatory"] > len(text[0][3])
    return covered


def fdt_property(dtb, node, name, kind):
    result = subprocess.run(["fdtget", "-t", kind, dtb, node, name], capture_output=True,
                            text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else None


def check_devicetree(plan, directory, append):
    dtb = next(os.path.join(directory, e["file"]) for e in plan.json["segments"]
               if e["role"] == "dtb")
    _, start, _, data, _ = plan.role("initrd")[0]
    cells = [int(c, 16) for name in ("start", "end")
             for c in fdt_property(dtb, "/chosen", "linux,initrd-" + name, "x").split()]
    assert cells == [start >> 32, start & 0xFFFFFFFF, (start + len(data)) >> 32,
                     (start + len(data)) & 0xFFFFFFFF]
    assert fdt_property(dtb, "/chosen", "bootargs", "s") == append
    seed = fdt_property(dtb, "/chosen", "rng-seed", "x")
    assert seed and len(set(seed.split())) > 4
    assert plan.segments[0][0] == "dtb", "the device tree does not come first"
    assert plan.number("purgatory_kernel_dtb") == plan.role("dtb")[0][1]
    return seed


def test_system(system, work, text_offset=0):
    target, page_size = SYSTEMS[system]
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    write_kernel(kernel, target, text_offset=text_offset)
    with open(initrd, "wb") as file:
        file.write(os.urandom(5 * MIB + 123))
    plans, seeds = [], []
    for name in ("first", "second"):
        directory = os.path.join(work, name)
        result = run(system, target, directory, kernel, "--initrd", initrd,
                     "--append=one two \"three\"")
        assert result.returncode == 0 and result.stderr == "", result.stderr
        plan = Plan(directory)
        assert plan.json["target"] == target
        check_placement(plan, system, page_size)
        check_kernel(plan, system, target, text_offset)
        assert check_manifest(plan)["pagetable"] == 0
        check_tables(plan, system)
        seeds.append(check_devicetree(plan, directory, "one two \"three\""))
        plans.append(plan)
    check_entry(plans[0])
    assert seeds[0] != seeds[1], "the seed is not fresh"
    assert plans[0].json == plans[1].json, "the same inputs gave another plan"
    for (role, _, _, first, mode), (_, _, _, second, _) in zip(*(p.segments for p in plans)):
        # The tree has fresh seeds, hence other digests in the manifest and one in the rodata.
        if role not in ("dtb", "manifest") and (role, mode) != ("purgatory", "r"):
            assert first == second, role + " differs"


def reason(plan):
    return REASONS[plan.number("purgatory_mmu_reason", 4)]


def check_tables(plan, system):
    """The sets of page tables by name, after all has been compared with the plan."""
    assert reason(plan) == "none"
    (_, address, _, data, letters), = plan.role("pagetable")
    assert letters == "", "page tables are mapped"
    sets = list(page_tables.check(plan, iomem(system)[1], linear_map_offset(system)))
    for tables in sets:
        header = struct.pack("<4Q", tables.register, tables.address, tables.size, tables.bits)
        assert hashlib.sha256(header + tables.data).digest() == tables.digest, "another digest"
    spans = sorted((tables.address, tables.address + tables.size) for tables in sets)
    assert spans[0][0] == address and spans[-1][1] == address + len(data)
    assert all(end == start for (_, end), (start, _) in zip(spans, spans[1:]))
    return {tables.name: tables for tables in sets}


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
    assert plan.number("purgatory_kernel_entry") == plan.role("kernel")[0][1]


def test_no_checks(work):
    kernel = os.path.join(work, "kernel")
    write_kernel(kernel, "arm64")
    result = run("arm64-dt", "arm64", os.path.join(work, "out"), "-i", kernel)
    assert result.returncode == 0, result.stderr
    check_unverified(Plan(os.path.join(work, "out")))


def variant(work, system, **files):
    """A copy of the captured system with some files of /proc replaced; None removes one."""
    path = os.path.join(work, "variant")
    shutil.copytree(os.path.join(CAPTURED, system), path)
    for name, text in files.items():
        if text is None:
            os.remove(os.path.join(path, "proc", name))
        else:
            with open(os.path.join(path, "proc", name), "w", encoding="ascii") as file:
                file.write(text)
    return path


def plan_variant(work, target, system, *arguments, warning=None):
    """The plan of a small kernel for a system made by variant()."""
    kernel, directory = os.path.join(work, "kernel"), os.path.join(work, "out")
    write_kernel(kernel, target)
    result = run(system, target, directory, kernel, "--initrd", kernel, *arguments)
    assert result.returncode == 0, result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == (1 if warning else 0), result.stderr
    assert not warning or warning in lines[0], result.stderr
    return Plan(directory)


def test_mmu_off(work):
    check_no_tables(plan_variant(work, "arm64", "arm64-dt", "--mmu=off"), "option")


def ram_at(start):
    return "%x-%x : System RAM\n" % (start, start + (1 << 30) - 1)


def test_mmu_range(work):
    """RAM that no table can name: arm64 with 52-bit physical addresses."""
    system = variant(work, "arm64-dt", iomem=ram_at(1 << 48))
    check_no_tables(plan_variant(work, "arm64", system, warning="beyond the addresses of"), "range")
    result = run(system, "arm64", os.path.join(work, "on"), "--mmu=on",
                 os.path.join(work, "kernel"))
    assert result.returncode == 1 and "--mmu=on is not possible here" in result.stderr


def cpuinfo(mode, vendor=0, architecture=0):
    return "processor\t: 0\nmmu\t\t: %s\nmvendorid\t: 0x%x\nmarchid\t\t: 0x%x\n\n" % (
        mode, vendor, architecture)


def test_mmu_thead(work):
    system = variant(work, "riscv64-dt", cpuinfo=cpuinfo("sv39", vendor=0x5B7))
    check_no_tables(plan_variant(work, "riscv64", system, warning="T-Head"), "cpu")


def test_modes(work):
    """RAM where only a wider mode reaches it."""
    cases = [("arm64", "arm64-dt", 0x4000000000, 39), ("arm64", "arm64-dt", 0x8000000000, 48),
             ("riscv64", "riscv64-dt", 0x3000000000, 39), ("riscv64", "riscv64-dt", 1 << 38, 48),
             ("riscv64", "riscv64-dt", 1 << 47, 57)]
    for target, base, start, bits in cases:
        with tempfile.TemporaryDirectory(dir=work) as directory:
            system = variant(directory, base, iomem=ram_at(start), kcore=None)
            plan = plan_variant(directory, target, system, "--mmu=on")
            assert check_tables(plan, system)["low"].bits == bits, (target, start)


def test_alias_modes(work):
    """Linear maps of other kernels: the riscv64 ones as Linux has them, with their tables."""
    cases = [("riscv64", b"PAGE_OFFSET)=0x", b"ffffffd600000000", "low", 39),
             ("riscv64", b"PAGE_OFFSET)=0x", b"ffffaf8000000000", "low", 48),
             ("arm64", b"PHYS_OFFSET)=0x", b"fff0007fc0000000", "high", 39),
             ("arm64", b"PHYS_OFFSET)=0x", b"0000000040000000", "high", None)]
    for target, key, value, name, bits in cases:
        with tempfile.TemporaryDirectory(dir=work) as directory:
            system = variant(directory, target + "-dt")
            path = os.path.join(system, "proc/kcore")
            with open(path, "r+b") as file:
                text = file.read()
                file.seek(text.index(key) + len(key))
                file.write(value)
            plan = plan_variant(directory, target, system, "--mmu=on")
            if bits is None:  # a 52-bit linear map: out of reach
                os.remove(path)
            sets = check_tables(plan, system)
            assert (sets[name].bits if name in sets else None) == bits, value


def test_mode_missing(work):
    """The device tree of that system says sv57, so it has to go too."""
    system = variant(work, "riscv64-dt", iomem=ram_at(1 << 38), kcore=None, cpuinfo=cpuinfo("sv39"))
    tree = os.path.join(system, "sys/firmware/fdt")
    for cpu in ("cpu@0", "cpu@1"):
        subprocess.run(["fdtput", "-t", "s", tree, "/cpus/" + cpu, "mmu-type", "riscv,sv39"],
                       check=True)
    check_no_tables(plan_variant(work, "riscv64", system, warning="only sv48 would reach"), "mode")


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


def expect_refusal(work, system, target, words, *arguments):
    directory = os.path.join(work, "refused")
    result = run(system, target, directory, *arguments)
    lines = result.stderr.splitlines()
    assert result.returncode == 1, result.returncode
    assert len(lines) == 1 and lines[0].startswith("kexec: "), result.stderr
    assert all(word in lines[0] for word in words), lines[0]
    assert not os.path.exists(os.path.join(directory, "plan.json")), "a plan was written"


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
        ("unknown --type", ("bzImage",), [kernel, "--type=bzImage"]),
        ("wrong --type", ("Image", "vmlinux"), [kernel, "--type=vmlinux"]),
    ]


def main():
    tests = [("plan for " + system, lambda work, system=system: test_system(system, work))
             for system in SYSTEMS]
    tests.append(("plan for a kernel with a text_offset",
                  lambda work: test_system("arm64-64k", work, 0x80000)))
    tests += [("--no-checks makes a manifest without digests", test_no_checks),
              ("--mmu=off makes no tables", test_mmu_off),
              ("no tables for RAM above 2^48", test_mmu_range),
              ("no tables for T-Head C9xx", test_mmu_thead),
              ("the mode follows from the addresses", test_modes),
              ("the mode follows from the linear map", test_alias_modes),
              ("no tables where the CPU lacks the mode", test_mode_missing)]
    with tempfile.TemporaryDirectory() as work:
        for name, words, arguments in refusals(work):
            tests.append(("refused: " + name,
                          lambda directory, words=words, arguments=arguments: expect_refusal(
                              directory, "arm64-dt", "arm64", words, *arguments)))
        tests.append(("refused: zeroed /proc/iomem", lambda directory: expect_refusal(
            directory, "arm64-hidden", "arm64", ("/proc/iomem",), os.path.join(work, "kernel"))))
        failed = 0
        print("1..%d" % len(tests))
        for number, (name, test) in enumerate(tests, 1):
            with tempfile.TemporaryDirectory() as directory:
                try:
                    test(directory)
                    print("ok %d - %s" % (number, name))
                except (AssertionError, OSError, KeyError, StopIteration) as error:
                    failed = 1
                    print("not ok %d - %s: %r" % (number, name, error))
    return failed


sys.exit(main())
