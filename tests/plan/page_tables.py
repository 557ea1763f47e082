# SPDX-License-Identifier: GPL-2.0-only
"""Page tables read back from a plan.

What an entry means stands here once more, after the Arm Architecture Reference Manual (VMSAv8-64,
4 KiB granule) and the RISC-V privileged specification, so that neither kexec's builder nor its own
reader is believed.
"""

import struct

PAGE = 4096
ENTRIES = 512
SETS = ("low", "low-el2", "high")  # enum purgatory_tables
ARM64_DEVICE, RISCV64_MODES = 4, {8: 39, 9: 48, 10: 57}


class Leaf:
    """A page or block: where it is, where it leads and what may be done there."""

    def __init__(self, virtual, physical, size, letters, device):
        self.virtual, self.physical, self.size = virtual, physical, size
        self.letters, self.device = letters, device


def arm64_entry(entry, level, name):
    """None, a table's address, or (address, letters, device)."""
    if not entry & 1:
        assert entry == 0, "invalid entry 0x%x is not zero" % entry
        return None
    address = entry & 0xFFFFFFFFF000
    if level and entry & 2:
        assert entry == address | 3, "table entry 0x%x has attributes" % entry
        return address
    assert bool(entry & 2) == (level == 0), "entry 0x%x is neither page nor block" % entry
    assert level < 3, "a block of 512 GiB"
    attributes = entry & ~(address | 3)
    index, shareability = attributes >> 2 & 7, attributes >> 8 & 3
    user, read_only = attributes >> 6 & 1, attributes >> 7 & 1
    never_privileged, never = attributes >> 53 & 1, attributes >> 54 & 1
    assert index in (0, ARM64_DEVICE) and attributes >> 10 & 1, "entry 0x%x" % entry
    assert shareability == (0 if index else 3), "entry 0x%x is not shared as it must be" % entry
    known = 7 << 2 | 3 << 6 | 3 << 8 | 1 << 10 | 3 << 53
    assert attributes & ~known == 0, "entry 0x%x has bits of no meaning to us" % entry
    if name == "low-el2":  # one range: AP[1] is RES1, PXN is RES0
        assert user == 1 and never_privileged == 0, "entry 0x%x is not one of EL2" % entry
        executable = not never
    else:
        assert user == 0 and never == 1, "entry 0x%x lets EL0 in" % entry
        executable = not never_privileged
    return address, "r" + "w" * (not read_only) + "x" * executable, index == ARM64_DEVICE


def riscv64_entry(entry, _level, _name):
    """Likewise. What is device memory, the PMAs say."""
    if not entry & 1:
        assert entry == 0, "invalid entry 0x%x is not zero" % entry
        return None
    address = (entry >> 10 & (1 << 44) - 1) << 12
    flags = entry & 0x3FF
    assert entry >> 54 == 0, "entry 0x%x has reserved bits" % entry
    if flags & 0xE == 0:
        assert flags == 1, "table entry 0x%x has attributes" % entry
        return address
    letters = "".join(letter for letter, bit in zip("rwx", (2, 4, 8)) if flags & bit)
    assert "r" in letters, "entry 0x%x cannot be read" % entry
    # A in every leaf, D where it can be written; no U, G or RSW
    assert flags & ~0xF == (0xC0 if "w" in letters else 0x40), "flags of entry 0x%x" % entry
    return address, letters, False


class Set:
    """One set, as the symbols of purgatory describe it."""

    def __init__(self, plan, index):
        def element(name, size):
            data = plan.symbol("purgatory_tables_" + name, size * len(SETS))
            return data[index * size:(index + 1) * size]

        def number(name, size=8):
            return int.from_bytes(element(name, size), "little")

        self.name, self.target = SETS[index], plan.json["target"]
        self.register, self.address = number("register"), number("address")
        self.size, self.bits, self.digest = number("size"), number("bits", 4), element("digest", 32)
        self.data = plan.bytes_at(self.address, self.size) if self.size else b""
        self.visited = set()

    def is_present(self):
        return bool(self.register or self.address or self.size or self.bits or any(self.digest))

    def check_register(self):
        if self.target == "arm64":
            assert self.register == self.address, "0x%x is not the root" % self.register
        else:
            assert RISCV64_MODES[self.register >> 60] == self.bits, "wrong mode"
            assert (self.register & (1 << 44) - 1) << 12 == self.address, "not the root"
            assert self.register >> 44 & 0xFFFF == 0, "an ASID"

    def leaves(self):
        """All leaves in order; every page of the set is one table, used once."""
        levels = {39: 3, 48: 4, 57: 5}[self.bits]
        found = list(self.walk(self.address, levels - 1, 0))
        assert len(self.visited) * PAGE == self.size, "pages of the set are not used"
        return found

    def walk(self, table, level, first):
        assert self.address <= table < self.address + self.size, "0x%x is no table" % table
        assert table % PAGE == 0 and table not in self.visited, "0x%x is used twice" % table
        self.visited.add(table)
        span = PAGE << 9 * level
        decode = arm64_entry if self.target == "arm64" else riscv64_entry
        entries = struct.unpack_from("<512Q", self.data, table - self.address)
        assert any(entries), "the table at 0x%x is empty" % table
        for slot in range(ENTRIES):
            entry = decode(entries[slot], level, self.name)
            virtual = first + slot * span
            if isinstance(entry, int):
                yield from self.walk(entry, level - 1, virtual)
            elif entry:
                physical, letters, device = entry
                assert physical % span == 0, "block at 0x%x is not aligned" % physical
                yield Leaf(self.extend(virtual), physical, span, letters, device)

    def extend(self, virtual):
        """The 64-bit address of what the root translates."""
        if self.name == "high" or (self.target == "riscv64" and virtual >> self.bits - 1):
            virtual += (1 << 64) - (1 << self.bits)
        return virtual


