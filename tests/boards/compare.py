#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What differs between two device tree blobs outside of /chosen, in the order of nodes too.

usage: compare.py BLOB BLOB
"""

import sys

sys.dont_write_bytecode = True  # the source may be read-only
import fdt  # noqa: E402


def read(path):
    with open(path, "rb") as file:
        return fdt.read(file.read())


def main(one, other):
    lines = list(fdt.differences(read(one).root, read(other).root, {"/chosen"}))
    print("\n".join(lines[:20]))
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
