# SPDX-License-Identifier: GPL-2.0-only
"""Faults, provoked: by addresses that lead nowhere, and by code in the way of purgatory's own."""

import struct

from machine import HIDDEN, NOTHING, OLD_KERNEL, VIRTUAL
from outcome import HALTED, RESETTING, compare, fault, verified
from verify import flip

ELSEWHERE = 2 << 20  # bytes between where a plan is placed and where it is started


def faults_without_memory_for_the_manifest(load, *options):
    load.plan(*options)
    load.patch("manifest_address", NOTHING)
    load.seal_purgatory()
    cached = "--mmu=off" not in options
    line = fault(load, "load unmapped" if cached else "load void", NOTHING, cached=cached)
    if "--on-mismatch=halt" in options:
        return compare(load, [line, HALTED], ends=False)
    return compare(load, [line, RESETTING])


def faults_without_memory_for_the_tables(load):
    """Before purgatory's tables are in force."""
    load.plan()
    for number in range(3):
        load.patch("tables_address", NOTHING, number)
    load.seal_purgatory()
    if load.regime == VIRTUAL:
        address = (NOTHING + load.machine.offset) % (1 << 64)
        return compare(load, [fault(load, "load unmapped", address, cached=False), RESETTING])
    return compare(load, [fault(load, "load void", NOTHING, cached=False), RESETTING])


def faults_on_a_chunk_outside_all_segments(load):
    load.plan()
    outside = load.machine.ram + HIDDEN
    offset, chunk = list(load.chunks())[-1]
    struct.pack_into("<Q", load.segment("manifest").data, offset, outside)
    load.seal_manifest()
    return compare(load, [fault(load, "load unmapped", outside), RESETTING])


def faults_where_no_kernel_is(load):
    """After the MMU is off."""
    load.plan()
    line = verified(load)
    load.move_kernel_entry(NOTHING)
    return compare(load, [line, next_kernel_fault(load, "fetch void", NOTHING, NOTHING), RESETTING])


def next_kernel_fault(load, kind, address, pc):
    text = fault(load, kind, address, pc).replace("FAULT", "next kernel FAULT")
    return text.split(" engine=")[0]


def place_fault(address, expected):
    return f"purgatory: FAULT cause=place address={address:#x} expected={expected:#x}"


def faults_at_another_place(load, *options):
    """All segments lie as far from each other as planned, but higher."""
    load.plan(*options)
    expected = load.entry
    for segment in load.segments:
        segment.start += ELSEWHERE
        segment.end += ELSEWHERE
    load.entry += ELSEWHERE
    lines = [place_fault(load.entry, expected)]
    if "--on-mismatch=halt" in options:
        return compare(load, [*lines, HALTED], ends=False)
    return compare(load, [*lines, RESETTING])


def faults_on_a_damaged_idea_of_its_address(load):
    load.plan()
    load.write_at(load.address("address") + 2, bytes([load.read(load.address("address") + 2, 1)[0]
                                                      ^ 0x10]))
    load.seal_purgatory()
    return compare(load, [place_fault(load.entry, load.number("address")), RESETTING])


def faults_in_the_next_kernel(load):
    """It has used TPIDR_EL1 for something else, where purgatory counts exceptions."""
    load.plan()
    line, kernel = verified(load), load.segment("kernel")
    struct.pack_into("<II", kernel.data, 0, 0xd518d080, 0)  # msr tpidr_el1, x0; udf #0
    load.seal()
    return compare(load, [line, next_kernel_fault(load, "undefined", None, kernel.start + 4),
                          RESETTING])


def resets_another_way_where_the_reset_faults(load):
    """smc is undefined at EL1 where there is no EL3. The second time hvc comes next."""
    load.plan()
    load.patch("reset_method", 1)  # PURGATORY_RESET_PSCI_SMC
    load.seal()
    line = flip(load, load.segment("dtb").start)
    return compare(load, [line, RESETTING, fault(load, "undefined"), RESETTING])


def place(load, name):
    """An address that purgatory's code has nothing to do with."""
    if name.startswith("linear map of "):
        return (place(load, name.removeprefix("linear map of ")) + load.machine.offset) % (1 << 64)
    if name.endswith("the console zone"):
        return load.number("pstore_address") + (-4096 if "before" in name else 4096)
    if name.startswith("page behind "):
        segment = load.segment(name.removeprefix("page behind "))
        return segment.start + (segment.verified_size() + 4095 & -4096)
    data = load.segment("purgatory", "w").start
    places = {
        "address 0": 0, "old kernel": load.machine.ram + OLD_KERNEL,
        "console": load.machine.uart, "console's neighbour": load.machine.uart + 4096,
        "text": load.segment("purgatory", "x").start, "rodata": load.address("kernel_dtb"),
        # The guard page comes first, and then the stack, of which this is the lower end.
        "guard page": data + 4088, "data": data + 4096, "unaligned data": data + 4097,
    }
    return places[name] if name in places else load.segment(name).start


def jump(offset):
    """riscv's j: the bits of the offset are in disorder."""
    return (0x6f | (offset >> 20 & 1) << 31 | (offset >> 1 & 0x3ff) << 21 |
            (offset >> 11 & 1) << 20 | (offset >> 12 & 0xff) << 12)


def branch(load, routine, code):
    """Have code run instead of a routine of purgatory's."""
    offset = code - load.routine(routine)
    load.overwrite(routine, 0x14000000 | offset >> 2 & 0x3ffffff if load.arch == "arm64"
                   else jump(offset))


def replace_counter(load, code):
    """Have code run instead of a read of the counter, the first thing that is done once the MMU is on."""
    if load.arch == "arm64":
        load.replace(lambda old, pc: 0x14000000 | (code - pc >> 2) & 0x3ffffff
                     if old & ~31 == 0xd53be040 else old)  # b code; mrs xN, cntvct_el0
    else:
        load.replace(lambda old, pc: jump(code - pc)
                     if old & ~(31 << 7) == 0xc0102073 else old)  # rdtime


def faults_on(load, action, name=None, why=None, alias=True):
    """Have code run that loads from, stores to or fetches from a place, or does worse."""
    load.vmcoreinfo = alias
    load.plan()
    target = place(load, name) if name else 0
    symbols = load.inject(target)
    code = symbols["fault_" + action]
    replace_counter(load, code)
    load.seal()
    kind = f"{action} {why}" if why else action
    pc = target if action == "fetch" else symbols[f"fault_{action}_at"]
    return compare(load, [fault(load, kind, target if name else None, pc), RESETTING])


def has_no_map_of_the_old_kernel(load):
    """With no alias of purgatory's there is no root to replace the old one either."""
    return faults_on(load, "load", "linear map of initrd", "unmapped", alias=False)
