#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""usage: includes.py [DIRECTORY [HACKING.md]]

Check that the folders of kexec/ (DIRECTORY) include one another in one direction only: the order
stands in HACKING.md, in the one line that begins with "    base". A folder may include itself and
those that stand before it. Prints each include that runs against the order, and each folder that the
line does not name; says nothing if there is none.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/[^"]+"', re.MULTILINE)


def read_order(hacking):
    lines = [line for line in hacking.read_text().splitlines() if line.startswith("    base")]
    if len(lines) != 1:
        sys.exit(f"{hacking}: {len(lines)} lines begin with '    base', and one should")
    return [word.strip(",") for word in lines[0].split()]


def complaints(top, order):
    for path in sorted(top.rglob("*.[chS]")):
        folder = path.relative_to(top).parts[0]
        if folder not in order:
            yield f"{path}: the order does not name the folder {folder}"
            continue
        for name in INCLUDE.findall(path.read_text()):
            if name in order and order.index(name) > order.index(folder):
                yield f"{path}: includes {name}/, which stands above {folder}/"


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "kexec")
    hacking = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "HACKING.md")
    found = list(complaints(top, read_order(hacking)))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
