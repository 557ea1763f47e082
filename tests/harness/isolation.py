# SPDX-License-Identifier: GPL-2.0-only
"""A machine that one QEMU starts again (guest.py): it must be as it was before its first run."""

import contextlib
import os
import re

import guest as guests
from engines import UNDEFINED
from outcome import RESETTING, compare, fault, kernel_starts

MIB = 1 << 20
COUNTER = 0x200bff8  # mtime of QEMU's virt for riscv64 (hw/riscv/virt.c, include/hw/intc/riscv_aclint.h)
RANDOM = re.compile(rb"(\x00\x00\x00\x03\x00\x00\x00\x20.{4}).{32}", re.DOTALL)  # a property, as rng-seed is


def is_not_seen(load, *options):
    """An earlier run: what it left in memory, CPUs and devices, and its code."""
    load.plan(*options)
    load.words = r" cpus=\d+" if load.machine.cpus > 1 else ""
    with contextlib.closing(guests.Pool(load.path("pool"), 1)) as load.pool:
        wrong = compare_with_first(load)
        wrong += kernel_starts(load)
        # Other code at the same address.
        load.overwrite("purgatory_main", UNDEFINED)
        load.seal()
        line = fault(load, "undefined", None, load.routine("purgatory_main"), cached=False)
        wrong += compare(load, [line, RESETTING])
        if load.pool.count != 2:
            wrong.append("the last two runs were not on the same machine")
    return wrong


def compare_with_first(load):
    """What is there before the first instruction of a second run must be what was there before that of the
    first one. The state is told by a new machine. Neither of the two is used any more."""
    wrong = []
    with contextlib.closing(guests.Guest(load.machine, load.path("new"))) as guest:
        guest.reset()
        first_state = state(guest)
    with load.pool.lend(load.machine) as guest:
        guest.reset()
        first = memory(guest)
        load.finish_in(guest)
        if memory(guest) == first:
            wrong.append("a run does not change memory")
        guest.reset()
        if memory(guest) != first:
            wrong.append("a second run finds other memory")
        if state(guest) != first_state:
            wrong.append("a second run finds another state of CPUs or devices")
    return wrong


def memory(guest):
    """What is in RAM but for zeros, and for the numbers in QEMU's device tree that are random after each reset:
    bytes by place."""
    found, place = {}, 0
    while True:
        try:
            place = os.lseek(guest.memory, place, os.SEEK_DATA) & -MIB
        except OSError:  # nothing follows
            return found
        data = os.pread(guest.memory, MIB, place)
        if any(data):
            found[place] = RANDOM.sub(rb"\1", data)
        place += MIB


def state(guest):
    """All that QEMU saves of CPUs and devices, in its own format, and riscv64's counter, which it does not save.
    Despite its name the command is not for Xen alone (QEMU's qapi/migration.json)."""
    path, counter = guest.path("devices"), None
    guest.ask("xen-save-devices-state", filename=path, live=False)
    if guest.machine.arch == "riscv64":
        counter = guest.ask("human-monitor-command", **{"command-line": f"xp /1gx {COUNTER:#x}"})
    with open(path, "rb") as file:
        return file.read(), counter
