# SPDX-License-Identifier: GPL-2.0-only
"""Caches that devices do not see, on riscv64: whether purgatory flushes them."""

from engines import BREAKPOINT
from outcome import RESETTING, UNDEFINED, compare, fault, kernel_starts, verified

FLUSH, FLUSH_MASK = 0x0020200f, ~(31 << 15)
TRIAL_SIZE = 64  # bytes that the routine has at most which tries whether there is a flush


def break_flushes(load):
    """A breakpoint in place of each cbo.flush but that of the trial."""
    trial = load.routine("riscv64_find_flush")
    load.replace(lambda instruction, address: BREAKPOINT["riscv64"]
                 if instruction & FLUSH_MASK == FLUSH and
                 not trial <= address < trial + TRIAL_SIZE else instruction)
    load.seal()


def are_flushed(load):
    load.plan()
    assert load.number("cache_block") == 64
    break_flushes(load)
    return compare(load, [fault(load, "breakpoint"), RESETTING])


def are_left_alone(load):
    load.plan()
    assert load.number("cache_block") == 0
    break_flushes(load)
    return kernel_starts(load)


def cannot_be_flushed(load):
    load.plan()
    assert load.number("cache_block") == 64
    return compare(load, [verified(load)], kernel=True, syndrome=UNDEFINED["riscv64"])
