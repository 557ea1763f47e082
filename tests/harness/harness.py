#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run purgatory in QEMU between stand-ins for the old and the next kernel.

usage: harness.py KEXEC PURGATORY arm64|riscv64 CROSS-PREFIX DIRECTORY [WORD...]

KEXEC is the program, whose --output is what is run, PURGATORY the object that was built into it, for
its symbols; CROSS-PREFIX is that of binutils and gcc
("aarch64-linux-gnu-"), DIRECTORY a scratch directory. With words, only the cases whose names have
all of them, also of those that a run without words leaves out. As many machines at a time as $KEXEC_MMU_JOBS says,
or 2. Cases of the same machine run one after the other, because QEMU starts once for them (guest.py).
Writes TAP; exit status 0 if all passed.
"""

import concurrent.futures
import contextlib
import os
import shutil
import sys

import build
import cases
import guest
import load

BATCH = 8  # cases of one machine that a thread runs at a time
IDLE_MACHINES = 4


class Runner:
    """What all cases share."""

    def __init__(self, kexec, stubs, directory, pool):
        self.kexec, self.stubs, self.directory, self.pool = kexec, stubs, directory, pool

    def run(self, case, number):
        """Run a case. Returns what is wrong, one line each."""
        directory = f"{self.directory}/{number}"
        os.makedirs(directory)
        subject = load.Load(self.kexec, self.stubs, case.machine, case.regime, directory)
        subject.pool = self.pool
        try:
            return case.run(subject)
        except (AssertionError, OSError, KeyError, StopIteration) as error:
            return [repr(error)]
        finally:
            shutil.rmtree(directory)

    def run_batch(self, batch):
        """Run cases by number. Returns what is wrong of each, by number."""
        return {number: self.run(case, number) for number, case in batch.items()}


def batches(chosen):
    """Cases by number, a machine after the other, none of them for long."""
    machines = {}
    for number, case in enumerate(chosen, 1):
        machines.setdefault(tuple(case.machine.command("", "")), []).append((number, case))
    for found in machines.values():
        for start in range(0, len(found), BATCH):
            yield dict(found[start:start + BATCH])


def main():
    kexec, purgatory, arch, cross, directory, *words = sys.argv[1:]
    kexec = os.path.abspath(kexec)
    os.makedirs(directory, exist_ok=True)
    known = [*cases.cases(arch), *cases.isolated(arch)]
    chosen = [case for case in known if all(word in case.name for word in words)
              and (words or case.always)]
    if not chosen:
        names = "\n".join(f"  {case.name}" for case in known)
        sys.exit(f"harness.py: no case has {' and '.join(map(repr, words))} in its name; "
                 f"there are:\n{names}")
    stubs = build.Build(purgatory, arch, cross, directory)
    failed, results = 0, {}
    print(f"1..{len(chosen)}")
    with (contextlib.closing(guest.Pool(directory, IDLE_MACHINES)) as machines,
          concurrent.futures.ThreadPoolExecutor(int(os.environ.get("KEXEC_MMU_JOBS") or 2)) as pool):
        runner = Runner(kexec, stubs, directory, machines)
        for batch in batches(chosen):
            results.update(dict.fromkeys(batch, pool.submit(runner.run_batch, batch)))
        for number, case in enumerate(chosen, 1):
            wrong = results[number].result()[number]
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {number} - {arch} {case.name}")
            for line in wrong:
                print("# " + line)
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
