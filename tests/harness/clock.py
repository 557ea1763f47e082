# SPDX-License-Identifier: GPL-2.0-only
"""Counters that are wrong, and a machine that is slow."""

from faults import place, replace_counter
from outcome import HALTED, RESETTING, compare, kernel_starts, timeout, verified

CHUNK = 1 << 20


def is_ahead_for_some_reads(load):
    load.plan()
    # The lower end of the stack, which is not used, counts on riscv64.
    replace_counter(load, load.inject(place(load, "data"))["counter_ahead"])
    load.seal()
    line = verified(load)
    time = r"(\d+\.\d{3}|unknown)"
    assert time in line
    # Neither nothing nor more than the time limit of a guest.
    return compare(load, [line.replace(time, r"[1-9]\d{0,4}\.\d{3}")], kernel=True)


def has_another(load, counter, time):
    """With a time limit, which is never reached."""
    load.plan()
    replace_counter(load, load.inject(0)["counter_" + counter])
    load.seal()
    return compare(load, [verified(load).replace(r"(\d+\.\d{3}|unknown)", time)], kernel=True)


def runs_backwards(load):
    return has_another(load, "backwards", "unknown")


def stands_still(load):
    return has_another(load, "stands", r"0\.000")


def plan_slow(load, *options):
    """By a counter of 100 Hz this machine is slow: each look at it finds that seconds have passed."""
    load.plan(*options)
    assert load.number("time_limit") == 60
    load.patch("timer_frequency", 100)
    load.seal()


def is_too_slow(load, *options):
    plan_slow(load, *options)
    role, address = next((load.find(chunk[0])[0].role, chunk[0]) for _, chunk in load.chunks()
                         if chunk[1] == CHUNK)
    halts = "--on-mismatch=halt" in options
    return compare(load, [timeout(load, role, address, "--mmu=off" not in options),
                          HALTED if halts else RESETTING], ends=not halts)


def is_slow_without_a_limit(load):
    plan_slow(load)
    load.patch("time_limit", 0)
    load.seal()
    return kernel_starts(load)
