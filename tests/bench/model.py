#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""How long verification takes on machines.toml's machines, from what was counted.

usage: model.py RESULTS

RESULTS has counted.csv and mca.csv; modelled.csv goes there. For B bytes, that is B/64 blocks:

    cached     T = T_fix + B/64 * max(C/f, 64/BW)
    MMU off    T = T_fix + B/64 * [C/f + (N_d + (1 - I) * N_f) * t_u]

C cycles, N_d data accesses of at most 16 bytes and N_f fetches of 16 bytes, all a block and counted as
the difference of two payloads; f the clock, BW what a core reads, t_u an access past the caches, I
whether the I-cache is on: with our purgatory it is, with kexec-tools' it is not. A line that is cleaned
counts as an access: it takes at most as long. riscv64 is cached with the MMU off too.

With several CPUs (--cpus) C is divided by their number, and BW is what all of them read together, as far as that
is published. What the last group of chunks costs, for which not all CPUs find work, is not in the model.

T_fix is what does not grow: the phases before and after the hashing by the second formula, and what the
hashing itself has beside its growth (a kernel of 1 MiB, cleaned as it is read, chunks that fill no
group of lanes, the report), with the portable engine's cycles an instruction.
"""

import os
import sys
import tomllib

import table

BLOCK = 64
SIZES = [1 << shift for shift in range(20, 35)]  # bytes
HUNDRED_MB = 100_000_000
CPUS_MAX = 8  # PURGATORY_CPUS_MAX
AROUND = ("entry", "check", "mmu", "exit")
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


def counts_by_engine(counted):
    """Counts by (tool, arch, engine, mmu)."""
    groups = {}
    for row in counted:
        key = row["tool"], row["arch"], row["engine"], row["mmu"]
        groups.setdefault(key, []).append(row)
    return {key: Counts(rows) for key, rows in groups.items()}


class Model:
    """One machine with one engine; times in seconds, sizes in bytes.

    cycles and mca are cycles a byte, of the model and of llvm-mca (None if it has no model);
    cycles_per_instruction those of the portable engine.
    """

    def __init__(self, machine, tool, engine, mmu, counts, cycles, mca, cycles_per_instruction):
        self.machine, self.tool, self.engine, self.mmu = machine, tool, engine, mmu
        self.counts = counts
        self.hertz = machine["ghz"]["value"] * 1e9
        self.cycles, self.mca = cycles, mca
        self.cycles_per_instruction = cycles_per_instruction
        self.source = "machines.toml" if engine in machine["cycles"] else "llvm-mca"
        self.latency = machine.get("uncached", {"value": 0})["value"] * 1e-9

    def uncached_accesses(self, count, mmu):
        """How many accesses go past the caches; count tells how many there are of a kind."""
        if self.machine["arch"] == "riscv64":
            return 0
        accesses = count("maintenance")
        if mmu == "off":
            accesses += sum(count(name) for name in ACCESSES)
        if self.tool == "kexec-tools":
            accesses += count("fetches")
        return accesses

    def fixed_time(self):
        """What does not grow: all but the hashing is done with the MMU off."""
        def around(name):
            return self.counts.sum(self.counts.sizes[0], name, AROUND)

        def hashing(name):
            return max(0, self.counts.fixed(name) - around(name))

        cycles = self.cycles_per_instruction * (around("instructions") + hashing("instructions"))
        return cycles / self.hertz + self.latency * (
            self.uncached_accesses(around, "off") + self.uncached_accesses(hashing, self.mmu))

    def per_byte(self, latency=None):
        """latency: of an access past the caches in ns, if not machines.toml's."""
        latency = self.latency if latency is None else latency * 1e-9
        hashing = self.cycles / self.hertz
        if self.machine["arch"] == "riscv64" or self.mmu == "on":
            hashing = max(hashing, 1 / (self.machine["read"]["value"] * 1e9))
        return hashing + latency * self.uncached_accesses(self.counts.per_byte, self.mmu)

    def time(self, size):
        return self.fixed_time() + size * self.per_byte()

    def cpus(self):
        """How many CPUs verify together at most: others only with the MMU on, and only ours does so."""
        if self.tool == "kexec-tools" or self.mmu == "off":
            return 1
        return min(self.machine["cpus"]["value"], CPUS_MAX)

    def per_byte_of_all(self):
        hashing = self.cycles / self.hertz / self.cpus()
        if "read_all" in self.machine:
            hashing = max(hashing, 1 / (self.machine["read_all"]["value"] * 1e9))
        return hashing + self.latency * self.uncached_accesses(self.counts.per_byte, self.mmu)

    def gigabytes_a_second(self):
        return 1e-9 / self.per_byte()


def models(results):
    """Every machine with every engine that was counted and whose cycles are known."""
    counts = counts_by_engine(table.read(f"{results}/counted.csv"))
    mca = {(row["arch"], row["engine"], row["cpu"]): row["cycles"]
           for row in table.read(f"{results}/mca.csv")}
    found = []
    for machine in machines():
        def cycles_of(engine, machine=machine):
            published = machine["cycles"].get(engine)
            return published["value"] if published else \
                mca.get((machine["arch"], engine, machine["mca"]))

        portable = counts.get(("kexec", machine["arch"], "generic", "on"))
        if not portable or not cycles_of("generic"):
            continue
        rate = cycles_of("generic") / portable.per_byte("instructions")
        for (tool, arch, engine, mmu), counted in counts.items():
            if arch == machine["arch"] and engine in machine["runs"] + ["kexec-tools"] and \
                    cycles_of(engine):
                found.append(Model(machine, tool, engine, mmu, counted, cycles_of(engine),
                                   mca.get((arch, engine, machine["mca"])), rate))
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
             "s_per_100_mb": HUNDRED_MB * model.per_byte(), "cpus": model.cpus(),
             "s_per_100_mb_all_cpus": HUNDRED_MB * model.per_byte_of_all()
             if model.cpus() > 1 else ""} for model in models(results)]
    table.write(f"{results}/modelled.csv", rows)
    table.show("Modelled: verifying 100 MB, and once beside that",
               ["machine", "tool", "engine", "MMU", "cycles/byte", "from", "llvm-mca", "GB/s",
                "100 MB", "all CPUs", "once"],
               [[row["machine"], row["tool"], row["engine"], row["mmu"],
                 f"{row['cycles_per_byte']:.2f}", row["cycles_source"],
                 f"{row['mca_cycles_per_byte']:.2f}" if row["mca_cycles_per_byte"] else "-",
                 f"{row['gb_per_s']:.3g}", table.seconds(row["s_per_100_mb"]),
                 table.seconds(row["s_per_100_mb_all_cpus"]) if row["s_per_100_mb_all_cpus"] else "-",
                 table.seconds(row["fixed_s"])] for row in rows])


if __name__ == "__main__":
    main()
