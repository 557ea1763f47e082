# SPDX-License-Identifier: GPL-2.0-only
"""What of a load can be damaged: places by name, and how."""

import struct

LINE, PAGE = 64, 4096
PAYLOAD = ("kernel", "initrd", "dtb", "elfcorehdr")
ADDRESS = {"arm64": lambda entry: entry & 0xfffffffff000,
           "riscv64": lambda entry: (entry >> 10 & 0xfffffffffff) << 12}
TABLE = {"arm64": lambda entry, level, last: entry & 3 == 3 and level < last,
         "riscv64": lambda entry, level, last: entry & 0xf == 1}


class Place:
    """[start, end) of memory; role: the name that purgatory must report, or None if any will do."""

    def __init__(self, name, start, end, role):
        self.name, self.start, self.end, self.role = name, start, end, role
        assert start <= end, f"{name} has no bytes"


def table_sets(load):
    """(number, start, size, root, levels) of each set."""
    for number in range(3):
        start, size = load.number("tables_address", number), load.number("tables_size", number)
        if size:
            register = load.number("tables_register", number)
            root = (register & 0xfffffffffff) << 12 if load.arch == "riscv64" else register & ~1
            yield number, start, size, root, -(-(load.number("tables_bits", number) - 12) // 9)


def entries_to_purgatory(load):
    """The places of all entries that map purgatory at its physical address."""
    for number, start, size, root, levels in table_sets(load):
        if number == 2:  # PURGATORY_TABLES_HIGH
            continue
        for segment in load.segments:
            for address in range(segment.start, segment.end, PAGE) if segment.role == "purgatory" else ():
                table, level = root, 0
                while start <= table < start + size:
                    place = table + 8 * (address >> 12 + 9 * (levels - 1 - level) & 511)
                    yield place
                    entry, = struct.unpack("<Q", load.read(place, 8))
                    if not TABLE[load.arch](entry, level, levels - 1):
                        break
                    table, level = ADDRESS[load.arch](entry), level + 1


def table_places(load):
    """Each entry of each level, used or not."""
    for number, start, size, root, levels in table_sets(load):
        seen, tables = set(), [(root, 0)]
        while tables:
            table, level = tables.pop()
            if table in seen or not start <= table < start + size:
                continue
            seen.add(table)
            for place in range(table, table + PAGE, 8):
                entry, = struct.unpack("<Q", load.read(place, 8))
                kind = "used" if entry else "unused"
                yield Place(f"table {number}, level {level}, {kind}", place, place + 8, "pagetable")
                if TABLE[load.arch](entry, level, levels - 1):
                    tables.append((ADDRESS[load.arch](entry), level + 1))


def manifest_places(load):
    start = load.segment("manifest").start
    fields = ("magic", 0, 8), ("version", 8, 4), ("count", 12, 4)
    for name, offset, size in fields:
        yield Place(f"manifest's {name}", start + offset, start + offset + size, "manifest")
    fields = (("address", 0, 8), ("length", 8, 8), ("offset", 16, 8), ("role", 24, 4),
              ("flags", 28, 4), ("digest", 32, 32))
    for place, _ in load.chunks():
        for name, offset, size in fields:
            yield Place(f"chunk's {name}", start + place + offset, start + place + offset + size,
                        "manifest")


def purgatory_places(load):
    text = load.segment("purgatory", "x")
    symbols = load.build.purgatory_symbols
    checked = load.routine("purgatory_checked")
    yield Place("purgatory's text before the check", text.start, checked, "purgatory")
    yield Place("purgatory's text", checked, text.start + text.size, "purgatory")
    vectors = "purgatory_vectors" if load.arch == "arm64" else "riscv64_take_trap"
    assert vectors in symbols
    yield Place("purgatory's vectors", load.routine(vectors), load.routine(vectors) + 256,
                "purgatory")
    rodata = next(segment for segment in load.segments
                  if segment.role == "purgatory" and segment.permissions == "r")
    yield Place("purgatory's rodata", rodata.start, load.address("self_sum") + 8, "purgatory")
    for segment in load.segments:  # with --cpus
        if segment.role == "purgatory" and load.address("self_sum") < segment.start and \
                "w" not in segment.permissions:
            yield Place(f"purgatory's {segment.permissions} for several CPUs", segment.start,
                        segment.start + segment.size, "purgatory")
    data = load.segment("purgatory", "w")
    yield Place("purgatory's data and stack", data.start, data.end, "purgatory")
    addresses = {int(address, 16): name for name, address in load.json["symbols"].items()
                 if name not in ("purgatory_start", "purgatory_stack_guard")}
    end = load.address("self_sum") + 8
    ordered = sorted(address for address in addresses if address < end) + [end]
    for start, following in zip(ordered, ordered[1:]):
        if addresses[start] in ("purgatory_ending_second_sum", "purgatory_stop_sum"):  # code follows
            following = start + 8
        yield Place(addresses[start], start, following, "purgatory")


def places(load):
    """All places by name, and those that have one name together."""
    found = {}
    for role in PAYLOAD:
        for segment in load.segments:
            if segment.role == role:
                size = segment.verified_size() if role == "kernel" else segment.size
                found.setdefault(role, []).append(
                    Place(role, segment.start, segment.start + size, role))
    for group in table_places(load), manifest_places(load), purgatory_places(load):
        for place in group:
            found.setdefault(place.name, []).append(place)
    return found


def damage(load, place, generator):
    """(how, what to write): bits, bytes, lines and pages of the place."""
    size = place.end - place.start
    assert size, place.name
    how = generator.choice(("bit", "byte", "line", "page", "swapped lines", "swapped pages"))
    at = place.start + generator.randrange(size)
    if how in ("bit", "byte") or size < LINE:
        old = load.read(at, 1)[0]
        new = old ^ 1 << generator.randrange(8) if how == "bit" else generator.randrange(256)
        return ("bit" if how == "bit" else "byte"), [(at, bytes([new]))]
    length = PAGE if "page" in how else LINE
    first = max(place.start, at & -length)
    length = min(length, place.end - first)
    if not how.startswith("swapped"):
        return f"{how} of zeros", [(first, bytes(length))]
    other = max(place.start, min(place.end - length,
                                 place.start + generator.randrange(size) & -length))
    if abs(first - other) < length:
        return f"{how[8:-1]} of zeros", [(first, bytes(length))]
    return how, [(first, load.read(other, length)), (other, load.read(first, length))]


def exchange(load, generator):
    """Two segments change places, as far as the shorter one goes."""
    segments = [segment for segment in load.segments if segment.role in PAYLOAD]
    one, other = generator.sample(segments, 2)
    length = min(one.size, other.size)
    place = Place(f"{one.role} and {other.role}", 0, 0, (one.role, other.role))
    return place, "exchanged", [(one.start, load.read(other.start, length)),
                                (other.start, load.read(one.start, length))]


def older(load, old, generator):
    """A segment of another load of the same layout."""
    role = generator.choice(("kernel", "initrd", "manifest"))
    segment, instead = load.segment(role), old.segment(role)
    return (Place(f"{role} of another load", 0, 0, role), "replaced",
            [(segment.start, bytes(instead.data))])
