#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plants violations in a plan that has none, and sees that each is found, by the right check.

usage: selftest.py

Prints TAP. The reader and writer of device trees are held against each other on the way.
"""

import sys
import types

sys.dont_write_bytecode = True  # the source may be read-only
import fdt  # noqa: E402
import invariants  # noqa: E402
import report  # noqa: E402
import system  # noqa: E402

MIB = 1 << 20
RAM = 0x40000000


def sample():
    """A board with all that a tree can have: no-map, reserved, a memory reservation."""
    tree = fdt.Tree(reservations=[(RAM, RAM + 0x10000)])
    root = tree.root
    root.properties = {"#address-cells": system.number_cells(2, 1),
                       "#size-cells": system.number_cells(2, 1), "model": b"sample\0"}
    memory = root.add("memory@40000000")
    memory.properties = {"device_type": b"memory\0",
                         "reg": system.number_cells(RAM, 2) + system.number_cells(512 * MIB, 2)}
    parent = root.add("reserved-memory")
    parent.properties = {"#address-cells": system.number_cells(2, 1),
                         "#size-cells": system.number_cells(2, 1), "ranges": b""}
    for name, address, properties in (("modem", RAM + 128 * MIB, {"no-map": b""}),
                                      ("ramoops", RAM + 192 * MIB, {}),
                                      ("off", RAM + 256 * MIB, {"status": b"disabled\0"})):
        node = parent.add("%s@%x" % (name, address))
        node.properties = {"reg": system.number_cells(address, 2) +
                           system.number_cells(MIB, 2), **properties}
    soc = root.add("soc")
    soc.add("b@2").properties["reg"] = system.number_cells(2, 1)
    soc.add("a@10").properties["reg"] = system.number_cells(16, 1)
    chosen = root.add("chosen")
    chosen.properties["stdout-path"] = b"serial0:115200n8\0"
    chosen.add("framebuffer@0").properties["width"] = system.number_cells(640, 1)
    return fdt.read(fdt.write(tree))


class Planted(invariants.Plan):
    """A plan that no program made."""

    def __init__(self, running):  # pylint: disable=super-init-not-called # there are no files
        self.spans = [(RAM + 32 * MIB, RAM + 36 * MIB, "kernel"),
                      (RAM + 36 * MIB, RAM + 38 * MIB, "initrd"),
                      (RAM + 38 * MIB, RAM + 39 * MIB, "dtb"),
                      (RAM + 39 * MIB, RAM + 40 * MIB, "purgatory")]
        self.tree = fdt.read(fdt.write(running.tree))
        self.tree.reservations.remove(running.stale)
        properties = self.tree.find("/chosen").properties
        properties["bootargs"] = b"new\0"
        properties["rng-seed"] = bytes(32)
        properties["kexec,purgatory-report"] = bytes(64)

    def move(self, role, address):
        start, end, _ = next(span for span in self.spans if span[2] == role)
        self.spans = sorted([span for span in self.spans if span[2] != role] +
                            [(address, address + end - start, role)])


def change(path, name, value):
    def plant(plan):
        plan.tree.find(path).properties[name] = value
    return plant


def reverse_children(plan):
    plan.tree.find("/soc").children.reverse()


def lose_reservation(plan):
    plan.tree.reservations.clear()


def lose_node(plan):
    plan.tree.root.children.remove(plan.tree.find("/soc"))


def lose_stdout(plan):
    del plan.tree.find("/chosen").properties["stdout-path"]


def lose_report(plan):
    del plan.tree.find("/chosen").properties["kexec,purgatory-report"]


def keep_stale(plan):
    plan.tree.reservations.append((RAM + 24 * MIB, RAM + 25 * MIB))


def move(role, address):
    return lambda plan: plan.move(role, address)


# what is planted, and a word of each line that must be said, one line a word
PLANTED = (
    ("nothing", lambda plan: None, []),
    ("a segment on no-map memory", move("initrd", RAM + 127 * MIB),
     ["reservation", "RAM of the running system"]),
    ("a segment on reserved memory", move("initrd", RAM + 191 * MIB), ["reservation"]),
    ("a segment on what is reserved and disabled", move("initrd", RAM + 256 * MIB), []),
    ("a segment on a memory reservation", move("initrd", RAM), ["reservation"]),
    ("a segment on another", move("initrd", RAM + 35 * MIB), ["on initrd"]),
    ("a segment that is no whole pages", move("initrd", RAM + 64 * MIB + 512), ["no pages"]),
    ("a segment outside of RAM", move("initrd", RAM - 4 * MIB),
     ["RAM of the running system", "RAM of the tree"]),
    ("a segment across the end of RAM", move("initrd", RAM + 511 * MIB),
     ["RAM of the running system", "RAM of the tree"]),
    ("a device tree mapped with no-map memory", move("dtb", RAM + 129 * MIB), ["2 MiB"]),
    ("purgatory next to no-map memory", move("purgatory", RAM + 127 * MIB), ["next to"]),
    ("a changed property", change("/", "model", b"other\0"), ["model"]),
    ("a new property", change("/soc/a@10", "new", b""), ["new"]),
    ("a changed reservation", change("/reserved-memory", "ranges", b"1234"), ["ranges"]),
    ("a lost node", lose_node, ["children"]),
    ("another order of nodes", reverse_children, ["children"]),
    ("a lost memory reservation", lose_reservation, ["memory reservations"]),
    ("a stale memory reservation", keep_stale, ["memory reservations"]),
    ("no room for purgatory's line", lose_report, ["purgatory-report"]),
    ("room for purgatory's line that is not empty",
     change("/chosen", "kexec,purgatory-report", b"\0x"), ["purgatory-report"]),
    ("a lost property of /chosen", lose_stdout, ["stdout-path"]),
    ("a changed node below /chosen", change("/chosen/framebuffer@0", "width", b"1234"), ["width"]),
)


def check(plant, words):
    """What is wrong with what the checks say."""
    running = system.System("arm64", "sample", sample())
    plan = Planted(running)
    plant(plan)
    said = list(invariants.check_plan(plan, running, running.tree, running.stale, True))
    left = list(said)
    for word in words:
        line = next((line for line in left if word in line), None)
        if line is None:
            yield "%r is not said" % word
        else:
            left.remove(line)
    yield from ("said as well: " + line for line in left)


def check_accept():
    """A table that differs is said to, with the way to accept it."""
    table = report.Table(report.TABLES[0].path, lambda boards: ["not", "this"])
    lines = table.compare([], False)
    if not lines or "--accept" not in lines[-1]:
        yield "no difference is said"


def board(**consoles):
    """What report.py reads of a board; the consoles by variant."""
    return types.SimpleNamespace(name="arm64/sample/sample.dtb", arch="arm64", vendor="sample",
                                 uart="arm,pl011", refusal=[],
                                 consoles={name: (console, "")
                                           for name, console in consoles.items()})


def check_consoles():
    """A console that differs in a variant other than the first changes the table."""
    if list(report.consoles([board(firmware="PL011", dtb="PL011")])) == \
       list(report.consoles([board(firmware="PL011", dtb="none")])):
        yield "the table is the same"


def check_refusal():
    """A board on which a load is refused is counted as such, and named with the reason."""
    refused = board()
    refused.refusal = ["too little memory"]
    page = "\n".join(report.page([board(firmware="PL011"), refused]))
    yield from ("%r is not said" % words for words in (
        "the 2 device trees", "planned on 1 of them, and refused on 1.", "\n1 have a console",
        "| arm64 | sample | too little memory | 1 |") if words not in page)


def main():
    results = report.Results(len(PLANTED) + 3)
    for name, plant, words in PLANTED:
        results.add("planted: " + name, list(check(plant, words)))
    results.add("planted: another table", list(check_accept()))
    results.add("planted: another console in one variant", list(check_consoles()))
    results.add("planted: a refusal", list(check_refusal()))
    return results.failed


if __name__ == "__main__":
    sys.exit(main())
