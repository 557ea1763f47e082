#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
usage: tests/fuzz/seeds.py SOURCES BUILD IMAGES OUT

Makes the seeds of each target of the fuzzers, OUT/TARGET/NAME, from what there is: the captured systems and
purgatories of the BUILD directory, IMAGES/ARCH/FORMAT as make-images leaves them, device trees of boards.
"""

import os
import re
import struct
import subprocess
import sys

SOURCES, BUILD, IMAGES, OUT = sys.argv[1:5]
CAPTURED = os.path.join(BUILD, "captured")
ARCHES = ("arm64", "riscv64")
SMALL = 24 << 10  # bytes; larger files make fuzzers slow

ZONE = """\
Node {node}, zone {name:>8}
  per-node stats
      nr_inactive_anon 1
  pages free     {free}
        boost    0
        min      1000
        low      2000
        high     3000
        spanned  {spanned}
        present  {spanned}
        managed  {spanned}
        cma      0
        protection: (0, 0, 1988, 1988, 0)
      nr_free_pages {free}
      nr_free_cma  512
  pagesets
    cpu: 0
              count: 9
  node_unreclaimable:  0
  start_pfn:           {start}
"""

OPTIONS = (
    "-l /boot/Image --initrd=/boot/initrd --append=console=ttyAMA0", "-p --reuse-cmdline Image",
    "-e", "-u", "--status", "--show", "--help", "--version", "--last-report", "--capture=out.tar",
    "-l Image --target=arm64 --sysroot=/tmp --output=plan --plan=json", "-s -d -d Image --dtb=a.dtb",
    "--mem-min=0x40000000 --mem-max=0x7fffffff -l Image --mmu=off --engine=generic",
    "--serial=ttyS0 --on-mismatch=boot -i -l -t Image Image", "-lf --no-ifdown -x -y Image", "-c -a Image",
    "--unknown", "-Z", "--print-ckr-size", "--hotplug -p Image", "--command-line=x --ramdisk=y -- Image")

TREE = (("compatible", b"linux,dummy-virt\0"), ("#address-cells", b"\0\0\0\2"), ("#size-cells", b"\0\0\0\2"),
        ("model", b"test\0"), ("memory@40000000/reg", struct.pack(">QQ", 1 << 30, 1 << 31)),
        ("memory@40000000/device_type", b"memory\0"), ("chosen/bootargs", b"console=ttyAMA0\0"),
        ("chosen/linux,initrd-start", struct.pack(">Q", 0x48000000)), ("cpus/cpu@0/reg", b"\0\0\0\0"),
        ("cpus/cpu@0/name", b"cpu\0"), ("psci/method", b"hvc\0"), ("a/b/c/d/e/f", b""))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def put(target, name, data):
    os.makedirs(os.path.join(OUT, target), exist_ok=True)
    with open(os.path.join(OUT, target, name.replace("/", "-")), "wb") as file:
        file.write(data)


def captured(path):
    """Each captured system that has the file, and its bytes."""
    for system in sorted(os.listdir(CAPTURED)):
        if os.path.isfile(os.path.join(CAPTURED, system, path)):
            yield system, read(os.path.join(CAPTURED, system, path))


def records(files):
    """Several files in one input, as fuzz_next_file() reads them."""
    return b"".join(struct.pack("<BI", number, len(data)) + data for number, data in files)


def paths():
    """The paths of paths.c, each with its number."""
    text = read(os.path.join(SOURCES, "tests/fuzz/paths.c")).decode()
    header = read(os.path.join(SOURCES, "tests/fuzz/paths.h")).decode()
    table = re.search(r"fuzz_paths\[\] = \{(.*?)\tNULL", text, re.S)[1]
    names = dict(re.findall(r'#define (FUZZ_\w+)\s+"([^"]+)"', header))
    words = re.findall(r'"([^"]+)"|(FUZZ_\w+)', table)
    return [word or names[name] for word, name in words]


def system_files(system, numbered):
    files = []
    for number, path in enumerate(numbered):
        whole = os.path.join(CAPTURED, system) + path
        if os.path.isfile(whole):
            files.append((number, read(whole)))
    return files


def page_flags():
    patterns = (1 << 10, 1 << 5, 1 << 12 | 1 << 14, 0, 1 << 7, 1 << 19, 1 << 22, 1 << 32, 1 << 26, 1 << 20)
    return b"".join(struct.pack("<Q", patterns[page // 7 % len(patterns)]) for page in range(2304))


def acpi_tables():
    """Each table with the number that target_acpi.c has for it."""
    for number, table in enumerate(("SPCR", "FACP", "SRAT", "GTDT", "RHCT", "APIC")):
        for system, data in captured("sys/firmware/acpi/tables/" + table):
            yield table + "-" + system, bytes([number]) + data
    header = bytes(36)
    memory = struct.pack("<BBIHQQIIQ", 1, 40, 0, 0, 1 << 32, 1 << 30, 0, 3, 0)
    yield "SRAT", bytes([2]) + header + bytes(12) + memory + memory
    yield "GTDT", bytes([3]) + header + struct.pack("<QI", 0xffffffffffffffff, 0) + bytes(48)
    yield "RHCT", bytes([4]) + header + struct.pack("<IQII", 0, 10000000, 1, 56) + bytes(24)
    parking = struct.pack("<BBHIIIIIQ", 11, 80, 0, 0, 0, 1, 1, 0, 0) + bytes(44)
    yield "APIC", bytes([5]) + header + bytes(8) + parking + parking


def make_texts():
    for name, path in (("iomem", "proc/iomem"), ("cpuinfo", "proc/cpuinfo"), ("kcore", "proc/kcore"),
                       ("command_line", "proc/cmdline"), ("devicetree", "sys/firmware/fdt")):
        for system, data in captured(path):
            put(name, system, data)
    put("cpuinfo", "isa", b"rv64imafdcv_zicbom_zbb_zknh_zvkb_zvknha_zvknhb_sstc")
    put("cpuinfo", "release", b"6.12.48+deb13-arm64")
    put("command_line", "words", b'BOOT_IMAGE=/a "root=/dev/a b" crashkernel=512M mem=1G kho=on -- -x')
    zones = [("DMA", 4000, 262144, 262144), ("DMA32", 0, 0, 0), ("Normal", 90000, 524288, 524288),
             ("Movable", 0, 0, 0)]
    for nodes in (1, 2):
        put("zoneinfo", "nodes-%d" % nodes, "".join(
            ZONE.format(node=node, name=name, free=free, spanned=spanned, start=start + node * (1 << 20))
            for node in range(nodes) for name, free, spanned, start in zones).encode())
    put("kpageflags", "patterns", page_flags())
    for number, line in enumerate(OPTIONS):
        put("options", str(number), line.replace(" ", "\n").encode())
    put("proc_device_tree", "tree", b"".join(
        path.encode() + b"\n" + struct.pack("<H", len(data)) + data for path, data in TREE))


def make_boards():
    for root, _, files in sorted(os.walk("/guest")):
        for file in sorted(files):
            path = os.path.join(root, file)
            if file.endswith(".dtb") and os.path.getsize(path) < SMALL:
                put("devicetree", file, read(path))


def make_images():
    for arch in ARCHES:
        directory = os.path.join(IMAGES, arch)
        for file in sorted(os.listdir(directory)):
            path = os.path.join(directory, file)
            if os.path.isfile(path):
                put("image", arch + "-" + file, read(path))
                if not re.match("none|vmlinux|zboot|uimage|fit|uki", file) and arch == "arm64":
                    put("decompress", file, read(path))


def make_purgatories():
    for arch, triplet in zip(ARCHES, ("aarch64", "riscv64")):
        path = os.path.join(OUT, "purgatory-" + arch)
        subprocess.run([triplet + "-linux-gnu-strip", "--strip-debug", "-o", path,
                        os.path.join(BUILD, "purgatory/purgatory-%s.o" % arch)], check=True)
        put("purgatory", arch, read(path))
        os.remove(path)


def make_loads():
    numbered = paths()
    record = b"".join(b"%s\n" % line for line in (b"program=kexec-mmu 0.1.0", b"call=kexec_load", b"kernel=Image"))
    for system in sorted(os.listdir(CAPTURED)):
        arch = "riscv64" if system.startswith("riscv64") else "arm64"
        files = system_files(system, numbered)
        if not files:
            continue
        put("system", system, records(files + [(numbered.index("/run/kexec-mmu/loaded"), record)]))
        for name, bits in (("none", 4), ("gzip", 8), ("uki", 0x10), ("fit-gzip", 0x205), ("none", 0x60)):
            bits |= 2 if arch == "riscv64" else 0
            bits |= 1 if system.endswith("crash") else 0
            load = [(0, read(os.path.join(IMAGES, arch, name)))]
            load += [(1, read(os.path.join(IMAGES, arch, "parts/initrd")))] if bits & 4 else []
            load += [(2, data) for number, data in files
                     if bits & 8 and numbered[number] == "/sys/firmware/fdt"]
            put("load", "%s-%s-%x" % (system, name, bits), struct.pack("<H", bits) + records(load + files))


os.makedirs(OUT, exist_ok=True)
make_texts()
make_boards()
for each, content in acpi_tables():
    put("acpi", each, content)
make_images()
make_purgatories()
make_loads()
