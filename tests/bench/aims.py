#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each aim with its figure, and whether it is met.

usage: aims.py RESULTS

RESULTS has what the other parts of scripts/bench have left. aims.csv and aims.md, the tables of
docs/performance.md, go there. A figure says so if it was not measured or its engine is not built. The
exit status is 0, met or not: an aim is no test.
"""

import collections
import re
import statistics
import sys

import chunks
import model
import table

MB = 1_000_000
HUNDRED_MB = model.HUNDRED_MB
BLOCK = model.BLOCK
TOLERANCE = 0.05  # accesses a block: a chunk has some of its own for its 16384 blocks

Aim = collections.namedtuple("Aim", "group what aim figure met")


class Missing(Exception):
    """What an aim needs is not there."""


class Results:
    """All that was measured."""

    def __init__(self, directory):
        self.directory = directory
        self.counts = model.counts_by_engine(table.read(f"{directory}/counted.csv"))
        self.models = model.models(directory)
        self.machines = {machine["name"]: machine for machine in model.machines()}

    def rows(self, name):
        rows = table.read(f"{self.directory}/{name}.csv")
        if not rows:
            raise Missing("not measured")
        return rows

    def engine(self, arch, name, mmu="on"):
        try:
            return self.counts["kexec", arch, name, mmu]
        except KeyError:
            raise Missing(f"no engine {name}") from None

    def model(self, machine, engine=None, tool="kexec", mmu="on"):
        """The model of an engine, or of the one that is chosen there."""
        if engine:
            found = [model for model in self.models
                     if (model.machine["name"], model.tool, model.engine, model.mmu) ==
                     (machine, tool, engine, mmu)]
            if not found:
                raise Missing(f"no engine {engine}")
            return found[0]
        found = model.chosen(self.models, self.machines[machine], tool, mmu)
        if not found:
            raise Missing("not counted")
        return found


def throughput(results, engine, least):
    found = results.model("Ampere Altra", engine)
    speed = found.gigabytes_a_second()
    return f"{speed:.2f} GB/s, {cycles(found)}", speed >= least


def ratio(results, machine, least, mmu="on"):
    ours = results.model(machine, mmu=mmu)
    theirs = results.model(machine, tool="kexec-tools")
    times = theirs.per_byte() / ours.per_byte()
    text = f"{times:.0f} times, `{ours.engine}`"
    low = machine_range(results, machine)
    if low:
        text += f"; {theirs.per_byte(low) / ours.per_byte(low):.0f} if an access takes {low} ns"
    return text, times >= least


def machine_range(results, machine):
    return results.machines[machine].get("uncached_range", {"value": [0]})["value"][0]


def hundred_mb(results, machine, most):
    found = results.model(machine)
    time = HUNDRED_MB * found.per_byte()
    text = f"{table.seconds(time)} and {table.seconds(found.fixed_time())} that do not grow"
    return f"{text}; `{found.engine}`, {cycles(found)}", time <= most


def hundred_mb_of_all(results, machine, most):
    found = results.model(machine)
    time = chunks.time_of_all(found.machine, HUNDRED_MB)
    bound = "" if "read_all" in found.machine else "; nobody has published what they read together"
    return (f"{table.seconds(time)} with {found.cpus()} CPUs, the last round of chunks included{bound}",
            time <= most)


def cycles(found):
    """Where the cycles are from, and those of llvm-mca beside them."""
    if found.source == "llvm-mca" or not found.mca:
        return f"{found.cycles:.3g} cycles a byte"
    return f"{found.cycles:.3g} cycles a byte (llvm-mca: {found.mca:.3g})"


def instructions(results, arch, engine, most):
    count = results.engine(arch, engine).per_byte("instructions")
    return f"{count:.2f}", count <= most


def accesses(results, engine, kind, lanes, most):
    """Of a step, a block of each lane."""
    counts = results.engine("arm64", engine)
    count = BLOCK * lanes * sum(counts.per_byte(f"{kind}s{width}") for width in (1, 2, 4, 8, 16))
    return f"{count:.2f}", count <= most + TOLERANCE


def fixed_cost(results, arch):
    counts = results.engine(arch, "generic")
    phases = ("entry", "mmu", "exit")
    count = counts.sum(counts.sizes[0], "instructions", phases)
    return f"{count}", count <= 20_000


def table_pages(results):
    """What tests/page_table/figures prints of a plan of four segments, 250 MiB."""
    pages = [int(number) for number in
             re.findall(r"^\| (?:arm64|sv)\S* \| \d+ pages[^|]*\| (\d+) pages",
                        figures(results), re.MULTILINE)]
    if not pages:
        raise Missing("not measured")
    return f"{max(pages)} at most", max(pages) <= 16


def figures(results):
    try:
        with open(f"{results.directory}/page-tables.md", encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        raise Missing("not measured") from None


def linear_tables(results):
    """Pages by the number of segments that are far apart: the same step from each to the next."""
    pages = {int(count): int(number) for count, number in
             re.findall(r"^\| (\d+) \| (\d+) pages", figures(results), re.MULTILINE)}
    counts = sorted(pages)
    steps = {(pages[after] - pages[before]) / (after - before)
             for before, after in zip(counts, counts[1:])}
    text = ", ".join(f"{pages[count]} for {count}" for count in counts)
    return text, len(steps) == 1


def linear_bytes(results):
    counted = [counts for counts in results.counts.values() if len(counts.sizes) > 2]
    if not counted:
        raise Missing("not measured with three sizes")
    worst = max(counts.deviation() for counts in counted)
    largest = max(max(counts.sizes) for counts in counted)
    return f"within {worst * 100:.4f} % of a line, up to {largest >> 20} MiB", worst < 0.001


def user_instructions(results):
    rows = {(row["mb"], row["tool"]): row["instructions"] for row in
            results.rows("instructions-arm64") if row["compression"] == "raw"}
    shares = {mb: rows[mb, "kexec"] / rows[mb, "kexec-tools"] for mb, tool in rows
              if tool == "kexec"}
    text = ", ".join(f"{share * 100:.3g} % ({mb} MB)" for mb, share in sorted(shares.items()))
    return text, max(shares.values()) <= 0.1


def median(rows, column, **where):
    """The median of a column over the rows that have these values and ended well."""
    values = [row[column] for row in rows if row["status"] == 0 and
              all(row[name] == value for name, value in where.items())]
    return statistics.median(values) if values else None


def timed_total(results):
    """By compression and size; kexec-tools cannot load all of them. Counted: user and kernel."""
    rows, counted = results.rows("timed-arm64"), results.rows("instructions-arm64")
    for row in counted:
        row["all"] = row["instructions"] + row["kernel_instructions"]
    texts, worst = [], 0
    for mb, compression in sorted({(row["mb"], row["compression"]) for row in rows}):
        where = {"mb": mb, "compression": compression}
        times, counts = ([median(rows_of, column, tool=tool, **where)
                          for tool in ("kexec", "kexec-tools")]
                         for rows_of, column in ((rows, "wall_us"), (counted, "all")))
        if all(times) and all(counts):
            worst = max(worst, times[0] / times[1])
            texts.append(f"{times[0] / times[1]:.2f} ({compression} {mb} MB; by instructions "
                         f"{counts[0] / counts[1]:.2f})")
    if not texts:
        raise Missing("not measured")
    return ", ".join(texts), worst <= 0.8


def unlucky_placement(results):
    """The aim is one of time. Most of ours is what QEMU takes to emulate SHA2 instructions."""
    times = {(row["kind"], row["tool"]): row["all_s"] for row in results.rows("placement")}
    ratios = {kind: times[kind, "kexec-tools"] / times[kind, "kexec"]
              for kind in ("timed", "counted")}
    return (f"{ratios['timed']:.0f} times by the clock, where most of ours is QEMU emulating SHA2 "
            f"instructions; {ratios['counted']:.0f} times by instructions "
            f"({times['counted', 'kexec-tools']} and {times['counted', 'kexec']} billion)",
            ratios["timed"] >= 20)


def anonymous_memory(results):
    worst = 0
    for arch in ("arm64", "riscv64"):
        worst = max([worst] + [row["anonymous_kb"] for row in results.rows(f"memory-{arch}")
                               if row["tool"] == "kexec" and row["compression"] == "raw"])
    theirs = max(row["anonymous_kb"] for row in results.rows("memory-arm64")
                 if row["tool"] == "kexec-tools" and row["compression"] == "raw")
    return (f"{worst / 1000:.1f} MB (kexec-tools: {theirs / 1000:.0f} MB)",
            worst * 1024 <= 8 * MB)


# What each aim is about, by headings of docs/performance.md.
AIMS = {
    "Time to verify, modelled": [
        ("Ampere Altra, one message at a time", ">= 1.8 GB/s", throughput, "sha2", 1.8),
        ("Ampere Altra, two messages interleaved", ">= 3 GB/s", throughput, "sha2-x2", 3),
        ("Ampere Altra, beside kexec-tools", ">= 1000 times as fast", ratio, "Ampere Altra", 1000),
        ("Ampere Altra, beside kexec-tools, where the MMU must stay off", ">= 70 times as fast",
         ratio, "Ampere Altra", 70, "off"),
        ("Raspberry Pi 4, 100 MB", "<= 0.45 s", hundred_mb, "Raspberry Pi 4", 0.45),
        ("Raspberry Pi 4, beside kexec-tools", ">= 100 times as fast", ratio, "Raspberry Pi 4",
         100),
        ("Raspberry Pi 4, beside kexec-tools, where the MMU must stay off", ">= 35 times as fast",
         ratio, "Raspberry Pi 4", 35, "off"),
        ("SpacemiT K1, 100 MB", "<= 0.85 s", hundred_mb, "SpacemiT K1", 0.85),
        ("VisionFive 2 (U74), 100 MB", "<= 1.45 s", hundred_mb, "VisionFive 2", 1.45),
        ("SpacemiT K1, 100 MB, `--cpus=all`", "<= 0.15 s", hundred_mb_of_all, "SpacemiT K1", 0.15),
        ("VisionFive 2 (U74), 100 MB, `--cpus=all`", "<= 0.40 s", hundred_mb_of_all, "VisionFive 2", 0.40),
    ],
    "What purgatory executes, counted": [
        ("`sha2`, instructions per byte", "<= 1.8", instructions, "arm64", "sha2", 1.8),
        ("`sha2-x2`, instructions per byte", "<= 1.8", instructions, "arm64", "sha2-x2", 1.8),
        ("`sha2`, loads per block of 64 bytes", "<= 4", accesses, "sha2", "load", 1, 4),
        ("`sha2-x2`, loads per pair of blocks", "<= 12", accesses, "sha2-x2", "load", 2, 12),
        ("`sha2`, stores per block", "none", accesses, "sha2", "store", 1, 0),
        ("`sha2-x2`, stores per pair of blocks", "none", accesses, "sha2-x2", "store", 2, 0),
        ("`zbb`, instructions per byte", "<= 40", instructions, "riscv64", "zbb", 40),
        ("`zknh`, instructions per byte", "<= 25", instructions, "riscv64", "zknh", 25),
        ("`zvknh`, instructions per byte", "<= 1.8", instructions, "riscv64", "zvknh", 1.8),
        ("arm64, instructions before and after the hashing", "<= 20000", fixed_cost, "arm64"),
        ("riscv64, instructions before and after the hashing", "<= 20000", fixed_cost, "riscv64"),
        ("instructions grow with the bytes", "on a line", linear_bytes),
        ("pages of a set of page tables, four segments", "<= 16", table_pages),
        ("pages of page tables grow with the segments", "on a line", linear_tables),
    ],
    "kexec -l beside kexec-tools, arm64": [
        ("instructions in user mode, uncompressed kernel", "<= 10 % of kexec-tools'",
         user_instructions),
        ("time in the same guest", "<= 0.8 of kexec-tools'", timed_total),
        ("time where kexec-tools places unluckily", ">= 20 times as fast", unlucky_placement),
        ("anonymous memory, uncompressed kernel", "<= 8 MB", anonymous_memory),
    ],
}


def judge(results):
    for group, aims in AIMS.items():
        for what, aim, function, *arguments in aims:
            try:
                figure, met = function(results, *arguments)
            except Missing as missing:
                yield Aim(group, what, aim, str(missing), "not met")
            else:
                yield Aim(group, what, aim, figure, "met" if met else "not met")


def markdown(aims):
    """A heading and a table for each group."""
    for group in AIMS:
        yield f"### {group}\n\n| what | aim | figure | |\n|---|---|---|---|\n"
        for aim in aims:
            if aim.group == group:
                yield f"| {aim.what} | {aim.aim} | {aim.figure} | {aim.met} |\n"
        yield "\n"


def main():
    directory, = sys.argv[1:]
    aims = list(judge(Results(directory)))
    table.write(f"{directory}/aims.csv", [aim._asdict() for aim in aims])
    with open(f"{directory}/aims.md", "w", encoding="ascii") as file:
        file.writelines(markdown(aims))
    for group in AIMS:
        table.show(group, ["what", "aim", "figure", ""],
                   [aim[1:] for aim in aims if aim.group == group])
    print(f"\n  {sum(aim.met == 'met' for aim in aims)} of {len(aims)} met")


if __name__ == "__main__":
    main()
