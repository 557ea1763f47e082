#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Damage what is loaded, and see what purgatory makes of it.

usage: inject.py OUT ARCH CROSS-PREFIX DIRECTORY TRIALS [SEED [CELL [NUMBER]]]

OUT is the directory with the program kexec and build/. TRIALS trials are spread over all cells: the machines
and regimes of tests/harness, and a crash kernel. A trial is known by seed, cell and number, so that it can be
repeated alone. A trial ends in one of these ways:

  detected     the right line, and what the policy says
  reset        purgatory itself was damaged, so that it could not write a line, and it reset the machine
  harmless     the next kernel has an intact payload and the right state
  failure      anything else: a damaged payload that is entered, a wrong name, silence for ever
  unprotected  any of these, where the code was damaged that runs before purgatory has checked itself, or
               that resets if it finds damage

Writes TAP, a result for each cell, and the totals; exit status 0 if there were no failures.
"""

import collections
import os
import random
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import build  # noqa: E402
import cases  # noqa: E402
import load as loads  # noqa: E402
import outcome  # noqa: E402
import promises  # noqa: E402
import subject  # noqa: E402
import targets  # noqa: E402
from machine import MACHINES, OFF, REGIME_NAMES, SEVERAL_CPUS  # noqa: E402

KERNEL, IMAGE, INITRD = 200000, 0x40000, loads.CHUNK + 12345


class Cell:
    """A machine, a regime and what kexec is asked for."""

    def __init__(self, machine, regime, action, *options):
        self.machine, self.regime, self.action, self.options = machine, regime, action, options
        self.name = " ".join([f"{machine.name}, {REGIME_NAMES[regime]}, {action}", *options])

    def plan(self, out, stubs, directory, seed=1):
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        load = loads.Load(f"{out}/kexec", stubs, self.machine, self.regime, directory)
        load.seed, load.kernel_size, load.image_size, load.initrd_size = seed, KERNEL, IMAGE, INITRD
        load.plan(*self.options, action=self.action)
        return load


def cells(arch):
    for machine in MACHINES[arch]:
        for regime in cases.regimes(machine):
            yield Cell(machine, regime, "-l")
    yield Cell(MACHINES[arch][0], OFF, "-p")
    for machine in MACHINES[arch]:
        yield Cell(machine, OFF, "-l", "--mmu=off")
    yield Cell(SEVERAL_CPUS[arch][0], OFF, "-l", "--cpus=all")


class Trial:
    """What is damaged, and how."""

    def __init__(self, load, old, places, name):
        generator = random.Random(name)
        self.name = name
        while True:
            kind = generator.random()
            if kind < 0.05:
                self.place, self.how, self.changes = targets.exchange(load, generator)
            elif kind < 0.1:
                self.place, self.how, self.changes = targets.older(load, old, generator)
            else:
                self.place = generator.choice(places[generator.choice(sorted(places))])
                self.how, self.changes = targets.damage(load, self.place, generator)
            if any(load.read(address, len(data)) != data for address, data in self.changes):
                return

    def __str__(self):
        at = ", ".join(f"{address:#x}" for address, _ in self.changes)
        return f"{self.name}: {self.place.name}, {self.how} at {at}"

    def is_blamed(self, line):
        """Whether a line names what was damaged. A fault names purgatory, or an address."""
        if " FAULT " in line:
            return self.place.role == "purgatory"
        role = line.split("segment=")[1].split()[0] if "segment=" in line else None
        return role == self.place.role or role in (self.place.role or ())

    def judge(self, load, lines, ended):
        """("detected" or "harmless" or "failure", why)."""
        reports = [line for line in lines if line.startswith("purgatory:")]
        if any(line.startswith("kernel:") for line in lines):
            return self.judge_entered(load, lines, reports)
        if not ended:
            return "failure", f"silence for ever: {lines}"
        if not any(" MISMATCH " in line or " FAULT " in line for line in reports[:1]):
            return ("reset" if self.place.role == "purgatory" else "failure"), "without a line"
        if not self.is_blamed(reports[0]):
            return "failure", f"wrong name: {reports[0][:80]}"
        return "detected", reports[0].split()[1]

    def judge_entered(self, load, lines, reports):
        if self.place.role in targets.PAYLOAD or isinstance(self.place.role, tuple):
            return "failure", "damaged payload entered"
        states = (0, outcome.LANDING[load.arch], outcome.UNDEFINED[load.arch])
        if all(promises.broken(load, lines, syndrome) for syndrome in states):
            return "failure", "entered in a wrong state"
        if any("reason=tables" in line for line in reports):
            return "detected", "without tables"
        return "harmless", "entered"


class Totals:
    """How many trials ended how, by what was damaged."""

    def __init__(self):
        self.counts = collections.Counter()
        self.failures = collections.Counter()

    def add(self, load, trial, verdict, why):
        """Count a trial. Returns whether it failed although it need not."""
        start, checked = load.entry, load.routine("purgatory_checked")
        protected = not any(address < checked and address + len(data) > start
                            for address, data in trial.changes)
        self.counts[verdict if protected else f"unprotected {verdict}"] += 1
        if verdict == "failure":
            self.failures[f"{trial.place.name}: {why.split(':')[0]}"] += 1
            print(f"# {trial}: {why}")
        return protected and verdict == "failure"


def run_cell(cell, work, numbers, totals):
    out, stubs, directory, seed = work
    load = cell.plan(out, stubs, f"{directory}/load")
    old = cell.plan(out, stubs, f"{directory}/old", seed=2)
    places, machine, failed = targets.places(load), subject.Subject(load), 0
    try:
        lines, ended = machine.trial([])
        if not ended or not any(line.startswith("kernel:") for line in lines):
            raise AssertionError(f"{cell.name}: an intact load does not start: {lines}")
        for number in numbers:
            trial = Trial(load, old, places, f"{seed}/{cell.name}/{number}")
            failed += totals.add(load, trial, *trial.judge(load, *machine.trial(trial.changes)))
    finally:
        machine.close()
    return failed


def run_cells(known, run_cell, totals, counts, when=""):
    """Run the trials of the cells that known(ARCH) gives, by the program's arguments, and print TAP. The
    last arguments: what run_cell() adds to, the number of each verdict in it, and when damage is done.
    Returns the architecture and how many trials failed."""
    out, arch, cross, directory, trials, *which = sys.argv[1:]
    seed, only, number = (which + [None] * 3)[:3]
    os.makedirs(directory, exist_ok=True)
    stubs = build.Build(f"{out}/build/purgatory/purgatory-{arch}.o", arch, cross, directory)
    chosen = [cell for cell in known(arch) if only in (None, cell.name)]
    assert chosen, f"no cell is {only}; there are: {'; '.join(cell.name for cell in known(arch))}"
    failed = 0
    print(f"1..{len(chosen)}")
    for index, cell in enumerate(chosen):
        numbers = [int(number)] if number else range(index, int(trials), len(chosen))
        wrong = run_cell(cell, (out, stubs, directory, seed or "1"), numbers, totals)
        failed += wrong
        print(f"{'not ok' if wrong else 'ok'} {index + 1} - {arch} {cell.name}: "
              f"{len(numbers)} trials{when}", flush=True)
    print(f"# {arch}: {sum(counts.values())} trials{when}: " +
          ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    return arch, failed


def main():
    totals = Totals()
    arch, failed = run_cells(cells, run_cell, totals, totals.counts)
    for name, count in totals.failures.most_common():
        print(f"# {arch}: {count} {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
