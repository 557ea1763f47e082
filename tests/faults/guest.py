# SPDX-License-Identifier: GPL-2.0-only
"""A machine of the harness that is started again and again by one QEMU.

A reset writes what is loaded to memory anew; what a trial damages is then written to the file that is the
machine's memory, before the first instruction runs.
"""

import json
import mmap
import os
import select
import subprocess
import time

import qemu_socket
from machine import OLD_KERNEL

TIME_LIMIT = 15  # seconds of a trial
OLD_KERNEL_MEMORY = 4 << 20  # bytes, more than its stack and its tables
QUIET = 0.1  # seconds in which nothing may follow a last line


class Guest:
    """The machine of a Load that is planned. To be closed."""

    def __init__(self, load, *options):
        self.load = load
        path = load.path("monitor")
        memory = load.path("memory")
        command = load.command() + [
            "-machine", "memory-backend=ram", "-object",
            f"memory-backend-file,id=ram,size={load.machine.memory},share=on,mem-path={memory}",
            "-S", "-qmp", f"unix:{path},server=on,wait=off", "-action",
            "reboot=shutdown,shutdown=pause", *options]
        command.remove("-no-reboot")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.monitor = qemu_socket.connect(path, TIME_LIMIT, self.process)
        self.events, self.pending = [], b""
        self.read_message()  # the greeting
        self.ask("qmp_capabilities")
        with open(memory, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)
        # What the old kernel uses beyond its image is zero when a machine is switched on.
        self.clear = (load.machine.ram + OLD_KERNEL + len(load.build.old_kernel),
                      bytes(OLD_KERNEL_MEMORY))

    def read(self, address, size):
        """What is in memory now."""
        offset = address - self.load.machine.ram
        return bytes(self.memory[offset:offset + size])

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.monitor.close()
        self.memory.close()

    def read_message(self, limit=TIME_LIMIT):
        """The next message of the monitor; None after so many seconds."""
        deadline = time.monotonic() + limit
        while b"\n" not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.monitor], [], [], left)[0]:
                return None
            data = self.monitor.recv(65536)
            if not data:
                raise AssertionError("QEMU ended")
            self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return json.loads(line)

    def ask(self, command, **arguments):
        message = {"execute": command, "arguments": arguments}
        self.monitor.sendall(json.dumps(message).encode() + b"\n")
        while True:
            message = self.read_message()
            if message is None or "error" in message:
                raise AssertionError(f"{command}: {message}")
            if "return" in message:
                return
            self.events.append(message["event"])

    def wait(self, event):
        while event not in self.events:
            message = self.read_message()
            if message is None:
                raise AssertionError(f"no {event}")
            self.events.append(message.get("event"))

    def trial(self, changes):
        """Start with (address, bytes) in memory. Returns the lines, and whether the machine ended."""
        self.reset(changes)
        self.ask("cont")
        return self.finish()

    def reset(self, changes):
        """Have the machine as it is before the first instruction, with (address, bytes) in memory."""
        self.events.clear()
        self.ask("set-action", reboot="reset")
        self.ask("system_reset")
        self.wait("RESET")
        self.ask("set-action", reboot="shutdown")
        for address, data in [self.clear, *changes]:
            offset = address - self.load.machine.ram
            self.memory[offset:offset + len(data)] = data
        self.events.clear()

    def finish(self):
        """Wait for the end of what runs. Returns the lines, and whether the machine ended."""
        output, ended = self.follow()
        if not ended:
            self.ask("stop")
        return self.load.lines(output), ended

    def follow(self):
        """What the machine writes until it ends, or until its last line says that it sleeps."""
        output, stdout, deadline = b"", self.process.stdout.fileno(), time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline:
            while b"\n" in self.pending:
                self.events.append(self.read_message().get("event"))
            if "SHUTDOWN" in self.events:
                deadline = min(deadline, time.monotonic() + QUIET)
            ready = select.select([stdout, self.monitor], [], [], 0 if "SHUTDOWN" in self.events
                                  else min(1, deadline - time.monotonic()))[0]
            if stdout in ready:
                output += os.read(stdout, 65536)
            elif self.monitor in ready:
                self.events.append(self.read_message().get("event"))
            elif "SHUTDOWN" in self.events:
                return output, True
            elif output.rstrip().endswith(b"halted"):
                return output, False
        return output, "SHUTDOWN" in self.events
