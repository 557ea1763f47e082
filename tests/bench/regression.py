#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare what purgatory executes with a baseline.

usage: regression.py OUT DIRECTORY [--update]

OUT is the directory with the program kexec and build/, DIRECTORY a scratch directory. Every engine
verifies 8 MiB; instructions, fetches, loads and stores of each phase are exact, so that more than 2 %
above baseline.csv is a change of the code (or of the compiler), and fails. An engine that the baseline
lacks fails too. Writes TAP; exit status 0 if all passed. --update writes the baseline instead.
"""

import os
import sys

import measured
import purgatory
import table

BASELINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "baseline.csv")
PAYLOAD = 8 * measured.MIB
LIMIT = 1.02
SLACK = 32  # of phases that have few: so much changes with where code happens to begin
WIDTHS = (1, 2, 4, 8, 16)


def summary(counts):
    """A phase's counts as the baseline has them."""
    return {"instructions": counts["instructions"], "fetches": counts["fetches"],
            "loads": sum(counts[f"loads{width}"] for width in WIDTHS),
            "stores": sum(counts[f"stores{width}"] for width in WIDTHS)}


def count_all(out, directory):
    """A row for each phase of each engine."""
    for arch in ("arm64", "riscv64"):
        subject = purgatory.Subject(arch, out, f"{directory}/{arch}")
        for engine in measured.available(subject.kexec):
            if engine.arch == arch:
                counts = subject.count(engine, PAYLOAD).phases.counts
                for phase, numbers in counts.items():
                    yield {"arch": arch, "engine": engine.name, "mmu": engine.mmu, "phase": phase,
                           **summary(numbers)}


def key(row):
    return row["arch"], row["engine"], row["mmu"], row["phase"]


def compare(row, expected):
    """What is wrong with a row, one line each."""
    if not expected:
        return ["the baseline lacks it: scripts/bench baseline"]
    return [f"{name}: {row[name]}, {expected[name]} in the baseline"
            for name in ("instructions", "fetches", "loads", "stores")
            if row[name] > expected[name] * LIMIT + SLACK]


def main():
    out, directory, *update = sys.argv[1:]
    if update:
        table.write(BASELINE, list(count_all(out, directory)))
        return 0
    baseline = {key(row): row for row in table.read(BASELINE)}
    number = failed = 0
    for number, row in enumerate(count_all(out, directory), 1):
        wrong = compare(row, baseline.pop(key(row), None))
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {' '.join(key(row))}: counts")
        for line in wrong:
            print(f"# {line}")
        sys.stdout.flush()
    number += 1
    print(f"{'not ok' if baseline else 'ok'} {number} - all of the baseline was counted")
    for missing in baseline:
        print(f"# not counted: {' '.join(missing)}")
    print(f"1..{number}")
    return 1 if failed or baseline else 0


if __name__ == "__main__":
    sys.exit(main())
