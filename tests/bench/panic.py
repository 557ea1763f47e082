#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print what panic.sh has counted.

usage: panic.py RESULTS
"""

import sys

import table

PLACES = ("kernel", "physical", "user")


def main():
    results, = sys.argv[1:]
    lines = []
    for arch in ("arm64", "riscv64"):
        rows = table.read(f"{results}/panic-{arch}.csv")
        lines += [[arch, row["tool"]] + [f"{row[place] / 1e6:.1f} M" for place in PLACES]
                  + [f"{sum(row[place] for place in PLACES) / 1e6:.1f} M"] for row in rows]
    table.show("Counted: from a panic to the first line of the crash kernel",
               ["arch", "tool", "kernels", "purgatory, firmware, early boot", "user", "all"], lines)
    print("  On riscv64 kexec-tools verifies nothing.")


if __name__ == "__main__":
    main()
