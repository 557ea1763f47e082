#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run arm64's purgatory in QEMU with page tables: each regime, each state in which it is entered.

usage: test_arm64_mmu.py OBJECT CROSS-PREFIX DIRECTORY, see test_purgatory.py

The next kernel's stub is reached with the line that is expected, or the fault is reported that was
provoked.
"""

import hashlib
import os
import struct
import sys

import test_purgatory
from tables_arm64 import (ACCESS, BLOCK, CODE, DATA, NORMAL, ONE_RANGE, PAGE, READ, RES1_AP1,
                          SHARED, TWO_RANGES, UART, Tables)
from test_purgatory import (DTB, INITRD, KERNEL, MANIFEST, NOTHING, PURGATORY, RESETTING,
                            RESET_HVC, RESET_SMC, Build, Load, Machine, arm64, kernel_line, matches,
                            verified_line)

RAM, UART_ADDRESS = 0x40000000, 0x09000000
TABLES = {"low": 0x740000, "low_el2": 0x750000, "high": 0x760000}
SETS = list(TABLES)  # as enum purgatory_tables
OLD_LOW, OLD_HIGH, OLD_EMPTY = 0x780000, 0x781000, 0x782000
GIB = 1 << 30
OFFSET = -(1 << 39) + 5 * GIB - RAM  # RAM is 5 GiB above the start of the upper half
M, C, I = 1 << 0, 1 << 2, 1 << 12  # SCTLR
EPD0, EPD1, A1, TBI1, DS = 1 << 7, 1 << 23, 1 << 22, 1 << 38, 1 << 59
# 39 bits, walks cached and inner shareable, 4 KiB granule, 48-bit physical addresses
TCR_TWO_RANGES = 25 | 0x35 << 8 | 25 << 16 | 0xb5 << 24 | 5 << 32 | TBI1 | A1
TCR_ONE_RANGE = 25 | 0x35 << 8 | 4 << 16 | 1 << 31 | 1 << 23
MAIR = 0x0000f40400bb44ff  # 0 and 4 as Linux has them
FOREIGN_MAIR = 0x00000000ff000004  # normal memory is attribute 3

EL1 = lambda cpu="cortex-a53": arm64("EL1", "virt", cpu, RESET_HVC)
EL2 = lambda cpu="cortex-a57": arm64("EL2", "virt,virtualization=on", cpu, RESET_SMC)
E2H = lambda cpu="neoverse-n1": arm64("EL2 with E2H", "virt,virtualization=on", cpu, RESET_SMC, 1)
REGIMES = {"EL1": "el1", "EL2": "el2", "EL2 with E2H": "el2-e2h"}


class LargeMachine(Machine):
    """A machine that has RAM above 4 GiB."""

    def command(self, image, files):
        command = super().command(image, files)
        return ["4G" if argument == "256M" else argument for argument in command]


class MmuLoad(Load):
    """A load with page tables of @bits, entered with @sctlr at the physical address + @offset."""

    def __init__(self, build, where, bits=39, sctlr=0, offset=0, high=True, mair=MAIR, tcr=0,
                 above=0):
        super().__init__(build, where)
        self.bits, self.offset, self.high, self.ram = bits, offset, high, RAM + above
        self.one_range = where.name == "EL2"
        self.old = {"sctlr": sctlr, "offset": offset % (1 << 64), "mair": mair,
                    "tcr": (TCR_ONE_RANGE if self.one_range else TCR_TWO_RANGES) | tcr,
                    "ttbr0": RAM + OLD_LOW, "ttbr1": RAM + OLD_HIGH, "empty": RAM + OLD_EMPTY}
        self.symbols["address"] = self.at("purgatory_start")
        self.symbols["mmu_reason"] = 0

    def old_tables(self):
        """A device's and the RAM's GiB; the latter in the upper half too."""
        attribute = 3 << 2 if self.old["mair"] == FOREIGN_MAIR else NORMAL
        memory = BLOCK | ACCESS | attribute | (RES1_AP1 if self.one_range else 0)
        memory |= 0 if self.old["tcr"] & DS else SHARED  # else bits of the address
        low, high = [0] * 512, [0] * 512
        low[0], low[1] = memory & ~0x31c | 1 << 54, RAM | memory
        if attribute == NORMAL:
            low[0] |= 4 << 2
        high[(RAM + self.offset) >> 30 & 511] = RAM | memory
        return {OLD_LOW: low, OLD_HIGH: high, OLD_EMPTY: [0] * 512}

    def seal(self):
        for name, value in self.old.items():
            self.patch("old_kernel_" + name, value)
        state = dict(self.old)
        if self.offset:
            state["ttbr0"] = state["empty"]
        names = ["mair", "tcr", "ttbr0"] + ([] if self.one_range else ["ttbr1"])
        self.state = " ".join(f"{name}=0x{state[name]:016x}" for name in names)
        self.tables = {offset: bytearray(struct.pack("<512Q", *table))
                       for offset, table in self.old_tables().items()}
        sets = [self.make_set(name) for name in SETS]
        self.symbols["tables_register"] = array(8, [bool(data) * (self.ram + TABLES[name])
                                                    for name, data in zip(SETS, sets)])
        self.symbols["tables_address"] = self.symbols["tables_register"]
        self.symbols["tables_size"] = array(8, [len(data) for data in sets])
        self.symbols["tables_bits"] = array(4, [bool(data) * self.bits for data in sets])
        self.symbols["tables_digest"] = array(32, [
            int.from_bytes(hashlib.sha256(data).digest(), "little") for data in sets])
        super().seal()
        assert len(self.manifest) <= PAGE

    def make_set(self, name):
        if name == "high" and not (self.high and self.offset):
            return b""
        tables = Tables(self.bits, self.ram + TABLES[name],
                        ONE_RANGE if name == "low_el2" else TWO_RANGES)
        for address, size, intent in self.mappings(name == "high"):
            tables.map(address + self.offset * (name == "high"), address, size, intent)
        content = self.tables[self.ram - RAM + TABLES[name]] = tables.content()
        return content

    def mappings(self, purgatory_alone):
        start, at = RAM + PURGATORY, self.build.symbols
        rodata, stack = at["image_rodata"], at["purgatory_stack"]
        own = [(start, rodata, CODE),
               (start + rodata, at["purgatory_stack_guard"] - rodata, READ),
               (start + stack, at["purgatory_stack_end"] - stack, DATA)]
        if purgatory_alone:
            return own
        return [*own, (RAM + MANIFEST, PAGE, READ), (UART_ADDRESS, PAGE, UART),
                *((RAM + offset, len(data), READ) for offset, data in self.payload.items())]

    def files(self):
        return super().files() + [(self.write(f"{offset:x}.bin", data), offset)
                                  for offset, data in self.tables.items()]

    def at(self, symbol):
        return RAM + PURGATORY + self.build.symbols[symbol]

    def provoke(self, what, address):
        """Make purgatory go wrong when all is verified: where it begins to write the time."""
        if isinstance(address, str):
            address = self.at(address)
        self.patch("provoke_address", address)
        place = self.build.symbols["line_add_milliseconds"]
        distance = self.build.symbols[f"provoke_{what}"] - place
        self.image[place:place + 4] = (0x14000000 | distance >> 2 & 0x3ffffff).to_bytes(4, "little")
        return address


    def forbid(self, symbol, count):
        """Have the CPU stop for ever where it comes to that code."""
        place = self.build.symbols[symbol]
        self.image[place:place + 4 * count] = struct.pack("<I", 0x14000000) * count  # b .


def array(size, values):
    return sum(value << (8 * size * index) for index, value in enumerate(values))


def on(load):
    load.seal()
    regime = REGIMES[load.machine.name]
    line = verified_line(load).replace("mmu=off reason=option", f"mmu=on regime={regime}")
    return [line, kernel_line(load)], True


def on_by_switch(load):
    """From the kernel VA by way of our tables."""
    load.forbid("arm64_landing_vectors", 512)
    return on(load)


def on_by_landing(load):
    """From the kernel VA by turning off the MMU."""
    load.forbid("arm64_switch_to_identity", 1)
    return on(load)


def off(load, reason):
    if not load.sealed:
        load.seal()
    line = verified_line(load).replace("reason=option", f"reason={reason}")
    return [line, kernel_line(load)], True


def damaged(name):
    def expect(load):
        if name == "low":
            load.forbid("arm64_switch_to_identity", 1)
        load.seal()
        load.tables[TABLES[name]][-1] ^= 0x40
        return off(load, "tables")
    return expect


def option(load):
    load.symbols["mmu_reason"] = 1
    return off(load, "option")


def mismatch(load):
    load.seal()
    return test_purgatory.damage(load, "kernel", KERNEL, load.payload[KERNEL], 5)


def old_map_has_no_tables(load):
    """A fault in the old kernel's map, which has no console."""
    load.seal()
    load.patch("purgatory_tables_address", NOTHING)
    return [fault_line("load", f"{(NOTHING + load.offset) % (1 << 64):#x}"), RESETTING], True


