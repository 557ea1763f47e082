# SPDX-License-Identifier: GPL-2.0-only
"""What purgatory leaves in memory when it enters the next kernel: nothing."""

import boot_anyway
from machine import VIRTUAL
from outcome import LANDING, compare, kernel_starts
from verify import flip


def examine(load):
    """Purgatory's stack, and what else it may write. promises.py has the registers."""
    data = load.segment("purgatory", "w")
    left = load.memory(data.start, data.memory_size)
    return [f"{sum(map(bool, left))} bytes are left at {data.start:#x}"] if any(left) else []


def leaves_nothing(load, *options):
    load.plan(*options)
    reason = "option" if "--mmu=off" in options else None
    landing = LANDING[load.arch] if reason and load.regime == VIRTUAL else 0
    return kernel_starts(load, reason, landing) + examine(load)


def leaves_nothing_with_damage(load):
    boot_anyway.plan(load)
    initrd = load.segment("initrd")
    line = flip(load, initrd.end - 1 - (initrd.memory_size - len(initrd.data)))
    return boot_anyway.starts_anyway(load, [line], ["initrd"], 1, boot_anyway.length_of(
        load, initrd.start + len(initrd.data) - 1)) + examine(load)


def leaves_nothing_without_checks(load):
    load.plan("--no-checks")
    return compare(load, ["purgatory: not verified, no checks were asked for"],
                   kernel=True) + examine(load)
