#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What is shown of a plan: the text, JSON, and SVG of --plan, and the predictions in them.

usage: shown.py KEXEC CAPTURED

Prints TAP. See planning.py for the arguments.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree

sys.dont_write_bytecode = True  # the source may be read-only
from planning import (CAPTURED, KEXEC, MIB, Plan, run, run_tests, variant, write_initrd,  # noqa: E402
                      write_kernel)

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
INITRD_SIZE = 5 * MIB + 123


def show(work, system, *arguments, target="arm64", form=None, columns="80", load="-l"):
    """The standard output and standard error of --plan for a small kernel, after success."""
    kernel, initrd = os.path.join(work, "kernel"), os.path.join(work, "initrd")
    if not os.path.exists(kernel):
        write_kernel(kernel, target)
        write_initrd(initrd, INITRD_SIZE)
    command = [KEXEC, "--plan" + ("=" + form if form else ""), load, kernel, "--initrd", initrd,
               "--sysroot=" + os.path.join(CAPTURED, system), "--target=" + target, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False,
                            env={**os.environ, "COLUMNS": columns, "NO_COLOR": ""})
    assert result.returncode == 0, result.stderr
    return result.stdout, result.stderr


def show_json(work, system, *arguments, **options):
    return json.loads(show(work, system, *arguments, form="json", **options)[0])


def facts_of(text):
    """The part before the drawing, without the directory of the test."""
    return re.sub(r"/\S*/(kernel|initrd)", r"\1", text[:text.index("\nMemory")])


FACTS = """\
Plan           load a kernel, which kexec -e enters, on arm64
System call    kexec_load(2), because purgatory then verifies the load
Kernel         kernel, Image of 3 MiB, runs in 4 MiB
Initrd         initrd of 5 MiB
Device tree    (this system's) of 8 KiB
Command line   root=/dev/vda quiet
No effect      --args-linux, --no-cma
Console        PL011 at 0x9000000 (stdout-path /pl011@9000000 (arm,pl011): used)
MMU            on
On mismatch    reset by PSCI (hvc)
Verified by    purgatory, before it enters the kernel: 9 MiB in 14 chunks, and by
               their own digests the manifest and the page tables
Engine         sha2-x2, as purgatory is expected to choose
Time to verify about 19 ms, predicted for a Cortex-A72 at 1.50 GHz (its clock is
               assumed), never measured there
"""


def masked(text):
    """Sizes that depend on the compiler of purgatory, and on the version of the file's names."""
    text = re.sub(r"[0-9.]+ MiB in [0-9]+ chunks,", "N MiB in N chunks,", text)
    return re.sub(r"\s+", " ", text)


def test_facts(work):
    text, errors = show(work, "arm64-dt", "--append=root=/dev/vda quiet", "--args-linux",
                        "--no-cma")
    assert errors == ""
    assert masked(facts_of(text)) == masked(FACTS), facts_of(text)


