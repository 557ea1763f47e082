# SPDX-License-Identifier: GPL-2.0-only
"""The stand-ins for both kernels, compiled, and where purgatory's routines are."""

import os
import re
import subprocess

from machine import OLD_KERNEL, RAM_START

SOURCE = os.path.dirname(os.path.abspath(__file__))
COMMON = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wstrict-prototypes",
          "-Wmissing-prototypes", "-ffreestanding", "-fno-pic", "-fno-pie", "-fno-builtin",
          "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-nostdlib", "-static",
          "-Wl,--build-id=none", "-Wl,--no-warn-rwx-segments"]
OPTIONS = {
    "arm64": ["-mgeneral-regs-only", "-mstrict-align", "-mno-outline-atomics"],
    "riscv64": ["-march=rv64ima_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-mno-relax",
                "-msmall-data-limit=0"],
}


class Build:
    """Flat images, and where their symbols are."""

    def __init__(self, purgatory, arch, cross, directory):
        self.arch, self.cross, self.directory = arch, cross, directory
        self.purgatory_symbols = self.section_symbols(purgatory, ".text")
        self.cpus_symbols = self.section_symbols(purgatory, ".text.cpus")  # with --cpus alone
        sources = [f"{arch}-entry.S", f"{arch}.c", "page_table.c", "report.c", "segments.c"]
        old_kernel = self.compile("old-kernel", [f"old-kernel/{name}" for name in sources], [
            f"-Wl,--defsym=IMAGE_ADDRESS={RAM_START[arch] + OLD_KERNEL:#x}",
            f"-Wl,-T,{SOURCE}/old-kernel/old-kernel.ld"])
        self.old_kernel = self.flat(old_kernel)
        self.parameters = (self.symbols(old_kernel)["old_kernel_parameters"] -
                           RAM_START[arch] - OLD_KERNEL)
        self.next_kernel = self.flat(
            self.compile("next-kernel", [f"next-kernel/{arch}.S"], ["-Wl,-Ttext=0"]))
        self.firmware = None
        if arch == "arm64":
            firmware = self.compile("firmware", ["firmware/arm64.S"], ["-Wl,-Ttext=0"])
            self.firmware, self.firmware_symbols = self.flat(firmware), self.symbols(firmware)
        faults = self.compile("faults", [f"fault-code/{arch}.S", f"fault-code/cpus-{arch}.S"],
                              ["-Wl,-Ttext=0"])
        self.faults, self.fault_symbols = self.flat(faults), self.symbols(faults)

    def run(self, tool, *arguments):
        return subprocess.run([self.cross + tool, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def compile(self, name, sources, options):
        output = f"{self.directory}/{name}.elf"
        self.run("gcc", *COMMON, *OPTIONS[self.arch], "-Wl,-e,0", "-o", output, *options,
                 *(f"{SOURCE}/{source}" for source in sources))
        return output

    def flat(self, path):
        self.run("objcopy", "-O", "binary", path, path + ".bin")
        with open(path + ".bin", "rb") as file:
            return file.read()

    def symbols(self, path):
        lines = self.run("nm", "--defined-only", path).splitlines()
        return {name: int(address, 16) for address, _, name in map(str.split, lines)}

    def section_symbols(self, path, section):
        """Symbols of one section of an object, and their places in it."""
        lines = re.findall(rf"^(\w+) .{{7}} {re.escape(section)}\t\w+ (?:\.\w+ )?(\S+)$",
                           self.run("objdump", "-t", path), re.MULTILINE)
        return {name: int(offset, 16) for offset, name in lines}
