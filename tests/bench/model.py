#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""How long verification takes on machines.toml's machines, from what was counted.

usage: model.py RESULTS

RESULTS has counted.csv and mca.csv; modelled.csv goes there. For B bytes, that is B/64 blocks:

    cached     T = T_fix + B * max(C/f, 1/BW)
    MMU off    T = T_fix + B/64 * [C/f + (N_d + (1 - I) * N_f) * t_u]

C cycles, N_d data accesses and N_f fetches of 16 bytes, all a block and counted as the difference of
two payloads; f the clock, BW what a core reads, t_u an access past the caches, I whether the I-cache
is on: with our purgatory it is, with kexec-tools' it is not. riscv64 is cached with the MMU off too.
T_fix is the same formula for what is counted before and after, where all of it is done with the MMU
off: accesses and lines that are cleaned take t_u, instructions a cycle each. It does not grow.
"""

import os
import sys
import tomllib

import table

BLOCK = 64
SIZES = [1 << shift for shift in range(20, 35)]  # bytes
HUNDRED_MB = 100_000_000
ACCESSES = [f"{kind}s{width}" for kind in ("load", "store") for width in (1, 2, 4, 8, 16)]


def machines():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "machines.toml")
    with open(path, "rb") as file:
        return tomllib.load(file)["machine"]


class Counts:
    """What is counted of one engine, MMU on or off: by payload, all phases or some."""

    def __init__(self, rows):
        self.rows = rows
        self.sizes = sorted({row["bytes"] for row in rows})

    def sum(self, size, name, phases=None):
        return sum(row[name] for row in self.rows
                   if row["bytes"] == size and (phases is None or row["phase"] in phases))

    def per_byte(self, name):
        """Growth with the payload, between the two smallest; all of it if there is but one."""
        if len(self.sizes) == 1:
            return self.sum(self.sizes[0], name) / self.sizes[0]
        small, large = self.sizes[:2]
        return (self.sum(large, name) - self.sum(small, name)) / (large - small)

    def fixed(self, name):
        """What the smallest payload has beside its growth."""
        return max(0, self.sum(self.sizes[0], name) - self.per_byte(name) * self.sizes[0])

    def deviation(self):
        """The largest relative difference of instructions from a straight line."""
        line = [self.fixed("instructions") + self.per_byte("instructions") * size
                for size in self.sizes]
        return max(abs(self.sum(size, "instructions") / expected - 1)
                   for size, expected in zip(self.sizes, line))

    def accesses_per_byte(self):
        return sum(self.per_byte(name) for name in ACCESSES)


def counts_by_engine(counted):
    """Counts by (tool, arch, engine, mmu)."""
    groups = {}
    for row in counted:
        key = row["tool"], row["arch"], row["engine"], row["mmu"]
        groups.setdefault(key, []).append(row)
    return {key: Counts(rows) for key, rows in groups.items()}


class Model:
    """One machine with one engine; times in seconds, sizes in bytes."""

    def __init__(self, machine, tool, engine, mmu, counts, mca):
        self.machine, self.tool, self.engine, self.mmu = machine, tool, engine, mmu
        self.counts = counts
        self.hertz = machine["ghz"]["value"] * 1e9
        published = machine["cycles"].get(engine)
        self.cycles = published["value"] if published else mca  # a byte
        self.source = "published" if published else "llvm-mca"
        self.mca = mca
        self.latency = machine.get("uncached", {"value": 0})["value"] * 1e-9

    def fixed_time(self):
        """Everything but hashing the payload, as if all of it were done with the MMU off."""
        fetches = 0 if self.tool == "kexec" else self.counts.fixed("fetches")
        accesses = sum(self.counts.fixed(name) for name in ACCESSES)
        lines = self.counts.fixed("maintenance")
        return (self.counts.fixed("instructions") / self.hertz +
                (accesses + lines + fetches) * self.latency)

    def per_byte(self, latency=None):
        latency = self.latency if latency is None else latency * 1e-9
        hashing = self.cycles / self.hertz
        if self.machine["arch"] == "riscv64" or self.mmu == "on":
            return max(hashing, 1 / (self.machine["read"]["value"] * 1e9))
        fetches = 0 if self.tool == "kexec" else self.counts.per_byte("fetches")
        return hashing + (self.counts.accesses_per_byte() + fetches) * latency

    def time(self, size):
        return self.fixed_time() + size * self.per_byte()

    def gigabytes_a_second(self):
        return 1e-9 / self.per_byte()


def models(results):
    """Every machine with every engine that was counted and whose cycles are known."""
    counts = counts_by_engine(table.read(f"{results}/counted.csv"))
    mca = {(row["arch"], row["engine"], row["cpu"]): row["cycles"]
           for row in table.read(f"{results}/mca.csv")}
    found = []
    for machine in machines():
        for (tool, arch, engine, mmu), counted in counts.items():
            cycles = mca.get((arch, engine, machine["mca"]))
            if arch == machine["arch"] and engine in machine["runs"] + ["kexec-tools"] and \
                    (cycles or engine in machine["cycles"]):
                found.append(Model(machine, tool, engine, mmu, counted, cycles))
    return found


def chosen(all_models, machine, tool, mmu="on"):
    """The model of what runs there: the first of the machine's engines that was counted."""
    wanted = machine["engines"] if mmu == "on" else [machine.get("uncached_engine")]
    if tool == "kexec-tools":
        wanted, mmu = ["kexec-tools"], "off"
    for engine in wanted + ["generic"]:
        for model in all_models:
            if (model.machine["name"], model.tool, model.engine, model.mmu) == \
                    (machine["name"], tool, engine, mmu):
                return model
    return None


def main():
    results, = sys.argv[1:]
    rows = [{"machine": model.machine["name"], "core": model.machine["core"], "tool": model.tool,
             "engine": model.engine, "mmu": model.mmu, "cycles_per_byte": model.cycles,
             "cycles_source": model.source, "mca_cycles_per_byte": model.mca or "",
             "fixed_s": model.fixed_time(), "gb_per_s": model.gigabytes_a_second(),
             "s_per_100_mb": model.time(HUNDRED_MB)} for model in models(results)]
    table.write(f"{results}/modelled.csv", rows)
    table.show("Modelled: verifying 100 MB",
               ["machine", "tool", "engine", "MMU", "cycles/byte", "from", "llvm-mca", "GB/s",
                "100 MB"],
               [[row["machine"], row["tool"], row["engine"], row["mmu"],
                 f"{row['cycles_per_byte']:.2f}", row["cycles_source"],
                 f"{row['mca_cycles_per_byte']:.2f}" if row["mca_cycles_per_byte"] else "-",
                 f"{row['gb_per_s']:.3g}", table.seconds(row["s_per_100_mb"])] for row in rows])


if __name__ == "__main__":
    main()
