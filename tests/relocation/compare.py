#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare kexec's relocation of objects with that of GNU ld, byte for byte.

usage: compare.py ELF_REL_DUMP NAME:PREFIX:OBJECT...

NAME is for the report, PREFIX that of the binutils for the object ("aarch64-linux-gnu-"). Each
object is relocated at several addresses; ld links it with a script that puts every section where
kexec put it. What one of them refuses as out of reach, the other must refuse too.

Prints TAP; the exit status is 0 if all is as it should be.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ADDRESSES = (
    0x1000,  # as low as it gets
    0x40000000,  # RAM of QEMU's arm64 machine
    0x7fff9000,  # the last page below 2 GiB is crossed
    0x87654000 + 0x1000,  # an odd page above 2 GiB
    0xffffd000,  # 4 GiB is crossed
    0x240000000,
    0xfedcba987000,  # 48 bits
)


class Disagreement(Exception):
    """What kexec and ld do not agree in."""


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False)


def must(*command):
    result = run(*command)
    if result.returncode:
        raise Disagreement(f"{command[0]} failed: {result.stderr.strip()}")


def kexec_sections(dump, obj, address, image):
    """The sections with something in them, [(name, address)], or None if the object is refused."""
    result = run(dump, obj, hex(address), image)
    if result.returncode == 1 and "does not reach" in result.stderr:
        return None
    if result.returncode or result.stderr:
        raise Disagreement(f"elf_rel_dump: status {result.returncode}, {result.stderr.strip()}")
    lines = [line.split() for line in result.stdout.splitlines()]
    sections = [(name, int(start, 0)) for name, start, size, _ in lines if int(size)]
    if not sections or len(set(name for name, _ in sections)) != len(sections):
        raise Disagreement("sections are missing, or two have the same name")
    return sections


def without_merging(prefix, obj, copy):
    """ld would unite equal strings; kexec takes the sections as they are, and so shall ld."""
    must(prefix + "objcopy", "-w", "--set-section-flags",
         ".rodata*=alloc,load,readonly,data,contents", obj, copy)


def linker_script(sections):
    placed = "".join(f"  {name} {start:#x} : {{ *({name}) }}\n" for name, start in sections)
    return "SECTIONS\n{\n" + placed + "  /DISCARD/ : { *(*) }\n}\n"


def link(prefix, obj, sections, address, work):
    """What ld makes of it, from the first section on, or None if ld refuses."""
    script, linked, binary = work / "script", work / "linked", work / "binary"
    script.write_text(linker_script(sections))
    result = run(prefix + "ld", "--no-relax", "--build-id=none", "-e", hex(address), "-T", script,
                 "-o", linked, obj)
    if result.returncode and "relocation truncated to fit" in result.stderr:
        return None
    if result.returncode:
        raise Disagreement(f"ld: {result.stderr.strip()}")
    must(prefix + "objcopy", "-O", "binary", linked, binary)
    return binary.read_bytes()


def first_difference(ours, theirs):
    return next(i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1])


def compare(dump, prefix, obj, address, work):
    """Returns what to say about an agreement."""
    image, plain = work / "image", work / "plain.o"
    without_merging(prefix, obj, plain)
    sections = kexec_sections(dump, plain, address, image)
    # the layout does not depend on the address, so that ld can be asked although kexec refused
    layout = sections or [(name, start - 0x1000 + address) for name, start in
                          kexec_sections(dump, plain, 0x1000, image)]
    theirs = link(prefix, plain, layout, address, work)
    if sections is None and theirs is None:
        return ", refused"
    if sections is None or theirs is None:
        raise Disagreement("kexec refuses, ld does not" if sections is None else
                           "ld refuses, kexec does not")
    ours = image.read_bytes()
    if len(theirs) > len(ours):
        raise Disagreement(f"ld's image is larger, {len(theirs)} bytes for {len(ours)}")
    theirs = theirs.ljust(len(ours), b"\0")
    if ours != theirs:
        raise Disagreement(f"difference at offset {first_difference(ours, theirs):#x}")
    return f", {len(ours)} bytes"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    dump, failed, number = sys.argv[1], 0, 0
    print(f"1..{len(sys.argv[2:]) * len(ADDRESSES)}")
    for name, prefix, obj in (argument.split(":", 2) for argument in sys.argv[2:]):
        for address in ADDRESSES:
            number += 1
            with tempfile.TemporaryDirectory() as work:
                try:
                    said = compare(dump, prefix, obj, address, Path(work))
                    print(f"ok {number} - {name} at {address:#x}{said}")
                except Disagreement as disagreement:
                    failed += 1
                    print(f"not ok {number} - {name} at {address:#x}")
                    print("".join(f"# {line}\n" for line in str(disagreement).splitlines()),
                          end="")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
