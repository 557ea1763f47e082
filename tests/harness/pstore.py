# SPDX-License-Identifier: GPL-2.0-only
"""The console zone of ramoops: what purgatory appends to it, and what it leaves alone."""

import re
import struct

from faults import faults_on
from load import checksum
from machine import NOTHING, RAMOOPS, RAMOOPS_SIZE
from outcome import RESETTING, compare, fault, kernel_starts
from verify import flip

DBGC = 0x43474244
ZONE, HEADER = 4096, 12  # bytes: of the zone, whose header comes first
RING = ZONE - HEADER
AROUND = b"\xa5" * 4096
OLD = b"[    1.0] the old kernel's last line\n"


def prepare(load, start, size, ring, signature=DBGC, memory_type=0):
    """One zone with pages of ramoops around it, which purgatory has nothing to do with."""
    load.ramoops = {"mem_address": load.machine.ram + RAMOOPS, "mem_size": RAMOOPS_SIZE,
                    "record_size": 4096, "console_size": ZONE, "ftrace_size": 0,
                    "pmsg_size": 4096, "mem_type": memory_type, "ecc": 0}
    zone = struct.pack("<III", signature, start, size) + ring.ljust(RING, b"\0")
    load.extra[load.machine.ram + RAMOOPS] = AROUND + zone + AROUND
    return AROUND + zone + AROUND


def log(memory):
    """What the next boot reads: persistent_ram_save_old() of fs/pstore/ram_core.c."""
    zone = memory[len(AROUND):-len(AROUND)]
    signature, start, size = struct.unpack_from("<III", zone)
    assert signature == DBGC and start <= size <= RING
    return zone[HEADER + start:HEADER + size] + zone[HEADER:HEADER + start]


def check(load, former, line):
    """The log is the former one with a line that matches, as far as there is room."""
    memory = load.memory(load.machine.ram + RAMOOPS, RAMOOPS_SIZE)
    wrong = []
    if memory[:len(AROUND)] != AROUND or memory[-len(AROUND):] != AROUND:
        wrong.append("what is around the zone was changed")
    text = log(memory)
    *_, last, empty = text.split(b"\n")
    if not re.fullmatch(line, last.decode(errors="replace")) or empty:
        wrong += [f"expected {line}", f"got {last!r}, {empty!r}"]
    kept = (former + last + b"\n")[-RING:]
    if text != kept:
        wrong.append("the log is not the former one with a line behind it")
    return wrong


def appends_a_mismatch(load, memory_type=0, *options):
    prepare(load, len(OLD), len(OLD), OLD, memory_type=memory_type)
    load.plan("--serial=none", *options)
    line = flip(load, load.segment("initrd").start)
    return compare(load, []) + check(load, OLD, line)


def appends_to_an_empty_log(load):
    prepare(load, 0, 0, b"")
    load.plan("--serial=none")
    line = flip(load, load.segment("initrd").start)
    return compare(load, []) + check(load, b"", line)


def appends_a_fault(load, *options):
    prepare(load, len(OLD), len(OLD), OLD)
    load.plan("--serial=none", *options)
    load.patch("manifest_address", NOTHING)
    load.seal_purgatory()
    cached = "--mmu=off" not in options
    line = fault(load, "load unmapped" if cached else "load void", NOTHING, cached=cached)
    return compare(load, []) + check(load, OLD, line)


def appends_and_reports(load):
    """With a console, which has the same line."""
    prepare(load, len(OLD), len(OLD), OLD)
    load.plan()
    line = flip(load, load.segment("initrd").start)
    return compare(load, [line, RESETTING]) + check(load, OLD, line)


def appends_where_the_console_faults(load):
    prepare(load, len(OLD), len(OLD), OLD)
    load.plan("--serial=ttyVOID0")
    line = flip(load, load.segment("initrd").start)
    return compare(load, []) + check(load, OLD, line)


def wraps_around(load):
    """The ring is full, and its last byte but 9 is the newest."""
    text = (OLD * (RING // len(OLD) + 1))[:RING - 1] + b"\n"
    place = RING - 9
    ring = text[-place:] + text[:-place]
    prepare(load, place, RING, ring)
    load.plan("--serial=none")
    line = flip(load, load.segment("initrd").start)
    return compare(load, []) + check(load, text, line)


def check_alone(load, memory):
    """What is wrong if the zone is not what it was, memory."""
    alone = load.memory(load.machine.ram + RAMOOPS, RAMOOPS_SIZE) == memory
    return [] if alone else ["the zone was changed"]


def leaves_a_damaged_header_alone(load, signature, start, size):
    memory = prepare(load, start, size, OLD, signature)
    load.plan()
    line = flip(load, load.segment("initrd").start)
    return compare(load, [line, RESETTING]) + check_alone(load, memory)


def wraps_around_at_its_start(load):
    """The ring is full, and its last byte is the newest."""
    text = (OLD * (RING // len(OLD) + 1))[:RING - 1] + b"\n"
    prepare(load, 0, RING, text)
    load.plan("--serial=none")
    line = flip(load, load.segment("initrd").start)
    return compare(load, []) + check(load, text, line)


def begins_a_line(load):
    """The old kernel did not end its last one."""
    prepare(load, len(OLD) - 1, len(OLD) - 1, OLD[:-1])
    load.plan("--serial=none")
    line = flip(load, load.segment("initrd").start)
    return compare(load, []) + check(load, OLD, line)


def ends_at(load, place, behind):
    """The line and what begins or ends it come to the end of the ring: behind bytes are left for them, or as
    many as the line has if that is None."""
    prepare(load, 0, 0, b"")
    load.plan("--serial=none")
    line = flip(load, load.segment("initrd").start)
    if behind is None:
        behind = len(line) + 1
    text = OLD * (RING // len(OLD) + 1)
    text = text[:RING - behind - 1] + (b"x" if place == "in a line" else b"\n")
    prepare(load, len(text), len(text), text)
    former = text + (b"\n" if place == "in a line" else b"")
    return compare(load, []) + check(load, former, line)


def flushes_what_is_coherent(load, block):
    """A reset may lose what is only in a cache, if the CPU has a flush."""
    prepare(load, len(OLD), len(OLD), OLD)
    load.plan("--serial=none")
    load.patch("pstore_block", block)
    load.seal()
    line = flip(load, load.segment("initrd").start)
    return compare(load, []) + check(load, OLD, line)


def leaves_alone_what_is_none(load, name, value):
    """A place that kexec would not give."""
    memory = prepare(load, len(OLD), len(OLD), OLD)
    load.plan()
    load.patch("pstore_" + name, value + (load.number("pstore_address") if name == "address" else 0))
    place = [load.number("pstore_address"), load.number("pstore_size")]
    load.patch("pstore_sum", checksum(struct.pack("<2Q", *place)))
    load.seal()
    line = flip(load, load.segment("initrd").start)
    return compare(load, [line, RESETTING]) + check_alone(load, memory)


def writes_nothing_on_success(load):
    memory = prepare(load, len(OLD), len(OLD), OLD)
    load.plan()
    return kernel_starts(load) + check_alone(load, memory)


def maps_nothing_around(load, side):
    prepare(load, 0, 0, b"")
    return faults_on(load, "load", f"page {side} the console zone", "unmapped")
