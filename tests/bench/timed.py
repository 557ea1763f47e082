#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print what timed.sh has measured, medians of all repetitions.

usage: timed.py RESULTS
"""

import statistics
import sys

import table

TIMES = ("user_us", "system_us", "wall_us")


def cell(rows, name):
    """The median in seconds or MB; "-" where the tool could not load."""
    values = [row[name] for row in rows if row["status"] == 0]
    if not values:
        return "-"
    value = statistics.median(values)
    return f"{value / 1e6:.2f} s" if name in TIMES else f"{value * 1024 / 1e6:.1f} MB"


def ratio(ours, theirs):
    """Of the medians of wall time."""
    values = [[row["wall_us"] for row in rows if row["status"] == 0] for rows in (ours, theirs)]
    if not all(values):
        return "-"
    return f"{statistics.median(values[0]) / statistics.median(values[1]):.2f}x"


def instructions(rows, name):
    return f"{rows[0][name] / 1e6:.1f} M" if rows and rows[0]["status"] == 0 else "-"


def of(rows, mb, compression, tool):
    return [row for row in rows
            if (row["mb"], row["compression"], row["tool"]) == (mb, compression, tool)]


def main():
    results, = sys.argv[1:]
    for arch in ("arm64", "riscv64"):
        times, memory, counts = (table.read(f"{results}/{name}-{arch}.csv")
                                 for name in ("timed", "memory", "instructions"))
        lines = []
        for mb in sorted({row["mb"] for row in times}):
            for compression in ("raw", "gzip", "zstd"):
                theirs = of(times, mb, compression, "kexec-tools")
                for tool in ("kexec-tools", "kexec"):
                    ours = of(times, mb, compression, tool)
                    counted = of(counts, mb, compression, tool)
                    lines.append([f"{mb} MB {compression}", tool]
                                 + [cell(ours, name) for name in TIMES + ("peak_kb",)]
                                 + [cell(of(memory, mb, compression, tool), "anonymous_kb"),
                                    instructions(counted, "instructions"),
                                    instructions(counted, "kernel_instructions"),
                                    ratio(ours, theirs)])
        table.show(f"Timed: kexec -l on {arch}, one CPU, medians; times are QEMU's",
                   ["kernel", "tool", "user", "system", "wall", "peak", "anonymous",
                    "instructions", "kernel's", "ratio"], lines)


if __name__ == "__main__":
    main()
