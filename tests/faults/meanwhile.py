#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Damage memory while purgatory runs, and see what it makes of that.

usage: meanwhile.py OUT ARCH CROSS-PREFIX DIRECTORY TRIALS [SEED [CELL [NUMBER]]]

A debugger stops purgatory at a moment: when it calls one of some functions for the n-th time. There a
trial changes a bit, a byte, a line or a page of what is in memory, as a weak cell or another master of
the bus does, and lets it go on. A trial is the same whenever it is repeated. It ends in one of these ways:

  detected     a line, and what the policy says
  misnamed     the same, but the line blames what is intact: a segment whose digest in the manifest
               changed, for example
  reset        purgatory itself was changed, or an entry of the page tables that maps it, so that it could not
               write a line. It reset the machine
  harmless     the next kernel has an intact payload and the right state
  late         the next kernel has a payload that changed after it was hashed. Nobody can know. A fault of its
               first instructions still has a line
  silent       the same, and it never ends
  failure      anything else: damage that is entered although it was there to be seen, a wrong name for
               damaged payload, a change of purgatory that is entered, silence for ever

Writes TAP, a result for each cell, and the totals; exit status 0 if there were no failures.
"""

import collections
import random
import sys

import inject  # finds the harness, too
import debugger
import outcome
import promises
import subject
import targets
from machine import MACHINES, OFF, VIRTUAL

# Functions of purgatory that are called in the order of the work, some of them often; and the one that
# is called for each strip of memory.
COMPARE, HASH = "digest_equal", "sha256_update_many"
EARLY = ("tables_check", "purgatory_main")
MOMENTS = (*EARLY, COMPARE, "report_keep", "console_drain", "report_write")
BEFORE_CHUNKS = 3  # digests compared before the first chunk's: the two of the trial, the manifest's
LANES = 2  # chunks that are hashed together
STRIPS = 4  # of a chunk, at which a trial may stop: each stop takes time


def cells(arch):
    for machine in MACHINES[arch]:
        yield inject.Cell(machine, OFF, "-l")
        yield inject.Cell(machine, OFF, "-l", "--mmu=off")
    yield inject.Cell(MACHINES[arch][0], VIRTUAL, "-l")


class Machine:
    """A guest that is stopped on its way."""

    def __init__(self, load):
        path = load.path("debugger")
        self.subject = subject.Subject(load, "-gdb", f"unix:{path},server=on,wait=off")
        self.debugger = debugger.Debugger(path)
        self.moments = {load.routine(name): name for name in (*MOMENTS, HASH)}

    def close(self):
        self.debugger.close()
        self.subject.close()

    def next(self):
        """Go on to the next moment at which a breakpoint is. Returns its name, or None at the end."""
        self.debugger.go()
        address = self.debugger.wait()
        if address in self.moments:
            self.debugger.step_over(address)
        return self.moments.get(address)

    def go_to(self, name, times):
        """Go on until it is called for so many more times. Returns how many digests were compared."""
        addresses = {self.subject.load.routine(function)
                     for function in ((name,) if name in EARLY else (name, COMPARE))}
        for address in addresses:
            self.debugger.set_breakpoint(address)
        compared = 0
        while times > 0:
            found = self.next()
            assert found, "the end came first"
            compared += found == COMPARE
            times -= found == name
        for address in addresses:
            self.debugger.clear_breakpoint(address)
        return compared

    def finish(self):
        self.debugger.go()
        return self.subject.finish()

    def all_moments(self):
        """The names of all moments of an intact load, in their order."""
        self.subject.reset([])
        # Code on the page of a breakpoint is slow, and the tables are hashed by such code.
        early = [address for address, name in self.moments.items() if name in EARLY]
        late = [address for address, name in self.moments.items() if name not in (*EARLY, HASH)]
        for address in early:
            self.debugger.set_breakpoint(address)
        found = []
        while found[-1:] != [EARLY[-1]]:
            found.append(self.next())
        for address in late:
            self.debugger.set_breakpoint(address)
        found += iter(self.next, None)
        for address in early + late:
            self.debugger.clear_breakpoint(address)
        lines, _ = self.subject.finish()
        assert any(line.startswith("kernel:") for line in lines), lines
        return found


class Trial:
    """What is changed, and when."""

    def __init__(self, load, moments, places, name):
        self.load, self.name = load, name
        self.generator = random.Random(name)
        self.hashed = 0  # chunks of the manifest
        kind = self.generator.choice((*MOMENTS, HASH, HASH))
        if kind == HASH:
            chunks = moments.count(COMPARE) - BEFORE_CHUNKS
            done = self.generator.randrange(chunks)
            strips = max(1, min(STRIPS, (chunks - done) // LANES))  # that there are at least
            self.route = [(COMPARE, BEFORE_CHUNKS + done), (HASH, self.generator.randint(1, strips))]
        else:
            self.route = [(kind, self.generator.randint(1, moments.count(kind)))]
        if kind not in EARLY:
            self.route.insert(0, (EARLY[-1], 1))
        roles = collections.defaultdict(list)
        for place_name, found in sorted(places.items()):
            roles[found[0].role].append(place_name)
        names = roles[self.generator.choice(sorted(roles))]
        self.place = self.generator.choice(places[self.generator.choice(names)])
        self.how, self.changes = None, []

    def __str__(self):
        at = ", ".join(f"{address:#x}" for address, _ in self.changes)
        return f"{self.name}: {self.place.name}, {self.how} at {at}, at {self.route}"

    def run(self, machine):
        machine.subject.reset([])
        compared = sum(machine.go_to(*step) for step in self.route)
        self.hashed = max(compared - BEFORE_CHUNKS, 0)
        while all(machine.subject.read(address, len(data)) == data for address, data in self.changes):
            self.how, self.changes = targets.damage(machine.subject, self.place, self.generator)
        for address, data in self.changes:
            machine.debugger.write(address, data)
        return machine.finish()

    def is_to_be_seen(self):
        """Whether the payload that changed is still to be hashed as a whole."""
        for number, (_, chunk) in enumerate(self.load.chunks()):
            if any(address < chunk[0] + chunk[1] and address + len(data) > chunk[0]
                   for address, data in self.changes):
                return number >= self.hashed + LANES
        return False

    def is_checked_at_the_end(self):
        start, end = self.load.entry, self.load.address("self_sum") + 8
        return all(start <= address < end for address, _ in self.changes)

    def leads_to_purgatory(self):
        """Whether all that changed are entries that map purgatory, its vectors too."""
        entries = set(targets.entries_to_purgatory(self.load))
        return all(address & -8 in entries for address, _ in self.changes)

    def judge(self, lines, ended):
        """(how it ended, why)."""
        reports = [line for line in lines if line.startswith("purgatory:")]
        if any(line.startswith(("kernel:", "purgatory: next kernel FAULT")) for line in lines):
            return self.judge_entered(lines)
        wrong = [line for line in reports if " MISMATCH " in line or " FAULT " in line]
        if wrong and ended:
            return self.judge_name(wrong[0])
        lost = self.place.role == "purgatory" or self.leads_to_purgatory()
        if not ended:
            return "silent" if lost else "failure", f"silence for ever: {lines}"
        return "reset" if lost else "failure", "without a line"

    def judge_name(self, line):
        role = line.split("segment=")[1].split()[0] if "segment=" in line else None
        if role == self.place.role or (role is None and self.place.role == "purgatory"):
            return "detected", line
        payload = self.place.role in targets.PAYLOAD
        return "failure" if payload else "misnamed", f"wrong name: {line[:80]}"

    def judge_entered(self, lines):
        if self.place.role in targets.PAYLOAD:
            return "failure" if self.is_to_be_seen() else "late", "damaged payload entered"
        if self.is_checked_at_the_end():
            return "failure", "purgatory has changed, and the next kernel is entered"
        if not any(line.startswith("kernel:") for line in lines):
            return "failure", "the next kernel has a fault"
        states = (0, outcome.LANDING[self.load.arch], outcome.UNDEFINED[self.load.arch])
        if all(promises.broken(self.load, lines, syndrome) for syndrome in states):
            return "failure", f"entered in a wrong state: {promises.broken(self.load, lines, 0)}"
        return "harmless", "entered"


def run_cell(cell, work, numbers, counts):
    out, stubs, directory, seed = work
    load = cell.plan(out, stubs, f"{directory}/load")
    places, machine, failed = targets.places(load), Machine(load), 0
    try:
        moments = machine.all_moments()
        for number in numbers:
            trial = Trial(load, moments, places, f"{seed}/{cell.name}/{number}")
            verdict, why = trial.judge(*trial.run(machine))
            counts[verdict] += 1
            if verdict == "failure" or len(numbers) == 1:
                print(f"# {trial}: {verdict}, {why}")
            failed += verdict == "failure"
    finally:
        machine.close()
    return failed


def main():
    counts = collections.Counter()
    _, failed = inject.run_cells(cells, run_cell, counts, counts, " while purgatory runs")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
