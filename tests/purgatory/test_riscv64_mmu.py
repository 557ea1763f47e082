#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run riscv64's purgatory in QEMU with page tables: each mode, each state in which it is entered.

usage: test_riscv64_mmu.py OBJECT CROSS-PREFIX DIRECTORY, see test_purgatory.py

The next kernel's stub is reached with the line that is expected, or the fault is reported that was
provoked.
"""

import hashlib
import os
import sys

from tables_riscv64 import CODE, DATA, MODES, PAGE, READ, Tables
from test_purgatory import (CHUNK, DTB, INITRD, KERNEL, MANIFEST, NOTHING, PURGATORY, RESETTING,
                            RESET_SBI, SBI, UART8250, Build, Load, Machine, damage, kernel_line,
                            matches, verified_line)

TABLES = 0x740000
RAM, UART = 0x80000000, 0x10000000
BY_JUMP, BY_TRAP, BY_MAP = range(3)  # old_kernel_variant
LINEAR = {39: 0xffffffd600000000, 48: 0xffffaf8000000000, 57: 0xff60000000000000}  # Linux' own
CAUSE = {"illegal": 2, "breakpoint": 3, "access": 5, "jump": 12, "load": 13, "store": 15}
GUARD = "guard page"


def machine(cpu_bits, console=SBI, variant=BY_JUMP, make=Machine):
    """A machine whose CPU has the modes up to that of @cpu_bits."""
    modes = ",".join(f"sv{bits}={'on' if bits <= cpu_bits else 'off'}" for bits in (48, 57))
    return make(f"sv{cpu_bits} CPU", "riscv64", ["-M", "virt", "-cpu", f"rv64,{modes}"],
                RESET_SBI, console, UART, variant)


class LargeMachine(Machine):
    """A machine that has RAM at the kernel VA 1 GiB above that of the purgatory."""

    def command(self, image, files):
        command = super().command(image, files)
        return ["1280M" if argument == "256M" else argument for argument in command]


class MmuLoad(Load):
    """A load with page tables of @bits.

    @old: bits of the map in which purgatory is entered, or 0; @offset: virtual minus physical
    address there; @alias: whether our tables have purgatory there too.
    """

    def __init__(self, build, where, bits, old=0, offset=0, alias=True):
        super().__init__(build, where)
        if old:
            where.variant = BY_MAP
            self.patch("old_kernel_mode", MODES[old])
            self.patch("old_kernel_offset", offset % (1 << 64))
        self.bits, self.offset, self.alias = bits, offset if old and alias else 0, alias
        self.symbols["address"] = where.ram + build.symbols["purgatory_start"] + PURGATORY
        self.symbols["mmu_reason"] = 0

    def seal(self):
        self.payload[MANIFEST] = b""  # its place; the content comes in files()
        tables = Tables(self.bits, self.machine.ram + TABLES)
        for address, size, permissions in self.mappings():
            tables.map(address, address, size, permissions)
        del self.payload[MANIFEST]
        for address, size, permissions in self.purgatory_mappings() if self.offset else []:
            virtual = (address + self.offset) % (1 << 64)
            tables.map(virtual, address, size, permissions)
        self.payload[TABLES] = tables.content()
        self.symbols["tables_register"] = tables.satp
        self.symbols["tables_address"] = self.machine.ram + TABLES
        self.symbols["tables_size"] = len(self.payload[TABLES])
        digest = hashlib.sha256(self.payload[TABLES]).digest()
        self.symbols["tables_digest"] = int.from_bytes(digest, "little")
        super().seal()
        self.verified -= len(self.payload[TABLES])
        assert MANIFEST + len(self.manifest) <= MANIFEST + PAGE

    def purgatory_mappings(self):
        start, at = self.machine.ram + PURGATORY, self.build.symbols
        rodata, stack = at["image_rodata"], at["purgatory_stack"]
        return [(start, rodata, CODE),
                (start + rodata, at["purgatory_stack_guard"] - rodata, READ),
                (start + stack, at["purgatory_stack_end"] - stack, DATA)]

    def mappings(self):
        segments = [(self.machine.ram + offset, max(len(data), 1), READ)
                    for offset, data in self.payload.items()]
        return [*self.purgatory_mappings(), *segments, (UART, PAGE, DATA)]

    def provoke(self, what, address):
        """Make purgatory go wrong when all is verified: where it begins to write the time."""
        if address == GUARD:
            address = self.at("purgatory_stack") - 8
        elif isinstance(address, str):
            address = self.at(address)
        self.patch("provoke_address", address)
        place = self.build.symbols["line_add_milliseconds"]
        distance = self.build.symbols[f"provoke_{what}"] - place
        jal = (0x6f | (distance >> 12 & 255) << 12 | (distance >> 11 & 1) << 20
               | (distance >> 1 & 1023) << 21 | (distance >> 20 & 1) << 31)
        self.image[place:place + 4] = jal.to_bytes(4, "little")

    def at(self, symbol):
        return self.machine.ram + PURGATORY + self.build.symbols[symbol]


def on(load):
    load.seal()
    line = verified_line(load).replace("mmu=off reason=option", f"mmu=on regime=sv{load.bits}")
    return [line, kernel_line(load)], True


def off(load, reason):
    if not load.sealed:
        load.seal()
    line = verified_line(load).replace("reason=option", f"reason={reason}")
    return [line, kernel_line(load)], True


def damaged(load):
    load.seal()
    load.payload[TABLES][-1] ^= 0x40
    return off(load, "tables")


def cleared(load):
    load.seal()
    load.payload[TABLES][:] = bytes(len(load.payload[TABLES]))
    return off(load, "tables")


def address_damaged(load):
    """Where there is no map it makes no difference, but it must not be believed either."""
    load.seal()
    offset = load.build.symbols["purgatory_address"] + 2
    return damage(load, "purgatory", PURGATORY, load.image, offset)


def fault_and_address_damaged(load):
    load.seal()
    load.patch("purgatory_address", NOTHING)
    load.patch("purgatory_manifest_address", NOTHING)
    load.patch("purgatory_mmu_reason", 1)
    return [fault_line("access", f"{NOTHING:#x}"), RESETTING], True


def console_faults(load):
    """The second trap is as good as the first, though the first has left the map."""
    load.symbols["console_address"] = NOTHING
    load.seal()
    return [], True


def option(load):
    load.symbols["mmu_reason"] = 1
    return off(load, "option")


def fault(what, address):
    def expect(load):
        load.provoke(what, address)
        load.seal()
        where = int.from_bytes(load.image[load.build.symbols["provoke_address"]:][:8], "little")
        stval = {"illegal": "0x0", "breakpoint": "0x[0-9a-f]+"}.get(what, f"{where:#x}")
        return [fault_line(what, stval), RESETTING], True
    return expect


def fault_line(what, stval):
    return (rf"purgatory: FAULT cause=trap scause={CAUSE[what]:#x} stval={stval} "
            r"sepc=0x[0-9a-f]+")


def old_map_has_no_tables(load):
    """A fault at the kernel VA, where console and memory are not where they should be."""
    load.symbols["tables_address"] = NOTHING
    load.seal()
    load.patch("purgatory_tables_address", NOTHING)
    return [fault_line("load", f"{(NOTHING + load.offset) % (1 << 64):#x}"), RESETTING], True


def kernel_va_is_memory(load):
    """Where satp = 0 at the kernel VA would not fault but run forever: the root is switched."""
    expected = on(load)
    load.payload[load.offset + PURGATORY] = b"\x6f\0\0\0" * (len(load.image) // 4)  # j .
    return expected


def cases(build):
    """Yield name, load, and the function that says what to expect of it."""
    for bits, linear in LINEAR.items():
        offset = linear - RAM
        name = f"sv{bits}"
        yield f"{name}, satp 0", MmuLoad(build, machine(bits), bits), on
        yield (f"{name}, satp 0, 8250 console",
               MmuLoad(build, machine(bits, UART8250), bits), on)
        yield (f"{name}, satp 0, by a trap",
               MmuLoad(build, machine(bits, variant=BY_TRAP), bits), on)
        yield f"{name}, map at identity", MmuLoad(build, machine(bits), bits, bits), on
        yield f"{name}, kernel VA", MmuLoad(build, machine(bits), bits, bits, offset), on
        yield (f"{name}, kernel VA that the tables do not have",
               MmuLoad(build, machine(bits), bits, bits, offset, alias=False), on)
        yield (f"{name}, kernel VA that is memory",
               MmuLoad(build, machine(bits, make=LargeMachine), bits, bits, 1 << 30),
               kernel_va_is_memory)
        yield f"{name}, tables damaged", MmuLoad(build, machine(bits), bits), damaged
        yield (f"{name}, tables damaged, kernel VA",
               MmuLoad(build, machine(bits), bits, bits, offset), damaged)
        yield (f"{name}, tables cleared, kernel VA",
               MmuLoad(build, machine(bits), bits, bits, offset), cleared)
        yield f"{name}, option", MmuLoad(build, machine(bits), bits), option
        yield (f"{name}, option, kernel VA",
               MmuLoad(build, machine(bits), bits, bits, offset), option)
        yield (f"{name}, kernel VA, tables not in the old map",
               MmuLoad(build, machine(bits), bits, bits, offset), old_map_has_no_tables)
    yield from mixed_modes(build)
    yield from faults(build)


def mixed_modes(build):
    """Tables of another mode than the CPU has, or the old kernel used."""
    offset = LINEAR[39] - RAM
    for bits in (48, 57):
        less = 39 if bits == 48 else 48
        yield (f"sv{bits} tables, sv{less} CPU", MmuLoad(build, machine(less), bits),
               lambda load: off(load, "mode"))
        yield (f"sv{bits} tables, sv{less} CPU, map at identity",
               MmuLoad(build, machine(less, UART8250), bits, 39), lambda load: off(load, "mode"))
        yield (f"sv{bits} tables, sv{less} CPU, kernel VA",
               MmuLoad(build, machine(less), bits, 39, offset), lambda load: off(load, "mode"))
        yield (f"sv{bits} tables, kernel VA of sv39",
               MmuLoad(build, machine(57), bits, 39, offset), on)
    yield ("sv39 tables, map at identity of sv57", MmuLoad(build, machine(57), 39, 57), on)


def faults(build):
    """What the tables do not allow, in the words of scause, and what goes wrong without them."""
    yield "address damaged", MmuLoad(build, machine(39), 39), address_damaged
    yield "fault, address damaged", MmuLoad(build, machine(39), 39), fault_and_address_damaged
    yield "console faults", MmuLoad(build, machine(39, UART8250), 39), console_faults
    for what, address in (("store", RAM + KERNEL), ("store", RAM + DTB), ("store", RAM + INITRD),
                          ("store", RAM + MANIFEST), ("store", "purgatory_kernel_entry"),
                          ("store", "purgatory_manifest_digest"), ("store", "purgatory_main"),
                          ("store", GUARD), ("load", GUARD), ("load", RAM + TABLES),
                          ("load", RAM + INITRD + 4 * CHUNK), ("load", RAM), ("load", 0),
                          ("jump", RAM + KERNEL), ("jump", RAM + DTB), ("jump", "purgatory_stack"),
                          ("jump", "purgatory_kernel_entry"), ("jump", UART),
                          ("illegal", 0), ("breakpoint", 0)):
        name = f"{address:#x}" if isinstance(address, int) else address
        yield f"sv39, {what} {name}", MmuLoad(build, machine(39), 39), fault(what, address)
    for bits in (48, 57):
        for what, address in ("store", RAM + KERNEL), ("jump", "purgatory_stack"), ("load", GUARD):
            load = MmuLoad(build, machine(bits), bits)
            yield f"sv{bits}, {what} {address}", load, fault(what, address)


def main():
    object_path, cross, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    build = Build("riscv64", object_path, cross, directory)
    failed = number = 0
    for number, (name, load, expect) in enumerate(cases(build), 1):
        expected, ends = expect(load)
        lines, ended = load.run()
        good = matches(lines, expected) and ended == ends
        print(f"{'ok' if good else 'not ok'} {number} - riscv64 {name}", flush=True)
        if not good:
            failed += 1
            print(f"# expected {expected}, the machine {'ends' if ends else 'stays'}")
            print(f"# got {lines}, the machine {'ended' if ended else 'stayed'}")
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
