# SPDX-License-Identifier: GPL-2.0-only
"""Page tables of riscv64 (RISC-V privileged specification, "Supervisor-Level ISA").

A builder as plain as can be, by single pages, for tests that have no kexec to build tables.
"""

import struct

PAGE = 4096
V, R, W, X, A, D = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 6, 1 << 7
CODE, READ, DATA = V | R | X | A, V | R | A, V | R | W | A | D
MODES = {39: 8, 48: 9, 57: 10}  # satp.MODE by the bits of a virtual address


class Tables:
    """Tables that translate @bits of a virtual address; the root will lie at @address."""

    def __init__(self, bits, address):
        self.levels, self.address = (bits - 12) // 9, address
        self.satp = MODES[bits] << 60 | address // PAGE
        self.tables = [[0] * 512]

    def map(self, virtual, physical, size, permissions):
        """Map the pages that [virtual, virtual + size) touches."""
        offset = physical - virtual
        for page in range(virtual & -PAGE, virtual + size, PAGE):
            self.map_page(page, page + offset, permissions)

    def map_page(self, virtual, physical, permissions):
        table = self.tables[0]
        for level in range(self.levels - 1, 0, -1):
            index = virtual >> (12 + 9 * level) & 511
            if not table[index]:
                self.tables.append([0] * 512)
                table[index] = self.entry(self.address + (len(self.tables) - 1) * PAGE, V)
            table = self.tables[((table[index] >> 10) * PAGE - self.address) // PAGE]
        table[virtual >> 12 & 511] = self.entry(physical, permissions)

    @staticmethod
    def entry(physical, permissions):
        return physical // PAGE << 10 | permissions

    def content(self):
        return bytearray(b"".join(struct.pack("<512Q", *table) for table in self.tables))
