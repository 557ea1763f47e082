# SPDX-License-Identifier: GPL-2.0-only
"""What the boot protocols promise to the next kernel, and that no register has anything of the payload.

arm64: Documentation/arch/arm64/booting.rst; riscv64: Documentation/arch/riscv/boot.rst.
"""

from machine import FLAG_SME

SCTLR_M, SCTLR_C, SCTLR_I = 1 << 0, 1 << 2, 1 << 12


def registers(lines, label):
    """The NAME=VALUE pairs of the line that begins so."""
    words = next(line for line in lines if line.startswith(label + ":")).split()[1:]
    return {name: int(value, 16) for name, value in (word.split("=") for word in words)}


def expected(load, kernel, syndrome):
    """Name and value of the registers that must have one."""
    dtb = load.segment("dtb")
    word = int.from_bytes(dtb.data[:8], "little")
    if load.arch == "riscv64":
        return {"rest": 0, "vectors": 0, "a1": dtb.start, "word": word, "satp": 0, "sie": 0, "sstatus_sie": 0,
                "sstatus_vs": 0, "sstatus_sdt": 0, "stvec": load.kernel_entry, "scause": syndrome}
    sme = {"svcr": 0} if load.machine.flags & FLAG_SME else {}
    return {**sme, "rest": 0, "simd": 0, "x0": dtb.start, "x1": 0, "x2": 0, "x3": 0, "word": word, "daif": 0x3c0,
            "sctlr": kernel["sctlr"] & ~(SCTLR_M | SCTLR_C | SCTLR_I), "esr": syndrome}


def left_of_a_trial(load):
    """What the first part of an engine leaves whose second part fails: of a message that is no secret."""
    return ("simd", "vectors") if load.failing else ()


def broken(load, lines, syndrome):
    """The promises that were not kept, one line each.

    syndrome is what ESR_ELx or scause must be. The old kernel makes it 0, so it tells of exceptions
    on the way.
    """
    old, kernel = registers(lines, "old"), registers(lines, "kernel")
    # All that the old kernel reports must be found again, but for satp.
    wanted = {**old, **expected(load, kernel, syndrome)}
    return [f"{name} is {kernel.get(name, -1):#x}, not {value:#x}"
            for name, value in wanted.items()
            if kernel.get(name) != value and name not in left_of_a_trial(load)]