def pages(leaves):
    """{virtual address of each 4 KiB page: (physical address, letters, device)}."""
    return {leaf.virtual + offset: (leaf.physical + offset, leaf.letters, leaf.device)
            for leaf in leaves for offset in range(0, leaf.size, PAGE)}


def round_up(size):
    return (size + PAGE - 1) // PAGE * PAGE


def console_page(plan):
    """Address of the page of the console's registers, or None."""
    if plan.number("purgatory_console_type", 4) != 2:
        return None
    return plan.number("purgatory_console_address") // PAGE * PAGE


def verified_size(role, data):
    """Bytes of a segment that purgatory reads: of the kernel all that its header asks for."""
    return int.from_bytes(data[16:24], "little") if role == "kernel" else len(data)


def expected_pages(plan, roles=None, offset=0):
    """What segments of these roles (all but the tables' own) are to be mapped to."""
    guard = int(plan.json["symbols"]["purgatory_stack_guard"], 16)
    wanted = {}
    for role, address, _, data, letters in plan.segments:
        if role == "pagetable" or (roles and role not in roles):
            continue
        for page in range(address, address + round_up(verified_size(role, data)), PAGE):
            if page != guard:
                wanted[(page + offset) % (1 << 64)] = (page, letters, False)
    return wanted


def cpus_pages(plan):
    """What CPUs share that verify together, and their stacks: two pages each, above one that is left
    out."""
    wanted = {}
    for _, address, _, _, letters in plan.role("cpus"):
        assert letters == "rw", letters
        stacks = plan.number("purgatory_cpus_stacks")
        ids = struct.unpack("<8Q", plan.symbol("purgatory_cpus_ids", 64))
        mapped = list(range(address, stacks, PAGE))
        for index in range(sum(number != (1 << 64) - 1 for number in ids)):
            mapped += [stacks + (3 * index + page) * PAGE for page in (1, 2)]
        wanted.update({page: (page, letters, False) for page in mapped})
    return wanted


def present(plan):
    """Names of the sets that there are."""
    return [name for index, name in enumerate(SETS) if Set(plan, index).is_present()]


def check(plan, taken, alias_offset):
    """All sets of the plan. alias_offset is virtual minus physical of the linear map, or None."""
    arm64 = plan.json["target"] == "arm64"
    identity = {**expected_pages(plan), **cpus_pages(plan)}
    console = console_page(plan)
    if console is not None:
        assert console not in identity
        identity[console] = (console, "rw", arm64)
    alias = {} if alias_offset is None else expected_pages(plan, ("purgatory",), alias_offset)
    if arm64:
        wanted = {"low": identity, "low-el2": identity, "high": alias}
    else:
        wanted = {"low": {**identity, **alias}, "low-el2": {}, "high": {}}

    for index, name in enumerate(SETS):
        tables = Set(plan, index)
        assert tables.is_present() == bool(wanted[name]), name
        if not wanted[name]:
            continue
        tables.check_register()
        leaves = tables.leaves()
        for leaf in leaves:
            end = leaf.physical + leaf.size
            assert not any(leaf.physical < high and low < end for low, high in taken), \
                "0x%x is reserved" % leaf.physical
            assert not {"w", "x"} <= set(leaf.letters), "W and X at 0x%x" % leaf.virtual
        found = pages(leaves)
        wrong = sorted(page for page in found.keys() | wanted[name].keys()
                       if found.get(page) != wanted[name].get(page))
        assert not wrong, "%s: page 0x%x is %r and not %r" % (
            name, wrong[0], found.get(wrong[0]), wanted[name].get(wrong[0]))
        yield tables
