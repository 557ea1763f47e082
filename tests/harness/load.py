# SPDX-License-Identifier: GPL-2.0-only
"""A load: what kexec --output wrote for a machine, changed where a case wants so, and started."""

import contextlib
import functools
import hashlib
import json
import os
import random
import re
import struct
import subprocess

import guest as guests
import machine as machines

TIME_LIMIT = 30  # seconds for one guest
OWN_MACHINE = "machine"  # the directory of a machine that is started once
CHUNK = 1 << 20
MANIFEST_HEADER, MANIFEST_CHUNK = "<8sII", "<QQQII32s"
UNCHECKED = 2  # MANIFEST_CHUNK_UNCHECKED
NEXT_KERNEL_FLAGS = 32  # res2 in the header of an Image: FLAG_* of next-kernel/arm64.S
# Sizes of patched symbols that are not 8 bytes.
SYMBOL_SIZES = {"type": 4, "shift": 4, "width": 4, "method": 4, "policy": 4, "reason": 4,
                "bits": 4, "engine": 4, "features": 4, "block": 4, "limit": 4, "count": 4}
SPARE_ENGINE = {"arm64": "sha256_arm64_neon_x4", "riscv64": "sha256_riscv64_rvv"}  # of many bytes
CHECKSUM_FACTOR = 0x9e3779b97f4a7c15


def checksum(data, start=CHECKSUM_FACTOR):
    """include/checksum.h, of the words of data."""
    total = start
    for word, in struct.iter_unpack("<Q", data):
        total = (total ^ word) * CHECKSUM_FACTOR % (1 << 64)
        total ^= total >> 32
    return total


@functools.lru_cache
def payload(seed, kernel_size, initrd_size):
    """What lies behind the next kernel's code, and an initrd: the same for most cases."""
    generator = random.Random(seed)
    return generator.randbytes(kernel_size), generator.randbytes(initrd_size)


class Segment:
    """A segment of the plan; data is what is loaded and may be changed."""

    def __init__(self, entry, directory):
        self.role, self.permissions = entry["role"], entry["permissions"]
        self.start, self.memory_size = int(entry["address"], 16), entry["memory_size"]
        self.end = self.start + self.memory_size
        path = os.path.join(directory, entry["file"])
        self.size = os.path.getsize(path)  # as kexec made it
        self.data = bytearray(self.size)
        with open(path, "rb", buffering=0) as file:
            file.readinto(self.data)

    def verified_size(self):
        """Bytes that purgatory reads: of the kernel all that its header asks for (image_size)."""
        return int.from_bytes(self.data[16:24], "little") if self.role == "kernel" \
            else len(self.data)


