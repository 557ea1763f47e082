# SPDX-License-Identifier: GPL-2.0-only
"""Several CPUs verify: what can go wrong with the others, made by other instructions in their place.

Each case ends in a verified start or in a line and the policy.
"""

import hashlib
import struct

from faults import jump
from load import CHUNK, UNCHECKED
from outcome import (HALTED, RESETTING, compare, fault, kernel_starts, mismatch, timeout,
                     verified)
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
# msr cpacr_el1, x9, and what makes vectors known, which firmware may have left on: li t0, SSTATUS_VS_INITIAL;
# csrs sstatus, t0. In their place others that switch off what the engines' instructions need.
DISABLE = {"arm64": {0xd5181049: 0xd503201f},
           "riscv64": {0x20000293: 0x60000293, 0x1002a073: 0x1002b073}}  # li t0, SSTATUS_VS; csrc
# mrs x11, mpidr_el1 and mov x11, #0xffff
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


def hash_all_where_the_first_hashes_nothing(load):
    """Nothing is left to be done anew: each of the others works."""
    plan(load)
    call = load.find_call("cpus_hash", "hash_groups")
    for address in range(call, call + (4 if load.arch == "arm64" else 8), 4):
        load.write_at(address, struct.pack("<I", NOP[load.arch]))
    load.seal()
    return starts(load, load.machine.cpus)


def need_no_alias(load):
    load.vmcoreinfo = False
    return share_the_work(load)


def lack_SME_though_others_have_it(load):
    plan(load)
    load.patch("cpu_features", load.number("cpu_features") | 1)  # PURGATORY_CPU_SME
    load.seal()
    return starts(load, load.machine.cpus)


def leave_lanes_idle(load):
    """The last group has fewer chunks than lanes."""
    load.initrd_size = 6 * CHUNK
    load.plan("--cpus=all")
    return starts(load, load.machine.cpus)


def fill_the_page_of_their_digests(load):
    """They end where the page below the first stack begins, which is not mapped."""
    load.time_limit = 60
    plan(load)
    load.initrd_size += (64 - len(list(load.chunks()))) * CHUNK
    load.plan("--cpus=all")
    end = load.number("cpus_address") + LINES_SIZE + len(list(load.chunks())) * 32
    assert end == load.number("cpus_stacks"), "the digests do not fill their page"
    return starts(load, load.machine.cpus)


def verify_with(load, cpus):
    return share_the_work(load, cpus=cpus)


def need_no_memory_where_one_is_online(load):
    load.plan("--cpus=all")
    assert not [segment for segment in load.segments if segment.role == "cpus"]
    assert not load.code_of_cpus(), "code of several CPUs is loaded"
    assert "purgatory_cpus_ids" not in load.json["symbols"]
    return kernel_starts(load)


def are_not_reached_without_their_code(load):
    """A number of CPUs where one is to verify, in a purgatory that is else as it must be."""
    load.plan()
    load.patch("cpus_count", 4)
    load.seal()
    fetch = "|".join(fault(load, f"fetch {how}") for how in ("unmapped", "forbidden"))
    return compare(load, [fetch, RESETTING])


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


def have_others(load, routine, damage=0):
    """Have them run code of fault-code/cpus-ARCH.S in place of cpus_work(), which may damage an address."""
    entry = f"{load.arch}_cpu_entry"
    call = load.find_call(entry, "cpus_work")
    symbols = load.inject(0)
    code = symbols[routine]
    for name, value in (("cpu_target", load.routine("cpus_work")),
                        ("cpu_shared", load.number("cpus_address")), ("cpu_damage", damage)):
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


def babble(load):
    plan(load)
    have_others(load, "cpu_babbles")
    be_impatient(load)
    return stops(load, "unknown", "on")


# Instructions of *_cpu_entry and *_cpu_faults, and what makes them go wrong.
ENTRY = {
    "are beyond the last": {"arm64": (0xaa0003fb, 0xd280013b), "riscv64": (0x00058413, 0x00900413)},  # 9
    "trap": {"arm64": (0xd53800ab, 0), "riscv64": (0x0000100f, 0)},  # mpidr_el1, fence.i
    "have no such mode": {"riscv64": (0x18029073, 0x00000013)},  # csrw satp, t0
}
LEAVE = {"arm64": 0x889ffd2a, "riscv64": 0x0062a023}  # stlr w10, [x9]; sw t1, 0(t0)


def turn_off_because_they(load, why):
    """Before they have a map. They have written nothing."""
    plan(load)
    old, new = ENTRY[why][load.arch]
    replace_in(load, f"{load.arch}_cpu_entry", 256, lambda found: new if found == old else found)
    load.seal()
    be_impatient(load)
    return stops(load, "asked", "off")


def trap_as_they_leave(load):
    plan(load)
    have_others(load, "cpu_traps")
    replace_in(load, f"{load.arch}_cpu_faults", 64, lambda old: 0 if old == LEAVE[load.arch] else old)
    load.seal()
    be_impatient(load)
    return stops(load, "working", "off")


