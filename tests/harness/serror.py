# SPDX-License-Identifier: GPL-2.0-only
"""An SError that is pending while all of them are masked. A stand-in for a hypervisor makes a virtual one."""

from outcome import RESETTING, compare, verified
from verify import flip

HVC = 0xd4000002


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
