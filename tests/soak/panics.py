#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Let a guest with four CPUs under load panic, again and again, on any CPU at any moment; or load and execute.

usage: panics.py ARCH DIRECTORY SIZE COUNT LOG -- QEMU-COMMAND

The guest boots once, loads a crash kernel and waits; each panic goes on from there. Beside COUNT panics there is
an execution for each five of them. Each must end with the next kernel, and with purgatory's line that it was
verified: the crash kernel after a panic, and not the crash kernel after an execution. The console of each that does
not is added to LOG. Exit status 0 if all did.
"""

import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))

import snapshots  # noqa: E402

CPUS = 4
CRASHED = re.compile("second kernel command line: .*reset_devices")  # guest/panics
DELAYS = ("0", "0.05", "0.3", "0.7", "1", "1.9", "3")  # seconds


def run(command, work, size, action):
    """The console of one."""
    guest = snapshots.Guest(command, work, size, False, "-incoming", "defer")
    try:
        guest.monitor.migrate("migrate-incoming", f"exec:cat {work}/state")
        guest.monitor.ask("cont")
        guest.say(action.encode())
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
    kinds = ["panic"] * int(count) + ["execute"] * (int(count) // 5)
    generator.shuffle(kinds)
    with open(log, "w", encoding="utf-8") as file:
        for number, kind in enumerate(kinds):
            action = f"{kind} {generator.randrange(CPUS)} {generator.choice(DELAYS)}"
            lines = run(command, work, size, action)
            good = (any(line.startswith("purgatory: verified ") for line in lines) and
                    any(line.startswith("second kernel up") for line in lines) and
                    any(map(CRASHED.match, lines)) == (kind == "panic"))
            failed += not good
            if not good:
                print(f"# {number}: {action}: {lines[-1] if lines else 'nothing'}")
                file.write("\n".join([f"== {number}: {action}", *lines, ""]))
    print(f"# {arch}: {len(kinds) - failed} of {len(kinds)} ended in the next kernel: {count} panics, "
          f"{kinds.count('execute')} executions")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
