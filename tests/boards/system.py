# SPDX-License-Identifier: GPL-2.0-only
"""The running system of a board, derived from its device tree, as a directory for --sysroot.

What Linux would show: /proc/iomem as arch/arm64/kernel/setup.c (request_standard_resources() and
reserve_memblock_reserved_regions()) and arch/riscv/kernel/setup.c (init_resources()) make it.
"""

import os
import struct

import fdt
import port

MIB, GIB = 1 << 20, 1 << 30
KERNEL_SIZE = 24 * MIB
# what the boot loader adds and the next kernel must not see again
OLD_INITRD_SIZE = 3 * MIB + 0x123

# Where RAM begins on boards whose trees leave that to the boot loader; else at 2 GiB.
RAM_BASES = {"allwinner": GIB, "amlogic": 0, "broadcom": 0, "hisilicon": 0, "marvell": 0,
             "mediatek": GIB, "renesas": GIB, "rockchip": 2 * MIB, "starfive": GIB, "thead": 0}
RAM_SIZE = 2 * GIB
HIGH_BASE = 0x880000000


def subtract(ranges, holes):
    """The ranges without the holes, sorted."""
    for low, high in holes:
        ranges = [part for start, end in ranges
                  for part in ((start, min(end, low)), (max(start, high), end))
                  if part[0] < part[1]]
    return sorted(ranges)


def merge(ranges):
    merged = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return [tuple(pair) for pair in merged]


def memory_nodes(tree):
    """As early_init_dt_scan_memory() finds them (drivers/of/fdt.c)."""
    return [node for node in tree.root.children
            if node.properties.get("device_type") == b"memory\0" and node.available()]


def memory(tree):
    """The RAM that the tree names."""
    return merge(pair for node in memory_nodes(tree) for pair in node.ranges(tree.root)
                 if pair[0] < pair[1])


def reservations(tree):
    """Static ones: (no-map, all others). fdt_scan_reserved_mem() skips what is disabled."""
    no_map, others = [], list(tree.reservations)
    parent = tree.find("/reserved-memory")
    for node in parent.children if parent else []:
        if node.available():
            pairs = [pair for pair in node.ranges(parent) if pair[0] < pair[1]]
            (no_map if "no-map" in node.properties else others).extend(pairs)
    return no_map, others


def copy_top(tree):
    """A copy in which the root node and its children may be changed, but nothing below."""
    def copy(node, children):
        twin = fdt.Node(node.name)
        twin.properties, twin.children = dict(node.properties), children
        return twin

    children = [copy(child, child.children) for child in tree.root.children]
    return fdt.Tree(copy(tree.root, children), tree.reservations)


def number_cells(value, count):
    return b"".join(struct.pack(">I", value >> 32 * shift & 0xFFFFFFFF)
                    for shift in reversed(range(count)))


