#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Damage what a guest with a real kernel has loaded, and see what comes of it.

usage: snapshots.py ARCH DIRECTORY RAM SIZE KERNEL INITRD TRIALS SEED NUMBER -- QEMU-COMMAND

The guest boots once, loads a crash kernel and a kernel to execute, and waits. Its memory is a file, RAM the
physical address where that begins, SIZE how QEMU is told its size; the state of all else is saved. Each
trial changes some bytes of the file, and has a new QEMU go on from there, with memory of its own on top of
the file: it panics or executes. A trial has to end with a line that names what was changed. If that is
purgatory itself, a reset will do, or a next kernel that starts with all that it should have. NUMBER is empty,
or the only trial that is run. Writes TAP; exit status 0 if there were no failures.
"""

import collections
import json
import mmap
import os
import random
import re
import select
import subprocess
import sys
import time

for directory in "boot", "harness":
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", directory))

import qemu_socket  # noqa: E402
from damage import data_ranges  # noqa: E402

TIME_LIMIT = 180  # seconds of a guest
PAGE, LINE = 4096, 64
# What is damaged of a crash kernel by address, and of what is executed by content.
CRASH_ROLES = ("kernel", "initrd", "dtb", "elfcorehdr", "pagetable", "manifest", "purgatory")
FILES = ("kernel", "initrd")
ENDS = rb"second kernel up|purgatory: resetting|purgatory: halted|purgatory: reset failed"


class Monitor:
    """QEMU's monitor."""

    def __init__(self, path):
        self.socket = qemu_socket.connect(path, 30)
        self.file = self.socket.makefile("rw", encoding="utf-8")
        self.file.readline()  # the greeting
        self.ask("qmp_capabilities")
        # What is in the memory's file is not in the state too.
        self.ask("migrate-set-capabilities",
                 capabilities=[{"capability": "x-ignore-shared", "state": True}])

    def ask(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            message = json.loads(self.file.readline())
            if "error" in message:
                raise AssertionError(f"{command}: {message}")
            if "return" in message:
                return message["return"]

    def migrate(self, command, uri):
        self.ask(command, uri=uri)
        while True:
            status = self.ask("query-migrate").get("status")
            if status == "completed":
                return
            assert status != "failed", f"{command} failed"
            time.sleep(0.02)

    def close(self):
        self.file.close()
        self.socket.close()


class Guest:
    """A QEMU with the memory's file: its own or on top of it."""

    def __init__(self, command, work, size, shared, *options):
        path = f"{work}/monitor"
        if os.path.exists(path):
            os.unlink(path)
        backend = (f"memory-backend-file,id=memory,size={size},mem-path={work}/memory,"
                   f"share={'on' if shared else 'off'}")
        self.process = subprocess.Popen(
            [*command, "-M", "memory-backend=memory", "-object", backend,
             "-qmp", f"unix:{path},server=on,wait=off", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = b""
        self.monitor = Monitor(path)

    def wait_for(self, pattern):
        """Until the console matches or the guest ends. Returns whether it matches."""
        deadline = time.monotonic() + TIME_LIMIT
        while not re.search(pattern, self.text):
            if not select.select([self.process.stdout], [], [], deadline - time.monotonic())[0]:
                return False
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return False
            self.text += data
        return True

    def say(self, line):
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def lines(self):
        return [line for line in re.split(r"[\r\n]+", self.text.decode(errors="replace")) if line]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.monitor.close()


def prepare(command, work, size):
    """Boot the guest, and save its state. Returns the segments of its crash kernel."""
    guest = Guest(command, work, size, True)
    try:
        if not guest.wait_for(rb"guest: waiting"):
            raise AssertionError("the guest does not wait:\n" + "\n".join(guest.lines()[-20:]))
        guest.monitor.ask("stop")
        guest.monitor.migrate("migrate", f"exec:cat >{work}/state")
        plan = "\n".join(line.removeprefix("plan: ") for line in guest.lines()
                         if line.startswith("plan: "))
        return json.loads(plan)["segments"] if plan else []
    finally:
        guest.close()


class Trial:
    """What is changed: [(offset in the file, bytes)]."""

    def __init__(self, memory, ranges, segments, files, ram, name):
        self.name, self.memory, self.ranges, self.ram = name, memory, ranges, ram
        self.generator = random.Random(name)
        self.action = self.generator.choice((b"panic", b"execute"))
        if self.action == b"panic":
            self.role = self.generator.choice(CRASH_ROLES)
            self.choose_address([segment for segment in segments if segment["role"] == self.role])
        else:
            self.role = self.generator.choice(FILES)
            self.choose_content(files[self.role])
        self.places = [place for place, _ in self.changes]

    def __str__(self):
        at = ", ".join(f"{self.ram + place:#x}" for place in self.places)
        return f"{self.name}: {self.action.decode()}, {self.role}, {self.how} at {at}"

    def damage(self, old):
        """How bytes of a line or a page are changed."""
        new = bytearray(old)
        at = self.generator.randrange(len(old))
        self.how = self.generator.choice(("bit", "byte", "line of zeros", "page of zeros"))
        if self.how == "bit":
            new[at] ^= 1 << self.generator.randrange(8)
        elif self.how == "byte":
            new[at] ^= self.generator.randrange(1, 256)
        elif self.how == "line of zeros":
            new[at & -LINE:(at & -LINE) + LINE] = bytes(len(new[at & -LINE:(at & -LINE) + LINE]))
        else:
            new[:] = bytes(len(new))
        return bytes(new)

    def choose_address(self, segments):
        """A page of a segment of the crash kernel, as far as its file goes."""
        self.changes = []
        while not self.changes:
            segment = self.generator.choice(segments)
            start, size = int(segment["address"], 16) - self.ram, segment["size"]
            if size == 0:
                continue
            page = self.generator.randrange(0, size, PAGE)
            place, length = start + page, min(PAGE, size - page)
            old = self.memory[place:place + length]
            new = self.damage(old)
            if new != old:
                self.changes = [(place, new)]

    def choose_content(self, content):
        """Every copy in memory of a page of a file: of the file, and what was loaded of it. A copy that does not start
        on a page is data of the running guest."""
        self.changes = []
        while not self.changes:
            page = content[self.generator.randrange(0, len(content) - PAGE, PAGE):][:PAGE]
            if len(set(page)) < 16:  # not one that many have
                continue
            new = self.damage(page)
            if new == page:
                continue
            for start, end in self.ranges:
                place = self.memory.find(page, start, end)
                while place >= 0:
                    if place % PAGE == 0:
                        self.changes.append((place, new))
                    place = self.memory.find(page, place + 1, end)
            if len(self.changes) < 2:  # the file itself, and what was loaded
                self.changes = []

    def run(self, command, work, size):
        before = [(place, self.memory[place:place + len(data)]) for place, data in self.changes]
        self.write(self.changes)
        try:
            guest = Guest(command, work, size, False, "-incoming", "defer")
            try:
                guest.monitor.migrate("migrate-incoming", f"exec:cat {work}/state")
                guest.monitor.ask("cont")
                guest.say(self.action)
                guest.wait_for(ENDS)
                return guest.lines()
            finally:
                guest.close()
        finally:
            self.write(before)

    def write(self, changes):
        for place, data in changes:
            self.memory[place:place + len(data)] = data

    def judge(self, lines):
        """(how it ended, why)."""
        reports = [line for line in lines if line.startswith("purgatory: ")]
        blamed = next((line for line in reports if " MISMATCH " in line or " FAULT " in line), None)
        if any(line.startswith("second kernel up") for line in lines):
            if self.role == "pagetable" and any("reason=tables" in line for line in reports):
                return "detected", "without tables"
            return ("harmless" if self.role in ("purgatory", "pagetable") else "failure",
                    "the next kernel is up")
        if blamed:
            named = re.search(r"segment=(\S+)", blamed)
            good = self.role == "purgatory" or (named and named[1] == self.role)
            return "detected" if good else "failure", blamed[:80]
        return "reset" if self.role == "purgatory" else "failure", f"no line: {lines[-3:]}"


def main():
    separator = sys.argv.index("--")
    arch, work, ram, size, kernel, initrd, trials, seed, number = sys.argv[1:separator]
    command = sys.argv[separator + 1:]
    files = {}
    for role, path in ("kernel", kernel), ("initrd", initrd):
        with open(path, "rb") as file:
            files[role] = file.read()
    segments, counts = prepare(command, work, size), collections.Counter()
    print("1..1")
    with open(f"{work}/memory", "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        ranges = list(data_ranges(file.fileno()))
        for index in [int(number)] if number else range(int(trials)):
            trial = Trial(memory, ranges, segments, files, int(ram, 0), f"{seed}/{index}")
            verdict, why = trial.judge(trial.run(command, work, size))
            counts[verdict] += 1
            if verdict == "failure" or number:
                print(f"# {trial}: {verdict}, {why}")
    good = not counts["failure"]
    print(f"{'ok' if good else 'not ok'} 1 - {arch}: damage to what a real kernel has loaded")
    print(f"# {arch}: {sum(counts.values())} trials on a guest: " +
          ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
