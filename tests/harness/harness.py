#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run purgatory in QEMU between stand-ins for the old and the next kernel.

usage: harness.py KEXEC PURGATORY arm64|riscv64 CROSS-PREFIX DIRECTORY [WORD...]

KEXEC is the program, whose --output is what is run, PURGATORY the object that was built into it, for
its symbols; CROSS-PREFIX is that of binutils and gcc
("aarch64-linux-gnu-"), DIRECTORY a scratch directory. With words, only the cases whose names have
all of them, and those of the matrix below hostile firmware that are left out otherwise. As many machines at a time as $KEXEC_MMU_JOBS says, or 2. Writes TAP; exit status 0 if
all passed.
"""

import concurrent.futures
import os
import shutil
import sys

import build
import cases
import load


def run(case, kexec, stubs, directory):
    """Run a case. Returns what is wrong, one line each."""
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    subject = load.Load(kexec, stubs, case.machine, case.regime, directory)
    try:
        return case.run(subject)
    except (AssertionError, OSError, KeyError, StopIteration) as error:
        return [repr(error)]


def main():
    kexec, purgatory, arch, cross, directory, *words = sys.argv[1:]
    kexec = os.path.abspath(kexec)
    os.makedirs(directory, exist_ok=True)
    known = list(cases.cases(arch))
    chosen = [case for case in known if all(word in case.name for word in words)
              and (words or case.always)]
    if not chosen:
        names = "\n".join(f"  {case.name}" for case in known)
        sys.exit(f"harness.py: no case has {' and '.join(map(repr, words))} in its name; "
                 f"there are:\n{names}")
    stubs = build.Build(purgatory, arch, cross, directory)
    failed = 0
    print(f"1..{len(chosen)}")
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("KEXEC_MMU_JOBS") or 2)) as pool:
        results = [pool.submit(run, case, kexec, stubs, f"{directory}/{number}")
                   for number, case in enumerate(chosen, 1)]
        for number, (case, result) in enumerate(zip(chosen, results), 1):
            wrong = result.result()
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {number} - {arch} {case.name}")
            for line in wrong:
                print("# " + line)
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
