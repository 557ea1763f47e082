# SPDX-License-Identifier: GPL-2.0-only
"""An SError that is pending while all of them are masked. A stand-in for a hypervisor makes a virtual one."""

import struct

from faults import next_kernel_fault
from machine import NOTHING
from outcome import RESETTING, UNDEFINED, compare, fault, verified
from verify import flip

HVC = 0xd4000002


def is_unknown(load):
    """A hypervisor makes ISR_EL1 undefined."""
    load.plan()
    forget(load)
    return compare(load, [verified(load)], kernel=True, syndrome=UNDEFINED["arm64"])


def is_unknown_with_damage(load):
    load.plan()
    forget(load)
    return compare(load, [flip(load, load.segment("initrd").start), RESETTING])


def forget(load):
    load.replace(lambda instruction, _: 0 if instruction & ~31 == 0xd538c100  # isr_el1
                 else instruction)
    load.seal()


def plan(load, when, *options):
    load.plan(*options)
    if when == "pending":
        # Instead of a read of the counter, the first of which comes when all tables are checked.
        load.replace(lambda instruction, _: HVC if instruction & ~31 == 0xd53be040  # cntvct_el0
                     else instruction)
        load.seal()


def is_reported(load, when, *options):
    plan(load, when, *options)
    line = verified(load, "option" if "--mmu=off" in options else None)
    return compare(load, [f"{line} serror={when}"], kernel=True)


def is_reported_with_damage(load):
    plan(load, "pending")
    line = flip(load, load.segment("initrd").start)
    return compare(load, [f"{line} serror=pending", RESETTING])


def is_reported_with_a_fault(load, when):
    plan(load, when)
    load.patch("manifest_address", NOTHING)
    load.seal_purgatory()
    line = fault(load, "load unmapped", NOTHING)
    return compare(load, [f"{line} serror={when}", RESETTING])


def is_reported_with_a_refusal(load, when):
    plan(load, when)
    manifest = load.segment("manifest").data
    manifest[8] += 1  # its version
    load.seal_manifest()
    return compare(load, [
        f"purgatory: FAULT cause=manifest segment=purgatory address={load.number('manifest_address'):#x} "
        f"size={load.number('manifest_size')} serror={when}", RESETTING])


def is_reported_with_a_fault_of_the_next_kernel(load, when):
    plan(load, when)
    line, kernel = verified(load), load.segment("kernel")
    struct.pack_into("<I", kernel.data, 0, 0)  # udf #0
    load.seal()
    return compare(load, [f"{line} serror={when}",
                          f"{next_kernel_fault(load, 'undefined', None, kernel.start)} "
                          f"serror={when}", RESETTING])


def is_reported_without_checks(load, when):
    plan(load, when, "--no-checks")
    line = "purgatory: not verified, no checks were asked for"
    return compare(load, [f"{line} serror={when}"], kernel=True)
