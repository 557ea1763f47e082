#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Examine a copy of /proc/vmcore from outside, with readelf and gdb.

What is expected comes from elsewhere: the ranges from the first kernel's /proc/iomem, the symbols
from its /proc/kallsyms, both printed to its console before the panic, and the content from the
guest's RAM as QEMU has it. linux_banner is not in /proc/kallsyms where that has no data; then the
kernel's release is looked for where VMCOREINFO has it. Prints one line for each check, "ok - ..." or
"not ok - ...: why".
"""

import argparse
import re
import subprocess
import sys

PAGE = 4096
NAME_SIZE = 65  # of a field of struct new_utsname
BLOCK = 1 << 20  # bytes that are compared at a time


def run(*command):
    """What a foreign tool prints; it may complain about what is not in a dump."""
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ).stdout


class Console:
    """What the first kernel printed before it panicked, and the crash kernel after."""

    def __init__(self, path):
        with open(path, encoding="utf-8", errors="replace") as file:
            self.text = file.read()

    def value(self, pattern):
        match = re.search(pattern, self.text, re.MULTILINE)
        if not match:
            raise ValueError(f"the console has no line {pattern!r}")
        return match.group(1)

    def symbol(self, name):
        """Its address; None where the kernel keeps none of data (CONFIG_KALLSYMS_ALL)."""
        match = re.search(rf"^symbol: ([0-9a-f]+) \w {name}$", self.text, re.MULTILINE)
        return int(match.group(1), 16) if match else None

    def regions(self, name, nested):
        """(start, end) of each of these lines of /proc/iomem, half-open; `name` is a pattern."""
        indent = " +" if nested else " *"
        return [
            (int(start, 16), int(end, 16) + 1)
            for start, end in re.findall(
                rf"^iomem:{indent}([0-9a-f]+)-([0-9a-f]+) : (?:{name})$", self.text, re.MULTILINE
            )
        ]

    def expected_ranges(self):
        """System RAM without the crash regions."""
        ranges = self.regions("System RAM", nested=False)
        for start, end in self.regions("Crash kernel", nested=True):
            ranges = [
                part
                for low, high in ranges
                for part in ((low, min(high, start)), (max(low, end), high))
                if part[0] < part[1]
            ]
        return sorted(ranges)


class Core:
    """The program headers of a vmcore, as readelf reads them."""

    def __init__(self, path):
        self.path = path
        text = run("readelf", "-hlW", path)
        self.type = re.search(r"Type: +(\w+)", text).group(1)
        number = r"(0x[0-9a-f]+)"
        self.loads = [
            dict(zip(("offset", "virtual", "physical", "size", "memory_size"), values))
            for values in (
                [int(value, 16) for value in line]
                for line in re.findall(
                    rf"LOAD +{number} {number} {number} {number} {number}", text
                )
            )
        ]

    def end(self):
        return max(load["offset"] + load["size"] for load in self.loads)

    def kernel(self, text):
        """The header of the kernel's own mapping, which holds the symbol `text`; None without."""
        found = [
            load for load in self.loads if 0 <= text - load["virtual"] < load["memory_size"]
        ]
        return found[0] if len(found) == 1 else None


