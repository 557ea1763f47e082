# SPDX-License-Identifier: GPL-2.0-only
"""A machine that one QEMU starts again and again, and a pool of such machines.

QEMU's own start costs most of a short run. So QEMU saves the state of the machine before its first instruction,
and loads it for each run. The machine's RAM is a file that QEMU maps, which is no part of that state. For each run
the file is cleared, QEMU's reset writes the firmware, and then the run's own bytes are written to the file. QEMU
drops all translated code when it loads a state, so it never runs what was at an address before (QEMU 10.0:
cpu_common_post_load() calls tb_flush(); a QEMU that does so only when a running machine is restored would have to be
told otherwise). The reset comes after the state, because a reset sets riscv64's counter to 0 by its distance from the
machine's clock, which the state sets, and QEMU 10.0 does not save that distance (time_delta of
hw/intc/riscv_aclint.c). isolation.py tests that no run sees an earlier one.
"""

import contextlib
import json
import os
import select
import shutil
import struct
import subprocess
import threading
import time

import qemu_socket

MONITOR_LIMIT = 30  # seconds for an answer of QEMU's
SILENCE = 0.1  # seconds without output, after which a last line is taken for one
QUIET = 0.3  # seconds after that, in which nothing may follow
LAST_LINE = b"halted\r"
STATE = "start"  # the name of the saved state
CLUSTER = 1 << 16  # bytes


def write_empty_image(path):
    """An empty disk, which is there to hold a state: docs/interop/qcow2.rst in QEMU's source."""
    with open(path, "wb") as file:
        # Version 3; one cluster for each of header, refcount table, refcount block and L1 table.
        file.write(struct.pack(">4sIQIIQIIQQIIQQQQII", b"QFI\xfb", 3, 0, 0, 16, CLUSTER, 0, 1,
                               3 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0, 4, 104))
        file.seek(CLUSTER)
        file.write(struct.pack(">Q", 2 * CLUSTER))
        file.seek(2 * CLUSTER)
        file.write(struct.pack(">4H", 1, 1, 1, 1))
        file.truncate(4 * CLUSTER)


