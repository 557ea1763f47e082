# SPDX-License-Identifier: GPL-2.0-only
"""A load on a machine that is started again and again, each time with other damage."""

import guest  # of the harness

TIME_LIMIT = 15  # seconds of a trial


class Subject:
    """A Load that is planned, and its machine. To be closed.

    options: further ones for QEMU. limit: seconds after which a machine is taken to be silent for ever.
    """

    def __init__(self, load, *options, limit=TIME_LIMIT):
        self.load, self.limit = load, limit
        self.memory = load.initial_memory()
        self.guest = guest.Guest(load.machine, load.path("machine"), *options)

    def close(self):
        self.guest.close()

    def read(self, address, size):
        """What is in memory now."""
        return self.guest.read(address, size)

    def trial(self, changes):
        """Start with (address, bytes) in memory. Returns the lines, and whether the machine ended."""
        self.reset(changes)
        self.guest.go()
        return self.finish()

    def reset(self, changes):
        """Have the machine as it is before the first instruction, with (address, bytes) in memory."""
        self.guest.reset()
        self.guest.write([*self.memory, *changes])

    def finish(self):
        """Wait for the end of what runs. Returns the lines, and whether the machine ended."""
        output, ended = self.guest.finish(self.limit)
        return self.load.lines(output), ended
