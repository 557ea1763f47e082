# SPDX-License-Identifier: GPL-2.0-only
"""Page tables of arm64 (Arm DDI 0487, D8.3: VMSAv8-64, stage 1, 4 KiB granule).

A builder as plain as can be, by single pages, for tests that have no kexec to build tables.
"""

import struct

PAGE = 4096
TABLE = LEAF = 3
BLOCK = 1  # of a level above that of pages
NORMAL, DEVICE, SHARED, ACCESS = 0 << 2, 4 << 2, 3 << 8, 1 << 10
RES1_AP1, READ_ONLY, PXN, UXN = 1 << 6, 1 << 7, 1 << 53, 1 << 54
CODE, READ, DATA, UART = range(4)
TWO_RANGES = {
    CODE: NORMAL | SHARED | READ_ONLY | UXN, READ: NORMAL | SHARED | READ_ONLY | UXN | PXN,
    DATA: NORMAL | SHARED | UXN | PXN, UART: DEVICE | UXN | PXN,
}
ONE_RANGE = {
    CODE: NORMAL | SHARED | RES1_AP1 | READ_ONLY,
    READ: NORMAL | SHARED | RES1_AP1 | READ_ONLY | UXN,
    DATA: NORMAL | SHARED | RES1_AP1 | UXN, UART: DEVICE | RES1_AP1 | UXN,
}


class Tables:
    """Tables that translate @bits of a virtual address; the root will lie at @address."""

    def __init__(self, bits, address, permissions):
        self.levels, self.address, self.permissions = (bits - 4) // 9, address, permissions
        self.tables = [[0] * 512]

    def map(self, virtual, physical, size, intent):
        """Map the pages that [virtual, virtual + size) touches."""
        for page in range(virtual & -PAGE, virtual + size, PAGE):
            self.map_page(page, physical + page - virtual, self.permissions[intent])

    def map_page(self, virtual, physical, permissions):
        table = self.tables[0]
        for level in range(self.levels - 1, 0, -1):
            index = virtual >> (12 + 9 * level) & 511
            if not table[index]:
                self.tables.append([0] * 512)
                table[index] = self.address + (len(self.tables) - 1) * PAGE | TABLE
            table = self.tables[((table[index] & -PAGE) - self.address) // PAGE]
        table[virtual >> 12 & 511] = physical | LEAF | ACCESS | permissions

    def content(self):
        return bytearray(b"".join(struct.pack("<512Q", *table) for table in self.tables))
