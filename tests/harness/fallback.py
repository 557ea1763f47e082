# SPDX-License-Identifier: GPL-2.0-only
"""Tables, maps and consoles that cannot serve: purgatory verifies without them."""

import struct

from machine import HIDDEN
from outcome import LANDING, UNDEFINED, compare, kernel_starts, verified


def stays_without_MMU(load):
    load.plan("--mmu=off")
    return kernel_starts(load, "option", LANDING[load.arch])


def goes_without_damaged(load, what):
    load.plan()
    for number in [2] if what == "alias" else range(3):  # PURGATORY_TABLES_HIGH
        if what == "digests of tables":
            load.write_at(load.address("tables_digest") + 32 * number, b"\x5a" * 32)
            load.seal_purgatory()
        elif load.number("tables_size", number):
            last = load.number("tables_address", number) + load.number("tables_size", number) - 1
            load.write_at(last, bytes([load.read(last, 1)[0] ^ 1]))
    return kernel_starts(load, "tables", 0 if what == "alias" else LANDING[load.arch])


def goes_without_wrong(load, what):
    """A bit of what purgatory is told about the tables: "register 12", "size 50"."""
    name, bit = what.split()
    load.plan()
    load.patch("tables_" + name, load.number("tables_" + name) ^ 1 << int(bit))
    load.seal()
    return kernel_starts(load, "tables", LANDING[load.arch])


def goes_without_a_missing_mode(load):
    load.plan()
    assert load.number("tables_register") >> 60 == 10, "the tables are not for Sv57"
    return kernel_starts(load, "mode", LANDING[load.arch])


def goes_without_tables_for_the_CPU(load):
    load.plan()
    assert "T-Head" in load.warnings, load.warnings
    return kernel_starts(load, "cpu", LANDING[load.arch])


def goes_without_a_missing_granule(load):
    """As a CPU without 4 KiB pages would answer: ID_AA64MMFR0_EL1.TGran4 = 0xf, PARange = 0."""
    load.plan()
    load.replace(lambda instruction, _: 0xd2be0000 | instruction & 31  # movz xN, #0xf000, lsl #16
                 if instruction & ~31 == 0xd5380700 else instruction)  # mrs xN, id_aa64mmfr0_el1
    load.seal()
    return kernel_starts(load, "granule", LANDING[load.arch])


def has_SME_in_vain(load):
    """kexec says that SME is used, and the instruction is undefined."""
    load.plan()
    load.patch("cpu_features", load.number("cpu_features") | 1)  # PURGATORY_CPU_SME
    load.seal()
    return compare(load, [verified(load)], kernel=True, syndrome=UNDEFINED["arm64"])


def has_no_TCR2_that(load, said):
    """ID_AA64MMFR3_EL1 says that there is permission indirection, on a CPU without TCR2."""
    load.plan()
    features = load.number("cpu_features")
    assert features & 2, "any kernel may use TCR2"  # PURGATORY_CPU_TCR2
    if said == "is not used":
        load.patch("cpu_features", features & ~2)
    load.replace(lambda instruction, _: 0xd2802020 | instruction & 31  # movz xN, #0x101
                 if instruction & ~31 == 0xd5380760 else instruction)  # mrs xN, id_aa64mmfr3_el1
    load.seal()
    return compare(load, [verified(load)], kernel=True,
                   syndrome=UNDEFINED["arm64"] if said == "may be used" else 0)


def needs_no_alias(load):
    """riscv64: the root with the alias is the one that the old kernel's is replaced with."""
    load.vmcoreinfo = False
    load.plan()
    return kernel_starts(load, landing=12 if load.arch == "riscv64" else 0)


def leaves_a_map_that_cannot_be_shared(load):
    load.plan()
    return kernel_starts(load, landing=LANDING[load.arch])


def leaves_a_map_where_RAM_is(load):
    """At the addresses of the linear map there are endless loops in RAM."""
    load.plan()
    for segment in load.segments:
        load.extra[segment.start + load.machine.offset] = b"\x6f\0\0\0" * (len(segment.data) // 4)
    return kernel_starts(load)


def has_no_console(load):
    load.plan("--serial=none")
    return compare(load, [], kernel=True)


def reports_on_the_UART(load):
    load.plan("--serial=ttyREAL0")
    return kernel_starts(load)


def resets_silently_where_the_console_faults(load):
    load.plan("--serial=ttyVOID0")
    return compare(load, [])


def gives_up_on_a_console_that_is_stuck(load, *no_time):
    """A PL011 whose flags say full and busy, an 8250 that is never empty."""
    load.plan("--serial=ttySTUCK0")
    load.extra[load.machine.ram + HIDDEN] = struct.pack("<24xI", 0x28)
    if no_time:
        load.patch("timer_frequency", 1 << 60)  # 20 ms of this never pass
        load.seal()
    return compare(load, [], kernel=True)
