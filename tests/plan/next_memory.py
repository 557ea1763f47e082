#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Places follow the device tree that is handed on: plans with trees other than the running one's.

usage: next_memory.py KEXEC CAPTURED

Prints TAP. See planning.py for the arguments and for how plans are read.
"""

import array
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source may be read-only
from planning import (CAPTURED, MIB, Memory, Plan, check_manifest, check_placement,  # noqa: E402
                      expect_refusal, run, run_tests, set_memory, variant, write_initrd,
                      write_kernel)

GIB = 1 << 30
BLOCK = 2 * MIB
SYSTEM = "arm64-dt"  # 2 GiB from 1 GiB on
BASE = 0x40000000
PAGE = 4096
LRU, BUDDY, ANON = (1 << bit for bit in (5, 10, 12))  # of /proc/kpageflags


def ram_line(start, size):
    return "%x-%x : System RAM\n" % (start, start + size - 1)


def make_tree(work, ram=((BASE, 2 * GIB),), reserve=(), source=""):
    """The captured tree with that RAM, memreserves, and more source; its path."""
    base, path = os.path.join(work, "base.dtb"), os.path.join(work, "tree.dtb")
    shutil.copy(os.path.join(CAPTURED, SYSTEM, "sys/firmware/fdt"), base)
    os.chmod(base, 0o600)
    set_memory(base, "".join(ram_line(*bank) for bank in ram))
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", base], capture_output=True,
                          text=True, check=True).stdout
    lines = "".join("/memreserve/ %#x %#x;\n" % entry for entry in reserve)
    text = text.replace("/dts-v1/;\n", "/dts-v1/;\n" + lines) + source
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", path], input=text, text=True, check=True)
    return path


def reserved_memory(nodes):
    return ("/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; %s }; };\n" %
            nodes)


def write_files(work, image_size=40 * MIB, flags=0b1010):
    """A kernel and an initrd; what names them."""
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    write_kernel(kernel, "arm64", image_size=image_size)
    with open(kernel, "r+b") as file:
        file.seek(24)
        file.write(flags.to_bytes(8, "little"))
    write_initrd(initrd, 20 * MIB)
    return ["-l", kernel, "--initrd=" + initrd]


def make_plan(work, *arguments, system=SYSTEM, room=((BASE, BASE + 2 * GIB),), taken=(),
              warning=None):
    """A plan that lies in that room and keeps off what is taken, here too."""
    directory = os.path.join(work, "out")
    result = run(system, "arm64", directory, *write_files(work), *arguments)
    assert result.returncode == 0, result.stderr
    assert (warning in result.stderr) if warning else result.stderr == "", result.stderr
    plan = Plan(directory)
    check_manifest(plan, 40 * MIB)
    memory = Memory(system)
    check_placement(plan, memory.ram, memory.taken(), 4096)
    check_placement(plan, room, taken, 4096)
    return plan


def check_distance(plan, hole):
    """What the next kernel maps for its tree, and what purgatory may fetch, is not in the hole."""
    (_, dtb, _, _, _), = plan.role("dtb")
    first, last = dtb // BLOCK * BLOCK, -(-(dtb + BLOCK) // BLOCK) * BLOCK
    assert last <= hole[0] or first >= hole[1], "a block of the tree at 0x%x" % dtb
    for _, start, size, _, _ in plan.role("purgatory"):
        assert start + size + 65536 <= hole[0] or start >= hole[1] + 65536, "0x%x" % start


def test_less_memory(work):
    """RAM elsewhere than the running system's first, and less of it."""
    make_plan(work, "--dtb=" + make_tree(work, ram=((2 * GIB, GIB),)), room=((2 * GIB, 3 * GIB),))


HOLE = (0x40400000, 0x80400000)  # both the lowest memory and what costs the least


def test_reserves(work):
    tree = make_tree(work, source=reserved_memory(
        "modem@40400000 { reg = <0 0x40400000 0 0x40000000>; no-map; };"))
    check_distance(make_plan(work, "--dtb=" + tree, taken=(HOLE,)), HOLE)


