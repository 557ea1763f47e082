# SPDX-License-Identifier: GPL-2.0-only
"""What a machine wrote, compared with what it must write."""

import re

import promises
from machine import TRAP, VIRTUAL

RESETTING = "purgatory: resetting"
HALTED = "purgatory: halted"
RESET_FAILED = "purgatory: reset failed, halted"
ANY = "0x[0-9a-f]+"

# What follows when the MMU is turned off at the kernel VA: the fetch is from a physical address
# that is none (arm64: address size fault, level 0; riscv64: instruction access fault).
LANDING = {"arm64": 0x86000000, "riscv64": 1}

FAULT = {
    "arm64": r"purgatory: FAULT cause=synchronous esr={cause} far={address} elr={pc} engine={engine}",
    "riscv64": r"purgatory: FAULT cause=trap scause={cause} stval={address} sepc={pc} engine={engine}",
}

# The syndromes of faults, patterns of what the line has: at arm64 of ESR_ELx (Arm DDI 0487,
# D24.2.40), the level of the table left open, at riscv64 of scause.
ARM64_LOAD, ARM64_STORE, ARM64_FETCH = "0x9600000", "0x9600004", "0x8600000"
UNMAPPED, FORBIDDEN = "[4-7]", "[d-f]"
SYNDROMES = {
    "arm64": {
        "load unmapped": ARM64_LOAD + UNMAPPED, "store unmapped": ARM64_STORE + UNMAPPED,
        "fetch unmapped": ARM64_FETCH + UNMAPPED, "store forbidden": ARM64_STORE + FORBIDDEN,
        "fetch forbidden": ARM64_FETCH + FORBIDDEN, "load void": "0x96000010",
        "store void": "0x96000050", "fetch void": "0x86000010", "undefined": "0x2000000",
        "breakpoint": "0xf2000000", "misaligned": "0x96000021",
    },
    "riscv64": {
        "load unmapped": "0xd", "store unmapped": "0xf", "fetch unmapped": "0xc",
        "store forbidden": "0xf", "fetch forbidden": "0xc", "load void": "0x5",
        "store void": "0x7", "fetch void": "0x1", "undefined": "0x2", "breakpoint": "0x3",
        "misaligned": "0x4",
    },
}


# What ESR_ELx or scause is after an instruction that there is not.
UNDEFINED = {"arm64": 0x2000000, "riscv64": 2}


def compare(load, expected, ends=True, kernel=False, syndrome=0):
    """Start the machine. It must write lines that match, and then perhaps enter the kernel.

    syndrome: of the exception that purgatory itself makes on its way, or 0 for none.
    """
    lines, ended = load.run()
    reports = [line for line in lines if line.startswith("purgatory:")]
    wrong = []
    if len(reports) != len(expected) or not all(map(re.fullmatch, expected, reports)):
        wrong += [f"expected {line}" for line in expected] + [f"got {line}" for line in lines]
    if ended != ends:
        wrong.append(f"the machine {'ended' if ended else 'did not end'}")
    entered = [line for line in lines if line.startswith("kernel:")]
    if len(entered) != kernel:
        wrong.append(f"the kernel was entered {len(entered)} times")
    elif kernel:
        wrong += promises.broken(load, lines, syndrome)
    return wrong


def engine(load, cached):
    """The engine that is used: what kexec said, else what purgatory chooses, if the CPU has it."""
    if load.failing:
        return "generic"
    if load.json["engine"] != "auto":
        return load.json["engine"]
    return load.engines[0 if cached else 1]


def verified(load, reason=None, regime=None):
    regime = regime or load.machine.regime
    mmu = f"mmu=off reason={reason}" if reason else f"mmu=on regime={regime}"
    return (rf"purgatory: verified bytes={load.verified_bytes()} ms=(\d+\.\d{{3}}|unknown) {mmu} "
            f"engine={engine(load, not reason)}" +
            ("" if load.failing is None else " {}={}".format(*load.failing)) + load.words)


def kernel_starts(load, reason=None, landing=0):
    """The good end. landing: of the exception by which purgatory leaves the kernel VA, if it does.
    """
    syndrome = {VIRTUAL: landing, TRAP: LANDING["riscv64"]}.get(load.regime, 0)
    if load.failing and load.failing[0] == "missing":
        syndrome = UNDEFINED[load.arch]
    return compare(load, [verified(load, reason)], kernel=True, syndrome=syndrome)


def mismatch(load, role, address, offset, expected, actual):
    return (f"purgatory: MISMATCH segment={role} address={address:#x} offset={offset:#x} "
            f"expected={expected} actual={actual}")


def timeout(load, role, address, cached=True):
    return (f"purgatory: FAULT cause=timeout segment={role} address={address:#x} "
            f"engine={engine(load, cached)}")


def fault(load, kind=None, address=None, pc=None, cached=True):
    """The line of a fault; what is not given may be anything."""
    cause = SYNDROMES[load.arch][kind] if kind else ANY
    address, pc = (ANY if word is None else f"{word:#x}" for word in (address, pc))
    return FAULT[load.arch].format(cause=cause, address=address, pc=pc,
                                   engine=engine(load, cached))
