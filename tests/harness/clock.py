# SPDX-License-Identifier: GPL-2.0-only
"""Counters that are wrong, and a machine that is slow."""

from faults import replace_counter
from outcome import compare, verified


def is_ahead_for_some_reads(load):
    load.plan()
    replace_counter(load, load.inject(0)["counter_ahead"])
    load.seal()
    line = verified(load)
    time = r"(\d+\.\d{3}|unknown)"
    assert time in line
    # Neither nothing nor more than the time limit of a guest.
    return compare(load, [line.replace(time, r"[1-9]\d{0,4}\.\d{3}")], kernel=True)
