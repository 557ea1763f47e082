#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Flip each bit of the code that purgatory cannot check before it runs, and see what comes of it.

usage: bits.py OUT ARCH CROSS-PREFIX DIRECTORY [COUNT]

With COUNT, so many of them by chance, the same ones each time.
With the initrd damaged too, no such bit may let the kernel start. Writes TAP, and how many bits end how.
"""

import collections
import os
import random
import sys

import inject

HANGS = 3  # seconds after which a machine is taken to be silent for ever


def flip(load, address, bit):
    return address, bytes([load.read(address, 1)[0] ^ 1 << bit])


def judge(lines, ended):
    reports = [line for line in lines if line.startswith("purgatory:")]
    if any(line.startswith("kernel:") for line in lines):
        return "entered"
    if not ended:
        return "silent"
    return "detected" if any("MISMATCH" in line or "FAULT" in line for line in reports) else "reset"


def main():
    out, arch, cross, directory, *count = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    stubs = inject.build.Build(f"{out}/build/purgatory/purgatory-{arch}.o", arch, cross, directory)
    cell = next(inject.cells(arch))
    load = cell.plan(out, stubs, f"{directory}/load")
    start, end = load.entry, load.routine("purgatory_checked")
    initrd = flip(load, load.segment("initrd").start + 77, 3)
    counts, entered = collections.Counter(), []
    bits = [(address, bit) for address in range(start, end) for bit in range(8)]
    if count:
        bits = random.Random(1).sample(bits, int(count[0]))
    machine = inject.subject.Subject(load, limit=HANGS)
    try:
        for address, bit in bits:
            verdict = judge(*machine.trial([flip(load, address, bit), initrd]))
            counts[verdict] += 1
            if verdict == "entered":
                entered.append(f"{address - start:#x} bit {bit}")
    finally:
        machine.close()
    print("1..1")
    print(f"{'not ok' if entered else 'ok'} 1 - {arch}: no bit of the first {end - start} bytes "
          "starts a damaged load")
    print(f"# {arch} {cell.name}: {sum(counts.values())} bits: " +
          ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    for place in entered:
        print(f"# entered: {place}")
    return 1 if entered else 0


if __name__ == "__main__":
    sys.exit(main())
