#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run arm64's purgatory under the coherence checker, as it is and with one step left out.

usage: test_purgatory.py KEXEC OBJECT CROSS-PREFIX DIRECTORY

KEXEC is the program, whose --output is what is run; OBJECT is the purgatory in it, for its symbols;
CROSS-PREFIX is that of binutils and gcc for arm64, DIRECTORY a scratch directory. As many machines
at a time as $KEXEC_MMU_JOBS says, or 2. Writes TAP; exit status 0 if all passed.

As it is, nothing may be reported in any regime, nor if purgatory is damaged and says so. Of purgatory/arm64/steps.h each step in turn is
replaced by a NOP, and something must be.
"""

import concurrent.futures
import os
import struct
import sys

import checker

sys.path.insert(0, os.path.join(checker.SOURCE, "..", "harness"))

import build  # noqa: E402  (of the harness)
import load  # noqa: E402
import machine as machines  # noqa: E402
from machine import IDENTITY, OFF, REGIME_NAMES, VIRTUAL  # noqa: E402

NOP = struct.pack("<I", 0xd503201f)
LINE = 64
ALL = (OFF, IDENTITY, VIRTUAL)

# In which states at entry a step is needed. In the others, other steps do what it does.
STEPS = {
    "clean_image_cached": (IDENTITY, VIRTUAL),
    "tlb_alias": (VIRTUAL,),
    "clean_image": (OFF, VIRTUAL),
    "clean_tables": ALL,
    "clean_manifest": ALL,
    "icache_on": (OFF,),
    "order_stack": ALL,
    "clean_stack_on": ALL,
    "tlb_on": ALL,
    "clean_chunk": ALL,
    "clean_stack_off": ALL,
    "order_report": ALL,
    "clean_report": ALL,
    "icache_off": ALL,
    "tlb_off": ALL,
}

# These differ between the regimes; all others are tried at EL1 alone.
REGIME_STEPS = ("tlb_alias", "tlb_on", "tlb_off")

# The next kernel does not read these. All else is payload; an initrd is read with the caches on
# only, and what they hold of it when purgatory starts is taken to be right (README.md).
KINDS = {"purgatory": "own", "manifest": "own", "pagetable": "own", "initrd": "cached"}

def segments(subject):
    """What the checker is told of the segments: as far as purgatory reads them."""
    for segment in subject.segments:
        size = -(-segment.verified_size() // LINE) * LINE
        yield KINDS.get(segment.role, "payload"), segment.role, segment.start, size


class Case:
    """Purgatory on a machine, entered in a state, with options of kexec, perhaps without a step, or
    damaged."""

    def __init__(self, machine, state, options=(), step=None, damaged=False):
        self.machine, self.state, self.options, self.step = machine, state, options, step
        self.damaged, self.lines = damaged, []
        words = [f"{machine.name}, {REGIME_NAMES[state]}:", *options,
                 f"without {step}" if step else "damaged" if damaged else "as it is"]
        self.name = " ".join(words)

    def run(self, kexec, stubs, plugin, symbols, directory):
        os.makedirs(directory, exist_ok=True)
        subject = load.Load(kexec, stubs, self.machine, self.state, directory)
        subject.plan(*self.options)
        if self.step:
            offset = symbols["step_" + self.step] - symbols["purgatory_start"]
            subject.write_at(subject.entry + offset, NOP)
            subject.seal()
        if self.damaged:
            address = subject.address("console_data_shift") + 3
            subject.write_at(address, b"\1")
        guest = checker.Checker(plugin, directory, self.machine.ram,
                                self.machine.memory, subject.entry, subject.kernel_entry,
                                list(segments(subject)), subject.memory_path())
        subject.options = guest.options
        self.lines, _ = subject.run()
        return guest.finish()

    def is_good(self, report):
        if self.step:
            return report.complete and bool(report.findings) and "model" not in report.kinds
        if self.damaged:
            return (any(" MISMATCH segment=purgatory " in line for line in self.lines) and
                    report.ended and not report.findings)
        return report.complete and not report.findings


def states(machine):
    """How a machine's purgatory may be entered: EL2 without E2H has no kernel VA."""
    return (OFF, IDENTITY) if machine.regime == "el2" else ALL


def cases():
    for machine in machines.MACHINES["arm64"]:
        for state in states(machine):
            yield Case(machine, state)
            yield Case(machine, state, ("--mmu=off",))
            yield Case(machine, state, ("--no-checks",))
            yield Case(machine, state, damaged=True)
    for machine in machines.OTHER_KERNELS["arm64"] + machines.NOT_TO_SHARE["arm64"]:
        yield Case(machine, VIRTUAL)
    for machine in machines.OTHER_STATES["arm64"]:
        yield Case(machine, OFF)
        yield Case(machine, IDENTITY)
    for machine in machines.MACHINES["arm64"]:
        for step, needed in STEPS.items():
            if machine.regime == "el1" or step in REGIME_STEPS:
                for state in states(machine):
                    if state in needed:
                        yield Case(machine, state, (), step)


class Tap:
    """Numbers results and counts what went wrong."""

    def __init__(self):
        self.number = self.failed = 0

    def result(self, good, name, lines=()):
        self.number += 1
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")
        if not good:
            self.failed += 1
            for line in lines:
                print(f"# {line}")
        sys.stdout.flush()


def main():
    kexec, path, cross, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    plugin, stubs = checker.build(directory), build.Build(path, "arm64", cross, directory)
    symbols, tap = stubs.purgatory_symbols, Tap()
    names = {name.removeprefix("step_") for name in symbols if name.startswith("step_")}
    tap.result(names == set(STEPS), "each step of purgatory is known here",
               sorted(names ^ set(STEPS)))
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("KEXEC_MMU_JOBS") or 2)) as pool:
        chosen = [case for case in cases() if not case.step or case.step in names]
        reports = [pool.submit(case.run, os.path.abspath(kexec), stubs, plugin, symbols,
                               f"{directory}/{number}") for number, case in enumerate(chosen)]
        for case, future in zip(chosen, reports):
            report = future.result()
            tap.result(case.is_good(report), case.name, report.lines)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
