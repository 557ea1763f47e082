#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare what purgatory executes with a baseline.

usage: regression.py OUT DIRECTORY [--update]

OUT is the directory with the program kexec and build/, DIRECTORY a scratch directory. Every engine
verifies 8 MiB; instructions, fetches, loads and stores of each phase are exact, so that more than 2 %
above baseline.csv is a change of the code (or of the compiler), and fails. An engine that the baseline
lacks fails too, and so does one that reads CTR_EL0 more than 10 times: a hypervisor traps that. Writes TAP; exit status 0 if all passed. --update writes the baseline instead.
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
CACHE_TYPE_READS = 10  # of CTR_EL0, in all phases together
WIDTHS = (1, 2, 4, 8, 16)


def summary(counts):
    """A phase's counts as the baseline has them."""
    return {"instructions": counts["instructions"], "fetches": counts["fetches"],
            "loads": sum(counts[f"loads{width}"] for width in WIDTHS),
            "stores": sum(counts[f"stores{width}"] for width in WIDTHS)}


def count_all(out, directory):
    """For each engine how often it read CTR_EL0, and a row for each phase."""
    for arch in ("arm64", "riscv64"):
        subject = purgatory.Subject(arch, out, f"{directory}/{arch}")
        for engine in measured.available(subject.kexec):
            if engine.arch == arch:
                phases = subject.count(engine, PAYLOAD).phases
                yield phases.total("cache_types"), [
                    {"arch": arch, "engine": engine.name, "mmu": engine.mmu, "phase": phase,
                     **summary(numbers)} for phase, numbers in phases.counts.items()]


def key(row):
    return row["arch"], row["engine"], row["mmu"], row["phase"]


def compare(row, expected):
    """What is wrong with a row, one line each."""
    if not expected:
        return ["the baseline lacks it: scripts/bench baseline"]
    return [f"{name}: {row[name]}, {expected[name]} in the baseline"
            for name in ("instructions", "fetches", "loads", "stores")
            if row[name] > expected[name] * LIMIT + SLACK]


class Tap:
    """Numbers results and counts what went wrong."""

    def __init__(self):
        self.number = self.failed = 0

    def result(self, name, wrong):
        self.number += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.number} - {name}")
        for line in wrong:
            print(f"# {line}")
        sys.stdout.flush()


def main():
    out, directory, *update = sys.argv[1:]
    if update:
        table.write(BASELINE, [row for _, rows in count_all(out, directory) for row in rows])
        return 0
    baseline, tap = {key(row): row for row in table.read(BASELINE)}, Tap()
    for reads, rows in count_all(out, directory):
        for row in rows:
            tap.result(f"{' '.join(key(row))}: counts", compare(row, baseline.pop(key(row), None)))
        tap.result(f"{' '.join(key(rows[0])[:3])}: reads of CTR_EL0",
                   [f"{reads}, at most {CACHE_TYPE_READS}"] if reads > CACHE_TYPE_READS else [])
    tap.result("all of the baseline was counted",
               [f"not counted: {' '.join(missing)}" for missing in baseline])
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
