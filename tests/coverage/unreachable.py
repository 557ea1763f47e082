# SPDX-License-Identifier: GPL-2.0-only
"""Ways of branches that nothing can take, and why: unreachable.txt.

A line of it is

    SOURCE, FUNCTION | TEXT | ARM64 RISCV64 | WHY

where TEXT is the line of the source that the branches come from, and the numbers say how many ways
of those are impossible with the compiler of the toolroot, on each architecture. So a way that is
possible and is not taken does not hide among them, and a number that is too large is noticed, unless
WHY begins with "QEMU:": such a way is possible, but not in QEMU, or only by a rare chance.
"""

import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unreachable.txt")
ARCHITECTURES = "arm64", "riscv64"


class Unreachable:
    def __init__(self, arch, path=PATH):
        self.stated, self.left, self.by_chance = {}, {}, set()
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith("#") or not line.strip():
                    continue
                place, text, numbers, why = (word.strip() for word in line.split(" | "))
                assert why, line
                self.by_chance.update([(place, text)] if why.startswith("QEMU:") else [])
                ways = int(numbers.split()[ARCHITECTURES.index(arch)])
                key = place, text
                assert key not in self.stated, line
                self.stated[key] = self.left[key] = ways

    def excuses(self, place):
        """Whether one more way of this place is impossible."""
        key = f"{place.source}, {place.function}", place.text
        if not self.left.get(key):
            return False
        self.left[key] -= 1
        return True

    def count(self):
        return sum(self.stated.values())

    def wrong(self):
        """What was taken although it is impossible, or is not there."""
        return [f"{place}: {text}: {self.stated[place, text]} ways are said to be impossible, and {left} of "
                "them are taken or not there"
                for (place, text), left in self.left.items()
                if left and (place, text) not in self.by_chance]