def test_distance(work):
    """Just behind kernel and initrd, where all else would go, lies memory that is not mapped."""
    hole = (0x73c20000, 0x73c21000)
    tree = make_tree(work, source=reserved_memory(
        "secure@73c20000 { reg = <0 0x73c20000 0 0x1000>; no-map; };"))
    plan = make_plan(work, "--dtb=" + tree, "--append=mem=4G", "--mem-min=0x70000000",
                     taken=(hole,))
    assert plan.role("initrd")[0][1] == 0x72800000
    check_distance(plan, hole)


def test_memreserve(work):
    tree = make_tree(work, reserve=((HOLE[0], HOLE[1] - HOLE[0]),))
    make_plan(work, "--dtb=" + tree, taken=(HOLE,))


def test_running_memreserve(work):
    """The running tree's own count as well, and are handed on."""
    system = variant(work, SYSTEM, {})
    shutil.copy(make_tree(work, reserve=((HOLE[0], HOLE[1] - HOLE[0]),)),
                os.path.join(system, "sys/firmware/fdt"))
    make_plan(work, system=system, taken=(HOLE,))


def test_hotplug(work):
    """RAM that was plugged in after boot, which the tree does not have."""
    system = variant(work, SYSTEM, {})
    with open(os.path.join(system, "proc/iomem"), "w", encoding="ascii") as file:
        file.write(ram_line(BASE, GIB) + "  40200000-41f1ffff : Kernel code\n"
                   "  41f20000-4222ffff : reserved\n  42230000-426effff : Kernel data\n" +
                   ram_line(5 * GIB, 4 * GIB))
    shutil.copy(make_tree(work, ram=((BASE, GIB),)), os.path.join(system, "sys/firmware/fdt"))
    make_plan(work, system=system, room=((BASE, BASE + GIB),))
    expect_refusal(work, system, "arm64", ("/sys/firmware/fdt", "names 1024 MiB"),
                   *write_files(work), "--mem-min=0x7e000000")


HOT_PLUGGABLE = ("only memory that the platform may take away, or has added since boot "
                 "(hot-pluggable by")


def make_banks(work, low):
    """The machine's RAM in two nodes, of which the one above may be taken away again."""
    tree = make_tree(work, ram=((BASE, low),), source=(
        "/ { memory@%x { device_type = \"memory\"; reg = <0 %#x 0 %#x>; hotpluggable; }; };\n" %
        (BASE + low, BASE + low, 2 * GIB - low)))
    return "--dtb=" + tree


def test_removable(work):
    make_plan(work, make_banks(work, 512 * MIB), room=((BASE, BASE + 512 * MIB),))


def test_removable_last(work):
    """Where the rest is too little it is taken, with a warning."""
    make_plan(work, make_banks(work, 48 * MIB), warning=HOT_PLUGGABLE)


PLUGGED = (3 * GIB, GIB)