def cannot_flush_what_the_first_one_can(load):
    """They leave, because they would hash other bytes."""
    plan(load)
    assert load.number("cache_block") == 64
    call = load.find_call("riscv64_cpu_entry", "riscv64_find_flush")
    load.write_at(call, struct.pack("<2I", 0x00000193, NOP["riscv64"]))  # li gp, 0
    load.seal()
    return starts(load, load.machine.cpus)


def use_no_engine_of_another_architecture(load, number, name):
    plan(load, "--engine=generic")
    load.patch("engine", number)
    load.seal()
    load.failing = "missing", name
    load.words = f" cpus={load.machine.cpus}"
    return compare(load, [verified(load)], kernel=True)


def are_started_though_firmware_says_no(load):
    """cset w0, eq and seqz a0, a0: the last thing of arch_cpu_start().

    QEMU calls a CPU off until its thread has started it. Such a CPU is not counted, and may take chunks all the same.
    """
    plan(load)
    old, new = {"arm64": (0x1a9f17e0, 0x52800000), "riscv64": (0x00153513, 0x00000513)}[load.arch]
    replace_in(load, "arch_cpu_start", 128, lambda found: new if found == old else found)
    load.seal()
    return starts(load, f"[1-{load.machine.cpus}]( redone=[1-9]\\d*)?")


def are_too_slow(load):
    """As clock.is_too_slow(): no chunk of the first CPU is finished in time."""
    plan(load)
    load.patch("timer_frequency", 100)
    load.seal()
    return compare(load, [timeout(load, "[a-z]+", 0).replace("0x0", "0x[0-9a-f]+"), RESETTING])


def have_no_memory(load):
    """Less than the digests take, which is a fault of kexec."""
    plan(load)
    load.patch("cpus_stacks", load.number("cpus_address") + 64)
    load.seal()
    return starts(load, 1)


def have_no_time(load):
    """Without a frequency firmware is asked a number of times until a CPU is off."""
    plan(load)
    load.patch("timer_frequency", 0)
    load.seal()
    return starts(load, load.machine.cpus)


def have_nothing_to_do(load):
    """The manifest has no chunk, which is another one than that of this load."""
    plan(load)
    del load.segment("manifest").data[16:]
    struct.pack_into("<I", load.segment("manifest").data, 12, 0)
    load.patch("manifest_size", 16)
    load.seal()
    return compare(load, ["purgatory: FAULT cause=count segment=purgatory bytes=0 unchecked=0 expected=0",
                          RESETTING])


def hash_chunks_with_other_flags_apart(load):
    plan(load)
    place, chunk = next((place, chunk) for place, chunk in load.chunks()
                        if load.find(chunk[0])[0].role == "initrd")
    struct.pack_into("<I", load.segment("manifest").data, place + 28, chunk[4] ^ 1)  # MANIFEST_CHUNK_CLEAN
    load.seal()
    return starts(load, load.machine.cpus)


def do_not_share_what_is_unchecked(load, which):
    """It is nobody's work, and this load has it all checked."""
    plan(load)
    place, chunk = list(load.chunks())[0 if which == "first" else -1]
    struct.pack_into("<I", load.segment("manifest").data, place + 28, chunk[4] | UNCHECKED)
    load.seal()
    bytes_ = load.verified_bytes()
    return compare(load, [f"purgatory: FAULT cause=count segment=purgatory bytes={bytes_} "
                          f"unchecked={chunk[1]} expected={bytes_}", RESETTING])


def lack_the_engine(load):
    """They use the portable one. So the first CPU does most of the work."""
    plan(load)
    replace_in(load, f"{load.arch}_cpu_entry", 512,
               lambda old: DISABLE[load.arch].get(old, old))
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
    else:  # ld t0, 0(t0), the ID of whom the index stands for
        replace_in(load, "riscv64_cpu_entry", 128,
                   lambda old: 0x07f00293 if old == 0x0002b283 else old)  # li t0, 127
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


def find_damage_of_their_code(load, what):
    """Which purgatory's own sum does not cover: before the first instruction of it is run."""
    plan(load, *(("--on-mismatch=halt",) if what == "last byte" else ()))
    code = load.code_of_cpus()
    address = {"first byte": code.start, "last byte": code.start + code.size - 1,
               "IDs": load.address("cpus_ids"), "place": load.address("cpus_address") + 3}[what]
    ends = what != "last byte"
    return compare(load, [flip(load, address), RESETTING if ends else HALTED], ends=ends)


def find_their_code_damaged_meanwhile(load):
    """By one of them, which turns its MMU off for that, since the tables forbid such a store."""
    plan(load)
    address = load.address("cpus_ids") + 8 * 7  # of none
    have_others(load, "cpu_damages", address)
    start, length, offset, _, _, digest = next(
        chunk for _, chunk in load.chunks() if chunk[0] <= address < chunk[0] + chunk[1])
    data = bytearray(load.read(start, length))
    data[address - start] = 0
    return compare(load, [mismatch(load, "purgatory", start, offset, digest.hex(),
                                   hashlib.sha256(data).hexdigest()), RESETTING])


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
    other = 0 if load.machine.regime == "el2" else 1
    for index in range(3):
        if load.number("tables_size", index) and (what == "tables" or index == other):
            load.write_at(load.number("tables_address", index) + 8, b"\x55")
    load.words = ""
    return kernel_starts(load, "tables")