class Load:
    """Plans a load when it is made; run() starts the machine."""

    def __init__(self, kexec, build, machine, regime, directory):
        self.kexec, self.build, self.machine, self.regime = kexec, build, machine, regime
        self.directory, self.arch = directory, machine.arch
        self.vmcoreinfo = True
        self.initrd_size = CHUNK + 12345
        self.seed = 1  # of what kernel and initrd consist of
        self.kernel_size = 204321  # of what follows the stand-in for the next kernel
        self.image_size = None  # bytes of memory that the kernel asks for, if not the stand-in's
        self.engines = "sha2-x2", "sha2"  # what arm64's purgatory takes, cached and uncached
        self.failing = None  # the engine that purgatory finds "missing" or "wrong": (verdict, name)
        self.words = ""  # what else the line of a good end has, a pattern
        self.time_limit = TIME_LIMIT
        self.extra = {}  # what else is in memory: bytes by address
        self.ramoops = {}  # parameters of that module
        self.pool = None  # of machines; None: each run has a new one
        self.options = []  # further ones for QEMU: then each run has a new machine too
        self.left = []  # in memory by the run, where purgatory or a device may write: (address, bytes)
        self.kernel_entry = None  # where purgatory is to enter the kernel
        self.injected = range(0)  # addresses of code that is not purgatory's
        self.placed = None  # what is in memory in place of the segments: (start, end, bytes)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def plan(self, *options, action="-l"):
        """Let kexec plan, with these options."""
        next_kernel = bytearray(self.build.next_kernel)
        struct.pack_into("<Q", next_kernel, NEXT_KERNEL_FLAGS,
                         bool(self.machine.flags & machines.FLAG_SME) |
                         (self.machine.firmware is not None or
                          bool(self.machine.flags & machines.FLAG_GUEST)) << 1)
        if self.image_size:
            struct.pack_into("<Q", next_kernel, 16, self.image_size)
        rest, initrd = payload(self.seed, self.kernel_size, self.initrd_size)
        kernel = next_kernel + rest
        self.machine.capture(self.path("sysroot"), self.vmcoreinfo, crash=action == "-p")
        for name, value in self.ramoops.items():
            path = self.path("sysroot/sys/module/ramoops/parameters")
            os.makedirs(path, exist_ok=True)
            with open(os.path.join(path, name), "w", encoding="ascii") as file:
                file.write(f"{value}\n")
        command = [self.kexec, action, "--sysroot=" + self.path("sysroot"),
                   "--target=" + self.arch, "--output=" + self.path("plan"), "--append=next",
                   "--initrd=" + self.write("initrd", initrd), *options,
                   self.write("kernel", kernel)]
        if self.machine.far:
            command.append(f"--mem-min={self.machine.far:#x}")
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise AssertionError(f"kexec failed: {result.stderr.strip()}")
        self.warnings = result.stderr
        with open(self.path("plan/plan.json"), encoding="ascii") as file:
            self.json = json.load(file)
        self.segments = [Segment(entry, self.path("plan")) for entry in self.json["segments"]]
        self.entry = int(self.json["entry"], 16)
        self.kernel_entry = self.number("sealed_entry") ^ self.seal_of_digests()

    def wrap(self, moved=0):
        """Have the Image in memory that carries all segments, as kexec_file_load(2) does, and enter it
        where it begins: where it was planned, or moved from there."""
        image = self.json["wrapped_image"]
        with open(self.path(f"plan/{image['file']}"), "rb") as file:
            data = bytearray(file.read())
        self.entry = int(image["address"], 16) + moved
        self.placed = self.entry, self.entry + image["memory_size"], data

    def segment(self, role, permission=""):
        """The first segment of that role, with that permission among others."""
        return next(segment for segment in self.segments
                    if segment.role == role and permission in segment.permissions)

    def find(self, address):
        """The segment of a physical address, and the address' offset in it."""
        for segment in self.segments:
            if segment.start <= address < segment.end:
                return segment, address - segment.start
        raise AssertionError(f"{address:#x} is in no segment")

    def read(self, address, size):
        segment, offset = self.find(address)
        return bytes(segment.data[offset:offset + size]).ljust(size, b"\0")

    def write_at(self, address, data):
        segment, offset = self.find(address)
        segment.data[offset:offset + len(data)] = data

    # Symbols, without "purgatory_".

    def address(self, name):
        return int(self.json["symbols"]["purgatory_" + name], 16)

    def number(self, name, index=0):
        size = SYMBOL_SIZES.get(name.rsplit("_", 1)[-1], 8)
        return int.from_bytes(self.read(self.address(name) + size * index, size), "little")

    def patch(self, name, value, index=0):
        size = SYMBOL_SIZES.get(name.rsplit("_", 1)[-1], 8)
        self.write_at(self.address(name) + size * index, value.to_bytes(size, "little"))

    # The manifest.

    def chunks(self):
        manifest = self.segment("manifest").data
        count = struct.unpack_from(MANIFEST_HEADER, manifest)[2]
        for index in range(count):
            yield 16 + index * 64, struct.unpack_from(MANIFEST_CHUNK, manifest, 16 + index * 64)

    def seal(self):
        """Compute all digests anew, over what is changed so far."""
        ending = self.ending()
        self.write_at(self.address("ending_second"), ending)
        for name in "ending_sum", "ending_second_sum":
            self.patch(name, checksum(ending))
        self.seal_digests()

    def seal_digests(self):
        """The same, but for the sums of how purgatory is to end."""
        start, end = self.routine("purgatory_checked"), self.address("stop_sum")
        self.patch("stop_sum", checksum(self.read(start, end - start)))
        manifest = self.segment("manifest").data
        for offset, (address, length, *_) in list(self.chunks()):
            digest = hashlib.sha256(self.read(address, length)).digest()
            manifest[offset + 32:offset + 64] = digest
        self.seal_manifest()

    def seal_manifest(self):
        address, size = self.number("manifest_address"), self.number("manifest_size")
        entry = self.kernel_entry
        self.write_at(self.address("manifest_digest"),
                      hashlib.sha256(self.read(address, size)).digest())
        self.patch("sealed_entry", entry ^ self.seal_of_digests())
        self.patch("checked_bytes", self.verified_bytes())
        self.seal_purgatory()

    def seal_purgatory(self):
        """Compute purgatory's own sum anew, so that it does not see what was changed in it."""
        self.patch("self_sum", checksum(self.purgatory_image()))

    def purgatory_image(self):
        """Text and read-only data up to the sum, with zeros between them."""
        start, end = self.entry, self.address("self_sum")
        image = bytearray(end - start)
        for segment in self.segments:
            if segment.role == "purgatory" and start <= segment.start < end:
                offset = segment.start - start
                image[offset:offset + len(segment.data)] = segment.data
        return bytes(image[:end - start])

    def ending(self):
        """struct purgatory_ending of include/purgatory.h."""
        fields = ("console_type", 4), ("console_data_shift", 4), ("console_address", 8), \
            ("console_registers", 80), ("reset_method", 4), ("mismatch_policy", 4)
        return b"".join(self.read(self.address(name), size) for name, size in fields)

    def seal_of_digests(self):
        total = checksum(self.read(self.address("manifest_digest"), 32))
        for _, chunk in self.chunks():
            if not chunk[4] & UNCHECKED:
                total = checksum(chunk[5], total)
        return total

    def move_kernel_entry(self, entry):
        """Have purgatory enter something else, and compute all digests anew."""
        self.kernel_entry = entry
        self.patch("sealed_entry", checksum(struct.pack("<Q", entry)), 1)
        self.seal()

    def verified_bytes(self):
        return sum(chunk[1] for _, chunk in self.chunks() if not chunk[4] & UNCHECKED)

    # Purgatory's code.

    def replace(self, change):
        """Replace instructions of purgatory, but not what was injected: change(instruction, address) returns
        what with."""
        text = self.segment("purgatory", "x")
        count = 0
        for offset in range(0, text.size - 3, 4):
            old, = struct.unpack_from("<I", text.data, offset)
            new = change(old, text.start + offset)
            if new != old and text.start + offset not in self.injected:
                struct.pack_into("<I", text.data, offset, new)
                count += 1
        assert count, "no such instruction in purgatory"

    def routine(self, name):
        """The address of a routine of purgatory's."""
        symbols = self.build.purgatory_symbols
        if name not in symbols:
            return self.code_of_cpus().start + self.build.cpus_symbols[name]
        return self.entry + symbols[name] - symbols["purgatory_start"]

    def code_of_cpus(self):
        """The segment of what only several CPUs run, which comes behind the text; None without --cpus."""
        _, *others = [segment for segment in self.segments
                      if segment.role == "purgatory" and "x" in segment.permissions]
        return others[0] if others else None

    def overwrite(self, routine, instruction):
        """Replace the first instruction of a routine."""
        self.write_at(self.routine(routine), struct.pack("<I", instruction))

    def find_call(self, caller, callee, size=512):
        """The address of the first call of a routine in another one's first bytes."""
        start, target = self.routine(caller), self.routine(callee)
        for address in range(start, start + size, 4):
            word, following = struct.unpack("<II", self.read(address, 8))
            if self.arch == "arm64":
                offset = (word & 0x3ffffff) << 2
                found = word >> 26 == 0x25 and (address + offset - target) % (1 << 28) == 0
            else:  # auipc ra and jalr ra, ra
                offset = (word & 0xfffff000) + ((following >> 20 ^ 0x800) - 0x800)
                found = word & 0xfff == 0x97 and following & 0xfffff == 0x80e7 and \
                    (address + offset - target) % (1 << 32) == 0
            if found:
                return address
        raise AssertionError(f"{caller} does not call {callee}")

    def inject(self, target):
        """Put fault-code/ARCH.S in place of an engine of SHA-256 that is not in use; return the addresses of
        its symbols."""
        code = bytearray(self.build.faults)
        struct.pack_into("<Q", code, self.build.fault_symbols["target"], target)
        start = self.routine(SPARE_ENGINE[self.arch]) + 7 & -8
        self.write_at(start, code)
        self.injected = range(start, start + len(code))
        return {name: start + offset for name, offset in self.build.fault_symbols.items()}

    # The machine.

    def parameters(self):
        """struct parameters of old-kernel.h."""
        machine = self.machine
        ram = [machine.ram, machine.ram + max(machine.shown, machines.RAM_SIZE)]
        far = machine.far or 0
        ram += [far, far + machines.FAR_SIZE if far else 0]
        spans = [(start, end) for start, end, _ in self.contents()]
        numbers = [self.regime, machine.flags, self.entry, machine.offset, machine.bits,
                   machine.page_size.bit_length() - 1, *ram, machine.uart, machine.uart + 4096,
                   len(spans)]
        for span in spans:
            numbers += span
        return struct.pack(f"<{len(numbers)}Q", *numbers)

    def contents(self):
        """What is in memory: (start, end, bytes)."""
        if self.placed:
            return [self.placed]
        return [(segment.start, segment.end, segment.data) for segment in self.segments]

    def firmware(self):
        """The image of what is at EL3."""
        image, symbols = bytearray(self.build.firmware), self.build.firmware_symbols
        struct.pack_into("<Q", image, symbols["firmware_next"],
                         self.machine.ram + machines.OLD_KERNEL)
        struct.pack_into("<Q", image, symbols["firmware_flags"],
                         self.machine.firmware == machines.INJECTS)
        return image

    def memory(self, address, size):
        """What was there when the machine ended: in purgatory's data, or in what is extra."""
        for start, data in self.left:
            if start <= address and address + size <= start + len(data):
                return data[address - start:address - start + size]
        raise AssertionError(f"what was at {address:#x} is not known")

    def initial_memory(self):
        """What is in memory at the first instruction but for the firmware of QEMU's: (address, bytes)."""
        image = bytearray(self.build.old_kernel)
        parameters = self.parameters()
        image[self.build.parameters:self.build.parameters + len(parameters)] = parameters
        found = [(self.machine.ram + machines.OLD_KERNEL, image)]
        if self.machine.firmware is not None:
            found.append((self.machine.ram + machines.FIRMWARE, self.firmware()))
        found += [(start, data) for start, _, data in self.contents()]
        found += self.extra.items()
        found.sort(key=lambda item: item[0])
        for (start, data), (following, _) in zip(found, found[1:]):
            assert start + len(data) <= following, f"two things are at {following:#x}"
        return found

    @staticmethod
    def lines(output):
        """What the stand-ins and purgatory wrote. What else there is comes from the firmware."""
        # OpenSBI adds a CR of its own.
        lines = re.split(r"\r+\n", output.decode(errors="replace"))
        begins = "old:", "purgatory:", "kernel:", "firmware:"
        return [line for line in lines if line.startswith(begins)]

    def run(self):
        """Start the machine. Returns its lines, and whether it ended by itself."""
        if self.pool and not self.options:
            with self.pool.lend(self.machine) as guest:
                return self.run_in(guest)
        guest = guests.Guest(self.machine, self.path(OWN_MACHINE), *self.options, again=False)
        with contextlib.closing(guest):
            result = self.run_in(guest)
            guest.quit()
        return result

    def memory_path(self):
        """The file that is the RAM of a machine with options of its own, while it runs."""
        return os.path.join(self.path(OWN_MACHINE), "memory")

    def run_in(self, guest):
        guest.reset()
        return self.finish_in(guest)

    def finish_in(self, guest):
        """Run on a machine that is reset."""
        guest.write(self.initial_memory())
        guest.go()
        output, ended = guest.finish(self.time_limit)
        spans = [(segment.start, segment.memory_size) for segment in self.segments
                 if segment.role == "purgatory" and "w" in segment.permissions]
        spans += [(address, len(data)) for address, data in self.extra.items()]
        self.left = [(address, guest.read(address, size)) for address, size in spans]
        return self.lines(output), ended