def make_efi(work, low):
    """A system with EFI and ACPI, with free RAM, and 1 GiB that was plugged in and costs less."""
    system = variant(work, "arm64-acpi", {})
    with open(os.path.join(system, "proc/iomem"), "w", encoding="ascii") as file:
        file.write(ram_line(BASE, low) + "  40200000-41f1ffff : Kernel code\n"
                   "  41f20000-4222ffff : reserved\n  42230000-426effff : Kernel data\n" +
                   ram_line(*PLUGGED))
    pages = array.array("Q", [BUDDY]) * (PLUGGED[0] // PAGE)
    pages.extend(array.array("Q", [LRU | ANON]) * (PLUGGED[1] // PAGE))
    with open(os.path.join(system, "proc/kpageflags"), "wb") as file:
        pages.tofile(file)
    entries = b"".join(
        struct.pack("<BBIHQQIIQ", 1, 40, 0, 0, start, size, 0, flags, 0)
        for start, size, flags in ((BASE, GIB, 1), PLUGGED + (3,)))
    table = bytearray(b"SRAT" + struct.pack("<IBB", 48 + len(entries), 3, 0) + bytes(38) + entries)
    table[9] = -sum(table) & 0xff
    with open(os.path.join(system, "sys/firmware/acpi/tables/SRAT"), "wb") as file:
        file.write(table)
    return system


def test_hotplug_efi(work):
    """EFI's memory map, which is handed on, has no RAM that was plugged in after boot."""
    make_plan(work, system=make_efi(work, GIB), room=((BASE, BASE + GIB),))


def test_hotplug_efi_last(work):
    """It may have been there at boot: where the rest is too little it is taken, with a warning."""
    make_plan(work, system=make_efi(work, 48 * MIB), room=((BASE, 4 * GIB),),
              warning=HOT_PLUGGABLE)


def test_removable_crash(work):
    """A crash kernel's region may lie there."""
    tree = os.path.join(work, "tree.dtb")
    shutil.copy(os.path.join(CAPTURED, "arm64-crash/sys/firmware/fdt"), tree)
    os.chmod(tree, 0o600)
    nodes = subprocess.run(["fdtget", "-l", tree, "/"], capture_output=True, text=True,
                           check=True).stdout.split()
    for node in nodes:
        if node.startswith("memory"):
            subprocess.run(["fdtput", tree, "/" + node, "hotpluggable"], check=True)
    arguments = write_files(work)
    arguments[0] = "-p"
    result = run("arm64-crash", "arm64", os.path.join(work, "out"), *arguments, "--dtb=" + tree)
    assert result.returncode == 0 and result.stderr == "", result.stderr


def test_room_given_back(work):
    """Half of RAM is asked for in one piece: what fits beside it alone keeps off, the rest not."""
    node = ("linux,cma { compatible = \"shared-dma-pool\"; reusable; size = <0 %#x>;"
            "alloc-ranges = <0 0x40000000 0 0x80000000>; };")
    tree = make_tree(work, ram=((BASE, 128 * MIB),),
                     source=reserved_memory(node % (96 * MIB)))
    make_plan(work, "--dtb=" + tree)


def test_room_for_cma(work):
    """What the next kernel reserves itself finds a place."""
    tree = make_tree(work, source=reserved_memory(
        "linux,cma { compatible = \"shared-dma-pool\"; reusable; size = <0 0x30000000>;"
        "alloc-ranges = <0 0x40000000 0 0x40000000>; };"))
    plan = make_plan(work, "--dtb=" + tree)
    taken = sorted((start, start + size) for _, start, size, _, _ in plan.segments)
    spans = [(BASE, BASE)] + taken + [(BASE + GIB, BASE + GIB)]
    assert any(after[0] - before[1] >= 0x30000000 and before[1] < BASE + GIB
               for before, after in zip(spans, spans[1:])), "no room for it"


def test_zero_memory(work):
    """A boot loader would fill it in; here the running system's is taken."""
    tree = make_tree(work, ram=((BASE, 0),))
    plan = make_plan(work, "--dtb=" + tree)
    assert plan.fdt_numbers("/memory@40000000", "reg") == [BASE, 2 * GIB]


def test_too_little(work):
    tree = make_tree(work, ram=((BASE + 64 * MIB, 48 * MIB),),
                     reserve=((BASE + 64 * MIB, 4 * MIB),))
    expect_refusal(work, SYSTEM, "arm64",
                   (tree, "need 60 MiB", "use 44 MiB", "names 48 MiB", "reserves 4 "),
                   *write_files(work), "--dtb=" + tree)


def test_elsewhere(work):
    tree = make_tree(work, ram=((64 * GIB, GIB),))
    expect_refusal(work, SYSTEM, "arm64", (tree, "use 0 MiB", "names 1024 MiB"),
                   *write_files(work), "--dtb=" + tree)


def lowest(work):
    """Where a kernel goes for which nothing has a price."""
    with tempfile.TemporaryDirectory(dir=work) as directory:
        return make_plan(directory, "--append=mem=4G").role("kernel")[0][1]


def test_mem_of_tree(work):
    """mem= stands in the bootargs of the tree that is handed on, and nothing else is said."""
    tree = make_tree(work, source="/ { chosen { bootargs = \"quiet mem=4G\"; }; };\n")
    assert make_plan(work, "--dtb=" + tree).role("kernel")[0][1] == lowest(work)
    with tempfile.TemporaryDirectory(dir=work) as directory:
        plan = make_plan(directory, "--dtb=" + tree, "--append=quiet")
        assert plan.role("kernel")[0][1] != lowest(work), "the new command line has no mem="


def test_flag_clear(work):
    """A kernel that does not say that it uses the RAM below itself lies near the base of RAM."""
    result = run(SYSTEM, "arm64", os.path.join(work, "out"), *write_files(work, flags=0b0010))
    assert result.returncode == 0, result.stderr
    plan = Plan(os.path.join(work, "out"))
    assert plan.role("kernel")[0][1] == lowest(work)
    with tempfile.TemporaryDirectory(dir=work) as directory:
        assert make_plan(directory).role("kernel")[0][1] != lowest(work), "nothing has a price"


def test_kaslr_seed(work):
    tree = make_tree(work)
    subprocess.run(["fdtput", "-d", tree, "/chosen", "kaslr-seed"], check=True)
    seed = make_plan(work, "--dtb=" + tree).fdt_property("/chosen", "kaslr-seed", "x")
    assert seed and len(seed.split()) == 2 and seed != "0 0", seed


def unflatten(text, directory):
    """Write dtc's source of cells and strings as the kernel has it in /proc/device-tree."""
    path = [directory]
    for line in text.splitlines():
        line = line.strip()
        node = re.match(r"([^\s;{]+) \{$", line)
        value = re.match(r"([^\s=]+)(?: = (.*))?;$", line)
        if node:
            path.append(os.path.join(path[-1], "" if node[1] == "/" else node[1]))
            os.makedirs(path[-1], exist_ok=True)
        elif line == "};":
            path.pop()
        elif value and not line.startswith("/"):
            cells = re.findall(r"0x[0-9a-f]+", value[2] or "")
            data = b"".join(int(cell, 16).to_bytes(4, "big") for cell in cells)
            if value[2] and '"' in value[2]:
                data = b"".join(part.encode() + b"\0" for part in re.findall('"(.*?)"', value[2]))
            with open(os.path.join(path[-1], value[1]), "wb") as file:
                file.write(data)


def test_lost_memreserve(work):
    """Firmware's tree is gone, and /proc/iomem alone shows what it had reserved first in RAM."""
    system = variant(work, SYSTEM, {})
    tree = os.path.join(system, "sys/firmware/fdt")
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", tree], capture_output=True,
                          text=True, check=True).stdout
    os.remove(tree)
    unflatten(text, os.path.join(system, "proc/device-tree"))
    path = os.path.join(system, "proc/iomem")
    with open(path, encoding="ascii") as file:
        iomem = file.read()
    with open(path, "w", encoding="ascii") as file:
        file.write(iomem.replace("System RAM\n", "System RAM\n  40000000-4000ffff : reserved\n"))
    plan = make_plan(work, system=system)
    dtb = next(e["file"] for e in plan.json["segments"] if e["role"] == "dtb")
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts",
                           os.path.join(work, "out", dtb)], capture_output=True, text=True,
                          check=True).stdout
    found = [[int(number, 16) for number in entry]
             for entry in re.findall(r"/memreserve/\s+(0x\w+) (0x\w+);", text)]
    assert found == [[BASE, 0x10000]], found


def main():
    return run_tests([
        ("less memory, elsewhere", test_less_memory),
        ("a node of /reserved-memory", test_reserves),
        ("the tree's blocks and purgatory's pages keep off what is not mapped", test_distance),
        ("a memory reservation", test_memreserve),
        ("a memory reservation of the running tree", test_running_memreserve),
        ("RAM that was plugged in", test_hotplug),
        ("RAM that was plugged in, with EFI", test_hotplug_efi),
        ("but where the rest is too little", test_hotplug_efi_last),
        ("RAM that may be taken away is no place", test_removable),
        ("but where the rest is too little", test_removable_last),
        ("and for a crash kernel", test_removable_crash),
        ("room for a reservation without an address", test_room_for_cma),
        ("which is given back where nothing else fits", test_room_given_back),
        ("memory of no size is filled in", test_zero_memory),
        ("refused: too little memory", test_too_little),
        ("refused: memory where there is none", test_elsewhere),
        ("mem= in the tree's bootargs", test_mem_of_tree),
        ("bit 3 of the header's flags is clear", test_flag_clear),
        ("kaslr-seed where firmware gave none", test_kaslr_seed),
        ("memory reservations that are lost with firmware's tree", test_lost_memreserve),
    ])


sys.exit(main())
