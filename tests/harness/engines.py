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


def finds_damage_in_lane(load, lane):
    """And in the next one: the first is reported."""
    plan(load)
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