def check_headers(console, core):
    """Yields (description, reason); the reason is empty where the check passes."""
    kernel = core.kernel(console.symbol("_stext"))
    size = int(console.value(r"^crash kernel: vmcore: (\d+) bytes$"))
    yield (
        f"/proc/vmcore is a core file of {size} bytes, as its headers say",
        "" if core.type == "CORE" and core.end() == size else f"{core.type}, end {core.end():#x}",
    )
    yield "one header maps _stext", "" if kernel else "none or several do"
    if not kernel:
        return
    regions = console.regions("Kernel (?:code|rodata|data|bss)", nested=True)
    start, end = kernel["physical"], kernel["physical"] + kernel["memory_size"]
    yield (
        "it maps all that /proc/iomem has of the kernel",
        "" if start <= min(regions)[0] and max(regions)[1] <= end else f"{start:#x}-{end:#x}",
    )
    if console.symbol("_end"):
        start, end = kernel["virtual"], kernel["virtual"] + kernel["memory_size"]
        end = -(-end // PAGE) * PAGE  # riscv64's _end is at the page after the last one of .bss
        yield (
            "it maps the kernel to _end",
            "" if console.symbol("_end") <= end else f"{start:#x}-{end:#x}",
        )
    ranges = sorted(
        (load["physical"], load["physical"] + load["size"])
        for load in core.loads
        if load is not kernel
    )
    expected = console.expected_ranges()
    total = sum(high - low for low, high in expected)
    yield (
        f"the other headers are System RAM without the crash regions, {total} bytes",
        "" if ranges == expected
        else " ".join(f"{low:#x}-{high:#x}" for low, high in ranges)
        + " instead of " + " ".join(f"{low:#x}-{high:#x}" for low, high in expected),
    )


def check_notes(core, cpus):
    notes = run("readelf", "-nW", core.path)
    states = notes.count("NT_PRSTATUS")
    yield (
        f"there are registers of {cpus} CPUs, and VMCOREINFO",
        "" if states == cpus and "VMCOREINFO" in notes
        else f"{states} of them, VMCOREINFO {'is' if 'VMCOREINFO' in notes else 'is not'} there",
    )


def blocks(load):
    """(place in the file, physical address, length) of each block of that header."""
    for done in range(0, load["size"], BLOCK):
        yield load["offset"] + done, load["physical"] + done, min(BLOCK, load["size"] - done)


def read(file, place, length):
    """Read, not mapped: both files have large holes, which a mapping of a tmpfs would fill."""
    file.seek(place)
    return file.read(length)


def differing(core, content, memory, ram):
    """The first physical address at which the core differs from RAM, or None."""
    for load in core.loads:
        for place, address, length in blocks(load):
            if read(content, place, length) != read(memory, address - ram, length):
                return address
    return None


def holds(core, content, text):
    """Is the text in what one of the core's headers has?"""
    for load in core.loads:
        end = b""
        for place, _, length in blocks(load):
            block = end + read(content, place, length)
            if text in block:
                return True
            end = block[-len(text) :]
    return False


def check_content(console, core, memory_path, ram):
    with open(core.path, "rb") as content, open(memory_path, "rb") as memory:
        address = differing(core, content, memory, ram)
        yield (
            "its content is the guest's RAM, byte for byte",
            "" if address is None else f"differs in the block at {address:#x}",
        )
        marker = console.value("^marker: ([0-9a-f]{64})$").encode()
        yield (
            "it holds the marker that the first kernel wrote",
            "" if holds(core, content, marker) else "nowhere",
        )


def version_string(console, core):
    """Where the kernel has its version, (name, address, what is there)."""
    release = console.value(r"first kernel up: (\S+)")
    banner = console.symbol("linux_banner")
    if banner:
        return "linux_banner", banner, f'"Linux version {release} '
    with open(core.path, "rb") as file:
        notes = file.read(1 << 16).decode("ascii", errors="replace")
    names = int(re.search(r"SYMBOL\(init_uts_ns\)=(\w+)", notes).group(1), 16)
    names += int(re.search(r"OFFSET\(uts_namespace.name\)=(\d+)", notes).group(1))
    return "init_uts_ns", names + 2 * NAME_SIZE, f'"{release}"'


def check_gdb(console, core):
    name, address, content = version_string(console, core)
    text = run(
        "gdb-multiarch", "-nx", "-batch", "-ex", f"core-file {core.path}",
        "-ex", f"x/s {address:#x}", "-ex", "info threads",
    )  # fmt: skip
    yield (
        f"gdb reads {name} through the kernel's mapping",
        "" if content in text else repr(text[-500:]),
    )
    process = console.value(r"^panic: process (\d+)$")
    threads = re.findall(r"(?:LWP|process) (\d+)\S* +(0x[0-9a-f]+)", text)
    start, end = console.symbol("_stext"), console.symbol("_etext")
    places = [int(place, 16) for number, place in threads if number == process]
    yield (
        f"gdb finds the process that panicked, {process}, in the kernel's text",
        "" if len(places) == 1 and start <= places[0] < end else repr(text[-500:]),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", required=True, help="the guest's console")
    parser.add_argument("--vmcore", required=True)
    parser.add_argument("--memory", required=True, help="the file that is the guest's RAM")
    parser.add_argument("--ram", required=True, type=lambda text: int(text, 0), help="its address")
    parser.add_argument("--cpus", required=True, type=int)
    arguments = parser.parse_args()

    console = Console(arguments.log)
    try:
        core = Core(arguments.vmcore)
    except subprocess.CalledProcessError as error:
        sys.exit(f"not ok - readelf reads the dump: {error.output.strip()[-200:]}")
    for checks in (
        check_headers(console, core),
        check_notes(core, arguments.cpus),
        check_content(console, core, arguments.memory, arguments.ram),
        check_gdb(console, core),
    ):
        for description, reason in checks:
            print(f"not ok - {description}: {reason}" if reason else f"ok - {description}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
