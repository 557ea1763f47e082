# SPDX-License-Identifier: GPL-2.0-only
"""Planning loads for captured systems, and reading plans back with code that is not kexec's.

Programs that use this get the arguments KEXEC and CAPTURED: the program, and the directory of
captured systems (tests/captured/build.sh makes it). JSON and SHA-256 are read by Python, device
trees by fdtget, page tables by page_tables.py.
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
ROLES = ["kernel", "initrd", "dtb", "purgatory", "manifest", "pagetable", "elfcorehdr", "cpus"]
IMAGE_MAGIC = {"arm64": 0x644D5241, "riscv64": 0x05435352}
REASONS = ["none", "option", "range", "cpu", "granule", "mode", "tables", "room"]
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


def cpio_member(name, content, mode):
    """A member of an archive as cpio -H newc makes it."""
    numbers = [0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % number for number in numbers) + name + b"\0"
    return b"".join(part + bytes(-len(part) % 4) for part in (head, content))


def write_initrd(path, size):
    """An initrd of that many bytes: an archive with an /init of noise; returns the bytes."""
    end = cpio_member(b"TRAILER!!!", b"", 0)
    head = len(cpio_member(b"init", b"", 0o100755))
    data = cpio_member(b"init", os.urandom(size - head - len(end) & ~3), 0o100755) + end
    data += bytes(size - len(data))
    with open(path, "wb") as file:
        file.write(data)
    return data


class Memory:
    """Half-open ranges of a captured /proc/iomem, by what they are."""

    def __init__(self, system):
        self.ram, self.reserved, self.crash, self.kernel = [], [], [], []
        kinds = {"System RAM": self.ram, "reserved": self.reserved, "Reserved": self.reserved,
                 "Crash kernel": self.crash, "Kernel code": self.kernel,
                 "Kernel data": self.kernel, "Kernel image": self.kernel}
        with open(os.path.join(CAPTURED, system, "proc/iomem"), encoding="ascii") as file:
            for line in file:
                match = re.match(r"\s*([0-9a-f]+)-([0-9a-f]+) : (.*)", line)
                span = (int(match[1], 16), int(match[2], 16) + 1)
                kinds.get(match[3], []).append(span)

    def taken(self):
        """What no kernel but a crash kernel may lie in."""
        return self.reserved + self.crash


def vmcoreinfo(system):
    """The numbers that the captured kernel tells of itself."""
    with open(os.path.join(CAPTURED, system, "proc/kcore"), "rb") as file:
        values = re.findall(rb"^NUMBER\((\w+)\)=(\S+)$", file.read(), re.M)
    return {name.decode(): int(value, 0) for name, value in values}


def linear_map_offset(system):
    """Virtual minus physical address of the captured kernel's linear map; None: not captured."""
    if not os.path.exists(os.path.join(CAPTURED, system, "proc/kcore")):
        return None
    number = vmcoreinfo(system)
    if "phys_ram_base" in number:
        return number["PAGE_OFFSET"] - number["phys_ram_base"]
    return -(1 << number["VA_BITS"]) - number["PHYS_OFFSET"]


def set_memory(tree, iomem):
    """Let the device tree name the RAM that a text of /proc/iomem has at the top level."""
    nodes = subprocess.run(["fdtget", "-l", tree, "/"], capture_output=True, text=True, check=True)
    node = next(name for name in nodes.stdout.split() if name.startswith("memory@"))
    cells = []
    for first, last in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : System RAM$", iomem, re.M):
        start, size = int(first, 16), int(last, 16) + 1 - int(first, 16)
        cells += ["%x" % cell for value in (start, size) for cell in divmod(value, 1 << 32)]
    subprocess.run(["fdtput", "-t", "x", tree, "/" + node, "reg", *cells], check=True)


def variant(work, system, files):
    """
    A copy of the captured system with other texts in some files; None removes one. Where there is
    other RAM the device tree says so too.
    """
    path = os.path.join(work, "variant")
    shutil.copytree(os.path.join(CAPTURED, system), path)
    for name, text in files.items():
        if text is None:
            os.remove(os.path.join(path, name))
        else:
            os.makedirs(os.path.dirname(os.path.join(path, name)), exist_ok=True)
            with open(os.path.join(path, name), "w", encoding="ascii") as file:
                file.write(text)
    tree = os.path.join(path, "sys/firmware/fdt")
    if files.get("proc/iomem") and os.path.exists(tree):
        set_memory(tree, files["proc/iomem"])
    return path


