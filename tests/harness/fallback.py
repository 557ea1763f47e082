# SPDX-License-Identifier: GPL-2.0-only
"""Tables, maps and consoles that cannot serve: purgatory verifies without them."""

import struct

from faults import place, replace_counter
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


def goes_without_any(load):
    """kexec gives no reason to do so."""
    load.plan()
    for number in range(3):
        load.patch("tables_size", 0, number)
    load.seal()
    return kernel_starts(load, "tables", LANDING[load.arch])


def stays_without_MMU_for_an_unknown_reason(load):
    load.plan()
    load.patch("mmu_reason", 77)
    load.seal()
    return kernel_starts(load, "77", LANDING[load.arch])


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


def has_no_SME_though_others_have(load):
    """Which is what the ID register of this CPU says."""
    load.plan()
    load.patch("cpu_features", load.number("cpu_features") | 1)  # PURGATORY_CPU_SME
    load.seal()
    return kernel_starts(load)


def has_no_TCR2_for_the_access_flag(load):
    """Of tables, which ID_AA64MMFR1_EL1.HAFDBS says there is."""
    load.plan()
    load.replace(lambda instruction, _: 0xd2800080 | instruction & 31  # movz xN, #4
                 if instruction & ~31 == 0xd5380720 else instruction)  # mrs xN, id_aa64mmfr1_el1
    load.seal()
    return compare(load, [verified(load)], kernel=True, syndrome=UNDEFINED["arm64"])


# TCR2_EL1 and TCR2_EL2 without the register; AMAIR of the same level, which does nothing in QEMU.
TCR2 = {0xd5182060: 0xd518a300, 0xd51c2060: 0xd51ca300}
READ = 1 << 21  # of a system register: mrs, and not msr


def has_TCR2(load, value):
    """By a register that stands for it. A value is the old kernel's, which would change what tables mean."""
    load.plan()

    def change(instruction, _):
        for register, other in TCR2.items():
            if instruction & ~31 == register | READ and value:
                return 0xd2800000 | value << 5 | instruction & 31  # movz xN, #value
            if instruction & ~(READ | 31) == register:
                return other | instruction & (READ | 31)
        if instruction & ~31 == 0xd5380760:  # mrs xN, id_aa64mmfr3_el1
            return 0xd2802020 | instruction & 31  # movz xN, #0x101
        return instruction

    load.replace(change)
    load.seal()
    return kernel_starts(load, landing=LANDING["arm64"] if value else 0)


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


def is_always_busy(load, *counter):
    """A UART with room for all, which has never sent it: 250 ms later purgatory goes on, or after some looks at
    it if the counter is of no use."""
    load.plan("--serial=ttySTUCK0")
    if counter:
        replace_counter(load, load.inject(place(load, "data"))["counter_" + counter[0]])
        load.seal()
    # The flags of a PL011; the line status of an 8250: room, and not empty.
    load.extra[load.machine.ram + HIDDEN] = struct.pack("<5xB18xI", 0x20, 0x08)
    return compare(load, [], kernel=True)


def switches_a_UART_on(load, width, how="by two registers"):
    """Of which it changes the bits of the mask, unless they are right already. All registers have this width."""
    load.plan("--serial=ttySTUCK0")
    mask, first, second, bits = 0x7e, 0x18, 0x24, width * 8
    before = int.from_bytes(bytes(range(0xa1, 0xa1 + width)), "little")
    # DATA, ROOM, IDLE, ENABLE, ENABLE_SECOND: offset, width, mask, value
    registers = (0, width, 0, 0), (8, width, 0, 0), (8, width, 0, 0), (16, width, mask, first), \
        (24, width, 0 if how == "by one" else mask, second)
    load.write_at(load.address("console_registers"),
                  b"".join(struct.pack("<4I", *register) for register in registers))
    load.seal()
    words = [0, 0, before, before]
    if how == "already":
        words = [0, 0, before & ~mask | first, before & ~mask | second]
    load.extra[load.machine.ram + HIDDEN] = struct.pack("<4Q", *words)
    wrong = compare(load, [], kernel=True)
    memory = struct.unpack("<4Q", load.memory(load.machine.ram + HIDDEN, 32))
    expected = ord("\n"), 0, before & ~mask | first, \
        before if how == "by one" else before & ~mask | second
    return wrong + [f"a register is {found:#x}, not {value:#x}" for found, value in zip(memory, expected)
                    if found % (1 << bits) != value]
