#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make a kernel of a given size of a real one, to be loaded and never executed.

usage: make-kernel.py IMAGE BYTES OUTPUT

OUTPUT is IMAGE again and again, so that it compresses as kernels do, with its header's image_size
(Documentation/arch/arm64/booting.rst, .../riscv/boot-image-header.rst) as large as all of it.
"""

import struct
import sys

IMAGE_SIZE = 16  # offset of the field


def main():
    path, size, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, "rb") as file:
        image = file.read()
    data = bytearray(image * -(-size // len(image)))[:size]
    struct.pack_into("<Q", data, IMAGE_SIZE, -(-size // 4096) * 4096)
    with open(output, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main()
