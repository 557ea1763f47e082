#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run a purgatory object in QEMU between a stub for the old and a stub for the next kernel.

usage: test_purgatory.py arm64|riscv64 OBJECT CROSS-PREFIX DIRECTORY

OBJECT is purgatory's relocatable object, CROSS-PREFIX that of binutils and gcc
("aarch64-linux-gnu-"), DIRECTORY a scratch directory. Writes TAP; exit status 0 if all passed.

What kexec does is done here by other means: ld relocates, symbols are patched by the addresses that
nm gives, hashlib computes the digests.
"""

import hashlib
import os
import random
import re
import select
import struct
import subprocess
import sys
import time

SOURCE = os.path.dirname(os.path.abspath(__file__))
TIME_LIMIT = 30  # seconds for one guest
CHUNK = 1 << 20
MAGIC = int.from_bytes(b"KXMANIFE", "little")
ROLES = ["kernel", "initrd", "dtb", "purgatory", "manifest"]
NONE, SBI, PL011, UART8250 = range(4)  # enum purgatory_console
RESET_NONE, RESET_SMC, RESET_HVC, RESET_SBI = range(4)  # enum purgatory_reset
RESET, HALT = range(2)  # enum purgatory_policy

# Offsets in RAM.
PURGATORY, KERNEL, DTB, MANIFEST, INITRD = 0x200000, 0x400000, 0x600000, 0x700000, 0x800000
NOTHING = 0x0b000000  # an address at which neither machine has anything


class Machine:
    """A QEMU machine and what the patched symbols say about it."""

    def __init__(self, name, arch, options, reset, console, uart, variant=0):
        self.name, self.arch, self.options = name, arch, options
        self.reset, self.console, self.uart, self.variant = reset, console, uart, variant
        self.ram = 0x40000000 if arch == "arm64" else 0x80000000

    def command(self, image, files):
        qemu = {"arm64": "qemu-system-aarch64", "riscv64": "qemu-system-riscv64"}[self.arch]
        command = [qemu, *self.options, "-m", "256M", "-nodefaults", "-display", "none",
                   "-serial", "stdio", "-no-reboot"]
        if self.arch == "arm64":
            command += ["-device", f"loader,file={image},addr={self.ram + PURGATORY},force-raw=on",
                        "-device", f"loader,addr={self.ram + PURGATORY},cpu-num=0"]
        else:
            command += ["-kernel", image]
        for path, offset in files:
            command += ["-device", f"loader,file={path},addr={self.ram + offset},force-raw=on"]
        return command


def arm64(name, machine, cpu, reset, variant=0):
    return Machine(name, "arm64", ["-M", machine, "-cpu", cpu], reset, PL011, 0x09000000, variant)


def riscv64(name, console, variant=0):
    return Machine(name, "riscv64", ["-M", "virt"], RESET_SBI, console, 0x10000000, variant)


# The first of each architecture is the one for the cases where the machine makes no difference.
MACHINES = {
    "arm64": [
        arm64("EL1", "virt", "cortex-a53", RESET_HVC),
        arm64("EL2", "virt,virtualization=on", "cortex-a72", RESET_SMC),
        arm64("EL2 with E2H", "virt,virtualization=on", "max", RESET_SMC, variant=1),
    ],
    "riscv64": [
        riscv64("SBI console", SBI),
        riscv64("8250 console", UART8250),
        riscv64("entry by a trap", SBI, variant=1),
    ],
}

# As purgatory is built, or ld refuses to link them together.
ASSEMBLER_OPTIONS = {"arm64": [], "riscv64": ["-march=rv64ima_zicsr_zifencei", "-mabi=lp64"]}


class Build:
    """The flat image of stub and purgatory, the next kernel, and the addresses of symbols."""

    def __init__(self, arch, object_path, cross, directory):
        self.arch, self.directory, self.cross = arch, directory, cross
        ram = MACHINES[arch][0].ram
        purgatory = self.link(f"old-kernel-{arch}", ram + PURGATORY,
                              ["-T", f"{SOURCE}/purgatory.ld", os.path.abspath(object_path),
                               f"--defsym=IMAGE_ADDRESS={ram + PURGATORY:#x}"])
        kernel = self.link(f"next-kernel-{arch}", ram + KERNEL, [f"-Ttext={ram + KERNEL:#x}"])
        self.image, self.kernel = self.flat(purgatory), self.flat(kernel)
        self.symbols, self.sizes = {}, {}  # offsets in the image, and bytes
        for line in self.run("nm", "-S", "--defined-only", purgatory).splitlines():
            address, *size, _, name = line.split()
            self.symbols[name] = int(address, 16) - ram - PURGATORY
            self.sizes[name] = int(size[0], 16) if size else 0

    def run(self, tool, *arguments):
        return subprocess.run([self.cross + tool, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def link(self, stub, address, arguments):
        output = f"{self.directory}/{stub}"
        self.run("gcc", *ASSEMBLER_OPTIONS[self.arch], "-c",
                 f"-I{SOURCE}/../../purgatory/arm64", "-o", f"{output}.o", f"{SOURCE}/{stub}.S")
        self.run("ld", "-e", f"{address:#x}", "--no-warn-rwx-segments", "-o", f"{output}.elf",
                 f"{output}.o", *arguments)
        return f"{output}.elf"

    def flat(self, path):
        self.run("objcopy", "-O", "binary", path, path + ".bin")
        with open(path + ".bin", "rb") as file:
            return bytearray(file.read())


class Load:
    """What is loaded into a machine, and what may be changed about it before it starts."""

    def __init__(self, build, machine):
        generator = random.Random(1)
        self.build, self.machine = build, machine
        self.image = bytearray(build.image)
        self.payload = {
            KERNEL: bytearray(build.kernel),
            DTB: bytearray(generator.randbytes(4096)),
            INITRD: bytearray(generator.randbytes(2 * CHUNK + 12345)),
        }
        self.symbols = {
            "kernel_entry": machine.ram + KERNEL, "kernel_dtb": machine.ram + DTB,
            "manifest_address": machine.ram + MANIFEST,
            "console_type": machine.console, "console_address": machine.uart,
            "console_register_width": 1,
            "timer_frequency": 0 if machine.arch == "arm64" else 10000000,
            "reset_method": machine.reset, "mismatch_policy": RESET,
        }
        self.checks = True
        self.magic, self.version, self.extra = MAGIC, 1, 0
        self.sealed = False

    def patch(self, name, value):
        offset, size = self.build.symbols[name], self.build.sizes[name]
        self.image[offset:offset + size] = value.to_bytes(size, "little")

    def chunks(self):
        digest = self.build.symbols["purgatory_manifest_digest"]
        segments = [(PURGATORY, "purgatory", self.image[:digest]),
                    (KERNEL, "kernel", self.payload[KERNEL]),
                    (DTB, "dtb", self.payload[DTB]), (INITRD, "initrd", self.payload[INITRD])]
        for address, role, data in segments:
            for offset in range(0, len(data), CHUNK):
                piece = bytes(data[offset:offset + CHUNK])
                yield struct.pack("<QQQII", self.machine.ram + address + offset, len(piece),
                                  offset, ROLES.index(role), 0) + hashlib.sha256(piece).digest()

    def seal(self):
        """Patch the symbols and compute all digests; what changes afterwards is damage."""
        count = len(list(self.chunks())) if self.checks else 0
        self.symbols["manifest_size"] = 16 + count * 64 + self.extra
        for name, value in self.symbols.items():
            self.patch("purgatory_" + name, value)
        self.patch("old_kernel_variant", self.machine.variant)
        self.manifest = bytearray(struct.pack("<QII", self.magic, self.version, count))
        if self.checks:
            self.manifest += b"".join(self.chunks())
        self.manifest += bytes(self.extra)
        offset = self.build.symbols["purgatory_manifest_digest"]
        self.image[offset:offset + 32] = hashlib.sha256(self.manifest).digest()
        self.verified = offset + sum(map(len, self.payload.values()))
        self.sealed = True

    def files(self):
        contents = {**self.payload, MANIFEST: self.manifest}
        return [(self.write(f"{offset:x}.bin", data), offset) for offset, data in contents.items()]

    def write(self, name, data):
        path = f"{self.build.directory}/{name}"
        with open(path, "wb") as file:
            file.write(data)
        return path

    def run(self):
        """Start the machine. Returns its lines, and whether it ended by itself."""
        if not self.sealed:
            self.seal()
        command = self.machine.command(self.write("image.bin", self.image), self.files())
        output, deadline = b"", time.monotonic() + TIME_LIMIT
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as guest:
            while time.monotonic() < deadline:
                if select.select([guest.stdout], [], [], 0.1)[0]:
                    data = os.read(guest.stdout.fileno(), 4096)
                    if not data:
                        break
                    output += data
                elif b"halted\r" in output and deadline > time.monotonic() + 1:
                    deadline = time.monotonic() + 1  # nothing may follow
            ended = time.monotonic() < deadline
            guest.kill()
        # OpenSBI adds a CR of its own. What else there is comes from the firmware.
        lines = re.split(r"\r+\n", output.decode(errors="replace"))
        return [line for line in lines if line.startswith(("purgatory:", "kernel:"))], ended


def kernel_line(load):
    dtb = f"0x{load.machine.ram + DTB:016x}"
    word = f"0x{int.from_bytes(load.payload[DTB][:8], 'little'):016x}"
    if load.machine.arch == "riscv64":
        return (rf"kernel: a0=0x0{{15}}7 a1={dtb} word={word} satp=0x0{{16}} sie=0x0{{16}} "
                rf"sstatus_sie=0x0{{16}} stvec=0x{load.machine.ram + KERNEL:016x} "
                r"sscratch=0x0{16}")
    level = 4 if load.machine.name == "EL1" else 8
    state = load.state if hasattr(load, "state") else r".*"
    # SCTLR_ELx: I (bit 12), C (2) and M (0) clear.
    return (rf"kernel: x0={dtb} x1=0x0{{16}} x2=0x0{{16}} x3=0x0{{16}} word={word} "
            rf"daif=0x0{{13}}3c0 currentel=0x0{{15}}{level} "
            rf"sctlr=0x[0-9a-f]{{12}}[02468ace][0-9a-f]{{2}}[028a] {state}")


def verified_line(load):
    return (rf"purgatory: verified bytes={load.verified} ms=\d+\.\d{{3}} "
            r"mmu=off reason=option engine=generic")


FAULT_LINE = {
    "arm64": r"purgatory: FAULT cause=synchronous esr=0x[0-9a-f]+ far={far} elr=0x[0-9a-f]+",
    "riscv64": r"purgatory: FAULT cause=trap scause=0x[0-9a-f]+ stval={far} sepc=0x[0-9a-f]+",
}
RESETTING = "purgatory: resetting"
RESET_FAILED = "purgatory: reset failed, halted"


def fault_line(load, address):
    far = "0x[0-9a-f]+" if address is None else f"{address:#x}"
    return FAULT_LINE[load.machine.arch].format(far=far)


def mismatch_line(load, role, address, offset, expected, actual):
    return (f"purgatory: MISMATCH segment={role} address={load.machine.ram + address:#x} "
            f"offset={offset:#x} expected={expected} actual={actual}")


# Each case prepares a load and returns the lines to come and whether the machine ends by itself.

def case_verified(load):
    load.seal()
    return [verified_line(load), kernel_line(load)], True


def damage(load, role, address, data, offset):
    """Flip one bit of a segment after it was hashed."""
    start = offset & ~(CHUNK - 1)
    end = min(start + CHUNK, len(data))
    if role == "purgatory":
        end = load.build.symbols["purgatory_manifest_digest"]
    elif role == "manifest":
        end = len(data)
    expected = hashlib.sha256(data[start:end]).hexdigest()
    data[offset] ^= 0x10
    actual = hashlib.sha256(data[start:end]).hexdigest()
    return [mismatch_line(load, role, address + start, start, expected, actual), RESETTING], True


def case_kernel_damaged(load):
    load.seal()
    return damage(load, "kernel", KERNEL, load.payload[KERNEL], 0)


def case_dtb_damaged(load):
    load.seal()
    return damage(load, "dtb", DTB, load.payload[DTB], 4095)


def case_initrd_damaged(load):
    load.seal()
    return damage(load, "initrd", INITRD, load.payload[INITRD], CHUNK + 77)


def case_initrd_tail_damaged(load):
    load.seal()
    return damage(load, "initrd", INITRD, load.payload[INITRD], 2 * CHUNK + 12344)


def case_purgatory_damaged(load):
    load.seal()
    # A symbol that makes no difference here but for the digest.
    offset = load.build.symbols["purgatory_console_register_shift"] + 3
    return damage(load, "purgatory", PURGATORY, load.image, offset)


def case_manifest_damaged(load):
    load.seal()
    return damage(load, "manifest", MANIFEST, load.manifest, 20)


def case_digest_damaged(load):
    load.seal()
    actual = hashlib.sha256(load.manifest).hexdigest()
    load.image[load.build.symbols["purgatory_manifest_digest"]] ^= 1
    expected = f"{int(actual[:2], 16) ^ 1:02x}{actual[2:]}"
    return [mismatch_line(load, "manifest", MANIFEST, 0, expected, actual), RESETTING], True


def case_halt(load):
    load.symbols["mismatch_policy"] = HALT
    load.seal()
    lines, _ = damage(load, "initrd", INITRD, load.payload[INITRD], 3)
    return [lines[0], "purgatory: halted"], False


def case_no_checks(load):
    load.checks = False
    load.seal()
    return ["purgatory: not verified, no checks were asked for", kernel_line(load)], True


def manifest_fault(load):
    load.seal()
    return [f"purgatory: FAULT cause=manifest address={load.machine.ram + MANIFEST:#x} "
            f"size={load.symbols['manifest_size']}", RESETTING], True


def case_wrong_magic(load):
    load.magic ^= 1
    return manifest_fault(load)


def case_wrong_version(load):
    load.version = 2
    return manifest_fault(load)


def case_wrong_size(load):
    load.extra = 64
    return manifest_fault(load)


def case_no_memory(load):
    load.seal()
    load.patch("purgatory_manifest_address", NOTHING)
    return [fault_line(load, NOTHING), RESETTING], True


def case_fault_and_halt(load):
    load.symbols["mismatch_policy"] = HALT
    load.seal()
    load.patch("purgatory_manifest_address", NOTHING)
    return [fault_line(load, NOTHING), "purgatory: halted"], False


def case_no_reset(load):
    load.symbols["reset_method"] = RESET_NONE
    load.seal()
    lines, _ = damage(load, "dtb", DTB, load.payload[DTB], 0)
    return lines + [RESET_FAILED], False


def case_console_faults(load):
    """The line cannot be written, so the fault is the reason to reset, without a word."""
    load.symbols["console_type"] = PL011 if load.machine.arch == "arm64" else UART8250
    load.symbols["console_address"] = NOTHING
    load.seal()
    return [], True


def case_console_stuck(load):
    """No room for any byte: the console is dropped and the kernel started all the same.

    The registers are in the device tree, in which the kernel would see if one had been written.
    """
    load.payload[DTB][0x18:0x1c] = struct.pack("<I", 0x28)  # PL011: FR, full and busy
    load.payload[DTB][5] = 0  # 8250: LSR, neither THRE nor TEMT
    load.symbols["console_type"] = PL011 if load.machine.arch == "arm64" else UART8250
    load.symbols["console_address"] = load.machine.ram + DTB
    load.seal()
    return [kernel_line(load)], True


def case_console_stuck_no_time(load):
    load.symbols["timer_frequency"] = 1 << 60  # 20 ms of this never pass
    return case_console_stuck(load)


def case_no_console(load):
    load.symbols["console_type"] = NONE
    load.seal()
    return [kernel_line(load)], True


def case_no_frequency(load):
    load.symbols["timer_frequency"] = 0
    load.seal()
    line = verified_line(load)
    if load.machine.arch == "riscv64":
        line = line.replace(r"ms=\d+\.\d{3}", "ms=unknown")
    return [line, kernel_line(load)], True


def case_reset_faults(load):
    """smc is undefined at EL1 where there is no EL3."""
    load.symbols["reset_method"] = RESET_SMC
    load.seal()
    lines, _ = damage(load, "dtb", DTB, load.payload[DTB], 0)
    return lines + [fault_line(load, None), RESETTING, RESET_FAILED], False


def cases(arch):
    for machine in MACHINES[arch]:
        yield machine, case_verified
        yield machine, case_initrd_damaged
        yield machine, case_no_memory
    for case in (case_kernel_damaged, case_dtb_damaged, case_initrd_tail_damaged,
                 case_purgatory_damaged, case_manifest_damaged, case_digest_damaged, case_halt,
                 case_no_checks, case_wrong_magic, case_wrong_version, case_wrong_size,
                 case_fault_and_halt, case_no_reset, case_console_faults, case_console_stuck,
                 case_console_stuck_no_time, case_no_console, case_no_frequency):
        yield MACHINES[arch][0], case
    if arch == "arm64":
        yield MACHINES[arch][0], case_reset_faults


def matches(lines, expected):
    return len(lines) == len(expected) and all(map(re.fullmatch, expected, lines))


def main():
    arch, object_path, cross, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    build = Build(arch, object_path, cross, directory)
    failed = number = 0
    for number, (machine, case) in enumerate(cases(arch), 1):
        load = Load(build, machine)
        expected, ends = case(load)
        lines, ended = load.run()
        good = matches(lines, expected) and ended == ends
        name = case.__name__.removeprefix("case_").replace("_", " ")
        print(f"{'ok' if good else 'not ok'} {number} - {arch} {machine.name}: {name}", flush=True)
        if not good:
            failed += 1
            print(f"# expected {expected}, the machine {'ends' if ends else 'stays'}")
            print(f"# got {lines}, the machine {'ended' if ended else 'stayed'}")
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