def test_drawing(work):
    """Every column is as much memory as the others, and the segments' lines are those of JSON."""
    for columns in 40, 80, 120:
        text, _ = show(work, "arm64-dt", columns=str(columns))
        assert max(map(len, text.splitlines())) <= columns, text
        plan = show_json(work, "arm64-dt")
        for segment in plan["segments"]:
            line = re.search(r"^. %s +%s.*$" % (segment["role"], segment["address"]), text, re.M)
            assert line, (segment, text)
            if columns >= 80:
                end = int(segment["address"], 16) + segment["memory_size"]
                assert "to 0x%x " % end in line[0], line[0]
        cell = int(re.search(r"character is (\d+) MiB", text)[1]) * MIB
        (start, bar), = re.findall(r"^0x([0-9a-f]+) \|(.*)\|$", text, re.M)[:1]
        ram, = plan["memory"]["ram"]
        assert len(bar) == (int(ram["end"], 16) - int(start, 16)) // cell
        kernel = next(s for s in plan["segments"] if s["role"] == "kernel")
        assert bar[(int(kernel["address"], 16) - int(start, 16)) // cell] in "K*", bar
        crash, = plan["memory"]["crash"]
        assert bar[(int(crash["start"], 16) - int(start, 16)) // cell] == "=", bar


def test_large_machine(work):
    """2 TiB in two banks: drawn in a few lines, and read back from them."""
    iomem = "80000000-fffffffff : System RAM\n  80080000-81ffffff : Kernel code\n" \
            "100000000000-11efffffffff : System RAM\n"
    system = variant(work, "arm64-dt", {
        "proc/iomem": iomem, "proc/meminfo": "MemTotal: 2147483648 kB\n"})
    for columns in "40", "80":
        text, _ = show(work, system, columns=columns)
        assert max(map(len, text.splitlines())) <= int(columns), text
        bars = re.findall(r"^0x([0-9a-f]+) \|(.*)\|$", text, re.M)
        assert 3 <= len(bars) <= 6, bars
        assert any(int(start, 16) == 0x100000000000 for start, _ in bars), bars


def test_tree(work):
    """The leaves that are printed cover what the segments' mapped pages are."""
    text, _ = show(work, "arm64-dt", "--append=x")
    tree = text[text.index("physical addresses: "):]
    tree = tree[:tree.index("physical addresses, EL2")]
    units = {"KiB": 1024, "MiB": MIB, "GiB": 1 << 30}
    leaves = [(int(start, 16), mode, int(count) * int(size) * units[unit], device)
              for start, mode, count, size, unit, device in
              re.findall(r"^ +0x([0-9a-f]+) ([r-][w-][x-]) (\d+) x (\d+) (\w+)( device)?$", tree,
                         re.M)]
    assert [mode for _, mode, _, device in leaves if device] == ["rw-"]
    assert sum(size for _, _, size, device in leaves if device) == 4096
    for segment in show_json(work, "arm64-dt", "--append=x")["segments"]:
        start = int(segment["address"], 16)
        covered = [leaf for leaf in leaves if leaf[0] <= start < leaf[0] + leaf[2]]
        if segment["role"] == "pagetable":
            assert not covered, covered
        elif segment["permissions"] != "rw":  # whose first page is the guard
            letters = {mode.replace("-", "") for _, mode, _, _ in covered}
            assert letters == {segment["permissions"]}, (segment, covered)


def test_json(work):
    """--plan=json is plan.json, and has what was asked for in it."""
    out = os.path.join(work, "out")
    shown = show_json(work, "arm64-dt", "--append=a \"b\" \u00e4", "--force-dtb", "--force-dtb")
    result = run("arm64-dt", "arm64", out, "-l", os.path.join(work, "kernel"), "--initrd",
                 os.path.join(work, "initrd"), "--append=a \"b\" \u00e4", "--force-dtb")
    assert result.returncode == 0, result.stderr
    written = Plan(out).json
    assert shown == written
    assert shown["schema"] == 1 and shown["kexec"].startswith("kexec-mmu ")
    assert shown["command_line"] == "a \"b\" \u00e4"
    assert shown["options_without_effect"] == ["force-dtb"]
    assert [(f["purpose"], f.get("bytes")) for f in shown["files"][:2]] == [
        ("kernel", 3 * MIB + 4096), ("initrd", INITRD_SIZE)]
    assert shown["console_registers"] == "0x9000000" and "stdout-path" in shown["console_reason"]
    verification = shown["verification"]
    assert verification["by"] == "purgatory" and verification["expected_engine"] == "sha2-x2"
    assert 0 < verification["bytes"] - sum(s["verified"] for s in shown["segments"]) < MIB
    assert [s["set"] for s in shown["page_tables"]["sets"]] == ["low", "low-el2", "high"]
    assert shown["warnings"] == []


def test_warnings(work):
    """What speaks against the load is a warning, printed and in the document."""
    system = variant(work, "arm64-dt", {"proc/sys/kernel/kexec_load_disabled": "1\n"})
    text, errors = show(work, system, form="json")
    warning, = json.loads(text)["warnings"]
    assert errors == "kexec: warning: " + warning + "\n"
    assert "would be refused: kernel.kexec_load_disabled" in warning


def test_lockdown(work):
    """Without kexec_load(2) the running kernel does all, and there are no segments."""
    system = variant(work, "arm64-dt", {
        "sys/kernel/security/lockdown": "none [integrity] confidentiality\n"})
    plan = show_json(work, system)
    assert plan["call"] == "kexec_file_load" and "locked down" in plan["call_reason"]
    assert plan["segments"] == [] and plan["verification"]["by"] is None
    text, _ = show(work, system)
    assert "Verified by nobody: nothing verifies this kernel" in " ".join(text.split())
    assert "kexec_file_load(2), because the running kernel is locked down" in " ".join(text.split())


def test_crash(work):
    plan = show_json(work, "arm64-crash", "--append=x", load="-p")
    assert plan["for"] == "panic" and plan["flags"] == "0xb70001"
    text, _ = show(work, "arm64-crash", "--append=x", load="-p")
    assert "load a crash kernel" in text and re.search("^Crash region +0x", text, re.M)
    taken = sum(segment["memory_size"] for segment in plan["segments"])
    assert "of which this load takes %d MiB" % (taken // MIB) in re.sub(r"\.\d MiB", " MiB", " ".join(text.split()))


def test_cpus(work):
    """--cpus: which, and how long all of them take."""
    system = variant(work, "arm64-dt", {"sys/devices/system/cpu/online": "0-1\n"})
    verification = show_json(work, system, "--cpus=all")["verification"]
    assert verification["cpus"] == 2 and sorted(verification["cpu_ids"]) == ["0x0", "0x1"]
    alone = show_json(work, system)["verification"]
    assert alone["cpus"] == 1 and "cpu_ids" not in alone
    assert alone["microseconds"] / 2 <= verification["microseconds"] < alone["microseconds"]
    wanted = r"CPUs:? 2 of (0x0 0x1|0x1 0x0), by --cpus, as far as firmware starts them"
    text = " ".join(show(work, system, "--cpus=all")[0].split())
    assert re.search(wanted, text) and "predicted for 2 CPUs like a Cortex-A72" in text, text
    assert "CPUs" not in show(work, system)[0]
    root = xml.etree.ElementTree.fromstring(show(work, system, "--cpus=all", form="svg")[0])
    assert re.search(wanted, " ".join(" ".join(root.itertext()).split()))
    result = run(system, "arm64", os.path.join(work, "out"), "-d", "-l", os.path.join(work, "kernel"),
                 "--cpus=all")
    assert re.search("kexec: " + wanted, result.stderr), result.stderr


def test_svg(work):
    text, _ = show(work, "arm64-dt", "--append=<&>", form="svg")
    root = xml.etree.ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == space + "svg"
    segments = show_json(work, "arm64-dt")["segments"]
    lines = ["".join(node.itertext()) for node in root.iter(space + "text")]
    assert sum("checked by" in line for line in lines) == len(segments)
    assert "<&>" in lines
    width, height = (int(root.get(name)) for name in ("width", "height"))
    for rectangle in root.iter(space + "rect"):
        assert int(rectangle.get("x")) + int(rectangle.get("width")) <= width
        assert int(rectangle.get("y")) + int(rectangle.get("height")) <= height


def test_debug(work):
    """-d has the facts, a line each, in no units of its own; -dd has how places were chosen."""
    kernel, out = os.path.join(work, "kernel"), os.path.join(work, "out")
    write_kernel(kernel, "arm64")
    once = run("arm64-dt", "arm64", out, "-d", "-l", kernel).stderr
    twice = run("arm64-dt", "arm64", out, "-dd", "-l", kernel).stderr
    assert all(line.startswith("kexec: ") for line in once.splitlines())
    for fact in "system call", "console", "MMU", "engine", "time to verify", "segment":
        assert "kexec: " + fact + ": " in once, once
    assert "hole for the kernel" in twice and "hole" not in once and "costs" not in once


def status(system, *arguments, columns="80"):
    result = subprocess.run([KEXEC, "--sysroot=" + os.path.join(CAPTURED, system), *arguments],
                            capture_output=True, text=True, check=False,
                            env={**os.environ, "COLUMNS": columns})
    return result.returncode, result.stdout, result.stderr


def test_show(work):
    """What is loaded, by whom and when; what another program loaded is said to be unknown."""
    record = ("boot=0123\nprogram=kexec-mmu 9\ncall=kexec_file_load\nkernel=/boot/vmlinuz\n"
              "engine=sha2-x2\ntime=1764394260\nkernel_size=33554432\ninitrd_size=1048576\n"
              "cpus=2 of 0x0 0x100\nverified_size=34603008\nmicroseconds=25000\n")
    os.mkdir(os.path.join(work, "a"))
    system = variant(os.path.join(work, "a"), "arm64-crash", {
        "sys/kernel/kexec_loaded": "1\n", "sys/kernel/kexec_crash_loaded": "1\n",
        "proc/sys/kernel/random/boot_id": "0123\n", "run/kexec-mmu/crash-loaded": record,
        "proc/sys/kernel/kexec_load_limit_panic": "3\n"})
    code, text, errors = status(system, "--show")
    assert code == 0 and errors == "", errors
    other, crash = " ".join(text.split()).split("Crash kernel ")
    assert other == ("Kernel for kexec -e Loaded something, and nothing tells what: another program "
                     "loaded it, or kexec could not write to /run/kexec-mmu Verified by unknown "), other
    for words in ("Loaded /boot/vmlinuz of 32 MiB, with an initrd of 1 MiB",
                  "By kexec-mmu 9, with kexec_file_load(2), on 2025-11-29 05:31:00 UTC",
                  "Verified by purgatory: 33 MiB with sha2-x2 in about 25 ms (predicted)",
                  "CPUs 2 of 0x0 0x100, by --cpus, as far as firmware starts them",
                  "Last report none", "Loads left any number, of crash kernels 3",
                  "Region 0x1a9200000 to 0x1b9200000, 256 MiB", "Disabled no"):
        assert words in crash, (words, crash)
    assert max(map(len, status(system, "--show", columns="40")[1].splitlines())) <= 40
    # --status keeps its exit status, and says nothing unless it is asked to.
    assert status(system, "-S") == (1, "", "")
    assert status(system, "-S", "-d") == (1, text, "")
    # Of another boot, and of a kernel that is not loaded any more
    for change in ({"proc/sys/kernel/random/boot_id": "4567\n"},
                   {"sys/kernel/kexec_crash_loaded": "0\n"}):
        for name, content in change.items():
            with open(os.path.join(system, name), "w", encoding="ascii") as file:
                file.write(content)
        assert "/boot/vmlinuz" not in status(system, "--show")[1]


def cpu_lines(*fields):
    return "processor\t: 0\nFeatures\t: fp asimd sha2\n" + "".join(
        "%s\t: %s\n" % field for field in fields) + "\n"


# The CPUs of docs/engines.md and of machines.toml: how /proc/cpuinfo names them.
ARM64 = {"Cortex-A53": "0xd03", "Cortex-A55": "0xd05", "Cortex-A510": "0xd46",
         "Cortex-A57": "0xd07", "Cortex-A72": "0xd08", "Neoverse N1": "0xd0c",
         "Neoverse N2": "0xd49", "Neoverse V1": "0xd40", "Neoverse V2": "0xd4f",
         "AmpereOne": "0xac3"}
RISCV64 = {"SiFive U74": ("0x489", "0x8000000000000007"),
           "SpacemiT X60": ("0x710", "0x8000000058000001")}


def rate(work, target, cpu, engine):
    """Cycles a byte that are predicted for an engine on a CPU at 1 MHz; None: there is no figure."""
    if target == "arm64":
        implementer = "0xc0" if cpu == "AmpereOne" else "0x41"
        cpuinfo = cpu_lines(("CPU implementer", implementer), ("CPU part", ARM64[cpu]))
    else:
        vendor, architecture = RISCV64[cpu]
        with open(os.path.join(CAPTURED, "riscv64-dt/proc/cpuinfo"), encoding="ascii") as file:
            cpuinfo = re.sub(r"(mvendorid\t: ).*", r"\g<1>" + vendor, file.read())
        cpuinfo = cpuinfo.replace("rv64imafdch_", "rv64imafdcvh_")
        cpuinfo = re.sub(r"(marchid\t\t: ).*", r"\g<1>" + architecture, cpuinfo)
    directory = os.path.join(work, cpu + engine)
    os.mkdir(directory)
    system = variant(directory, target + "-dt", {
        "proc/cpuinfo": cpuinfo,
        "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": "1000\n"})
    verification = show_json(directory, system, "--engine=" + engine, target=target)["verification"]
    assert verification["cpu"] == cpu, verification
    if verification["time"] == "unknown-engine":
        return None
    return verification["microseconds"] / verification["bytes"]


def published():
    """{(CPU, engine): cycles a byte} of docs/engines.md, and over it machines.toml."""
    figures = {}
    with open(os.path.join(TOP, "docs/engines.md"), encoding="utf-8") as file:
        text = file.read()
    head = "| cycles a byte, llvm-mca 19 | `sha2` | `sha2-x2` | `neon-x4` | `generic` |\n|---|---|---|---|---|\n"
    table = text[text.index(head) + len(head):]
    for line in table[:table.index("\n\n")].splitlines():
        names, *values = [cell.strip() for cell in line.strip("|").split("|")]
        first, *others = names.split(", ")
        for name in [first] + ["Cortex-" + other for other in others]:
            for engine, value in zip(("sha2", "sha2-x2", "neon-x4", "generic"), values):
                figures[name, engine] = float(value)
    with open(os.path.join(TOP, "tests/bench/machines.toml"), "rb") as file:
        machines = tomllib.load(file)["machine"]
    for machine in machines:
        for engine, figure in machine["cycles"].items():
            if engine != "kexec-tools":
                figures[machine["core"].split(",")[0], engine] = figure["value"]
    return figures, machines


def test_figures(work):
    """kexec predicts by the figures of the documents: each CPU with each engine."""
    figures, machines = published()
    assert {cpu for cpu, _ in figures} == {*ARM64, *RISCV64}
    for (cpu, engine), cycles in figures.items():
        predicted = rate(work, "arm64" if cpu in ARM64 else "riscv64", cpu, engine)
        assert predicted and abs(predicted - cycles) < 0.01, (cpu, engine, predicted, cycles)
    with open(os.path.join(TOP, "kexec/digest/cpu_figures.c"), encoding="ascii") as file:
        rows = re.sub(r"\s+", " ", file.read())
    for machine in machines:
        cpu = machine["core"].split(",")[0]
        row = "%d, %d, %d, %d}" % (machine["ghz"]["value"] * 1000, machine["read"]["value"] * 1000,
                                   machine.get("uncached", {"value": 0})["value"],
                                   machine.get("read_all", {"value": 0})["value"] * 1000)
        assert re.search(r'\{"%s",[^"]*, %s' % (cpu, row), rows), (cpu, row)


def test_watchdog(work):
    """A watchdog that is not much slower than verification is named without -d."""
    directory = "sys/class/watchdog/watchdog0/"

    def warnings(*arguments, **changes):
        files = {"identity": "SP805 Watchdog", "state": "active", "timeout": "5", **changes}
        name = os.path.join(work, str(len(os.listdir(work))))
        os.mkdir(name)
        cpu = "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"
        system = variant(name, "arm64-dt", {**{directory + key: value + "\n"
                                               for key, value in files.items()}, cpu: "1500000\n"})
        return show_json(name, system, *arguments)["warnings"]

    # 9 MB with the MMU off and the portable engine: 30 accesses of 130 ns each 64 bytes, 0.6 s
    slow = ("--mmu=off", "--engine=generic")
    for timeout, warned in ("1", True), ("2", False), ("0", False), ("nonsense", False):
        found = warnings(*slow, timeout=timeout)
        assert len(found) == warned, (timeout, found)
    text, = warnings(*slow, timeout="1")
    assert text.startswith("watchdog0 (SP805 Watchdog) runs with a timeout of 1 s, and"), text
    assert not warnings(*slow, timeout="1", state="inactive")
    assert not warnings(timeout="1")


def main():
    return run_tests([
        ("the facts", test_facts), ("the drawing", test_drawing), ("2 TiB", test_large_machine),
        ("the page tables' tree", test_tree), ("JSON", test_json), ("warnings", test_warnings),
        ("lockdown", test_lockdown), ("a crash kernel", test_crash), ("SVG", test_svg), ("several CPUs", test_cpus),
        ("--debug", test_debug), ("--show", test_show), ("the figures of predictions", test_figures),
        ("watchdogs that are faster", test_watchdog)])


if __name__ == "__main__":
    sys.exit(main())
