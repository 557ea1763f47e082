# SPDX-License-Identifier: GPL-2.0-only
"""The machines that purgatory is tried on: QEMU's, and what a system running on them would show."""

import functools
import os
import struct
import subprocess
import tempfile

MIB, GIB = 1 << 20, 1 << 30
RAM_SIZE = 256 * MIB
OLD_KERNEL = 2 * MIB  # where the old kernel is loaded, from the start of RAM
OLD_KERNEL_END = 32 * MIB  # kexec must keep off all below: firmware and the old kernel

# How purgatory is entered: enum regime of old-kernel.h.
OFF, IDENTITY, VIRTUAL, TRAP = range(4)
REGIME_NAMES = ["MMU off", "MMU on at identity", "MMU on at the kernel VA", "a trap"]
FLAG_E2H, FLAG_DS, FLAG_MAIR, FLAG_CACHES, FLAG_VECTORS, FLAG_SME = 1, 2, 4, 8, 16, 32
FLAG_GUEST, FLAG_SERROR, FLAG_DOUBLE_TRAP = 64, 128, 256
AT_PAGESZ, AT_HWCAP2, HWCAP2_SME = 6, 26, 1 << 23

# What stands for firmware at EL3 does with a trap: see firmware/arm64.S.
FIRMWARE = MIB + MIB // 2  # where it is, from the start of RAM
WRITES, INJECTS = range(2)

QEMU = {"arm64": "qemu-system-aarch64", "riscv64": "qemu-system-riscv64"}
ELF_MACHINE = {"arm64": 183, "riscv64": 243}
RAM_START = {"arm64": 0x40000000, "riscv64": 0x80000000}
UART = {"arm64": 0x09000000, "riscv64": 0x10000000}

# Nothing answers at this address of either machine, and nothing says that it is RAM.
NOTHING = 0x0b000000
# RAM that /proc/iomem does not show, so that it can be a UART that is stuck for ever.
HIDDEN = 255 * MIB
# And so that it can be that of ramoops: a page for dumps, the console zone, a page for messages.
RAMOOPS, RAMOOPS_SIZE = HIDDEN + 64 * 1024, 3 * 4096
CRASH_START, CRASH_SIZE = 96 * MIB, 64 * MIB  # of a crash kernel, from the start of RAM
FAR_SIZE = 64 * MIB


