# SPDX-License-Identifier: GPL-2.0-only
"""Several CPUs verify: what can go wrong with the others, made by other instructions in their place.

Each case ends in a verified start or in a line and the policy.
"""

import struct

from faults import jump
from load import CHUNK
from outcome import RESETTING, compare, kernel_starts
from verify import flip

CHUNKS = 14  # of the initrd: more than the other CPUs take
LINES_SIZE = 2048  # PURGATORY_CPU_LINES_SIZE
STACK_SIZE, GUARD_SIZE = 8192, 4096

# The longest wait is a tenth of 5 s if the counter seems to be ten times as slow.
SLOW_COUNTER = {"arm64": 6250000, "riscv64": 1000000}

FALSE = {"arm64": (0x52800000, 0xd65f03c0), "riscv64": (0x00000513, 0x00008067)}
TRUE = {"arm64": (0x52800020, 0xd65f03c0), "riscv64": (0x00100513, 0x00008067)}
NOP = {"arm64": 0xd503201f, "riscv64": 0x00000013}
# smc #0 and hvc #0, ecall
FIRMWARE_CALLS = {"arm64": (0xd4000003, 0xd4000002), "riscv64": (0x00000073,)}
# msr cpacr_el1, x9; csrs sstatus, t0: what the engines' instructions need
ENABLE = {"arm64": 0xd5181049, "riscv64": 0x1002a073}
# mrs x11, mpidr_el1 and mov x11, #0xffff; bne t0, a0, ... is made to be always taken
WHO_AM_I = {"arm64": (0xd53800ab, 0xd29fffeb)}


def plan(load, *options, cpus="all"):
    load.initrd_size = CHUNKS * CHUNK + 4321
    load.plan(f"--cpus={cpus}", *options)


def starts(load, cpus, redone="", reason=None):
    """The good end. redone: a pattern."""
    load.words = f" cpus={cpus}" + (f" redone={redone}" if redone else "")
    return kernel_starts(load, reason)


def stops(load, stage, firmware):
    """No kernel is entered beside a CPU that may run."""
    line = f"purgatory: FAULT cause=cpu id=0x[0-9a-f]+ stage={stage} firmware={firmware}"
    return compare(load, [line, RESETTING])


def share_the_work(load, *options, cpus="all"):
    plan(load, *options, cpus=cpus)
    return starts(load, load.machine.cpus if cpus == "all" else cpus)


def verify_with(load, cpus):
    return share_the_work(load, cpus=cpus)


def need_no_memory_where_one_is_online(load):
    load.plan("--cpus=all")
    assert not [segment for segment in load.segments if segment.role == "cpus"]
    return kernel_starts(load)


def replace_in(load, routine, size, change):
    """Replace instructions in the first bytes of a routine."""
    start, count = load.routine(routine), 0
    for address in range(start, start + size, 4):
        old, = struct.unpack("<I", load.read(address, 4))
        new = change(old)
        if new != old:
            load.write_at(address, struct.pack("<I", new))
            count += 1
    assert count, f"no such instruction in {routine}"


def have_others(load, routine):
    """Have them run code of fault-code/cpus-ARCH.S in place of cpus_work()."""
    entry = f"{load.arch}_cpu_entry"
    call = load.find_call(entry, "cpus_work")
    symbols = load.inject(0)
    code = symbols[routine]
    for name, value in (("cpu_target", load.routine("cpus_work")),
                        ("cpu_shared", load.number("cpus_address"))):
        load.write_at(symbols[name], struct.pack("<Q", value))
    if load.arch == "arm64":
        words = [0x94000000 | (code - call >> 2) & 0x3ffffff]  # bl
    else:
        words = [jump(code - call) | 1 << 7, NOP["riscv64"]]  # jal ra
    load.write_at(call, struct.pack(f"<{len(words)}I", *words))
    load.seal()


def be_impatient(load):
    load.patch("timer_frequency", SLOW_COUNTER[load.arch])
    load.seal()


def come_late(load):
    """When the first CPU has nothing left to do."""
    plan(load)
    have_others(load, "cpu_late")
    return starts(load, load.machine.cpus)


def never_work(load, patience="short"):
    plan(load)
    have_others(load, "cpu_sleeps")
    if patience == "short":
        be_impatient(load)
    return stops(load, "asked", "on")


