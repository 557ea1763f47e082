#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which instructions of purgatory the harness reaches, and which ways its branches go.

usage: coverage.py OUT ARCH CROSS-PREFIX DIRECTORY [--missing]

Runs all cases of the harness. A plugin of QEMU notes what ran. What a case itself put in the place
of purgatory's instructions does not count. Of a conditional branch each of its two ways counts, but
those that unreachable.txt argues to be impossible. --missing lists what is not reached. Prints a
table with a row for each source, and TAP; exit status 0 if as much as LIMIT says is reached, all
cases passed, and nothing was reached that is said to be impossible.
"""

import collections
import concurrent.futures
import copy
import os
import shutil
import subprocess
import sys

SOURCE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(SOURCE, "..", "harness"))

import build  # noqa: E402
import cases  # noqa: E402
import load as loads  # noqa: E402
from code_lines import OF_CPUS, Code  # noqa: E402
from unreachable import Unreachable  # noqa: E402

LIMIT = {"instructions": 97, "ways of branches": 98}  # percent
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-Wshadow",
         "-Wstrict-prototypes", "-Wmissing-prototypes", "-fvisibility=hidden", "-shared", "-fPIC",
         f"-I{SOURCE}/../coherence"]


class Reached:
    """What ran in all cases together: offsets, and pairs of them."""

    def __init__(self):
        self.runs, self.edges = set(), set()

    def add(self, path, changed, of_cpus):
        """changed: offsets of instructions that are not purgatory's; of_cpus: where OF_CPUS was, or None."""
        def known(offset):
            offset = int(offset, 16)
            return offset + OF_CPUS - of_cpus if of_cpus and offset >= of_cpus else offset

        if not os.path.exists(path):
            return
        with open(path, encoding="ascii") as file:
            for line in file:
                word, *offsets = line.split()
                offsets = tuple(map(known, offsets))
                if offsets[0] in changed:
                    continue
                if word == "run":
                    self.runs.add(offsets[0])
                else:
                    self.edges.add(offsets)


class Watch:
    """Has the plugin watch a load when the machine starts, which is when the plan is known."""

    def __init__(self, load, plugin, report, code):
        self.load, self.plugin, self.report, self.code = load, plugin, report, code
        self.planned, self.text, self.changed, self.of_cpus = None, b"", set(), None
        self.plan, self.run = load.plan, load.run
        load.plan, load.run = self.watch_plan, self.watch_run

    def watch_plan(self, *arguments, **options):
        self.plan(*arguments, **options)
        self.planned = self.load.entry
        self.text = self.read()

    def read(self):
        """What is at the offset of each instruction that is loaded."""
        text, of_cpus = self.load.segment("purgatory", "x"), self.load.code_of_cpus()
        found = {offset: bytes(text.data[offset:offset + size])
                 for offset, size in self.code.sizes.items() if offset < OF_CPUS}
        if of_cpus:
            self.of_cpus = of_cpus.start - text.start
            found.update({offset: bytes(of_cpus.data[offset - OF_CPUS:offset - OF_CPUS + size])
                          for offset, size in self.code.sizes.items() if offset >= OF_CPUS})
        return found

    def start(self):
        """Where purgatory is in memory, which may be another place than planned."""
        if not self.load.placed:
            return self.load.entry
        return self.planned + self.load.placed[0] - int(
            self.load.json["wrapped_image"]["address"], 16)

    def watch_run(self):
        text = self.read()
        self.changed = {offset for offset, found in text.items() if found != self.text[offset]}
        start, of_cpus = self.start(), self.load.code_of_cpus()
        size = of_cpus.end - self.load.entry if of_cpus else self.code.size
        alias = (start + self.load.machine.offset) % (1 << 64)
        self.load.options = [
            "-plugin", f"{self.plugin},report={self.report},base={start:#x},alias={alias:#x},"
            f"size={size:#x}"]
        return self.run()