# Exception class, and what the fault status is that translation and permission faults have.
CLASS = {"illegal": 0x00, "jump": 0x21, "load": 0x25, "store": 0x25, "breakpoint": 0x3c}
STATUS = {"translation": range(4, 8), "permission": range(12, 16)}


def fault_line(what, far, kind="translation"):
    write = 1 << 6 if what == "store" else 0
    codes = "|".join(f"{CLASS[what] << 26 | 1 << 25 | write | status:#x}"
                     for status in STATUS[kind])
    if what in ("illegal", "breakpoint"):
        codes, far = f"{CLASS[what] << 26 | 1 << 25:#x}", "0x[0-9a-f]+"
    return (rf"purgatory: FAULT cause=synchronous esr=({codes}) far={far} elr=0x[0-9a-f]+")


def fault(what, address, kind):
    def expect(load):
        where = load.provoke(what, address)
        load.seal()
        return [fault_line(what, f"{where:#x}", kind), RESETTING], True
    return expect


def large(machine):
    return LargeMachine(machine.name, machine.arch, machine.options, machine.reset,
                        machine.console, machine.uart, machine.variant)


def states(build, make, name):
    """Each state in which purgatory may be entered in a regime."""
    for bits in (39, 48):
        yield f"{bits} bits, off", MmuLoad(build, make(), bits), on
        yield f"{bits} bits, identity", MmuLoad(build, make(), bits, M | C | I), on
        if name != "EL2":
            yield (f"{bits} bits, kernel VA", MmuLoad(build, make(), bits, M | C | I, OFFSET),
                   on_by_switch)
    yield "caches on, no MMU", MmuLoad(build, make(), sctlr=C | I), on
    yield "identity, caches off", MmuLoad(build, make(), sctlr=M), on
    yield ("identity, another MAIR",
           MmuLoad(build, make(), sctlr=M | C | I, mair=FOREIGN_MAIR), on)
    yield "tables above 4 GiB", MmuLoad(build, large(make()), above=4 * GIB - RAM), on
    yield "mismatch", MmuLoad(build, make()), mismatch
    yield "option", MmuLoad(build, make()), option
    yield "option, identity", MmuLoad(build, make(), sctlr=M | C), option
    yield ("tables damaged", MmuLoad(build, make()),
           damaged("low_el2" if name == "EL2" else "low"))
    if name == "EL2":
        return
    at_va = {"sctlr": M | C | I, "offset": OFFSET}
    yield "kernel VA, caches off", MmuLoad(build, make(), sctlr=M, offset=OFFSET), on_by_switch
    yield "kernel VA, no alias", MmuLoad(build, make(), high=False, **at_va), on_by_switch
    yield "kernel VA, option", MmuLoad(build, make(), **at_va), option
    yield "kernel VA, tables damaged", MmuLoad(build, make(), **at_va), damaged("low")
    yield "kernel VA, alias damaged", MmuLoad(build, make(), **at_va), damaged("high")
    yield ("kernel VA, another MAIR", MmuLoad(build, make(), mair=FOREIGN_MAIR, **at_va),
           on_by_landing)
    yield "kernel VA, LPA2", MmuLoad(build, make("max"), tcr=DS, **at_va), on_by_landing
    yield ("kernel VA, tables not in the old map", MmuLoad(build, make(), **at_va),
           old_map_has_no_tables)


