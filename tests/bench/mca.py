#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What llvm-mca makes of each engine's hot code, in cycles a byte.

usage: mca.py BUILD RESULTS

BUILD is the build tree with the purgatories; RESULTS is where counted.py has left its counts, and
where mca.csv and what llvm-mca reads, mca/*.s, go. A CPU that this LLVM has no model of is skipped, and
named.

The hot code is what was counted, not what looks hot: every instruction of purgatory that was
executed at least half as often as a step of the engine (a block of 64 bytes of each lane), in the
order of addresses, loops in it as often as they ran. llvm-mca takes all of it for one loop, all
loads for hits in the first cache and all branches for predicted.
"""

import os
import re
import subprocess
import sys

import measured
import table

BLOCK = 64
ITERATIONS = 20
CPUS = {
    "arm64": ["cortex-a53", "cortex-a55", "cortex-a57", "cortex-a72", "neoverse-n1", "neoverse-v1",
              "neoverse-v2"],
    "riscv64": ["sifive-u74", "sifive-p670", "spacemit-x60"],
}
TRIPLE = {"arm64": "aarch64", "riscv64": "riscv64"}
FEATURES = {"arm64": "+sha2", "riscv64": "+zbb,+zknh,+v,+zvknhb,+zvkb"}


def disassemble(arch, path):
    """Purgatory's instructions in LLVM's syntax, by offset; targets of branches are nearby."""
    text = subprocess.run(
        ["llvm-objdump", "-d", "-j", ".text", "--no-show-raw-insn", "--mattr=" + FEATURES[arch],
         path], check=True, text=True, stdout=subprocess.PIPE).stdout
    lines = re.findall(r"^ *([0-9a-f]+):\s+(\S.*?)\s*$", text, re.MULTILINE)
    return {int(offset, 16): re.sub(r" <.*>$", "", re.sub(r"0x[0-9a-f]+ <.*>$", "8", line))
            for offset, line in lines}


def executions(blocks):
    """How often the instruction at each offset was executed."""
    counts = {}
    for block in blocks:
        for offset in range(block["offset"], block["offset"] + block["size"], 4):
            counts[offset] = counts.get(offset, 0) + block["runs"]
    return counts


def hot_code(counts, steps):
    """Offsets of the instructions of one step, in the order of execution as far as loops go."""
    hot = [(offset, round(count / steps)) for offset, count in sorted(counts.items())
           if count * 2 >= steps]
    code, index = [], 0
    while index < len(hot):
        end = index
        while end < len(hot) and hot[end][1] == hot[index][1]:
            end += 1
        code += [offset for offset, _ in hot[index:end]] * hot[index][1]
        index = end
    return code


def cycles(arch, cpu, path):
    """Cycles of one step, or None if this LLVM does not know the CPU or has no such instructions."""
    result = subprocess.run(
        ["llvm-mca", f"-mtriple={TRIPLE[arch]}", f"-mcpu={cpu}", f"-mattr={FEATURES[arch]}",
         f"-iterations={ITERATIONS}", "-instruction-info=false", "-resource-pressure=false", path],
        check=False, text=True, capture_output=True)
    if re.search("unable to find instruction-level scheduling information|not a recognized proc|"
                 "unable to resolve scheduling class", result.stderr):
        return None
    found = re.search(r"^Total Cycles: +(\d+)$", result.stdout, re.MULTILINE)
    if result.returncode or not found:
        raise RuntimeError(f"llvm-mca fails on {path} for {cpu}: {result.stderr}")
    return int(found[1]) / ITERATIONS


def last_bytes(counted, engine):
    """Bytes of the engine's run that left its blocks: the last one of counted.csv."""
    return [row["bytes"] for row in counted
            if (row["tool"], row["arch"], row["engine"], row["mmu"]) ==
            ("kexec", engine.arch, engine.name, engine.mmu)][-1:]


def show(rows, lacking):
    for arch, cpus in CPUS.items():
        cycles_of = {(row["engine"], row["cpu"]): f"{row['cycles']:.2f}" for row in rows
                     if row["arch"] == arch}
        names = list(dict.fromkeys(name for name, _ in cycles_of))
        table.show(f"llvm-mca: cycles a byte, {arch}", ["engine"] + cpus,
                   [[name] + [cycles_of.get((name, cpu), "-") for cpu in cpus] for name in names])
    for cpu in dict.fromkeys(lack["cpu"] for lack in lacking):
        names = ", ".join(lack["engine"] for lack in lacking if lack["cpu"] == cpu)
        print(f"  skipped: this LLVM has no model of {cpu} for {names}")


def measure(engine, steps, build, results):
    """(cpu, cycles of a step or None) on all CPUs, and how many instructions a step has."""
    name = f"{engine.arch}-{engine.name}-{engine.mmu}"
    code = disassemble(engine.arch, f"{build}/purgatory/purgatory-{engine.arch}.o")
    offsets = hot_code(executions(table.read(f"{results}/blocks/{name}.csv")), steps)
    path = f"{results}/mca/{name}.s"
    with open(path, "w", encoding="ascii") as file:
        file.writelines(code[offset] + "\n" for offset in offsets)
    return [(cpu, cycles(engine.arch, cpu, path)) for cpu in CPUS[engine.arch]], len(offsets)


def main():
    build, results = sys.argv[1:]
    counted = table.read(f"{results}/counted.csv")
    rows, lacking, known = [], [], set()
    os.makedirs(f"{results}/mca", exist_ok=True)
    for engine in measured.ENGINES:
        size = last_bytes(counted, engine)
        if not size or (engine.arch, engine.name) in known:  # with the MMU on, if it has both
            continue
        known.add((engine.arch, engine.name))
        step = BLOCK * engine.lanes
        all_cycles, instructions = measure(engine, size[0] / step, build, results)
        for cpu, found in all_cycles:
            if found is None:
                lacking.append({"cpu": cpu, "engine": engine.name})
            else:
                rows.append({"arch": engine.arch, "engine": engine.name, "cpu": cpu,
                             "instructions": instructions / step, "cycles": found / step})
    table.write(f"{results}/mca.csv", rows)
    show(rows, lacking)


if __name__ == "__main__":
    main()
