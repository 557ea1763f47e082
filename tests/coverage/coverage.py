#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which instructions of purgatory the harness reaches, and which ways its branches go.

usage: coverage.py OUT ARCH CROSS-PREFIX DIRECTORY [--all] [--missing]

Runs each function of the harness with each of its arguments on one machine, and some on all; --all: every
case. A plugin of QEMU notes what ran. Of a conditional branch each of its two ways counts. --missing lists what is
not reached. Prints a table with a row for each source, and TAP; exit status 0 if as much as LIMIT says is
reached, and all cases passed.
"""

import collections
import concurrent.futures
import copy
import glob
import os
import re
import shutil
import subprocess
import sys

SOURCE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(SOURCE, "..", "harness"))

import build  # noqa: E402
import cases  # noqa: E402
import load as loads  # noqa: E402

LIMIT = {"instructions": 95, "branches": 70}  # percent
# Among the instructions: data, and what fills up to an alignment.
DATA = ".word", ".long", ".quad", ".dword", ".inst", "udf", "unimp", "nop"
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-Wshadow",
         "-Wstrict-prototypes", "-Wmissing-prototypes", "-fvisibility=hidden", "-shared", "-fPIC",
         f"-I{SOURCE}/../coherence"]
# Conditional branches; what follows is the target.
BRANCH = {"arm64": r"(?:b\.\w+|cbn?z|tbn?z)\t(?:.*,\s*)?([0-9a-f]+) <",
          "riscv64": r"(?:c\.)?b(?:eq|ne|lt|ge|ltu|geu|eqz|nez|lez|gez|ltz|gtz|gt|le|gtu|leu)\t"
                     r"(?:.*,)?([0-9a-f]+) <"}


class Code:
    """The instructions of the object, and the branches among them. sources: the source of each."""

    def __init__(self, out, arch, cross):
        self.sources, self.places, self.branches, self.size = {}, {}, {}, 0
        files = symbol_files(f"{out}/build/purgatory/objects-{arch}", cross)
        listing = run(cross + "objdump", "-d", "--section=.text",
                      f"{out}/build/purgatory/purgatory-{arch}.o")
        source, function, branch = None, None, None
        for text in listing.splitlines():
            symbol = re.match(r"[0-9a-f]+ <(.*)>:", text)
            if symbol:
                function = symbol[1]
                if source not in files.get(function, ()):
                    source = next(iter(files.get(function, [source])))
            found = re.match(r"\s*([0-9a-f]+):\t([0-9a-f ]+)\t(.*)", text)
            if not found or found[3].startswith(DATA):
                continue
            address = int(found[1], 16)
            if branch is not None:
                self.branches[branch[0]] = branch[1], address
                branch = None
            self.sources[address], self.places[address] = source, f"{source}, {function}"
            target = re.match(BRANCH[arch], found[3])
            if target:
                branch = address, int(target[1], 16)
            self.size = max(self.size, address + 4)


def run(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def symbol_files(directory, cross):
    """The sources that have each symbol of the code; several may have one of a name."""
    found = collections.defaultdict(list)
    for path in sorted(glob.glob(f"{directory}/**/*.o", recursive=True)):
        for line in run(cross + "nm", path).splitlines():
            words = line.split()
            if len(words) == 3 and words[1] in "tT":
                found[words[2]].append(os.path.relpath(path, directory).removesuffix(".o"))
    return found


class Reached:
    """What ran in all cases together: offsets, and pairs of them."""

    def __init__(self):
        self.runs, self.edges = set(), set()

    def add(self, path):
        if not os.path.exists(path):
            return
        with open(path, encoding="ascii") as file:
            for line in file:
                word, *offsets = line.split()
                if word == "run":
                    self.runs.add(int(offsets[0], 16))
                else:
                    self.edges.add(tuple(int(offset, 16) for offset in offsets))


def watch(load, plugin, report, size):
    """Have the plugin watch when the machine starts, which is when the plan is known."""
    command = load.command

    def watched():
        alias = (load.entry + load.machine.offset) % (1 << 64)
        return command() + ["-plugin", f"{plugin},report={report},base={load.entry:#x},"
                            f"alias={alias:#x},size={size:#x}"]

    load.command = watched


def run_case(case, kexec, stubs, plugin, directory, size):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    subject = loads.Load(kexec, stubs, copy.copy(case.machine), case.regime, directory)
    report = os.path.join(directory, "report")
    watch(subject, plugin, report, size)
    try:
        wrong = case.run(subject)
    except (AssertionError, OSError, KeyError, StopIteration) as error:
        wrong = [repr(error)]
    return wrong, report


def chosen_cases(arch, every):
    """Each function with each of its arguments once; and twice what differs between machines."""
    seen = set()
    for case in cases.cases(arch):
        matrix = case.function.__name__ in ("verifies_and_starts_the_kernel",
                                            "faults_without_memory_for_the_manifest")
        key = (case.function, case.arguments) + ((case.machine, case.regime) if matrix else ())
        if every or (case.always and key not in seen):
            seen.add(key)
            yield case


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
        print(f"# | {arch} | instructions | branches |")
        for name in sorted(self.rows, key=lambda name: (name == "all", name)):
            print(f"# | {name} | " + " | ".join(
                f"{self.percent(name, column):.1f} % of {self.rows[name][column][1]}"
                for column in range(2)) + " |")


def count(code, reached):
    """Fill a table. Returns it, and what is not reached."""
    table, missing = Table(), []
    for address, source in code.sources.items():
        good = address in reached.runs
        table.add(source, 0, good)
        if not good:
            missing.append(f"not reached: {code.places[address]} at {address:#x}")
    for address, ends in code.branches.items():
        for end in ends:
            good = (address, end) in reached.edges
            table.add(code.sources[address], 1, good)
            if not good and address in reached.runs:
                missing.append(f"never went: {code.places[address]} at {address:#x} to {end:#x}")
    return table, missing


def main():
    out, arch, cross, directory, *options = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    plugin = os.path.join(directory, "coverage.so")
    subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", plugin, f"{SOURCE}/plugin.c"],
                   check=True)
    code, reached, failed = Code(out, arch, cross), Reached(), 0
    stubs = build.Build(f"{out}/build/purgatory/purgatory-{arch}.o", arch, cross, directory)
    chosen = list(chosen_cases(arch, "--all" in options))
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("KEXEC_MMU_JOBS") or 2)) as pool:
        results = [pool.submit(run_case, case, os.path.abspath(f"{out}/kexec"), stubs, plugin,
                               f"{directory}/{number}", code.size)
                   for number, case in enumerate(chosen)]
        for case, result in zip(chosen, results):
            wrong, report = result.result()
            reached.add(report)
            failed += bool(wrong)
            for line in wrong:
                print(f"# {case.name}: {line}")
    table, missing = count(code, reached)
    table.show(arch)
    if "--missing" in options:
        for line in missing:
            print(f"# {line}")
    print("1..3")
    print(f"{'not ok' if failed else 'ok'} 1 - {arch}: {len(chosen)} cases pass")
    for column, what in enumerate(("instructions", "branches")):
        percent = table.percent("all", column)
        print(f"{'ok' if percent >= LIMIT[what] else 'not ok'} {column + 2} - {arch}: {percent:.1f} % of "
              f"the {what} are reached")
        failed += percent < LIMIT[what]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
