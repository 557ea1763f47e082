# SPDX-License-Identifier: GPL-2.0-only
"""Damage to purgatory itself: its own sum finds it. Where that is made to fit, what lies behind it does."""

import hashlib
import struct

import boot_anyway
import pstore
from engines import RETURN, UNDEFINED
from faults import branch
from load import checksum
from outcome import HALTED, RESETTING, compare, kernel_starts, mismatch, verified
from several_cpus import FIRMWARE_CALLS
from verify import flip, own_mismatch

# Instructions that return 1, and 0.
RETURN_ONE = {"arm64": (0x52800020, 0xd65f03c0), "riscv64": (0x00100513, 0x00008067)}
RETURN_ZERO = {"arm64": (0x52800000, 0xd65f03c0), "riscv64": (0x00000513, 0x00008067)}


# A branch to itself.
FOR_EVER = {"arm64": 0x14000000, "riscv64": 0x0000006f}
SMC, HVC = 0xd4000003, 0xd4000002


def damage(load, address, bit=0):
    load.write_at(address, bytes([load.read(address, 1)[0] ^ 1 << bit]))


def own_fault(cause, *words):
    return " ".join([f"purgatory: FAULT cause={cause} segment=purgatory", *words])


def finds_bit(load, bit, name):
    """Of a patched symbol."""
    load.plan()
    damage(load, load.address(name) + bit // 8, bit % 8)
    return compare(load, [own_mismatch(load), RESETTING])


def finds_a_damaged_place_of_the_log(load, bit, name):
    """The line is on the console, and the place is not used."""
    pstore.prepare(load, 0, 0, b"")
    load.plan()
    damage(load, load.address("pstore_" + name) + bit // 8, bit % 8)
    return compare(load, [own_mismatch(load), RESETTING])


def finds_a_damaged_policy(load):
    load.plan("--on-mismatch=halt")
    damage(load, load.address("mismatch_policy"))
    return compare(load, [own_mismatch(load), HALTED], ends=False)


def finds_damage_of_the_second(load):
    """Of what stands in for the first, which is used as ever."""
    load.plan("--on-mismatch=halt")
    damage(load, load.address("ending_second") + 8)
    return compare(load, [own_mismatch(load), HALTED], ends=False)


def knows_no_way_to_end(load, *damaged):
    """Both descriptions of it are lost, with a right sum. Firmware may have a console; it has a reset."""
    load.plan()
    for name in "ending_sum", "ending_second_sum":
        load.patch(name, load.number(name) ^ 1)
    load.seal_digests()
    firmware = load.arch == "riscv64"
    if damaged:
        line = flip(load, load.segment("initrd").start)
        return compare(load, [line, RESETTING] if firmware else [])
    return compare(load, [verified(load)] if firmware else [], kernel=True)


def resets_by_the_other_conduit(load):
    """Where it knows none, and a hypervisor does nothing for it."""
    load.plan()
    for name in "ending_sum", "ending_second_sum":
        load.patch(name, load.number(name) ^ 1)
    load.overwrite("psci_call_hvc", 0xd503201f)  # nop
    load.seal_digests()
    flip(load, load.segment("initrd").start)
    return compare(load, [])


def finds_damage_at_its_start(load):
    """In the first instruction that is not needed to find it."""
    load.plan()
    damage(load, load.routine("purgatory_main"), 5)
    return compare(load, [own_mismatch(load), RESETTING])


def reports_that_its_rodata_is_lost(load):
    """One text is beside the code. All others are lost, and so the line is nothing more."""
    load.plan()
    segment = next(segment for segment in load.segments
                   if segment.role == "purgatory" and segment.permissions == "r")
    segment.data[:] = bytes(len(segment.data))
    return compare(load, ["purgatory: MISMATCH segment=purgatory"])


# What runs from the moment when the sum is wrong: the architecture's, then everybody's.
STOPS = {
    "arm64": ("arm64_take_damage", "arm64_find_line_size", "arm64_clean_image", "arm64_clean_stack",
              "arm64_mmu_off", "arm64_fault", "psci_call_smc", "psci_call_hvc"),
    "riscv64": ("riscv64_leave_map", "riscv64_report", "riscv64_fault", "sbi_call"),
}
STOP = ("stop_damaged", "stop_report", "stop", "ending_read", "console_open", "console_write_line",
        "console_write_text", "console_drain", "uart_open", "uart_enable", "uart_write", "uart_is_idle",
        "mmio_read", "mmio_write", "line_begin", "line_is", "line_set", "line_add_word", "line_add_hex",
        "line_end", "pstore_append", "serror_add", "timeout_start", "timeout_expired", "timer_frequency",
        "timer_now", "memcpy", "memset", "arch_counter", "arch_counter_frequency", "arch_find_serror",
        "arch_flush", "arch_console_write", "arch_reset", "arch_halt")


def has_all_that_stops_in_one_piece(load):
    """purgatory_stop_sum covers all code that reports and resets."""
    load.plan()
    start, end = load.routine("purgatory_checked"), load.address("stop_sum")
    outside = [name for name in (*STOPS[load.arch], *STOP) if not start <= load.routine(name) < end]
    return [f"not covered: {', '.join(outside)}"] if outside else []


def resets_where_its_report_would_never_end(load):
    """The code that writes the line is damaged, and would run for ever without a fault. So would the call of
    firmware that is not the known one, if it came first."""
    load.plan()
    load.overwrite("stop_damaged", FOR_EVER[load.arch])
    if load.arch == "arm64":
        other = {1: HVC, 2: SMC}[load.number("reset_method")]  # enum purgatory_reset
        start = load.routine("arm64_reset_again")
        place = next(place for place in range(start, start + 128, 4) if load.read(place, 4) == struct.pack("<I", other))
        load.write_at(place, struct.pack("<I", FOR_EVER["arm64"]))
    return compare(load, [])


def sleeps_where_its_report_is_damaged(load):
    """If it was to halt. What is damaged would write another line."""
    load.plan("--on-mismatch=halt")
    load.overwrite("stop_damaged", RETURN[load.arch])
    load.time_limit = 5
    return compare(load, [], ends=False)


def reports_that_its_reset_is_damaged(load):
    """The code that resets without a line is not what the line needs, nor the reset behind it."""
    load.plan()
    damage(load, load.routine(f"{load.arch}_reset_again") + 1)
    return compare(load, [own_mismatch(load), RESETTING])


def resets_where_the_sum_of_what_stops_is_wrong(load):
    """Whichever of both it is that is damaged."""
    load.plan()
    damage(load, load.address("stop_sum") + 3)
    return compare(load, [])


def resets_where_the_report_faults(load):
    """From the second fault on."""
    load.plan()
    load.overwrite("line_begin", UNDEFINED)
    load.seal()
    flip(load, load.segment("initrd").start)
    return compare(load, [])


def resets_where_one_of_two_says_halt(load):
    """What says so may be damaged."""
    load.plan()
    load.overwrite("line_begin", UNDEFINED)
    load.seal()
    load.patch("mismatch_policy", 1)  # PURGATORY_POLICY_HALT
    load.seal_digests()
    flip(load, load.segment("initrd").start)
    return compare(load, [])


def sleeps_where_the_report_faults(load, why):
    """If it was to halt, or if no reset works however often it is tried."""
    load.plan("--on-mismatch=" + ("halt" if why == "it was to halt" else "reset"))
    load.overwrite("line_begin", UNDEFINED)
    if why != "it was to halt":
        load.replace(lambda old, _: UNDEFINED if old in FIRMWARE_CALLS[load.arch] else old)
    load.seal()
    flip(load, load.segment("initrd").start)
    load.time_limit = 5
    return compare(load, [], ends=False)


def needs_the_second_address(load, *others):
    """riscv64 has it thrice: the two others differ from each other, or are 0 and so were never patched."""
    load.plan()
    address = load.number("address")
    for name, value in zip(("address", "address_third"), others):
        load.patch(name, address + value if value else 0)
    load.seal()
    return kernel_starts(load)


def needs_the_digests_to_enter(load):
    """Returning is no permission."""
    load.plan()
    load.overwrite("purgatory_main", RETURN[load.arch])
    load.seal()
    return compare(load, [own_fault("seal", "address=0x[0-9a-f]+"), RESETTING])


def needs_all_digests_to_enter(load):
    load.plan()
    load.patch("sealed_entry", load.number("sealed_entry") ^ 1 << 20)
    load.seal_purgatory()
    return compare(load, [own_fault("seal", f"address={load.kernel_entry ^ 1 << 20:#x}"),
                          RESETTING])


def always_answers(load, answer):
    load.plan()
    address = load.routine("digest_equal")
    load.write_at(address, struct.pack("<II", *answer[load.arch]))
    load.seal()
    flip(load, load.segment("initrd").start)
    return compare(load, [own_fault("comparison"), RESETTING])


def refuses_to_accept_a_wrong_digest(load):
    return always_answers(load, RETURN_ONE)


def refuses_to_blame_a_right_digest(load):
    return always_answers(load, RETURN_ZERO)


def counts_what_it_verifies(load, what, said=None):
    """A manifest that is right, but not that of this load: it passes over the initrd. said: what purgatory
    expects to find of it, if not the whole load."""
    load.plan()
    expected, manifest = load.verified_bytes(), load.segment("manifest").data
    place, chunk = next((place, chunk) for place, chunk in load.chunks()
                        if load.find(chunk[0])[0].role == "initrd")
    checked, unchecked = expected - chunk[1], 0
    if what == "unchecked":
        struct.pack_into("<I", manifest, place + 28, chunk[4] | 2)  # MANIFEST_CHUNK_UNCHECKED
        unchecked = chunk[1]
    elif what == "all left out":
        del manifest[16:]
        struct.pack_into("<I", manifest, 12, 0)
        load.patch("manifest_size", 16)
        checked = expected = 0
    else:
        del manifest[place:place + 64]
        count, = struct.unpack_from("<I", manifest, 12)
        struct.pack_into("<I", manifest, 12, count - 1)
        load.patch("manifest_size", load.number("manifest_size") - 64)
    load.seal()
    load.patch("checked_bytes", checked if said else expected)
    if said == "all of it":
        load.patch("unchecked_bytes", unchecked)
    elif said:
        expected = checked
    load.seal_purgatory()
    return compare(load, [own_fault("count", f"bytes={checked}", f"unchecked={unchecked}",
                                    f"expected={expected}"), RESETTING])


def finds_what_changed_meanwhile(load):
    """In what the next kernel is told, after all is verified: purgatory checks itself once more."""
    load.plan("--mmu=off")  # with it on, the tables forbid such a store
    address = load.address("kernel_dtb")
    branch(load, "report_keep", load.inject(address)["fault_store"])
    load.seal()
    line, expected = verified(load, "option"), load.number("self_sum")
    image = bytearray(load.purgatory_image())
    struct.pack_into("<Q", image, address - load.entry, address)
    return compare(load, [line, f"purgatory: MISMATCH segment=purgatory address={load.entry:#x} "
                          f"offset=0x0 expected={expected:#x} actual={checksum(bytes(image)):#x}",
                          RESETTING])


def resets_where_its_report_changed_meanwhile(load):
    """The line that all is verified is written by then."""
    load.plan("--mmu=off")  # with it on, the tables forbid such a store
    branch(load, "report_keep", load.inject(load.routine("stop_damaged") & -8)["fault_store"])
    load.seal()
    return compare(load, [verified(load, "option")])


def blames_the_manifest_that_changed_meanwhile(load, field, *boots):
    """Not the segment that the manifest is wrong about since it was checked. boots: the policy."""
    load.plan("--mmu=off")  # with it on, the tables forbid such a store
    segment = load.segment("manifest")
    place, chunk = list(load.chunks())[-1]
    place += {"address": 0, "length": 8, "role": 24, "digest": 40}[field]
    # In place of the cleaning of each strip of memory. What is stored is the address.
    branch(load, "arch_clean", load.inject(segment.start + place)["fault_store"])
    if boots:
        boot_anyway.allow(load)
    load.seal()
    expected, data = hashlib.sha256(segment.data).hexdigest(), bytearray(segment.data)
    struct.pack_into("<Q", data, place, segment.start + place)
    line = mismatch(load, "manifest", segment.start, 0, expected, hashlib.sha256(data).hexdigest())
    if field in ("length", "role"):
        line = own_fault("chunk", "address=.*").replace("segment=purgatory", "segment=manifest")
    if boots:
        return boot_anyway.starts_anyway(load, [line], ["manifest"], 1, chunk[1], cached=False)
    return compare(load, [line, RESETTING])


def blames_itself_for_wrong_digests(load):
    """What the trial of engines does not reach. Without it, nobody knows of the tables either."""
    load.plan("--mmu=off")
    load.overwrite("sha256_final", RETURN[load.arch])
    load.seal()
    return compare(load, [own_fault("digest", "engine=[a-z0-9-]+"), RESETTING])
