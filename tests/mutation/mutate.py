#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Mutation testing: a change that no test notices is a test that is missing.

usage: mutate.py TREE DIRECTORY COUNT SEED [FILE[:LINE]...]

TREE is a copy of the checkout with builds in out/{host,arm64,riscv64}/build, which this changes; DIRECTORY a scratch
directory. A mutant has one operator, number, condition or call changed, in purgatory's C or in what builds page tables
and the manifest. Tests are the unit tests that have the file or its header, then the harness (good loads, damage,
faults), then the unit tests of both architectures, and arm64's purgatory under the coherence checker. A mutant is
killed when the first of them fails twice, so that a busy machine kills nothing. One that makes the same object, or that
does not compile, is none. Of the sources as they are, the unit tests and the checker must find nothing.

equivalent.py lists mutants that no test can kill, with the reason. Writes TAP; exit status 0 if all others are
killed.
"""

import concurrent.futures
import contextlib
import glob
import os
import random
import re
import shutil
import subprocess
import sys

SOURCE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(SOURCE, "..", "harness"))

import build  # noqa: E402
import cases  # noqa: E402
import equivalent  # noqa: E402
import guest  # noqa: E402
import load as loads  # noqa: E402
from machine import MACHINES  # noqa: E402

FILES = ["purgatory/*.c", "purgatory/arm64/*.c", "purgatory/riscv64/*.c", "kexec/plan/page_table.c",
         "kexec/plan/mappings.c", "kexec/plan/table_sets.c", "kexec/plan/manifest_build.c"]
# Nothing but declarations with values that nobody reads.
WITHOUT = ("purgatory/symbols.c",)
CROSS = {"arm64": "aarch64-linux-gnu-", "riscv64": "riscv64-linux-gnu-"}
EMULATORS = {"host": [], "arm64": ["qemu-aarch64"], "riscv64": ["qemu-riscv64"]}
GUEST_SECONDS, UNIT_SECONDS = 12, 120
IDLE_MACHINES = 12  # that wait for a case of the next mutant

# What becomes what. A pattern is a whole token; spaces keep declarations and pointers out.
OPERATORS = [
    (r" == ", " != "), (r" != ", " == "), (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "),
    (r" >= ", " > "), (r" && ", " || "), (r" \|\| ", " && "), (r" \+ ", " - "), (r" - ", " + "),
    (r" & ", " | "), (r" \| ", " & "), (r" << ", " >> "), (r" >> ", " << "), (r" % ", " / "),
    (r" \^ ", " | "), (r" \+= ", " -= "), (r" \|= ", " &= "), (r"\breturn true;", "return false;"),
    (r"\breturn false;", "return true;"), (r"\bif \((?=[^;{}]*\)$)", "if (!"),
    (r"\bif \(!", "if ("), (r"\bcontinue;", "break;"),
]
NUMBER = r"(?<![\w.\"'])(\d+)(?![\w.\"'])"
SAME, NOT_COMPILED = "makes the same object", "does not compile"
CALL = r"^(\t+)([a-z]\w*\([^;{}]*\));$"


class Mutant:
    """A line of a file that is another."""

    def __init__(self, path, number, before, after):
        self.path, self.number, self.before, self.after = path, number, before, after

    def __str__(self):
        return f"{self.path}:{self.number + 1}: {self.before.strip()}  ->  {self.after.strip()}"

    def reason(self):
        return equivalent.EQUIVALENT.get((self.path, self.before.strip(), self.after.strip()))


def is_code(line, state):
    """Whether a line has code that may be changed; state: what it is in."""
    if state["comment"] or line.strip().startswith("/*"):
        state["comment"] = "*/" not in line
        return False
    if line.startswith("#") or state["macro"]:
        state["macro"] = line.rstrip().endswith("\\")
        return False
    if re.match(r"\s*(_Static_assert|__asm__|PATCHED|static const|extern)\b", line):
        return False
    return line.startswith("\t")


def mutants_of_line(path, number, line):
    code = re.sub(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', lambda found: "\0" * len(found[0]), line)
    for pattern, instead in OPERATORS:
        for found in re.finditer(pattern, code):
            after = line[:found.start()] + instead + line[found.end():]
            if instead == "if (!":  # the condition as a whole
                after = re.sub(r"if \(!(.*)\)$", r"if (!(\1))", after)
            yield Mutant(path, number, line, after)
    for found in re.finditer(NUMBER, code):
        yield Mutant(path, number, line,
                     line[:found.start()] + str(int(found[0]) + 1) + line[found.end():])
    found = re.match(CALL, code)
    if found and found[2].count("(") == found[2].count(")"):
        yield Mutant(path, number, line, found[1] + ";")


def mutants(tree, paths):
    for path in paths:
        state = {"comment": False, "macro": False}
        with open(os.path.join(tree, path), encoding="utf-8") as file:
            for number, line in enumerate(file.read().split("\n")):
                if is_code(line, state):
                    yield from mutants_of_line(path, number, line)


def mutants_of(tree, names):
    """Those of the named files, each perhaps with a line behind a colon; of all files if none is named."""
    paths = list(dict.fromkeys(name.split(":")[0] for name in names)) or sorted(
        os.path.relpath(path, tree) for pattern in FILES for path in glob.glob(os.path.join(tree, pattern)))
    for mutant in mutants(tree, [path for path in paths if path not in WITHOUT]):
        if not names or mutant.path in names or f"{mutant.path}:{mutant.number + 1}" in names:
            yield mutant


def harness_cases(arch):
    """Each function of the harness with each of its arguments and each state at entry, on one machine of the matrix
    and on each that is there for a case of its own."""
    seen = set()
    for case in cases.cases(arch):
        key = case.function, case.arguments, case.regime
        if case.machine not in MACHINES[arch]:
            key += (case.machine.name,)
        if key not in seen:
            seen.add(key)
            yield case


class Tests:
    """The tests of a tree, and what they said of it as it is."""

    def __init__(self, tree, directory, machines):
        self.tree, self.directory, self.machines = tree, directory, machines
        self.build_tree = self.build_tree_of("host")
        with open(os.path.join(tree, "Makefile.am"), encoding="utf-8") as file:
            self.makefile = re.sub(r"\\\n", " ", file.read())

    def build_tree_of(self, arch):
        return os.path.join(self.tree, "out", arch, "build")

    def make(self, *targets, arch="host"):
        return subprocess.run(["make", "-s", "-j2", "-C", self.build_tree_of(arch), *targets], check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def objects(self):
        found = b""
        for path in sorted(glob.glob(f"{self.build_tree}/purgatory/purgatory-*.o")):
            with open(path, "rb") as file:
                found += file.read()
        return found

    def unit_tests(self, path, arch):
        """Those that are built of the file, include its header, or have its name."""
        named = set(re.findall(r"tests_unit_(test_\w+)_SOURCES = [^\n]*\b" + re.escape(path) + r"\b",
                               self.makefile))
        stem = os.path.splitext(os.path.basename(path))[0]
        for test in glob.glob(f"{self.tree}/tests/unit/test_*.c"):
            name = os.path.splitext(os.path.basename(test))[0]
            with open(test, encoding="utf-8") as file:
                if name.startswith(f"test_{stem}") or \
                        re.search(rf'^#include "([\w.]+/)*{stem}\.[ch]"', file.read(), re.M):
                    named.add(name)
        if stem == "mappings":
            named |= {"test_tables"}
        others = [f"_{other}" for other in CROSS if other != arch]
        return sorted(name for name in named if not name.endswith(tuple(others)))

    def unit_test_fails(self, name, arch):
        tree = self.build_tree_of(arch)
        try:
            return subprocess.run([*EMULATORS[arch], f"{tree}/tests/unit/{name}"], check=False, timeout=UNIT_SECONDS,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tree).returncode != 0
        except subprocess.TimeoutExpired:
            return True

    def unit_fails(self, path, arch="host"):
        for name in self.unit_tests(path, arch):
            label = name if arch == "host" else f"{name} of {arch}"
            if not self.make(f"tests/unit/{name}", arch=arch):
                return f"{label} does not compile"
            if self.unit_test_fails(name, arch) and self.unit_test_fails(name, arch):
                return label
        return None

    def case_fails(self, case, stubs, number):
        directory = f"{self.directory}/{number}"
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        subject = loads.Load(f"{self.build_tree}/kexec/kexec", stubs, case.machine, case.regime, directory)
        subject.time_limit, subject.pool = GUEST_SECONDS, self.machines
        try:
            return bool(case.run(subject))
        except (AssertionError, OSError, KeyError, StopIteration):
            return True

    def case_fails_twice(self, case, stubs, number):
        return self.case_fails(case, stubs, number) and self.case_fails(case, stubs, number)

    def harness_fails(self, arch):
        directory = f"{self.directory}/{arch}"
        os.makedirs(directory, exist_ok=True)
        stubs = build.Build(f"{self.build_tree}/purgatory/purgatory-{arch}.o", arch, CROSS[arch], directory)
        chosen = list(harness_cases(arch))
        with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("KEXEC_MMU_JOBS") or 2)) as pool:
            results = {pool.submit(self.case_fails_twice, case, stubs, number): case
                       for number, case in enumerate(chosen)}
            for result in concurrent.futures.as_completed(results):
                if result.result():
                    pool.shutdown(cancel_futures=True)
                    return f"harness: {results[result].name}"
        return None

    def coherence_fails_twice(self):
        return self.coherence_fails() and self.coherence_fails()

    def coherence_fails(self):
        """arm64's purgatory alone: the checker knows no other."""
        result = subprocess.run([sys.executable, f"{self.tree}/tests/coherence/test_purgatory.py",
                                 f"{self.build_tree}/kexec/kexec",
                                 f"{self.build_tree}/purgatory/purgatory-arm64.o", CROSS["arm64"],
                                 f"{self.directory}/coherence"], check=False, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if result.returncode == 0:
            return None
        failed = re.search(r"^not ok \d+ - (.*)", result.stdout, re.M)
        return f"coherence: {failed[1] if failed else 'does not end'}"


def architectures(path):
    for arch in CROSS:
        if f"/{arch}/" in path:
            return [arch]
    return list(CROSS)


def verdict(tests, mutant, before):
    """What kills it, or why it is none; None if nothing does."""
    if not tests.make("kexec/kexec"):
        return NOT_COMPILED
    if mutant.path.startswith("purgatory/") and tests.objects() == before:
        return SAME
    killer = tests.unit_fails(mutant.path)
    for arch in architectures(mutant.path):
        killer = killer or tests.harness_fails(arch)
    for arch in architectures(mutant.path):
        killer = killer or tests.unit_fails(mutant.path, arch)
    if "arm64" in architectures(mutant.path):
        killer = killer or tests.coherence_fails_twice()
    return killer


def check_equivalent(tree):
    """A line that a file has twice may mean something else there."""
    for path, before, _ in equivalent.EQUIVALENT:
        with open(os.path.join(tree, path), encoding="utf-8") as file:
            count = [line.strip() for line in file].count(before)
        assert count == 1, f"equivalent.py: {path} has {count} times: {before}"


def check_tests(tests, chosen):
    """Without a mutant no test fails."""
    for path in sorted({mutant.path for mutant in chosen}):
        for arch in ("host", *architectures(path)):
            failed = tests.unit_fails(path, arch)
            assert not failed, f"{failed}, without any change"
    failed = tests.coherence_fails()
    assert not failed, f"{failed}, without any change"


def main():
    tree, directory, count, seed, *names = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    check_equivalent(tree)
    known = list(mutants_of(tree, names))
    chosen = random.Random(seed).sample(known, min(int(count), len(known)))
    print(f"1..{len(chosen)}")
    with contextlib.closing(guest.Pool(directory, IDLE_MACHINES)) as machines:
        counts = judge(Tests(tree, directory, machines), chosen)
    print(f"# {len(chosen)} of {len(known)} mutants: " +
          ", ".join(f"{number} {name}" for name, number in counts.items()))
    return 1 if counts["alive"] else 0


def judge(tests, chosen):
    """Try mutants and print what becomes of each. Returns how many of each kind there are."""
    assert tests.make("kexec/kexec"), "the tree does not build"
    check_tests(tests, chosen)
    before, counts = tests.objects(), {"killed": 0, "none": 0, "equivalent": 0, "alive": 0}
    for index, mutant in enumerate(chosen, 1):
        path = os.path.join(tests.tree, mutant.path)
        with open(path, encoding="utf-8") as file:
            whole = file.read()
        lines = whole.split("\n")
        lines[mutant.number] = mutant.after
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        killer = verdict(tests, mutant, before)
        with open(path, "w", encoding="utf-8") as file:
            file.write(whole)
        kind = "none" if killer in (SAME, NOT_COMPILED) else "killed" if killer else \
            "equivalent" if mutant.reason() else "alive"
        counts[kind] += 1
        print(f"{'not ok' if kind == 'alive' else 'ok'} {index} - {mutant}: {kind}, "
              f"{killer or mutant.reason() or 'by no test'}", flush=True)
    return counts


if __name__ == "__main__":
    sys.exit(main())
