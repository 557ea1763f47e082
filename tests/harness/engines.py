# SPDX-License-Identifier: GPL-2.0-only
"""SHA-256 with what the CPU has, and with what it lacks."""

import struct

from load import CHUNK
from machine import VIRTUAL
from outcome import RESETTING, compare, fault, kernel_starts, verified
from verify import flip

LANES_MAX = 8


def reason(options):
    return "option" if "--mmu=off" in options else None


def plan(load, *options):
    """More chunks of full size in a row than any engine takes at once, and some that are left."""
    load.initrd_size = (LANES_MAX + 1) * CHUNK + 4321
    load.plan(*options)


def uses_the_engine(load, engine, *options):
    plan(load, *options)
    if load.json["engine"] != engine:
        return [f"kexec chose {load.json['engine']}, not {engine}"]
    return kernel_starts(load, reason(options))


def leaves_lanes_idle(load, chunks, engine):
    """As many chunks as fill most of four lanes, or some more."""
    load.initrd_size = chunks * CHUNK
    load.plan("--engine=" + engine)
    return kernel_starts(load)


def takes_what_is_aligned_to_8_bytes(load, engine):
    load.initrd_size = 4 * CHUNK
    load.plan("--engine=" + engine)
    for place, (address, length, *_) in list(load.chunks()):
        if load.find(address)[0].role == "initrd":
            struct.pack_into("<QQ", load.segment("manifest").data, place, address + 8, length - 8)
    load.seal()
    return kernel_starts(load)


def finds_damage_in_lane(load, lane, *options):
    """And in the next one: the first is reported."""
    plan(load, *options)
    start = load.segment("initrd").start
    line = flip(load, start + lane * CHUNK + 4444)
    flip(load, start + (lane + 1) * CHUNK)
    return compare(load, [line, RESETTING])


def does_without_the_engine(load, engine, *options):
    """Whoever is wrong about the CPU, the kernel starts."""
    load.plan(*options)
    if load.json["engine"] != engine:
        return [f"kexec chose {load.json['engine']}, not {engine}"]
    load.failing = "missing", engine
    return kernel_starts(load, reason(options))


# The routines of an engine: those of one message and of many.
ROUTINES = {
    "sha2": ["sha256_arm64_sha2"],
    "sha2-x2": ["sha256_arm64_sha2", "sha256_arm64_sha2_x2"],
    "neon-x4": ["sha256_arm64_neon_x4"],
    "uncached": ["sha256_arm64_uncached"],
    "zbb": ["sha256_riscv64_zbb"],
    "zknh": ["sha256_riscv64_zknh"],
    "zvknh": ["sha256_riscv64_zvknh"],
    "zvknh-x2": ["sha256_riscv64_zvknh", "sha256_riscv64_zvknh_x2"],
    "rvv": ["sha256_riscv64_zbb", "sha256_riscv64_rvv"],
}
RETURN = {"arm64": 0xd65f03c0, "riscv64": 0x00008067}
BREAKPOINT = {"arm64": 0xd4200000, "riscv64": 0x00100073}
UNDEFINED = 0  # on both


def tries_first(load, verdict, routine, engine, *options):
    """With a routine that is undefined, or that returns at once, there is no such engine: so it is
    this routine that the engine consists of.
    """
    load.plan("--engine=" + engine, *options)
    load.overwrite(routine, UNDEFINED if verdict == "missing" else RETURN[load.arch])
    load.seal()
    load.failing = verdict, engine
    return kernel_starts(load, reason(options))


def faults_on_a_breakpoint_in(load, routine, engine):
    """No other exception is forgiven, and the report names the engine that was tried."""
    load.plan("--engine=" + engine)
    load.overwrite(routine, BREAKPOINT[load.arch])
    load.seal()
    pc = load.routine(routine) + (load.machine.offset if load.regime == VIRTUAL else 0)
    return compare(load, [fault(load, "breakpoint", pc=pc % (1 << 64)), RESETTING])


def knows_its_own(load, number, name):
    """A number of another architecture's engine is none."""
    load.plan("--engine=generic")
    load.patch("engine", number)
    load.seal()
    load.failing = "missing", name
    return compare(load, [verified(load)], kernel=True)


def knows_none_by_itself(load):
    """riscv64's purgatory takes the engine that kexec has found for it."""
    load.plan()
    load.patch("engine", 0xffffffff)  # PURGATORY_ENGINE_AUTO
    load.seal()
    load.json["engine"] = "generic"
    return kernel_starts(load)


# How arm64's purgatory asks for an extension, what a CPU without it answers, and the engines that
# are taken then: with caches, and without.
EXTENSIONS = {
    # mrs xN, id_aa64isar0_el1; movz xN, #0
    "SHA2": (0xd5380600, 0xd2800000, ("neon-x4", "uncached")),
    # mrs xN, id_aa64pfr0_el1; movz xN, #0xff, lsl #16
    "SIMD": (0xd5380400, 0xd2a01fe0, ("generic", "generic")),
}


def does_without(load, extension, *options):
    plan(load, *options)
    question, answer, load.engines = EXTENSIONS[extension]
    load.replace(lambda instruction, _: answer | instruction & 31
                 if instruction & ~31 == question else instruction)
    load.seal()
    return kernel_starts(load, reason(options))
