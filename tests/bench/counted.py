#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Count what purgatory executes with each engine, and put kexec-tools' counts beside it.

usage: counted.py OUT RESULTS LARGEST MIB...

OUT is the directory with the program kexec and its build tree, build/; RESULTS is where
guest-purgatory.sh has left its counts and where counted.csv and blocks/ go. Each engine verifies
initrds of so many MiB; the one with the fewest instructions a byte of each architecture also one of
LARGEST MiB, because that takes the others too long.
"""

import os
import sys

import measured
import model
import purgatory
import plugins
import table

LOADS = [f"loads{width}" for width in (1, 2, 4, 8, 16)]
STORES = [f"stores{width}" for width in (1, 2, 4, 8, 16)]


def rows_of(tool, arch, engine, mmu, mib, size, counts, table_pages=0):
    """A row for each phase."""
    return [{"tool": tool, "arch": arch, "engine": engine, "mmu": mmu, "mib": mib, "bytes": size,
             "table_pages": table_pages, "phase": phase, **numbers}
            for phase, numbers in counts.items()]


def write_blocks(path, counted):
    """Blocks by their offset from the start of purgatory's code."""
    blocks = sorted(counted.phases.blocks.items())
    table.write(path, [{"offset": address - counted.start, "size": size, "runs": runs}
                       for (address, size), runs in blocks])


def run(subject, engine, mib, results):
    counted = subject.count(engine, mib * measured.MIB)
    name = f"{engine.arch}-{engine.name}-{engine.mmu}"
    print(f"# {name}, {mib} MiB: {counted.phases.total('instructions') / counted.bytes:.3f} "
          "instructions a byte", flush=True)
    write_blocks(f"{results}/blocks/{name}.csv", counted)
    return rows_of("kexec", engine.arch, engine.name, engine.mmu, mib, counted.bytes,
                   counted.phases.counts, max(counted.table_pages))


def count_engines(subject, chosen, largest, sizes, results):
    rows, weights = [], {}
    for engine in chosen:
        for mib in sizes:
            new = run(subject, engine, mib, results)
            rows += new
        weights[engine] = sum(row["instructions"] for row in new) / new[0]["bytes"]
    return rows + run(subject, min(weights, key=weights.get), largest, results)


def segment_sizes(path):
    """Bytes that kexec-tools verifies: all that it loads but purgatory itself, where the entry is."""
    with open(path, encoding="ascii") as file:
        lines = [line.split() for line in file]
    entry, = [int(line[1], 0) for line in lines if line[0] == "entry"]
    segments = [(int(line[1], 0), int(line[2], 0)) for line in lines if line[0] == "segment"]
    return sum(size for address, size in segments if not address <= entry < address + size)


def guest_reports(results):
    """What guest-purgatory.sh has counted: (tool, MiB of the initrd, bytes verified, counts)."""
    directory = f"{results}/guest/arm64"
    names = os.listdir(directory) if os.path.isdir(directory) else []
    for name in sorted(name.removesuffix(".report") for name in names if name.endswith(".report")):
        tool, _, mib = name.rpartition("-")
        size = segment_sizes(f"{directory}/kexec-tools-{mib}.segments")
        yield tool, int(mib), size, plugins.Phases(f"{directory}/{name}.report").counts


def guest_rows(results):
    """kexec-tools' counts, as rows."""
    for tool, mib, size, counts in guest_reports(results):
        if tool == "kexec-tools":
            yield from rows_of(tool, "arm64", tool, "off", mib, size, counts)


def show(rows):
    """A line for each engine and payload, and one for each phase of the smallest payload."""
    by_engine = model.counts_by_engine(rows)
    table.show("Counted: instructions, and in blocks of 64 bytes",
               ["engine", "MMU", "MiB", "instructions", "a byte", "fetches a block",
                "loads a block", "stores a block", "SHA a block"],
               [[name(key), key[3], mib, counts.sum(size, "instructions")]
                + [f"{counts.sum(size, 'instructions') / size:.3f}"]
                + [f"{64 * total(counts, size, names) / size:.2f}"
                   for names in (["fetches"], LOADS, STORES, ["sha"])]
                for key, counts in by_engine.items()
                for size, mib in sorted({(row["bytes"], row["mib"]) for row in counts.rows})])
    table.show("Counted: phases, at the smallest payload",
               ["engine", "MMU", "phase", "instructions", "loads", "stores", "lines cleaned"],
               [[name(key), key[3], row["phase"], row["instructions"],
                 sum(row[width] for width in LOADS), sum(row[width] for width in STORES),
                 row["maintenance"]]
                for key, counts in by_engine.items() for row in counts.rows
                if row["bytes"] == counts.sizes[0] and row["instructions"]])
    worst = max(counts.deviation() for counts in by_engine.values())
    print("  Sizes that were not counted are taken from the line through the two smallest; all that "
          f"were are within {100 * worst:.4f} % of it.")


def show_guests(results):
    """Both tools in the same guest, with the same payload."""
    lines = []
    for tool, mib, size, counts in sorted(guest_reports(results), key=lambda report: report[1]):
        phase = counts["all"]
        lines.append([tool, mib, size, phase["instructions"],
                      f"{phase['instructions'] / size:.3f}"]
                     + [f"{64 * sum(phase[name] for name in names) / size:.2f}"
                        for names in (["fetches"], LOADS, STORES, ["sha"])])
    table.show("Counted in the same guest (arm64, Cortex-A57) with the same kernel and initrd",
               ["tool", "MiB", "bytes", "instructions", "a byte", "fetches a block",
                "loads a block", "stores a block", "SHA a block"], lines)
    print("  On riscv64 kexec-tools has no purgatory: nothing is verified there.")


def name(key):
    """Of an engine, in a table."""
    return f"{key[1]} {key[2]}"


def total(counts, size, names):
    return sum(counts.sum(size, name) for name in names)


def main():
    out, results, largest, *sizes = sys.argv[1:]
    rows = list(guest_rows(results))
    for arch in ("arm64", "riscv64"):
        subject = purgatory.Subject(arch, out, f"{results}/work/{arch}")
        chosen = [engine for engine in measured.available(subject.kexec) if engine.arch == arch]
        rows += count_engines(subject, chosen, int(largest), sorted(map(int, sizes)), results)
    table.write(f"{results}/counted.csv", rows)
    show(rows)
    show_guests(results)


if __name__ == "__main__":
    main()
