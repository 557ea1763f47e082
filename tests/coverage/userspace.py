#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A table of what gcovr found, by folder.

usage: userspace.py COVERAGE.json [--missing]

Prints results 2 and 3 of TAP: LIMIT percent of all lines, and of all branches, are reached. --missing
lists what is not.
"""

import collections
import json
import sys

LIMIT = {"lines": 96, "branches": 90}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    # [lines, branches] of each folder, each [reached, all]
    rows = collections.defaultdict(lambda: [[0, 0], [0, 0]])
    missing = []

    def add(name, column, good):
        for row in rows[name], rows["all"]:
            row[column][0] += good
            row[column][1] += 1

    for entry in files:
        path = entry["file"]
        folder = path.rsplit("/", 1)[0]
        for line in entry["lines"]:
            if line.get("gcovr/noncode") or line.get("gcovr/excluded"):
                continue
            add(folder, 0, line["count"] > 0)
            if not line["count"]:
                missing.append(f"{path}:{line['line_number']}: no line")
            for number, branch in enumerate(line["branches"]):
                add(folder, 1, branch["count"] > 0)
                if line["count"] and not branch["count"]:
                    missing.append(f"{path}:{line['line_number']}: branch {number}")
    print("# | folder | lines | branches |")
    for name in sorted(rows, key=lambda name: (name == "all", name)):
        print(f"# | {name} | " + " | ".join(
            f"{100 * good / total if total else 100:.1f} % of {total}" for good, total in rows[name]) + " |")
    if "--missing" in sys.argv[2:]:
        for line in missing:
            print(f"# {line}")
    failed = 0
    for number, (what, limit) in enumerate(LIMIT.items()):
        good, total = rows["all"][number]
        bad = 100 * good < limit * total
        failed += bad
        print(f"{'not ok' if bad else 'ok'} {number + 2} - {100 * good / total:.1f} % of the {what} are reached")
    print(f"1..{len(LIMIT) + 1}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
