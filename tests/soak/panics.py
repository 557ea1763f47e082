#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Let a guest with four CPUs under load panic, again and again, on any CPU at any moment.

usage: panics.py ARCH DIRECTORY SIZE COUNT LOG -- QEMU-COMMAND

The guest boots once, loads a crash kernel and waits; each panic goes on from there. It must end with a crash kernel that
says that it was verified. The console of each that does not is added to LOG. Exit status 0 if all did.
"""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))

import snapshots  # noqa: E402

CPUS = 4
DELAYS = ("0", "0.05", "0.3", "0.7", "1", "1.9", "3")  # seconds


def panic(command, work, size, cpu, delay):
    """The console of one."""
    guest = snapshots.Guest(command, work, size, False, "-incoming", "defer")
    try:
        guest.monitor.migrate("migrate-incoming", f"exec:cat {work}/state")
        guest.monitor.ask("cont")
        guest.say(f"{cpu} {delay}".encode())
        guest.wait_for(snapshots.ENDS)
        return guest.lines()
    finally:
        guest.close()


def main():
    separator = sys.argv.index("--")
    arch, work, size, count, log = sys.argv[1:separator]
    command = sys.argv[separator + 1:]
    snapshots.prepare(command, work, size)
    generator, failed = random.Random(1), 0
    with open(log, "w", encoding="utf-8") as file:
        for number in range(int(count)):
            cpu, delay = generator.randrange(CPUS), generator.choice(DELAYS)
            lines = panic(command, work, size, cpu, delay)
            good = (any(line.startswith("purgatory: verified ") for line in lines) and
                    any(line.startswith("second kernel up") for line in lines))
            failed += not good
            if not good:
                print(f"# {number}: CPU {cpu}, after {delay} s: {lines[-1] if lines else 'nothing'}")
                file.write("\n".join([f"== {number}: CPU {cpu}, after {delay} s", *lines, ""]))
    print(f"# {arch}: {int(count) - failed} of {count} panics ended in a crash kernel")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