def faults(build, make):
    """What the tables do not allow."""
    for what, address, kind in (
            ("store", RAM + KERNEL, "permission"), ("store", RAM + DTB, "permission"),
            ("store", RAM + INITRD, "permission"), ("store", RAM + MANIFEST, "permission"),
            ("store", "purgatory_kernel_entry", "permission"),
            ("store", "purgatory_main", "permission"),
            ("store", "purgatory_stack_guard", "translation"),
            ("load", "purgatory_stack_guard", "translation"),
            ("load", RAM + TABLES["low"], "translation"), ("load", RAM, "translation"),
            ("load", 0, "translation"), ("load", RAM + OFFSET & (1 << 64) - 1, "translation"),
            ("jump", RAM + KERNEL, "permission"), ("jump", "purgatory_stack", "permission"),
            ("jump", "purgatory_kernel_entry", "permission"),
            ("jump", UART_ADDRESS, "permission"), ("illegal", 0, "translation"),
            ("breakpoint", 0, "translation")):
        where = f"{address:#x}" if isinstance(address, int) else address
        yield f"{what} {where}", MmuLoad(build, make()), fault(what, address, kind)


def cases(build):
    """Yield machine and name, load, and the function that says what to expect of it."""
    for name, make in ("EL1", EL1), ("EL2", EL2), ("EL2 with E2H", E2H):
        for case in *states(build, make, name), *faults(build, make):
            yield f"{name}, {case[0]}", *case[1:]


def main():
    object_path, cross, directory, *words = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    build = Build("arm64", object_path, cross, directory)
    # What cleans the image begins there.
    assert "0000000000000000 T purgatory_start\n" in build.run("nm", object_path)
    failed = number = 0
    for number, (name, load, expect) in enumerate(cases(build), 1):
        if not all(word in name for word in words):
            continue
        expected, ends = expect(load)
        lines, ended = load.run()
        good = matches(lines, expected) and ended == ends
        print(f"{'ok' if good else 'not ok'} {number} - arm64 {name}", flush=True)
        if not good:
            failed += 1
            print(f"# expected {expected}, the machine {'ends' if ends else 'stays'}")
            print(f"# got {lines}, the machine {'ended' if ended else 'stayed'}")
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
