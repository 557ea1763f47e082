# SPDX-License-Identifier: GPL-2.0-only
"""The engines of purgatory, and the machines of QEMU's on which they are counted."""

import collections
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))

import machine as machines  # noqa: E402  (of the harness)

MIB = 1 << 20

# An engine with the MMU on or off, as kexec's --engine and --mmu have it, and how many chunks it hashes
# at a time. A new one is a line here.
Engine = collections.namedtuple("Engine", "arch name mmu lanes")

ENGINES = [
    Engine("arm64", "generic", "on", 1),
    Engine("arm64", "sha2", "on", 1),
    Engine("arm64", "sha2-x2", "on", 2),
    Engine("arm64", "neon-x4", "on", 4),
    Engine("arm64", "generic", "off", 1),
    Engine("arm64", "uncached", "off", 1),
    Engine("arm64", "sha2", "off", 1),
    Engine("riscv64", "generic", "on", 1),
    Engine("riscv64", "zbb", "on", 1),
    Engine("riscv64", "zknh", "on", 1),
    Engine("riscv64", "zvknh", "on", 1),
    Engine("riscv64", "zvknh-x2", "on", 2),
    Engine("riscv64", "rvv", "on", 8),  # at this VLEN
]

# With all instructions that engines want; VLEN is that of the SpacemiT X60.
CPUS = {
    "arm64": "neoverse-n1",
    "riscv64": "rv64,sv48=off,sv57=off,zbb=on,zknh=on,v=on,vlen=256,zvknhb=on,zvkb=on",
}


def machine(arch, payload):
    """A machine for a payload of so many bytes; kexec_load() takes half of RAM at most."""
    memory = machines.RAM_SIZE + 2 * -(-payload // MIB) * MIB
    if arch == "arm64":
        return machines.arm64("EL1", machines.EL1, cpu=CPUS[arch], memory=memory,
                              shown=memory - MIB)
    return machines.Machine(arch, "Sv39", ["-M", "virt", "-cpu", CPUS[arch]], "sv39", bits=39,
                            base=machines.PAGE_OFFSET[39], memory=memory, shown=memory - MIB)


def available(kexec):
    """Those of ENGINES that this kexec has."""
    text = subprocess.run([kexec, "--help"], check=True, text=True, stdout=subprocess.PIPE).stdout
    names = {arch: names.split(", ") for arch, names in
             re.findall(r"^  (arm64|riscv64) +auto, (.*)$", text, re.MULTILINE)}
    return [engine for engine in ENGINES if engine.name in names.get(engine.arch, [])]
