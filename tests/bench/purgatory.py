# SPDX-License-Identifier: GPL-2.0-only
"""Purgatory between the harness' stand-ins for both kernels, counted phase by phase."""

import os
import re
import shutil
import subprocess

import measured
import plugins

import build  # of the harness
import load
from machine import OFF

CROSS = {"arm64": "aarch64-linux-gnu-", "riscv64": "riscv64-linux-gnu-"}
TIME_LIMIT = 3600  # seconds for one guest

# Where phases begin: at a function, or behind the call of one in another. What comes first is the
# entry. "check" is the check of the page tables' digest, "mmu" is the MMU's switching on, "hash" all
# of the verification with its report, "exit" what is left until the next kernel's entry.
PHASES = {
    "arm64": [("check", "arm64_check_tables"), ("mmu", "arm64_mmu_on"), ("hash", "purgatory_main"),
              ("exit", "purgatory_start", "purgatory_main")],
    "riscv64": [("mmu", "riscv64_mmu_on"), ("check", "tables_check"),
                ("mmu", "riscv64_mmu_on", "tables_check"), ("hash", "purgatory_main"),
                ("exit", "purgatory_start", "purgatory_main")],
}
NAMES = ["entry", "check", "mmu", "hash", "exit"]


class Code:
    """The purgatory that is in kexec: where its functions and their calls are, from its start."""

    def __init__(self, arch, path):
        self.arch, self.path = arch, path
        self.functions = {}  # name: (offset, size)
        for start, size, name in re.findall(r"^(\w+) .{7} \.text\t(\w+) (?:\.\w+ )?(\w+)$",
                                            self.tool("objdump", "-t", path), re.MULTILINE):
            if int(size, 16):
                self.functions[name] = int(start, 16), int(size, 16)

    def tool(self, name, *arguments):
        return subprocess.run([CROSS[self.arch] + name, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def function_at(self, offset):
        """The name of the function that has this offset, or None."""
        for name, (start, size) in self.functions.items():
            if start <= offset < start + size:
                return name
        return None

    def call(self, caller, callee):
        """The offset of the one call of a function in another."""
        calls = re.findall(rf"^(\w+) R_(?:AARCH64_CALL26|RISCV_CALL(?:_PLT)?) +{callee}$",
                           self.tool("objdump", "-r", "-j", ".text", self.path), re.MULTILINE)
        start, size = self.functions[caller]
        offset, = [number for number in (int(call, 16) for call in calls)
                   if start <= number < start + size]
        return offset

    def phases(self):
        """(name, offset) of where each phase begins."""
        yield "entry", self.functions["purgatory_start"][0]
        for name, function, *callee in PHASES[self.arch]:
            if callee:
                size = 4 if self.arch == "arm64" else 8  # riscv64: auipc and jalr
                yield name, self.call(function, callee[0]) + size
            else:
                yield name, self.functions[function][0]


class Subject:
    """One purgatory with what is needed to run it again and again."""

    def __init__(self, arch, out, directory):
        """out: the directory with the program kexec and its build tree, build/."""
        self.arch, self.kexec, self.directory = arch, os.path.abspath(f"{out}/kexec"), directory
        os.makedirs(directory, exist_ok=True)
        purgatory = f"{out}/build/purgatory/purgatory-{arch}.o"
        self.stubs = build.Build(purgatory, arch, CROSS[arch], directory)
        self.plugin = plugins.build("phases", directory)
        self.code = Code(arch, purgatory)

    def count(self, engine, payload):
        """Let the engine verify an initrd of so many bytes. Returns Counted."""
        directory = os.path.join(self.directory, "run")
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        machine = measured.machine(self.arch, payload)
        subject = load.Load(self.kexec, self.stubs, machine, OFF, directory)
        subject.initrd_size, subject.time_limit = payload, TIME_LIMIT
        subject.plan(f"--mmu={engine.mmu}", f"--engine={engine.name}")
        report = os.path.join(directory, "report")
        text = subject.segment("purgatory", "x")
        arguments = [self.plugin, f"report={report}", f"low={text.start:#x}",
                     f"high={text.end:#x}"]
        start = subject.entry - self.code.functions["purgatory_start"][0]
        arguments += [f"phase={name}:{start + offset:#x}" for name, offset in self.code.phases()]
        arguments.append(f"phase=end:{subject.kernel_entry:#x}")
        subject.options = ["-plugin", ",".join(arguments)]
        lines, _ = subject.run()
        counted = Counted(engine, subject, start, plugins.Phases(report), lines)
        shutil.rmtree(directory)
        return counted


class Counted:
    """What a run counted, with purgatory's code at the address start; sizes in bytes."""

    def __init__(self, engine, subject, start, phases, lines):
        self.engine, self.phases, self.start = engine, phases, start
        self.bytes = subject.verified_bytes()
        self.table_pages = [subject.number("tables_size", index) // 4096 for index in range(3)]
        self.segments = len(subject.segments)
        self.line = next((line for line in lines if "verified" in line), "")
        if not re.search(rf"purgatory: verified bytes={self.bytes} .*mmu={engine.mmu}.* "
                         rf"engine={engine.name}$", self.line):
            raise AssertionError(f"purgatory did not verify with {engine}: {lines}")