def run_case(case, kexec, stubs, plugin, directory, code):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    subject = loads.Load(kexec, stubs, copy.copy(case.machine), case.regime, directory)
    watch = Watch(subject, plugin, os.path.join(directory, "report"), code)
    try:
        wrong = case.run(subject)
    except (AssertionError, OSError, KeyError, StopIteration) as error:
        wrong = [repr(error)]
    return wrong, watch


def run_cases(chosen, arch, cross, out, directory, code):
    """Returns what was reached, and how many cases failed."""
    plugin = os.path.join(directory, "coverage.so")
    subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", plugin, f"{SOURCE}/plugin.c"],
                   check=True)
    reached, failed = Reached(), 0
    stubs = build.Build(f"{out}/build/purgatory/purgatory-{arch}.o", arch, cross, directory)
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("KEXEC_MMU_JOBS") or 2)) as pool:
        results = [pool.submit(run_case, case, os.path.abspath(f"{out}/kexec"), stubs, plugin,
                               f"{directory}/{number}", code)
                   for number, case in enumerate(chosen)]
        for case, result in zip(chosen, results):
            wrong, watch = result.result()
            reached.add(watch.report, watch.changed, watch.of_cpus)
            shutil.rmtree(os.path.dirname(watch.report))
            failed += bool(wrong)
            for line in wrong:
                print(f"# {case.name}: {line}")
    return reached, failed


class Table:
    """How much of each source is reached: [instructions, branches], each [reached, all]."""

    def __init__(self):
        self.rows = collections.defaultdict(lambda: [[0, 0], [0, 0]])

    def add(self, name, column, good):
        for row in self.rows[name], self.rows["all"]:
            row[column][0] += good
            row[column][1] += 1

    def percent(self, name, column):
        good, total = self.rows[name][column]
        return 100 * good / total if total else 100

    def show(self, arch):
        print(f"# | {arch} | instructions | ways of branches |")
        for name in sorted(self.rows, key=lambda name: (name == "all", name)):
            print(f"# | {name} | " + " | ".join(
                f"{self.percent(name, column):.1f} % of {self.rows[name][column][1]}"
                for column in range(2)) + " |")


def count(code, reached, unreachable):
    """Fill a table. Returns it, and what is not reached."""
    table, missing = Table(), []
    for address, place in code.places.items():
        good = address in reached.runs
        table.add(place.source, 0, good)
        if not good:
            missing.append(f"not reached: {place} at {address:#x}")
    for address, ends in code.branches.items():
        place = code.places[address]
        for end in ends:
            good = (address, end) in reached.edges
            if not good and unreachable.excuses(place):
                continue
            table.add(place.source, 1, good)
            if not good:
                missing.append(f"never went: {place} at {address:#x} to {end:#x}"
                               f"{'' if address in reached.runs else ', which is not reached'}")
    return table, missing


def main():
    out, arch, cross, directory, *options = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    code = Code(out, arch, cross, os.path.join(directory, "lines"))
    chosen = list(cases.cases(arch))
    reached, failed = run_cases(chosen, arch, cross, out, directory, code)
    unreachable = Unreachable(arch)
    table, missing = count(code, reached, unreachable)
    table.show(arch)
    if "--missing" in options:
        for line in missing:
            print(f"# {line}")
    print("1..4")
    print(f"{'not ok' if failed else 'ok'} 1 - {arch}: {len(chosen)} cases pass")
    for column, what in enumerate(LIMIT):
        percent = table.percent("all", column)
        good, total = table.rows["all"][column]
        print(f"{'ok' if percent >= LIMIT[what] else 'not ok'} {column + 2} - {arch}: {percent:.1f} % of "
              f"the {what} are reached: {good} of {total}")
        failed += percent < LIMIT[what]
    wrong = unreachable.wrong()
    for line in wrong:
        print(f"# {line}")
    print(f"{'not ok' if wrong else 'ok'} 4 - {arch}: {unreachable.count()} ways of branches are impossible, as "
          "unreachable.txt says")
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