def hang_with_a_chunk(load):
    plan(load)
    have_others(load, "cpu_hangs")
    be_impatient(load)
    return stops(load, "working", "on")


def leave_with_a_chunk(load, routine):
    """Not hashed, or wrongly hashed, or in the middle of it: the first CPU does that again."""
    plan(load)
    have_others(load, routine)
    return starts(load, load.machine.cpus, f"[1-{load.machine.cpus - 1}]")


def never_turn_off(load):
    plan(load)
    replace_in(load, f"{load.arch}_cpu_off", 64,
               lambda old: NOP[load.arch] if old in FIRMWARE_CALLS[load.arch] else old)
    load.seal()
    be_impatient(load)
    return stops(load, "left", "on")


def lack_the_engine(load):
    """They use the portable one. So the first CPU does most of the work."""
    plan(load)
    replace_in(load, f"{load.arch}_cpu_entry", 512,
               lambda old: NOP[load.arch] if old == ENABLE[load.arch] else old)
    load.seal()
    return starts(load, load.machine.cpus)


def are_refused_by_firmware(load):
    plan(load)
    load.write_at(load.routine("arch_cpu_start"), struct.pack("<2I", *FALSE[load.arch]))
    load.seal()
    return starts(load, 1)


def are_unknown_to_firmware(load):
    plan(load)
    for index in range(8):
        load.patch("cpus_ids", 0x770077, index)
    load.seal()
    return starts(load, 1)


def do_not_come_though_firmware_says_yes(load):
    plan(load)
    load.write_at(load.routine("arch_cpu_start"), struct.pack("<2I", *TRUE[load.arch]))
    load.seal()
    be_impatient(load)
    return stops(load, "asked", "off")


def are_started_elsewhere(load):
    """At an address where no code of purgatory's is."""
    plan(load)
    jump_to_itself = {"arm64": 0x14000000, "riscv64": 0x0000006f}
    load.overwrite(f"{load.arch}_cpu_entry", jump_to_itself[load.arch])
    load.seal()
    be_impatient(load)
    return stops(load, "asked", "on")


def are_others_than_asked(load):
    """Firmware starts another CPU with the index of the one that it was asked to."""
    plan(load)
    if load.arch == "arm64":
        question, answer = WHO_AM_I["arm64"]
        replace_in(load, "arm64_cpu_entry", 128, lambda old: answer if old == question else old)
    else:  # bne t0, a0 to beq
        replace_in(load, "riscv64_cpu_entry", 128,
                   lambda old: old & ~0x1000 if old & 0x01fff07f == 0x00a29063 else old)
    load.seal()
    be_impatient(load)
    return stops(load, "asked", "off")


def are_not_started_by_a_damaged_purgatory(load):
    """Its own sum is that of the damage, so that the manifest has to find it. If they were started, the
    machine would reset for another reason.
    """
    plan(load)
    load.overwrite(f"{load.arch}_cpu_entry", {"arm64": 0x14000000, "riscv64": 0x0000006f}[load.arch])
    line = flip(load, load.routine("arch_cpu_start"), sealed=True)
    return compare(load, [line, RESETTING])


def find_damage(load, chunk):
    plan(load)
    line = flip(load, load.segment("initrd").start + chunk * CHUNK + 77)
    return compare(load, [line, RESETTING])


def believe_no_digest_that_was_there_before(load):
    """A load before this one has left the right digests there, and that all chunks are taken."""
    plan(load)
    digests = b"".join(chunk[5] for _, chunk in load.chunks())
    load.segment("cpus").data = bytearray(struct.pack("<Q", 1 << 40).ljust(LINES_SIZE, b"\0") + digests)
    line = flip(load, load.segment("dtb").start + 40)
    return compare(load, [line, RESETTING])


def are_not_started_with_damaged(load, what):
    """By a first CPU whose MMU is off. No set of tables may be damaged, as others may use another one."""
    plan(load)
    for index in range(3):
        if load.number("tables_size", index) and (what == "tables" or index == 1):
            load.write_at(load.number("tables_address", index) + 8, b"\x55")
    load.words = ""
    return kernel_starts(load, "tables")
