# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's stub for debuggers, as far as trials need it: breakpoints, and memory that is written.

Unlike what is written to the file that is the machine's memory, what is written here is seen by code
that QEMU has translated already. Protocol: GDB's manual, "GDB Remote Serial Protocol".
"""

import qemu_socket

TIME_LIMIT = 15  # seconds for an answer
STOPS = ("T", "S", "W")  # with which an answer begins that the machine has stopped
PIECE = 1024  # bytes that are written at once: a packet has 4096 characters
PROGRAM_COUNTER = 32  # the number of the register, of both architectures


class Debugger:
    """The stub at the path of a socket, which stops the machine. To be closed."""

    def __init__(self, path):
        self.socket = qemu_socket.connect(path, TIME_LIMIT)
        self.socket.settimeout(TIME_LIMIT)
        self.pending = b""
        self.ask("Qqemu.PhyMemMode:1")  # addresses of memory are physical

    def close(self):
        self.socket.close()

    def send(self, text):
        data = text.encode()
        self.socket.sendall(b"$" + data + b"#%02x" % (sum(data) % 256))

    def receive(self):
        """The next packet."""
        while True:
            start, end = self.pending.find(b"$"), self.pending.find(b"#")
            if 0 <= start < end and len(self.pending) >= end + 3:
                packet, self.pending = self.pending[start + 1:end], self.pending[end + 3:]
                return packet.decode()
            data = self.socket.recv(65536)
            if not data:
                raise AssertionError("QEMU ended")
            self.pending += data

    def ask(self, text):
        """Send a packet that is answered by OK."""
        self.send(text)
        answer = self.receive()
        while answer[:1] in STOPS:  # of what was before
            answer = self.receive()
        assert answer == "OK", f"{text}: {answer}"

    def set_breakpoint(self, address):
        self.ask(f"Z1,{address:x},4")

    def clear_breakpoint(self, address):
        self.ask(f"z1,{address:x},4")

    def write(self, address, data):
        for place in range(0, len(data), PIECE):
            piece = data[place:place + PIECE]
            self.ask(f"M{address + place:x},{len(piece):x}:{piece.hex()}")

    def go(self):
        """Let the machine run, and do not wait."""
        self.send("c")

    def wait(self):
        """Until the machine stops. Returns where: the program counter."""
        while self.receive()[:1] not in STOPS:
            pass
        self.send(f"p{PROGRAM_COUNTER:x}")
        return int.from_bytes(bytes.fromhex(self.receive()), "little")

    def step_over(self, address):
        """Execute the instruction that has the breakpoint at which the machine is."""
        self.clear_breakpoint(address)
        self.send("s")
        self.wait()
        self.set_breakpoint(address)
