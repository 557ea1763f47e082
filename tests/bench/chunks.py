#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""How long several CPUs take, round by round, and what the size of chunks does to that.

usage: chunks.py

Prints the table of docs/cpus.md, computed from machines.toml alone. CPUs take groups of chunks as
purgatory/cpus.c does: the next ones of one size, as many as the engine has lanes, whenever they have
nothing to do. Fewer than three quarters of the lanes are hashed one by one, with the engine for one message
(purgatory/sha256.c). What starting the CPUs and the end of purgatory take is left out, and so is memory
unless what all CPUs read together is published: it is no limit for any of these machines then.
"""

import heapq

import model

MIB = 1 << 20
SIZES = 256 << 10, MIB  # of chunks
ENTRY = 64  # bytes of struct manifest_chunk
LANES = {"sha2-x2": 2, "neon-x4": 4, "rvv": 8}  # at VLEN 256
KERNEL = 30_000_000  # bytes of the load; the rest is the initrd
PAYLOADS = 40_000_000, 100_000_000


class Hashing:
    """How a machine of machines.toml hashes: cycles a byte of its engine and of that for one message."""

    def __init__(self, machine):
        self.machine = machine
        self.engine, *others = machine["engines"]
        self.lanes = LANES.get(self.engine, 1)
        self.hertz = machine["ghz"]["value"] * 1e9
        self.cycles = self.cycles_of(self.engine)
        self.alone = self.cycles_of(others[0]) if self.lanes > 1 else self.cycles

    def cycles_of(self, engine):
        return self.machine["cycles"][engine]["value"]

    def group(self, count, length):
        """Seconds for chunks that a CPU takes at once. Lanes that are idle take as long as the others."""
        if self.lanes > 1 and 4 * count >= 3 * self.lanes:
            return self.lanes * length * self.cycles / self.hertz
        return count * length * self.alone / self.hertz

    def time(self, segments, chunk, cpus):
        """Seconds until all CPUs are done with segments of so many bytes each."""
        free = [0.0] * cpus  # when each CPU has nothing to do
        for count, length in groups(segments, chunk, self.lanes):
            heapq.heapreplace(free, free[0] + self.group(count, length))
        return max(free)

    def manifest(self, size):
        """Seconds for a manifest of so many bytes, which is one message."""
        return size * self.alone / self.hertz


def groups(segments, chunk, lanes):
    """(how many chunks, bytes of each) of each group that a CPU takes."""
    for size in segments:
        whole = size // chunk
        for first in range(0, whole, lanes):
            yield min(lanes, whole - first), chunk
        if size % chunk:
            yield 1, size % chunk


def chunk_count(segments, chunk):
    return sum(-(-size // chunk) for size in segments)


def segments_of(payload):
    return [KERNEL, payload - KERNEL]


def time_of_all(machine, payload, chunk=MIB):
    """Seconds with all CPUs that purgatory uses."""
    cpus = min(machine["cpus"]["value"], model.CPUS_MAX)
    time = Hashing(machine).time(segments_of(payload), chunk, cpus)
    if "read_all" in machine:
        time = max(time, payload / (machine["read_all"]["value"] * 1e9))
    return time


def milliseconds(seconds):
    return f"{seconds * 1e3:.3g}"


def rows():
    """Cells of the table: for each machine and payload, both sizes beside each other."""
    for machine in model.machines():
        hashing = Hashing(machine)
        for payload in PAYLOADS:
            segments = segments_of(payload)
            cells = [[milliseconds(hashing.time(segments, chunk, cpus)) for chunk in SIZES]
                     if cpus <= machine["cpus"]["value"] else "-" for cpus in (1, 4, 8)]
            manifests = [ENTRY * chunk_count(segments, chunk) for chunk in SIZES]
            cells.append([milliseconds(hashing.manifest(size)) for size in manifests])
            yield [f"{machine['name']}, `{hashing.engine}`", f"{payload // 1_000_000} MB",
                   *(" / ".join(cell) for cell in cells)]


def main():
    print("| ms with chunks of 256 KiB / 1 MiB | load | 1 CPU | 4 CPUs | 8 CPUs | manifest |")
    print("|---|---|---|---|---|---|")
    for row in rows():
        print("| " + " | ".join(row) + " |")
    for payload in PAYLOADS:
        sizes = [ENTRY * chunk_count(segments_of(payload), chunk) for chunk in SIZES]
        print(f"\nThe manifest of {payload // 1_000_000} MB has {sizes[0]} / {sizes[1]} bytes.")


if __name__ == "__main__":
    main()
