# SPDX-License-Identifier: GPL-2.0-only
"""Flattened device trees, read and written by code of its own: kexec uses libfdt.

The format: Devicetree Specification v0.4, chapter 5. Values of properties are bytes.
"""

import struct

MAGIC = 0xD00DFEED
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9


class Node:
    """A node: its name with the unit address, its properties and its children, both in order."""

    def __init__(self, name):
        self.name, self.properties, self.children = name, {}, []

    def child(self, name):
        return next((child for child in self.children if child.name == name), None)

    def add(self, name):
        self.children.append(Node(name))
        return self.children[-1]

    def cells(self, name):
        """The property as a list of numbers of 32 bits; None: there is none."""
        value = self.properties.get(name)
        return None if value is None else list(struct.unpack(">%dI" % (len(value) // 4),
                                                             value[:len(value) // 4 * 4]))

    def number(self, name, default):
        cells = self.cells(name)
        return cells[0] if cells else default

    def strings(self, name):
        value = self.properties.get(name, b"")
        return [text.decode("ascii", "replace") for text in value.rstrip(b"\0").split(b"\0")
                ] if value else []

    def available(self):
        return self.strings("status") in ([], ["okay"], ["ok"])

    def ranges(self, bus):
        """reg as (start, end) pairs in the cells of @bus, the parent; sizes of 0 too."""
        return cell_ranges(self.cells("reg") or [], bus.number("#address-cells", 2),
                           bus.number("#size-cells", 1))


def cell_ranges(cells, address_cells, size_cells):
    pairs, step = [], address_cells + size_cells
    for i in range(0, len(cells) // step * step, step):
        start, size = (sum(cell << 32 * shift for shift, cell in enumerate(reversed(part)))
                       for part in (cells[i:i + address_cells], cells[i + address_cells:i + step]))
        pairs.append((start, start + size))
    return pairs


class Tree:
    """A whole tree: the root node, and (start, end) pairs of the memory reservation block."""

    def __init__(self, root=None, reservations=()):
        self.root, self.reservations = root or Node(""), list(reservations)

    def find(self, path):
        """The node of that path, or None; names may lack their unit addresses."""
        node = self.root
        for part in path.strip("/").split("/") if path.strip("/") else []:
            node = node.child(part) or next(
                (child for child in node.children if child.name.split("@")[0] == part), None)
            if node is None:
                return None
        return node


def read(blob):
    """The Tree of a blob."""
    (magic, total, structure, strings, reserved, version, _, _, strings_size,
     size) = struct.unpack_from(">10I", blob)
    assert magic == MAGIC and version >= 17 and total <= len(blob), "not a device tree blob"
    tree = Tree()
    for start, length in struct.iter_unpack(">QQ", blob[reserved:structure // 16 * 16]
                                            if reserved % 16 == structure % 16 == 0 else
                                            blob[reserved:reserved + (structure - reserved) //
                                                 16 * 16]):
        if (start, length) == (0, 0):
            break
        tree.reservations.append((start, start + length))
    names = blob[strings:strings + strings_size]
    cache, stack, root, at, end = {}, [], None, structure, structure + size
    unpack = struct.Struct(">I").unpack_from
    while at < end:
        token, at = unpack(blob, at)[0], at + 4
        if token == BEGIN_NODE:
            stop = blob.index(b"\0", at)
            node = Node(blob[at:stop].decode("ascii"))
            at = (stop + 4) & ~3
            if stack:
                stack[-1].children.append(node)
            else:
                root = node
            stack.append(node)
        elif token == PROP:
            length, offset = struct.unpack_from(">II", blob, at)
            name = cache.get(offset)
            if name is None:
                name = cache[offset] = names[offset:names.index(b"\0", offset)].decode("ascii")
            assert name not in stack[-1].properties, "two properties " + name
            stack[-1].properties[name] = blob[at + 8:at + 8 + length]
            at = (at + 8 + length + 3) & ~3
        elif token == END_NODE:
            stack.pop()
        elif token == END:
            break
        else:
            assert token == NOP, "token %d" % token
    assert root and not stack, "the tree does not end"
    tree.root = root
    return tree


def write(tree):
    """The blob of a Tree."""
    out, names, offsets = bytearray(), bytearray(), {}

    def add(node):
        out.extend(struct.pack(">I", BEGIN_NODE) + node.name.encode("ascii") + b"\0")
        out.extend(bytes(-len(out) % 4))
        for name, value in node.properties.items():
            if name not in offsets:
                offsets[name] = len(names)
                names.extend(name.encode("ascii") + b"\0")
            out.extend(struct.pack(">III", PROP, len(value), offsets[name]) + value)
            out.extend(bytes(-len(out) % 4))
        for child in node.children:
            add(child)
        out.extend(struct.pack(">I", END_NODE))

    add(tree.root)
    out.extend(struct.pack(">I", END))
    reserved = b"".join(struct.pack(">QQ", start, end - start)
                        for start, end in tree.reservations) + bytes(16)
    structure = 40 + len(reserved)
    strings = structure + len(out)
    return struct.pack(">10I", MAGIC, strings + len(names), structure, strings, 40, 17, 16, 0,
                       len(names), len(out)) + reserved + bytes(out) + bytes(names)


def differences(left, right, ignore, path="/"):
    """What differs between two nodes, as lines; not below the paths in @ignore.

    Properties have no order, for nothing that reads them sees one. Children have: Linux makes
    devices in this order.
    """
    if path in ignore:
        return
    for name in left.properties.keys() | right.properties.keys():
        values = left.properties.get(name), right.properties.get(name)
        if values[0] != values[1]:
            yield "%s:%s is %s, was %s" % (path, name, values[1], values[0])
    names = [[child.name for child in node.children] for node in (left, right)]
    prefix = path.rstrip("/") + "/"
    for side in names:
        side[:] = [name for name in side if prefix + name not in ignore]
    if names[0] != names[1]:
        yield "%s has children %s, had %s" % (path, names[1], names[0])
        return
    kept = [[child for child in node.children if prefix + child.name not in ignore]
            for node in (left, right)]
    for one, other in zip(*kept):
        yield from differences(one, other, ignore, prefix + one.name)
