# SPDX-License-Identifier: GPL-2.0-only
"""Results as files of comma-separated values, and as tables to look at."""

import csv
import os


def write(path, rows):
    """Write rows, which are dictionaries with the same keys."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _value(text):
    for kind in int, float:
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def read(path):
    """The rows of a file, numbers as such; none where there is no file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii", newline="") as file:
        return [{name: _value(text) for name, text in row.items()}
                for row in csv.DictReader(file)]


def show(title, header, rows):
    """Print a table: the first column to the left, all others to the right."""
    cells = [header] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    print(f"\n{title}\n")
    for index, row in enumerate(cells):
        line = [row[0].ljust(widths[0])]
        line += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "  ".join(line).rstrip())
        if index == 0:
            print("  " + "  ".join("-" * width for width in widths))


def seconds(value):
    """A time as it is read: three digits and a unit."""
    for unit, factor in ("s", 1), ("ms", 1e3), ("us", 1e6):
        if value * factor >= 1 or unit == "us":
            return f"{value * factor:.3g} {unit}"
    raise AssertionError(value)
