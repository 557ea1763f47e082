# SPDX-License-Identifier: GPL-2.0-only
"""What must hold of every plan, told by code that shares nothing with the planner.

Each check is a generator of lines that say what is wrong; selftest.py plants what they must find.
"""

import json
import os

import fdt
import system as boards

MIB = 1 << 20

# Of /chosen: what a loader writes for the next kernel, and messages of the last boot.
CHOSEN_OF_LOADER = {"bootargs", "linux,initrd-start", "linux,initrd-end", "rng-seed", "kaslr-seed",
                    "kexec,purgatory-report"}


class Plan:
    """What --output wrote: spans are (role, start, end), tree is the one handed on."""

    def __init__(self, directory):
        with open(os.path.join(directory, "plan.json"), encoding="ascii") as file:
            self.json = json.load(file)
        self.segments = self.json["segments"]
        self.spans = sorted((int(entry["address"], 16),
                             int(entry["address"], 16) + entry["memory_size"], entry["role"])
                            for entry in self.segments)
        self.directory = directory
        self.tree = fdt.read(self.bytes_of("dtb"))

    def bytes_of(self, role):
        entry = next(entry for entry in self.segments if entry["role"] == role)
        with open(os.path.join(self.directory, entry["file"]), "rb") as file:
            return file.read()

    def number(self, symbol, size):
        """The value of one of purgatory's symbols."""
        address = int(self.json["symbols"][symbol], 16)
        for entry in self.segments:
            start = int(entry["address"], 16)
            if start <= address < start + entry["size"]:
                with open(os.path.join(self.directory, entry["file"]), "rb") as file:
                    file.seek(address - start)
                    return int.from_bytes(file.read(size), "little")
        raise AssertionError("no segment holds " + symbol)


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def name(span):
    return "%s 0x%x-0x%x" % (span[2], span[0], span[1])


def check_reservations(plan, reserved):
    """No segment on what the running kernel or the tree handed on keeps."""
    for span in plan.spans:
        for pair in reserved:
            if overlap(span, pair):
                yield "%s on the reservation 0x%x-0x%x" % (name(span), *pair)


def check_segments(plan, page_size):
    """No segment on another, and each whole pages of the running kernel."""
    for one, other in zip(plan.spans, plan.spans[1:]):
        if one[1] > other[0]:
            yield "%s on %s" % (name(one), name(other))
    for span in plan.spans:
        if span[0] % page_size or span[1] % page_size:
            yield "%s are no pages of %d" % (name(span), page_size)


def check_inside(plan, memories):
    """Every segment in RAM, as each of the (whose, ranges) pairs has it."""
    for span in plan.spans:
        for whose, ranges in memories:
            if not any(start <= span[0] and span[1] <= end for start, end in ranges):
                yield "%s outside of the RAM of %s" % (name(span), whose)


def check_mapping(plan, no_map):
    """The next kernel maps whole 2 MiB around its tree cacheable (Linux: booting.rst of arm64)."""
    for span in plan.spans:
        if span[2] != "dtb":
            continue
        block = span[0] // (2 * MIB) * 2 * MIB
        for pair in no_map:
            if overlap((block, max(span[1], block + 2 * MIB)), pair):
                yield "%s in a block of 2 MiB with no-map 0x%x-0x%x" % (name(span), *pair)


def check_distance(plan, no_map):
    """Purgatory keeps a page away from what must not be touched, even by a prefetch."""
    for start, end, role in plan.spans:
        for pair in no_map:
            if role == "purgatory" and overlap((start - 4096, end + 4096), pair):
                yield "purgatory at 0x%x next to no-map 0x%x-0x%x" % (start, *pair)


def without_unit_order(node):
    """A copy whose children are in an order of their names."""
    twin = fdt.Node(node.name)
    twin.properties = {key: value for key, value in node.properties.items()}
    twin.children = sorted(map(without_unit_order, node.children), key=lambda child: child.name)
    return twin


def check_tree(plan, source, in_order, ignore=()):
    """Nothing but /chosen changed."""
    one, other = source.root, plan.tree.root
    if not in_order:
        one, other = without_unit_order(one), without_unit_order(other)
    yield from fdt.differences(one, other, {"/chosen", *ignore})
    yield from check_chosen(one.child("chosen"), other.child("chosen"))


def check_memory_reservations(plan, source, stale, kept):
    """All but that of the old initrd are handed on.

    /proc/device-tree does not show them. Then the running kernel's pages that hold them will do,
    and @kept is what it reserves; else @kept is None.
    """
    were = sorted(pair for pair in source.reservations if pair != stale)
    now = sorted(plan.tree.reservations)
    if kept is None:
        if now != were:
            yield "memory reservations %s, were %s" % (now, were)
        return
    for pair in were:
        if not any(start <= pair[0] and pair[1] <= end for start, end in now):
            yield "memory reservation 0x%x-0x%x is lost" % pair
    for pair in now:
        if not any(start <= pair[0] and pair[1] <= end for start, end in kept):
            yield "memory reservation 0x%x-0x%x comes from nowhere" % pair


def check_chosen(source, handed_on):
    """Of /chosen only what a loader writes."""
    if handed_on is None:
        yield "no /chosen"
        return
    old = source or fdt.Node("chosen")
    for key in (old.properties.keys() | handed_on.properties.keys()) - CHOSEN_OF_LOADER:
        if old.properties.get(key) != handed_on.properties.get(key):
            yield "/chosen:%s is %s, was %s" % (key, handed_on.properties.get(key),
                                                old.properties.get(key))
    for key in ("linux,initrd-start", "linux,initrd-end", "bootargs"):
        if key not in handed_on.properties:
            yield "/chosen has no " + key
    # Purgatory writes its line there, after it has verified the tree.
    if any(handed_on.properties.get("kexec,purgatory-report", b"1")):
        yield "/chosen:kexec,purgatory-report is not zeros"
    for pair in zip(old.children, handed_on.children):
        yield from fdt.differences(*pair, set(), "/chosen/" + pair[0].name)
    if len(old.children) != len(handed_on.children):
        yield "/chosen has other children"


def check_plan(plan, running, source, stale, in_order):
    """Everything; @source is the tree that was to be handed on."""
    ignore = ()
    no_map, reserved = boards.reservations(source)
    reserved = [pair for pair in reserved if pair != stale]
    memory = boards.memory(source)
    if not memory:
        # Where the boot loader has to fill the memory in, the running system's is right.
        memory = boards.memory(plan.tree)
        ignore = {"/" + node.name for tree in (source, plan.tree)
                  for node in boards.memory_nodes(tree)}
        # With or without what is no RAM of the running kernel: no-map memory, parts of pages.
        own = boards.memory(running.tree)
        if memory not in (own, running.ram, boards.subtract(own, running.no_map)):
            yield "the memory handed on is %s, not that of the running system" % memory
    no_map = boards.merge(no_map + running.no_map)
    yield from check_reservations(plan, boards.merge(no_map + reserved + running.reserved))
    yield from check_segments(plan, running.page_size)
    yield from check_inside(plan, (("the running system", running.ram), ("the tree", memory)))
    yield from check_mapping(plan, no_map)
    yield from check_distance(plan, no_map)
    yield from check_tree(plan, source, in_order, ignore)
    yield from check_memory_reservations(plan, source, stale,
                                         None if in_order else running.reserved)
