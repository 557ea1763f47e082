#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run a QEMU guest, and damage its memory while it waits.

The guest's memory is a file that QEMU shares. When the guest's console says "guest: waiting", one
bit is flipped beside every copy of a marker in it, or at each physical address that the console has
in a line "guest: damage ADDRESS" before that, and the guest gets a line of input. Then the guest runs
on until it ends by itself, a line of its console matches --until, or time is up.
"""

import argparse
import mmap
import os
import re
import selectors
import subprocess
import sys
import time

TIME_LIMIT = 120  # seconds, for the whole guest


class Console:
    """What the guest prints: to a log, and to whoever waits for a line."""

    def __init__(self, process, log):
        self.process = process
        self.log = log
        self.text = b""
        self.deadline = time.monotonic() + TIME_LIMIT
        self.selector = selectors.DefaultSelector()
        self.selector.register(process.stdout, selectors.EVENT_READ)

    def wait_for(self, pattern):
        """Whether a line that matches came before the guest ended; TimeoutError at the limit."""
        while not re.search(pattern, self.text):
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError(f"nothing matched {pattern!r} within {TIME_LIMIT} s")
            if not self.selector.select(remaining):
                continue
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return False
            self.log.write(data)
            self.text += data
        return True


def data_ranges(descriptor):
    """The parts of a sparse file that are not holes; reading a hole of a tmpfs would fill it."""
    end = 0
    while True:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError:  # no data after this
            return
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end


def flip_bits(memory_path, marker, offset):
    """Flip a bit `offset` bytes after the beginning of every copy; returns how many there were."""
    copies = 0
    with open(memory_path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        for start, end in data_ranges(file.fileno()):
            position = memory.find(marker, start, end)
            while position >= 0:
                memory[position + offset] ^= 0x04
                copies += 1
                position = memory.find(marker, position + 1, end)
    return copies


def flip_at(memory_path, offset):
    """Flip a bit of the byte at this offset in the file."""
    with open(memory_path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[offset] ^= 0x04


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", required=True, help="the file that is the guest's memory")
    parser.add_argument("--marker", required=True, help="file with the marker; empty: no damage")
    parser.add_argument("--ram", required=True, type=lambda text: int(text, 0),
                        help="the physical address of the memory")
    parser.add_argument("--offset", required=True, type=int)
    parser.add_argument("--until", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("qemu", nargs="+")
    arguments = parser.parse_args()
    with open(arguments.marker, "rb") as file:
        marker = file.read()

    with open(arguments.log, "wb") as log, subprocess.Popen(
        arguments.qemu, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            console = Console(process, log)
            if not console.wait_for(rb"guest: waiting"):
                sys.exit("the guest ended before it was ready")
            if marker:
                copies = flip_bits(arguments.memory, marker, arguments.offset)
                print(f"# flipped a bit beside {copies} copies of the marker")
                if copies == 0:
                    sys.exit("the marker is nowhere in the guest's memory")
            for address in re.findall(rb"guest: damage (0x[0-9a-f]+)", console.text):
                flip_at(arguments.memory, int(address, 16) - arguments.ram)
            process.stdin.write(b"\n")
            process.stdin.flush()
            console.wait_for(arguments.until.encode())
        except TimeoutError as error:
            sys.exit(str(error))
        finally:
            process.kill()


if __name__ == "__main__":
    main()
