#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare the system instructions in the purgatories with the tables of docs/registers.md.

usage: registers.py DOCUMENT OBJDUMP OBJECT arm64|riscv64 [OBJDUMP OBJECT arm64|riscv64]...

OBJDUMP is that of the architecture, OBJECT the purgatory that is loaded. An instruction is known by its
opcode: all of the system class and those that change the exception level. Each that occurs must be in the
table of its architecture, and each row of the table must occur. Writes TAP; exit status 0 if so.
"""

import re
import subprocess
import sys

# Arm DDI 0487, C4.1: hints by number, MSR (immediate) by op1 and op2.
HINTS = {1: "yield", 2: "wfe", 3: "wfi", 4: "sev", 5: "sevl"}
CBO = {0: "cbo.inval", 1: "cbo.clean", 2: "cbo.flush", 4: "cbo.zero"}
PSTATE = {(0, 5): "spsel", (3, 6): "daifset", (3, 7): "daifclr"}


def name_arm64(opcode, text):
    """How the table names an instruction; None if it is no system instruction."""
    if opcode >> 24 == 0xd4 or opcode == 0xd69f03e0:  # exceptions; eret
        return text.split()[0]
    if opcode >> 22 != 0xd5000000 >> 22:
        return None
    op0, op1, op2 = opcode >> 19 & 3, opcode >> 16 & 7, opcode >> 5 & 7
    crn, crm = opcode >> 12 & 15, opcode >> 8 & 15
    if op0:
        return f"S{op0}_{op1}_C{crn}_C{crm}_{op2}"
    if crn == 2:
        number = crm << 3 | op2
        return HINTS.get(number, f"hint {number}") if number else None  # nop
    if crn == 3:
        return " ".join(text.split())
    return PSTATE.get((op1, op2), f"S0_{op1}_C{crn}_C{crm}_{op2}")


def name_riscv64(opcode, text):
    if opcode & 0x7fff == 0x200f:
        return CBO.get(opcode >> 20, f"cbo {opcode >> 20}")
    if opcode & 0x7f == 0x73 and opcode >> 12 & 3:
        return f"{opcode >> 20:#x}"
    if opcode & 0x7f in (0x73, 0x0f) or opcode == 0x9002:  # ecall and so on; fences and cbo; c.ebreak
        return text.split()[0]
    return None


NAMES = {"arm64": name_arm64, "riscv64": name_riscv64}


def instructions(objdump, path, arch):
    """The names of all system instructions of an object, and where the first of each is."""
    listing = subprocess.run([objdump, "-d", path], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    found = {}
    for line in listing.splitlines():
        match = re.fullmatch(r"\s*([0-9a-f]+):\t([0-9a-f]{4}|[0-9a-f]{8})\s+(\.insn|[^.<\t])([^<\n]*)(<.*)?",
                             line)
        if match:
            name = NAMES[arch](int(match[2], 16), (match[3] + match[4]).split("//")[0])
            if name:
                found.setdefault(name, match[1])
    return found


def rows(document, arch):
    """What the section of an architecture lists: the second column of its table."""
    section = document.split(f"\n## {arch}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| [^|]* \| `([^`]*)` \|", section, re.MULTILINE))


def main():
    path, *arguments = sys.argv[1:]
    with open(path, encoding="ascii") as file:
        document = file.read()
    count = len(arguments) // 3
    failed = 0
    print(f"1..{2 * count}")
    for number in range(count):
        objdump, path, arch = arguments[3 * number:3 * number + 3]
        found, listed = instructions(objdump, path, arch), rows(document, arch)
        missing = [f"not listed: {name}, at {found[name]}" for name in sorted(found.keys() - listed)]
        unused = [f"listed, but not used: {name}" for name in sorted(listed - found.keys())]
        if not found:
            missing.append("no system instruction was found")
        for index, (what, wrong) in enumerate(
                (("every system instruction is listed", missing),
                 ("everything listed is used", unused)), 2 * number + 1):
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {index} - registers: {arch}, {what}")
            for line in wrong:
                print("# " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