def run(system, target, directory, *arguments):
    command = [KEXEC, "--sysroot=" + os.path.join(CAPTURED, system), "--target=" + target,
               "--output=" + directory, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Plan:
    """What --output wrote."""

    def __init__(self, directory):
        self.directory = directory
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

    def fdt_property(self, node, name, kind):
        """A property of the device tree, as fdtget prints it; None: there is none."""
        dtb = next(e["file"] for e in self.json["segments"] if e["role"] == "dtb")
        result = subprocess.run(["fdtget", "-t", kind, os.path.join(self.directory, dtb), node,
                                 name], capture_output=True, text=True, check=False)
        return result.stdout.strip() if result.returncode == 0 else None

    def fdt_numbers(self, node, name):
        """The same as numbers of two cells each."""
        cells = [int(cell, 16) for cell in self.fdt_property(node, name, "x").split()]
        return [high << 32 | low for high, low in zip(cells[::2], cells[1::2])]


def check_placement(plan, room, taken, page_size):
    """Every segment lies inside the room, touches nothing taken and no other."""
    spans = sorted((start, start + size) for _, start, size, _, _ in plan.segments)
    for start, end in spans:
        assert start % page_size == 0 and end % page_size == 0, "0x%x is not aligned" % start
        assert any(low <= start and end <= high for low, high in room), "0x%x is outside" % start
        assert not any(start < high and low < end for low, high in taken), "0x%x is taken" % start
    for (_, end), (start, _) in zip(spans, spans[1:]):
        assert end <= start, "0x%x overlaps" % start


def checksum(data, total=0x9e3779b97f4a7c15):
    """include/checksum.h."""
    for word, in struct.iter_unpack("<Q", data):
        total = (total ^ word) * 0x9e3779b97f4a7c15 % (1 << 64)
        total ^= total >> 32
    return total


def kernel_entry(plan):
    """The address that purgatory finds with the digests of a manifest that check_manifest() accepts."""
    manifest = plan.bytes_at(plan.number("purgatory_manifest_address"),
                             plan.number("purgatory_manifest_size"))
    count, = struct.unpack_from("<I", manifest, 12)
    total = checksum(hashlib.sha256(manifest).digest())
    bytes_checked = bytes_unchecked = 0
    for chunk in struct.iter_unpack("<QQQII32s", manifest[16:16 + 64 * count]):
        if chunk[4] & 2:
            bytes_unchecked += chunk[1]
        else:
            bytes_checked += chunk[1]
            total = checksum(chunk[5], total)
    sealed, check = struct.unpack("<QQ", plan.symbol("purgatory_sealed_entry", 16))
    assert check == checksum(struct.pack("<Q", sealed ^ total)), "no address fits the digests"
    assert plan.number("purgatory_checked_bytes") == bytes_checked
    assert plan.number("purgatory_unchecked_bytes") == bytes_unchecked
    return sealed ^ total


def check_self_sum(plan):
    """Of text and read-only data up to the sum itself, with zeros between them."""
    start = int(plan.json["entry"], 16)
    size = int(plan.json["symbols"]["purgatory_self_sum"], 16) - start
    image = bytearray(size)
    for _, address, _, data, mode in plan.role("purgatory"):
        if start <= address < start + size:
            image[address - start:address - start + len(data)] = data
    assert plan.number("purgatory_self_sum") == checksum(image[:size]), "another sum of purgatory"
    assert len(image) == size + 8, "the sum is not the end"


def check_manifest(plan, kernel_size=IMAGE_SIZE):
    """Bytes that the manifest covers, by role, after all digests have been compared."""
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
        size = kernel_size if role == "kernel" else sum(len(s[3]) for s in plan.role(role))
        assert covered[role] == size, role + " is not covered"
    check_self_sum(plan)
    # text and rodata up to the digest; neither data nor the digest itself
    text = [s for s in plan.role("purgatory") if s[4] == "rx"]
    assert covered["purgatory"] > len(text[0][3])
    return covered


def reason(plan):
    return REASONS[plan.number("purgatory_mmu_reason", 4)]


def check_tables(plan, system, taken):
    """The sets of page tables by name, after all has been compared with the plan."""
    assert reason(plan) == "none"
    (_, address, _, data, letters), = plan.role("pagetable")
    assert letters == "", "page tables are mapped"
    sets = list(page_tables.check(plan, taken, linear_map_offset(system)))
    for tables in sets:
        header = struct.pack("<4Q32x", tables.register, tables.address, tables.size, tables.bits)
        assert hashlib.sha256(header + tables.data).digest() == tables.digest, "another digest"
    spans = sorted((tables.address, tables.address + tables.size) for tables in sets)
    assert spans[0][0] == address and spans[-1][1] == address + len(data)
    assert all(end == start for (_, end), (start, _) in zip(spans, spans[1:]))
    return {tables.name: tables for tables in sets}


def expect_refusal(work, system, target, words, *arguments):
    """One line with these words, and no plan."""
    directory = os.path.join(work, "refused")
    result = run(system, target, directory, *arguments)
    lines = result.stderr.splitlines()
    assert result.returncode == 1, result.returncode
    assert len(lines) == 1 and lines[0].startswith("kexec: "), result.stderr
    assert all(word in lines[0] for word in words), lines[0]
    assert not os.path.exists(os.path.join(directory, "plan.json")), "a plan was written"


def run_tests(tests):
    """Run (name, function of a work directory) pairs, printing TAP; the exit status."""
    failed = 0
    print("1..%d" % len(tests))
    for number, (name, test) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as directory:
            try:
                test(directory)
                print("ok %d - %s" % (number, name))
            except (AssertionError, OSError, KeyError, IndexError, StopIteration, ValueError,
                    struct.error) as error:
                failed = 1
                print("not ok %d - %s: %r" % (number, name, error))
    return failed