class Guest:
    """A Machine in QEMU, with its files in a directory of its own. To be closed.

    options: further ones for QEMU. again: whether it is started more than once.
    """

    def __init__(self, machine, directory, *options, again=True):
        self.machine, self.directory = machine, directory
        self.again, self.started, self.waiting = again, False, False
        self.sound = True  # whether the last run ended in a known way
        self.events, self.pending, self.output = [], b"", b""
        os.makedirs(directory)
        monitor, memory, kernel = map(self.path, ("monitor", "memory", "kernel"))
        with open(kernel, "wb") as file:
            file.write(bytes(8))
        command = machine.command(kernel, memory) + [
            "-S", "-rtc", "base=2026-01-01,clock=vm", "-qmp", f"unix:{monitor},server=on,wait=off",
            "-action", "reboot=shutdown,shutdown=pause", *options]
        if again:
            state = self.path("state")
            write_empty_image(state)
            # Nobody needs it after a crash: without this QEMU waits for the disk at each start.
            command += ["-drive", f"if=none,file={state},format=qcow2,cache=unsafe"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.monitor, self.memory = None, -1
        try:
            self.monitor = qemu_socket.connect(monitor, MONITOR_LIMIT, self.process)
            self.read_message()  # the greeting
            self.ask("qmp_capabilities")
            self.memory = os.open(memory, os.O_RDWR)
            if again:
                self.ask("migrate-set-capabilities",
                         capabilities=[{"capability": "x-ignore-shared", "state": True}])
                self.say(f"savevm {STATE}")
        except BaseException:
            self.close()
            raise

    def path(self, name):
        return os.path.join(self.directory, name)

    def close(self):
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if self.monitor:
            self.monitor.close()
        if self.memory >= 0:
            os.close(self.memory)
        shutil.rmtree(self.directory)

    def quit(self):
        """Have QEMU end by itself, so that a plugin writes what it has to."""
        self.monitor.sendall(b'{"execute": "quit"}\n')
        try:
            self.process.wait(MONITOR_LIMIT)
        except subprocess.TimeoutExpired as error:
            raise AssertionError("QEMU does not end") from error

    # The monitor.

    def read_message(self, limit=MONITOR_LIMIT):
        """The next message of the monitor; None after so many seconds."""
        deadline = time.monotonic() + limit
        while b"\n" not in self.pending:
            left = deadline - time.monotonic()
            # QEMU does not answer while it cannot write what the machine writes.
            ready = select.select([self.monitor, self.process.stdout], [], [], max(left, 0))[0]
            if not ready:
                return None
            if self.process.stdout in ready:
                self.read_output()
            if self.monitor in ready:
                data = self.monitor.recv(65536)
                if not data:
                    raise AssertionError("QEMU ended")
                self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return json.loads(line)

    def ask(self, command, **arguments):
        """Give a command. Returns the answer."""
        message = {"execute": command, "arguments": arguments}
        self.monitor.sendall(json.dumps(message).encode() + b"\n")
        while True:
            message = self.read_message()
            if message is None or "error" in message:
                raise AssertionError(f"{command}: {message}")
            if "return" in message:
                return message["return"]
            self.events.append(message["event"])

    def say(self, line):
        """Give a command of the monitor for people, which says something only if it fails."""
        answer = self.ask("human-monitor-command", **{"command-line": line})
        if answer:
            raise AssertionError(f"{line}: {answer.strip()}")

    def wait(self, event):
        while event not in self.events:
            message = self.read_message()
            if message is None:
                raise AssertionError(f"no {event}")
            self.events.append(message.get("event"))

    # A run.

    def reset(self):
        """Have the machine as it is before the first instruction. Then it has to run: QEMU 10.0 crashes after it
        has loaded a state twice (pflash_post_load() of hw/block/pflash_cfi01.c forgets its first handler)."""
        assert not self.waiting and (self.again or not self.started)
        if self.again:  # the first time too, so that all runs begin alike
            os.ftruncate(self.memory, 0)  # QEMU finds zeros where the file was
            os.ftruncate(self.memory, self.machine.memory)
            self.say(f"loadvm {STATE}")
            # Writes the firmware, and ends the state of a machine that was shut down.
            self.events.clear()
            self.ask("set-action", reboot="reset")
            self.ask("system_reset")
            self.wait("RESET")
            self.ask("set-action", reboot="shutdown")
        self.drain()
        assert not self.output, "a machine writes that is stopped"
        self.started, self.waiting, self.sound = True, True, False
        self.events.clear()

    def write(self, contents):
        """Have (address, bytes) in RAM, before the first instruction."""
        for address, data in contents:
            offset = address - self.machine.ram
            assert 0 <= offset <= self.machine.memory - len(data), f"{address:#x} is not in RAM"
            os.pwrite(self.memory, data, offset)

    def go(self):
        """Let the machine run, and do not wait."""
        self.ask("cont")

    def finish(self, limit):
        """Wait for the end of what runs, for so many seconds at most. Returns what the machine wrote, and
        whether it ended: it may also write a last line and sleep."""
        ended = self.follow(limit)
        self.ask("stop")  # other CPUs may still run when one has ended the machine
        self.drain()
        output, self.output = self.output, b""
        self.waiting = False
        self.sound = ended or LAST_LINE in output
        return output, ended

    def follow(self, limit):
        """Take what the machine writes. Returns whether it ended."""
        deadline = time.monotonic() + limit
        while "SHUTDOWN" not in self.events:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            # A machine writes each character by itself, and there is no need to wake up for it.
            if b"\n" in self.pending or select.select([self.monitor], [], [], min(left, SILENCE))[0]:
                self.events.append(self.read_message().get("event"))
            elif not self.drain() and LAST_LINE in self.output:
                deadline = min(deadline, time.monotonic() + QUIET)
        return True

    def drain(self):
        """Take what has been written. Returns whether there is something."""
        before = len(self.output)
        while select.select([self.process.stdout], [], [], 0)[0]:
            self.read_output()
        return len(self.output) > before

    def read_output(self):
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            raise AssertionError("QEMU ended")
        self.output += data

    def read(self, address, size):
        """What is in RAM now."""
        return os.pread(self.memory, size, address - self.machine.ram)


class Pool:
    """Machines that wait for their next run, at most so many of them. Threads may share it. To be closed."""

    def __init__(self, directory, limit):
        self.directory, self.limit = directory, limit
        self.lock, self.idle, self.count = threading.Lock(), [], 0

    def find(self, machine):
        """One that waits and is the same for QEMU, the one used last; else a new one."""
        command = machine.command("", "")
        with self.lock:
            for place in reversed(range(len(self.idle))):
                if self.idle[place].machine.command("", "") == command:
                    return self.idle.pop(place)
            self.count += 1
            directory = os.path.join(self.directory, f"machine-{self.count}")
        return Guest(machine, directory)

    @contextlib.contextmanager
    def lend(self, machine):
        """A Guest for one run."""
        guest, surplus = self.find(machine), []
        try:
            yield guest
        except BaseException:
            guest.close()
            raise
        if not guest.sound:
            surplus.append(guest)
        else:
            with self.lock:
                self.idle.append(guest)
                if len(self.idle) > self.limit:
                    surplus.append(self.idle.pop(0))
        for guest in surplus:
            guest.close()

    def close(self):
        for guest in self.idle:
            guest.close()
        self.idle.clear()