def fill_memory(tree, vendor, high, uart=None):
    """Name the RAM, as U-Boot's fdt_fixup_memory_banks() does.

    With @high there is little of it below 4 GiB, and more far above. RAM in which
    the device at the address @uart lies ends below it, as the Raspberry Pi's firmware says.
    """
    banks = memory(tree)
    nodes = memory_nodes(tree)
    if not banks:
        given = [start for node in nodes for start, _ in node.ranges(tree.root) if start]
        base = given[0] if given else RAM_BASES.get(vendor, 2 * GIB)
        banks = [(base, base + RAM_SIZE)]
    elif not high and not any(start <= (uart or 0) < end for start, end in banks):
        return
    banks = [(start, uart // (16 * MIB) * 16 * MIB if uart and start < uart < end else end)
             for start, end in banks]
    address_cells = tree.root.number("#address-cells", 2)
    size_cells = tree.root.number("#size-cells", 1)
    if high and address_cells == 2:
        start, end = banks[0]
        banks = [(start, min(end, start + 64 * MIB)), (HIGH_BASE, HIGH_BASE + RAM_SIZE)]
    for node in nodes[1:]:
        tree.root.children.remove(node)
    node = nodes[0] if nodes else tree.root.add("memory@%x" % banks[0][0])
    node.properties["device_type"] = b"memory\0"
    node.properties["reg"] = b"".join(
        number_cells(start, address_cells) + number_cells(end - start, size_cells)
        for start, end in banks)


def find_hole(free, size, alignment):
    for start, end in free:
        start = -(-start // alignment) * alignment
        if start + size <= end:
            return start, start + size
    return None


class System:
    """A running system: its tree, its memory map, and what of them is not for the next kernel."""

    def __init__(self, arch, vendor, blob_tree, page_size=4096, high=False, stdout=True):
        self.arch, self.page_size = arch, page_size
        self.tree = copy_top(blob_tree)
        self.port = port.find(blob_tree)
        fill_memory(self.tree, vendor, high, self.port and self.port.address)
        no_map, reserved = reservations(self.tree)
        self.static = merge(no_map + reserved)
        self.no_map = merge(no_map)
        page = lambda start, end: (start // page_size * page_size,  # noqa: E731
                                   -(-end // page_size) * page_size)
        inward = [(-(-start // page_size) * page_size, end // page_size * page_size)
                  for start, end in subtract(memory(self.tree), self.no_map)]
        self.ram = [pair for pair in inward if pair[0] < pair[1]]
        self.reserved = merge(page(*pair) for pair in self.static)
        free = subtract(self.ram, self.reserved)
        self.kernel = find_hole(free, KERNEL_SIZE, 2 * MIB)
        self.stale = None
        initrd = find_hole(subtract(free, [self.kernel] if self.kernel else []),
                           OLD_INITRD_SIZE, 4096)
        self.boot(initrd, stdout)

    def boot(self, initrd, stdout):
        """What the boot loader leaves in the tree."""
        chosen = self.tree.find("/chosen") or self.tree.root.add("chosen")
        chosen.properties["bootargs"] = b"root=/dev/old\0"
        chosen.properties["kaslr-seed"] = bytes(8)
        if not stdout:
            chosen.properties.pop("stdout-path", None)
            chosen.properties.pop("linux,stdout-path", None)
        if initrd:
            chosen.properties["linux,initrd-start"] = number_cells(initrd[0], 2)
            chosen.properties["linux,initrd-end"] = number_cells(initrd[1], 2)
            self.tree.reservations.append(initrd)
            self.stale = initrd

    def iomem(self):
        """/proc/iomem, with the tree's own place, which the kernel keeps."""
        riscv = self.arch == "riscv64"
        reserved = "Reserved" if riscv else "reserved"
        lines = [(pair, 0, "System RAM") for pair in self.ram]
        for pair in self.no_map:
            lines.append(((pair[0] // self.page_size * self.page_size,
                           -(-pair[1] // self.page_size) * self.page_size), 0, reserved))
        inside = [(pair, reserved) for pair in subtract(self.reserved, self.no_map)]
        if self.kernel:
            start, end = self.kernel
            if riscv:
                inside.append(((start, end), "Kernel image"))
            else:
                inside += [((start, start + 16 * MIB), "Kernel code"),
                           ((start + 18 * MIB, end), "Kernel data")]
        for pair, name in inside:
            for ram in self.ram:
                part = max(pair[0], ram[0]), min(pair[1], ram[1])
                if part[0] < part[1]:
                    lines.append((part, 1, name))
        return "".join("%s%08x-%08x : %s\n" % ("  " * depth, start, end - 1, name)
                       for (start, end), depth, name in sorted(lines))

    def write(self, directory, flattened=True):
        """Make the directory; without @flattened only /proc/device-tree shows the tree."""
        def put(name, data):
            path = os.path.join(directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)

        size = sum(end - start for start, end in self.ram)
        put("proc/iomem", self.iomem().encode())
        put("proc/cmdline", b"root=/dev/old\n")
        put("proc/meminfo", b"MemTotal: %d kB\n" % (size // 1024))
        put("proc/self/auxv", struct.pack("<4Q", 6, self.page_size, 0, 0))
        put("proc/cpuinfo", b"processor\t: 0\nisa\t\t: rv64imafdc_zicsr_zifencei\nmmu\t\t: sv48\n"
            if self.arch == "riscv64" else
            b"processor\t: 0\nFeatures\t: fp asimd sha2\nCPU implementer\t: 0x41\n")
        for name, data in self.port.files() if self.port else ():
            put(name, data)
        if flattened:
            put("sys/firmware/fdt", fdt.write(self.tree))
        else:
            write_directory(self.tree.root, os.path.join(directory, "proc/device-tree"))


def write_directory(node, path):
    """A node as /proc/device-tree shows it (drivers/of/kobj.c): "name" is the kernel's own."""
    os.mkdir(path)
    properties = dict(node.properties)
    properties.setdefault("name", node.name.split("@")[0].encode() + b"\0")
    for name, value in properties.items():
        descriptor = os.open(path + "/" + name, os.O_WRONLY | os.O_CREAT, 0o444)
        os.write(descriptor, value)
        os.close(descriptor)
    for child in node.children:
        write_directory(child, path + "/" + child.name)
