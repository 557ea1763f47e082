# SPDX-License-Identifier: GPL-2.0-only
"""The coherence checker as Python sees it: the plugin built, QEMU's options for it, its report."""

import glob
import os
import re
import subprocess

SOURCE = os.path.dirname(os.path.abspath(__file__))
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-Wshadow",
         "-Wstrict-prototypes", "-Wmissing-prototypes", "-fvisibility=hidden", "-shared", "-fPIC"]


def build(directory):
    """Compile the plugin. Returns its path."""
    path = os.path.join(directory, "coherence.so")
    subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", path,
                    *sorted(glob.glob(f"{SOURCE}/*.c"))], check=True)
    return path


class Checker:
    """One guest under the checker: options for QEMU before it runs, the report after that.

    ram and size (bytes) are those of the machine; entry and kernel the physical addresses of
    purgatory and of the next kernel; segments has (kind, name, address, size), with the kinds of
    plugin.c. Files are in directory. memory: the file that is the machine's RAM, if its command has one.
    """

    def __init__(self, plugin, directory, ram, size, entry, kernel, segments, memory=None):
        self.report = os.path.join(directory, "coherence-report")
        self.memory = memory or os.path.join(directory, "coherence-ram")
        self.clean()
        arguments = [plugin, f"report={self.report}", f"ram={self.memory}", f"base={ram:#x}",
                     f"entry={entry:#x}", f"kernel={kernel:#x}"]
        arguments += [f"{kind}={name}:{address:#x}:{length:#x}"
                      for kind, name, address, length in segments]
        self.options = ["-plugin", ",".join(arguments)]
        if not memory:
            self.options += ["-m", str(size >> 20), "-machine", "memory-backend=ram", "-object",
                             f"memory-backend-file,id=ram,size={size},mem-path={self.memory},share=on"]

    def clean(self):
        for path in (self.report, self.memory):
            if os.path.exists(path):
                os.unlink(path)

    def finish(self):
        """Read the report when the guest has ended."""
        lines = []
        if os.path.exists(self.report):
            with open(self.report, encoding="ascii") as file:
                lines = file.read().splitlines()
        self.clean()
        return Report(lines or ["no report"])


class Report:
    """What the checker wrote: (kind, segment) of findings; was the next kernel reached?"""

    def __init__(self, lines):
        self.lines = lines
        found = (re.match(r"finding kind=(\S+)(?:.* segment=(\S+))?", line) for line in lines)
        self.findings = {match.groups() for match in found if match}
        self.kinds = {kind for kind, _ in self.findings}
        self.ended = lines[-1].startswith("summary ")
        self.complete = bool(re.match(r"summary .*reached=next-kernel ", lines[-1]))