@functools.lru_cache(maxsize=None)
def described_by(qemu):
    """The device tree that this QEMU command makes, as a blob. It is asked once: it takes as long to
    start as a case takes to run."""
    with tempfile.TemporaryDirectory() as directory:
        tree = os.path.join(directory, "tree")
        subprocess.run([*qemu, "-machine", f"dumpdtb={tree}"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(tree, "rb") as file:
            return file.read()


class Machine:
    """A machine, as QEMU starts it and as kexec would find it with the old kernel running."""

    def __init__(self, arch, name, options, regime, *, bits, base, start=None, flags=0,
                 page_size=4096, claim=None, vendor=0, isa=None, engine=None, far=None,
                 memory=RAM_SIZE, shown=HIDDEN, firmware=None,
                 coherent=True, cpus=1):
        self.arch, self.name, self.options = arch, name, options
        self.flags, self.page_size, self.bits = flags, page_size, bits
        self.claim = claim or bits  # of virtual addresses, in /proc/cpuinfo
        self.vendor, self.isa = vendor, isa  # in /proc/cpuinfo
        self.engine = engine  # of SHA-256, which kexec chooses by itself
        self.far = far  # physical address of the RAM that the load is to lie in, if not anywhere
        self.memory = memory if far is None else far + FAR_SIZE - RAM_START[arch]
        self.shown = shown  # bytes of RAM in /proc/iomem
        self.coherent = coherent  # devices see the caches
        self.cpus = cpus  # all of them online
        self.firmware = firmware  # at EL3, if not None: WRITES or INJECTS
        self.regime = regime  # the name in purgatory's report
        self.ram, self.uart = RAM_START[arch], UART[arch]
        self.base = base  # of the linear map
        self.start = self.ram if start is None else start  # what is mapped there
        self.offset = (base - self.start) % (1 << 64)

    def qemu(self, memory):
        """The command for this machine, whose RAM is this object of QEMU's, of that size and the id ram."""
        command = [QEMU[self.arch], *self.options, "-m", str(self.memory // MIB), "-nodefaults",
                   "-display", "none", "-machine", "memory-backend=ram",
                   "-object", f"{memory},id=ram,size={self.memory}"]
        if self.cpus > 1:
            command += ["-smp", str(self.cpus)]
        return command

    def description(self):
        """The device tree, as a blob."""
        # There may be more RAM than the build machine has.
        return described_by(tuple(self.qemu("memory-backend-ram,reserve=off")))

    def command(self, kernel, memory):
        """The command that starts it: the paths of a kernel, and of the file that is to be its RAM.

        What runs is written to that file: the old kernel, or firmware that enters it. The kernel at the path is
        there for riscv64's firmware alone, which enters the place where QEMU loads one.
        """
        command = self.qemu(f"memory-backend-file,share=on,mem-path={memory}") + ["-serial", "stdio"]
        if self.arch == "arm64":
            first = self.ram + (OLD_KERNEL if self.firmware is None else FIRMWARE)
            return command + ["-device", f"loader,addr={first},cpu-num=0"]
        return command + ["-kernel", kernel]

    def vmcoreinfo(self):
        if self.arch == "arm64":
            return f"NUMBER(VA_BITS)={self.bits}\nNUMBER(PHYS_OFFSET)={self.start:#x}\n"
        base = self.base if self.claim == self.bits else PAGE_OFFSET[self.claim]
        return f"NUMBER(PAGE_OFFSET)={base:#x}\nNUMBER(phys_ram_base)={self.start:#x}\n"

    def capture(self, directory, vmcoreinfo=True, crash=False):
        """Make the directory for kexec's --sysroot; crash: with a region for a crash kernel."""
        def write(path, data):
            path = os.path.join(directory, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data if isinstance(data, bytes) else data.encode())

        def iomem(start, size, name):
            return f"{start:08x}-{start + size - 1:08x} : {name}\n"

        memory = iomem(self.ram, self.shown, "System RAM")
        memory += "  " + iomem(self.ram, OLD_KERNEL_END, "Reserved")
        if crash:
            memory += "  " + iomem(self.ram + CRASH_START, CRASH_SIZE, "Crash kernel")
            write("sys/devices/system/cpu/cpu0/crash_notes", f"{self.ram + OLD_KERNEL:x}\n")
            write("sys/devices/system/cpu/cpu0/crash_notes_size", "368\n")
            write("sys/kernel/vmcoreinfo", f"{self.ram + OLD_KERNEL:x} 1024\n")
        if self.far is not None:
            memory += iomem(self.far, FAR_SIZE, "System RAM")
        write("proc/iomem", memory)
        write("proc/cmdline", "old\n")
        write("proc/self/auxv", struct.pack(
            "<6Q", AT_PAGESZ, self.page_size, AT_HWCAP2,
            HWCAP2_SME if self.flags & FLAG_SME else 0, 0, 0))
        if vmcoreinfo:
            write("proc/kcore", core_file(self.arch, self.vmcoreinfo()))
        write("sys/devices/system/cpu/online", f"0-{self.cpus - 1}\n" if self.cpus > 1 else "0\n")
        if self.arch == "riscv64":
            write("proc/cpuinfo", "\n".join(
                f"processor\t: {cpu}\nhart\t\t: {cpu}\nmmu\t\t: sv{self.claim}\n"
                f"mvendorid\t: {self.vendor:#x}\n" + (f"isa\t\t: {self.isa}\n" if self.isa else "")
                for cpu in range(self.cpus)))
        uarts = {"ttyVOID0": NOTHING, "ttySTUCK0": self.ram + HIDDEN, "ttyREAL0": self.uart}
        for name, address in uarts.items():
            uart = {"type": 32 if self.arch == "arm64" else 4, "iomem_base": f"{address:#x}",
                    "io_type": 2, "iomem_reg_shift": 0}  # PORT_AMBA or PORT_16550A, UPIO_MEM
            for attribute, value in uart.items():
                write(f"sys/class/tty/{name}/{attribute}", f"{value}\n")
        tree = os.path.join(directory, "sys/firmware/fdt")
        os.makedirs(os.path.dirname(tree), exist_ok=True)
        with open(tree, "wb") as file:
            file.write(self.description())
        if self.firmware is not None:  # ours is not that which QEMU would describe
            for name, value in ("compatible", "arm,psci-1.0"), ("method", "smc"):
                subprocess.run(["fdtput", "-p", "-t", "s", tree, "/psci", name, value], check=True)
        if not self.coherent:
            subprocess.run(["fdtput", tree, "/soc", "dma-noncoherent"], check=True)
            subprocess.run(["fdtput", "-t", "u", tree, "/cpus/cpu@0", "riscv,cbom-block-size", "64"],
                           check=True)
        if self.claim != self.bits:
            subprocess.run(["fdtput", "-t", "s", tree, "/cpus/cpu@0", "mmu-type",
                            f"riscv,sv{self.claim}"], check=True)


def core_file(arch, text):
    """What /proc/kcore begins with: an ELF core file with the note VMCOREINFO."""
    name = b"VMCOREINFO\0\0"
    note = struct.pack("<III", 11, len(text), 0) + name + text.encode() + bytes(-len(text) % 4)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 4, ELF_MACHINE[arch], 1, 0, 64, 0,
                         0, 64, 56, 1, 0, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 4, 0, 120, 0, 0, len(note), 0, 4) + note


EL1 = ("el1", "virt", "cortex-a53")
EL2 = ("el2", "virt,virtualization=on", "cortex-a57")
E2H = ("el2-e2h", "virt,virtualization=on", "neoverse-n1")


def arm64(name, kind, bits=48, cpu=None, flags=0, **settings):
    regime, machine, default_cpu = kind
    # Linux puts the start of memory anywhere in the linear map (KASLR): not at its start here.
    return Machine("arm64", name, ["-M", machine, "-cpu", cpu or default_cpu], regime, bits=bits,
                   base=(1 << 64) - (1 << bits), start=(RAM_START["arm64"] - 3 * GIB) % (1 << 64),
                   flags=flags | (FLAG_E2H if kind is E2H else 0), **settings)


# The linear maps of riscv64 are at PAGE_OFFSET_L3, _L4 and _L5 (arch/riscv/include/asm/page.h).
PAGE_OFFSET = {39: 0xffffffd600000000, 48: 0xffffaf8000000000, 57: 0xff60000000000000}


def riscv64(name, bits, base=None, cpu=(), **settings):
    """bits: of the mode of the old kernel, which is the widest that the CPU has; cpu: what else to
    tell of it.
    """
    off = [f"sv{mode}=off" for mode in PAGE_OFFSET if mode > bits]
    return Machine("riscv64", name, ["-M", "virt", "-cpu", ",".join(["rv64", *off, *cpu])],
                   f"sv{bits}", bits=bits, base=base or PAGE_OFFSET[bits], **settings)


# Each regime, with an old kernel as most are.
MACHINES = {
    "arm64": [arm64("EL1", EL1), arm64("EL2", EL2), arm64("EL2+E2H", E2H)],
    "riscv64": [riscv64("Sv39", 39), riscv64("Sv48", 48), riscv64("Sv57", 57)],
}

# Old kernels of other kinds at the kernel VA.
OTHER_KERNELS = {
    "arm64": [
        arm64("EL1, 39 bits", EL1, 39),
        arm64("EL1, 64 KiB pages", EL1, cpu="cortex-a57", page_size=65536),
        arm64("EL1, 16 KiB pages", EL1, 47, "max,lpa2=off", page_size=16384),
        arm64("EL2+E2H, max", E2H, cpu="max,lpa2=off", flags=FLAG_SME),
        arm64("EL1, caches off", EL1, flags=FLAG_CACHES),
        arm64("EL2+E2H, caches off", E2H, flags=FLAG_CACHES),
    ],
    "riscv64": [],
}

# Old kernels whose map cannot be shared, not even for a moment: with other memory types, and with
# TCR.DS, which makes bits of an address of what ours are for shareability.
NOT_TO_SHARE = {
    "arm64": [
        arm64("EL1, other MAIR", EL1, flags=FLAG_MAIR),
        arm64("EL2+E2H, other MAIR", E2H, flags=FLAG_MAIR),
        arm64("EL1, LPA2", EL1, cpu="max", flags=FLAG_DS),
    ],
    "riscv64": [],
}

# Caches on without the MMU, or the reverse; and memory types that are not ours.
OTHER_STATES = {
    "arm64": [
        arm64("EL1, other MAIR and caches", EL1, flags=FLAG_MAIR | FLAG_CACHES),
        arm64("EL2, other MAIR and caches", EL2, flags=FLAG_MAIR | FLAG_CACHES),
        arm64("EL2+E2H, other MAIR and caches", E2H, flags=FLAG_MAIR | FLAG_CACHES),
    ],
    "riscv64": [],
}

# All segments where the smallest format does not reach.
FAR = {
    "arm64": [arm64("EL1, RAM at 512 GiB", EL1, far=512 * GIB),
              arm64("EL2, RAM at 512 GiB", EL2, far=512 * GIB),
              arm64("EL2+E2H, RAM at 512 GiB", E2H, far=512 * GIB)],
    "riscv64": [riscv64("Sv48, RAM at 256 GiB", 48, far=256 * GIB)],
}



def below_firmware(name, kind, firmware, flags=0):
    """A CPU with all that QEMU knows, below firmware that keeps all of it that is optional."""
    regime, machine, _ = kind
    return arm64(name, (regime, machine + ",secure=on", None), cpu="max,lpa2=off",
                 flags=flags | (FLAG_E2H if kind is E2H else 0), firmware=firmware)


HOSTILE_FIRMWARE = [below_firmware(f"{name} below hostile firmware", kind, WRITES)
                    for name, kind in (("EL1", EL1), ("EL2", EL2), ("EL2+E2H", E2H))]

# EL1 below a stand-in for a hypervisor, where a virtual SError can be pending.
GUEST = arm64("EL1 of a guest", ("el1", "virt,virtualization=on", "cortex-a57"), flags=FLAG_GUEST)
GUEST_SERROR = arm64("EL1 of a guest with SError", ("el1", "virt,virtualization=on", "cortex-a57"),
                     flags=FLAG_GUEST | FLAG_SERROR)

# The system says that it uses SME, so that purgatory tries to end that.
SME_IN_VAIN = [below_firmware(f"{name}, SME that firmware makes undefined", kind, INJECTS)
               for name, kind in (("EL1", EL1), ("EL2", EL2), ("EL2+E2H", E2H))]

# CPUs that are not what their systems say, so that the tables are not for them; and what no tables
# are made for.
LESS_THAN_CLAIMED = riscv64("Sv39 for Sv57", 39, claim=57)
T_HEAD = riscv64("Sv39 of T-Head", 39, vendor=0x5b7)

# A linear map at addresses that are those of RAM, too: there satp = 0 would not fault.
MAP_IN_RAM = riscv64("Sv39, linear map in RAM", 39, base=RAM_START["riscv64"] + GIB,
                     memory=GIB + RAM_SIZE)

# CPUs with instructions for SHA-256, or for what it needs. QEMU's have Zbb if not told otherwise.
ZBB_OFF, ZKNH = "zbb=off", "zknh=on"
ENGINES = {
    "arm64": [  # all of which have SHA2
        arm64("EL1, max", EL1, cpu="max,lpa2=off", flags=FLAG_SME),
        arm64("EL2, max", EL2, cpu="max,lpa2=off", flags=FLAG_SME),
        arm64("EL1, Cortex-A72", EL1, cpu="cortex-a72"),
        arm64("EL2, Cortex-A55", EL2, cpu="cortex-a55"),
    ],
    "riscv64": [
        riscv64("no Zbb", 39, cpu=[ZBB_OFF], engine="generic"),
        riscv64("Zbb", 39, engine="zbb"),
        riscv64("Zknh", 39, cpu=[ZKNH], engine="zknh"),
        riscv64("V of 128 bits", 39, cpu=["v=on", "vlen=128"], engine="rvv"),
        riscv64("V of 1024 bits, in use", 48, cpu=["v=on", "vlen=1024"], engine="rvv",
                flags=FLAG_VECTORS),
        riscv64("Zvknha, V of 128 bits", 39, cpu=["v=on", "vlen=128", "zvknha=on", "zvkb=on"],
                engine="zvknh-x2"),
        riscv64("Zvknhb, V of 1024 bits, in use", 57,
                cpu=["v=on", "vlen=1024", "zvknhb=on", "zvbb=on"], engine="zvknh-x2",
                flags=FLAG_VECTORS),
    ],
}

# Devices do not see the caches, and harts have an instruction against that, or only firmware says so.
NOT_COHERENT = riscv64("Sv39, DMA not coherent", 39, coherent=False, isa="rv64imafdc_zicbom_zbb")
NO_ZICBOM = riscv64("Sv48, no Zicbom but said to be", 48, coherent=False, cpu=["zicbom=off"],
                    isa="rv64imafdc_zicbom_zbb")

# A trap while sstatus.SDT says that another one is being handled goes to the firmware, which has no way on.
DOUBLE_TRAP = riscv64("Sv39 with double traps", 39, cpu=["ssdbltrp=on"], flags=FLAG_DOUBLE_TRAP)

# Systems that lie about their CPU, to make kexec choose what it lacks: engine, and the CPU as it is.
LYING = {
    "riscv64": [
        riscv64("no Zbb but said to be", 39, cpu=[ZBB_OFF], isa="rv64imafdc_zbb", engine="zbb"),
        riscv64("no Zknh but said to be", 39, isa="rv64imafdc_zbb_zknh", engine="zknh"),
        riscv64("no V but said to be", 39, isa="rv64imafdcv_zbb", engine="rvv"),
        riscv64("no Zvknha but said to be", 39, cpu=["v=on"], isa="rv64imafdcv_zvkb_zvknha",
                engine="zvknh-x2"),
    ],
}

# Machines with several CPUs.
SEVERAL_CPUS = {
    "arm64": [arm64("EL1, 4 CPUs", EL1, cpus=4), arm64("EL2, 4 CPUs", EL2, cpus=4),
              arm64("EL2+E2H, 4 CPUs", E2H, cpus=4)],
    "riscv64": [riscv64("Sv39, 4 CPUs", 39, cpus=4), riscv64("Sv48, 4 CPUs", 48, cpus=4),
                riscv64("Sv57, 4 CPUs", 57, cpus=4)],
}
CPUS_WITH_SME = [arm64("EL1, max, 4 CPUs", EL1, cpu="max,lpa2=off", flags=FLAG_SME, cpus=4),
                 arm64("EL2, max, 4 CPUs", EL2, cpu="max,lpa2=off", flags=FLAG_SME, cpus=4)]
NOT_COHERENT_CPUS = riscv64("Sv39, 4 CPUs, DMA not coherent", 39, coherent=False, isa="rv64imafdc_zicbom_zbb",
                            cpus=4)
EIGHT_CPUS = {
    "arm64": arm64("EL1, 8 CPUs without SHA2", EL1, cpu="cortex-a72", cpus=8),
    "riscv64": riscv64("Sv39, 8 CPUs, V of 256 bits", 39, cpu=["v=on", "vlen=256"], engine="rvv",
                       cpus=8),
}
