# SPDX-License-Identifier: GPL-2.0-only
"""SHA-256 with what the CPU has, and with what it lacks."""

from load import CHUNK
from outcome import RESETTING, compare, fault, kernel_starts
from verify import flip

LANES_MAX = 8


def plan(load, *options):
    """More chunks of full size in a row than any engine takes at once, and some that are left."""
    load.initrd_size = (LANES_MAX + 1) * CHUNK + 4321
    load.plan(*options)


def uses_the_engine(load, engine, *options):
    plan(load, *options)
    if load.json["engine"] != engine:
        return [f"kexec chose {load.json['engine']}, not {engine}"]
    return kernel_starts(load, "option" if "--mmu=off" in options else None)


def finds_damage_in_lane(load, lane, *options):
    """And in the next one: the first is reported."""
    plan(load, *options)
    start = load.segment("initrd").start
    line = flip(load, start + lane * CHUNK + 4444)
    flip(load, start + (lane + 1) * CHUNK)
    return compare(load, [line, RESETTING])


def faults_for_want_of_the_engine(load, engine):
    """Whoever is wrong about the CPU, it ends with a line that says which engine it was."""
    load.plan()
    if load.json["engine"] != engine:
        return [f"kexec chose {load.json['engine']}, not {engine}"]
    return compare(load, [fault(load, "undefined"), RESETTING])


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
    return kernel_starts(load, "option" if "--mmu=off" in options else None)


def faults_for_want_of_SHA2(load, engine):
    """QEMU has no such CPU: what it would find undefined is replaced by what all do."""
    load.plan("--engine=" + engine)
    load.replace(lambda instruction, _: 0  # udf #0
                 if instruction & 0xffe0fc00 == 0x5e004000 else instruction)  # sha256h
    load.seal()
    return compare(load, [fault(load, "undefined"), RESETTING])
