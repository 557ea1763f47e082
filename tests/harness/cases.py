# SPDX-License-Identifier: GPL-2.0-only
"""What is tried where.

A case plans a load, changes what it is about, starts the machine and returns what is wrong with
what the machine wrote. What is changed before seal() is part of what is verified, what is changed
after it is damage.
"""

import boot_anyway
import caches
import clock
import engines
import fallback
import faults
import isolation
import layout
import left_behind
import own_damage
import pstore
import sbi
import serror
import several_cpus
import verify
import wrapped
from machine import (CPUS_WITH_SME, DOUBLE_TRAP, EIGHT_CPUS, ENGINES, FAR, FLAG_SME, FLAG_VECTORS, GUEST, GUEST_SERROR, HOSTILE_FIRMWARE, IDENTITY,
                     LESS_THAN_CLAIMED, LYING, MACHINES, MAP_IN_RAM, NOT_COHERENT, NOT_COHERENT_CPUS,
                     NOT_TO_SHARE, NO_ZICBOM, OFF, OTHER_KERNELS, OTHER_STATES, REGIME_NAMES, SEVERAL_CPUS, SME_IN_VAIN, TRAP,
                     T_HEAD, VIRTUAL)


class Case:
    """One run: a function that gets a load, on a machine in a regime."""

    def __init__(self, function, machine, regime, *arguments, always=True):
        self.function, self.machine, self.regime = function, machine, regime
        self.always = always  # or only where its name is asked for
        self.arguments = arguments
        words = [function.__name__.replace("_", " "), *map(str, arguments)]
        self.name = f"{machine.name}, {REGIME_NAMES[regime]}: {' '.join(words)}"

    def run(self, load):
        return self.function(load, *self.arguments)


def regimes(machine):
    yield OFF
    yield IDENTITY
    if machine.regime != "el2":
        yield VIRTUAL
    if machine.arch == "riscv64":
        yield TRAP


def isolated(arch):
    """Of the harness itself: machines whose QEMU has run another case before, with little and with much state."""
    yield Case(isolation.is_not_seen, MACHINES[arch][0], OFF)
    yield Case(isolation.is_not_seen, SEVERAL_CPUS[arch][0], OFF, "--cpus=all")
    yield Case(isolation.is_not_seen, next(machine for machine in ENGINES[arch]
                                           if machine.flags & (FLAG_SME | FLAG_VECTORS)), OFF)
    if arch == "arm64":
        yield Case(isolation.is_not_seen, HOSTILE_FIRMWARE[0], OFF, always=False)


def matrix(arch):
    """Every machine in every regime."""
    for machine in MACHINES[arch]:
        for regime in regimes(machine):
            yield Case(verify.verifies_and_starts_the_kernel, machine, regime)
            yield Case(fallback.stays_without_MMU, machine, regime)
            yield Case(fallback.goes_without_damaged, machine, regime, "tables")
            yield Case(verify.finds_damage_in, machine, regime, "initrd")
            yield Case(faults.faults_without_memory_for_the_manifest, machine, regime)
    for machine in OTHER_KERNELS[arch]:
        yield Case(verify.verifies_and_starts_the_kernel, machine, VIRTUAL)
    for machine in NOT_TO_SHARE[arch]:
        yield Case(fallback.leaves_a_map_that_cannot_be_shared, machine, VIRTUAL)
    for machine in OTHER_STATES[arch]:
        yield Case(verify.verifies_and_starts_the_kernel, machine, OFF)
        yield Case(verify.verifies_and_starts_the_kernel, machine, IDENTITY)
    for machine in FAR[arch]:
        yield Case(verify.reaches_all_segments, machine, OFF)


def below_firmware():
    """Nothing optional is touched, whatever the ID registers say: every cell of the matrix."""
    for machine in HOSTILE_FIRMWARE:
        for regime in regimes(machine):
            yield Case(verify.verifies_and_starts_the_kernel, machine, regime)
            yield Case(fallback.stays_without_MMU, machine, regime, always=False)
            yield Case(fallback.goes_without_damaged, machine, regime, "tables", always=False)
            yield Case(verify.finds_damage_in, machine, regime, "initrd", always=False)
            yield Case(faults.faults_without_memory_for_the_manifest, machine, regime,
                       always=False)
    for machine in SME_IN_VAIN:
        for regime in regimes(machine):
            yield Case(fallback.has_SME_in_vain, machine, regime, always=regime == OFF)
    for machine in MACHINES["arm64"]:
        for regime in regimes(machine):
            for said in "may be used", "is not used":
                yield Case(fallback.has_no_TCR2_that, machine, regime, said,
                           always=regime == OFF or machine.regime == "el1")


def once(arch):
    """What the regime has nothing to do with."""
    first = MACHINES[arch][0]
    for function in (
            verify.has_no_checks, verify.has_no_timer_frequency, verify.halts_on_damage,
            verify.halts_where_nothing_resets, verify.finds_damage_in_the_manifest,
            verify.finds_damage_in_the_manifest_digest, fallback.has_no_console,
            fallback.reports_on_the_UART, fallback.resets_silently_where_the_console_faults,
            fallback.gives_up_on_a_console_that_is_stuck, fallback.needs_no_alias,
            fallback.goes_without_any, fallback.is_always_busy,
            verify.refuses_a_manifest_without_a_header,
            faults.faults_without_memory_for_the_tables,
            faults.faults_on_a_chunk_outside_all_segments,
            clock.is_ahead_for_some_reads, clock.runs_backwards):
        yield Case(function, first, OFF)
    for function in (fallback.stays_without_MMU_for_an_unknown_reason,
                     verify.takes_chunks_with_other_flags_apart, verify.has_no_room_for_a_report,
                     clock.stands_still):
        yield Case(function, first, OFF, always=False)
    for function in fallback.needs_no_alias, faults.faults_without_memory_for_the_tables:
        yield Case(function, first, VIRTUAL)
    yield Case(fallback.gives_up_on_a_console_that_is_stuck, first, OFF, "and has no time")
    for options in [], ["--mmu=off"], ["--on-mismatch=halt"]:
        yield Case(clock.is_too_slow, first, OFF, *options)
    yield Case(clock.is_slow_without_a_limit, first, OFF)
    yield Case(fallback.goes_without_damaged, first, OFF, "digests of tables")
    for what in ("register 12", "register 36", "address 12", "size 12", "size 50", "bits 3"):
        for state in (OFF, VIRTUAL):
            yield Case(fallback.goes_without_wrong, first, state, what)
    for bit in (36, 50):
        for state in (OFF, VIRTUAL):
            yield Case(verify.refuses_a_manifest_of_wrong_size, first, state, bit)
    for what in ("purgatory's text", "purgatory's rodata", "kernel", "kernel's end",
                 "initrd's end", "dtb", "dtb's end"):
        yield Case(verify.finds_damage_in, first, OFF, what)
    # With the sum of the damage, so that the manifest has to find it.
    for what in "purgatory's text", "purgatory's rodata":
        yield Case(verify.finds_damage_in, first, OFF, what, "sealed")
    yield Case(verify.finds_damage_in_the_manifest_digest, first, OFF, "sealed")
    for field in ("magic", "version", "count"):
        yield Case(verify.refuses_a_manifest_with_another, first, OFF, field)
    for field in "address", "length 0", "length 1048584", "role":
        yield Case(verify.refuses_a_chunk_with_another, first, OFF, field)
    for width in 1, 2, 4:
        yield Case(fallback.switches_a_UART_on, first, OFF, width, always=width == 4)
    for how in "by one", "already":
        yield Case(fallback.switches_a_UART_on, first, OFF, 4, how, always=False)
    for counter in "backwards", "ahead":
        yield Case(fallback.is_always_busy, first, OFF, counter, always=False)
    for options in (["--mmu=off"], ["--on-mismatch=halt"], ["--mmu=off", "--on-mismatch=halt"]):
        yield Case(faults.faults_without_memory_for_the_manifest, first, OFF, *options)


def damages_itself(arch):
    """Damage to purgatory."""
    first = MACHINES[arch][0]
    for machine in MACHINES[arch]:
        for regime in regimes(machine):
            yield Case(own_damage.finds_bit, machine, regime, 7, "address")
            yield Case(own_damage.reports_that_its_rodata_is_lost, machine, regime)
    for bit in 2, 12, 40:
        yield Case(own_damage.finds_bit, first, VIRTUAL, bit, "address")
    for name in ("address_second", "address_third", "console_type", "console_address",
                 "reset_method", "manifest_address", "manifest_digest", "sealed_entry",
                 "kernel_dtb", "tables_digest", "self_sum"):
        yield Case(own_damage.finds_bit, first, OFF, 1, name)
    for bit, name in (3, "address"), (40, "address"), (44, "size"), (63, "size"):
        yield Case(own_damage.finds_a_damaged_place_of_the_log, first, OFF, bit, name)
    for function in (own_damage.finds_a_damaged_policy, own_damage.finds_damage_of_the_second,
                     own_damage.finds_damage_at_its_start, own_damage.needs_the_digests_to_enter,
                     own_damage.needs_all_digests_to_enter,
                     own_damage.refuses_to_accept_a_wrong_digest,
                     own_damage.knows_no_way_to_end,
                     own_damage.blames_itself_for_wrong_digests,
                     own_damage.finds_what_changed_meanwhile):
        yield Case(function, first, OFF)
    for machine in MACHINES[arch]:
        yield Case(own_damage.resets_where_the_report_faults, machine, OFF)
        for regime in regimes(machine):
            yield Case(own_damage.resets_where_its_report_would_never_end, machine, regime,
                       always=machine == first or regime == VIRTUAL)
    for function in (own_damage.sleeps_where_its_report_is_damaged,
                     own_damage.reports_that_its_reset_is_damaged,
                     own_damage.resets_where_the_sum_of_what_stops_is_wrong,
                     own_damage.resets_where_its_report_changed_meanwhile,
                     own_damage.has_all_that_stops_in_one_piece):
        yield Case(function, first, OFF)
    yield Case(own_damage.refuses_to_blame_a_right_digest, first, OFF, always=False)
    for what in "left out", "unchecked", "all left out":
        yield Case(own_damage.counts_what_it_verifies, first, OFF, what, always=what != "all left out")
    for said in "none of it", "all of it":
        yield Case(own_damage.counts_what_it_verifies, first, OFF, "unchecked", said)
    yield Case(own_damage.knows_no_way_to_end, first, OFF, "and has damage")
    yield Case(own_damage.resets_where_one_of_two_says_halt, first, OFF, always=False)
    for why in "it was to halt", "nothing resets":
        yield Case(own_damage.sleeps_where_the_report_faults, first, OFF, why, always=False)
    for field in "address", "length", "role", "digest":
        yield Case(own_damage.blames_the_manifest_that_changed_meanwhile, first, OFF, field,
                   always=field in ("length", "digest"))
    yield Case(own_damage.blames_the_manifest_that_changed_meanwhile, first, OFF, "digest", "boots")


def laid_out_wrongly(arch):
    """What fits its digests."""
    for function in (layout.finds_exchanged_segments, layout.finds_another_length,
                     layout.finds_the_manifest_of_another_load, layout.finds_another_load):
        yield Case(function, MACHINES[arch][0], OFF)
        yield Case(function, MACHINES[arch][0], OFF, "with an accepted manifest")


def leaves_nothing_behind(arch):
    for machine in MACHINES[arch]:
        for regime in regimes(machine):
            yield Case(left_behind.leaves_nothing, machine, regime)
        yield Case(left_behind.leaves_nothing, machine, OFF, "--mmu=off")
    first = MACHINES[arch][0]
    yield Case(left_behind.leaves_nothing_with_damage, first, OFF)
    yield Case(left_behind.leaves_nothing_without_checks, first, OFF)


def boots_anyway(arch):
    """--on-mismatch=boot."""
    for machine in MACHINES[arch]:
        yield Case(boot_anyway.boots_with_damage_in, machine, OFF, "initrd")
    first = MACHINES[arch][0]
    for role in "kernel", "dtb":
        yield Case(boot_anyway.boots_with_damage_in, first, OFF, role)
    for regime in OFF, VIRTUAL:
        yield Case(boot_anyway.boots_with_damage_in, first, regime, "initrd", "--mmu=off")
    yield Case(boot_anyway.boots_with_damage_in_two_segments, first, OFF)
    yield Case(boot_anyway.boots_with_damage_behind_the_start_of_the_tree, first, OFF)
    yield Case(boot_anyway.does_not_boot_elsewhere, first, OFF, always=False)
    yield Case(boot_anyway.boots_without_time, first, OFF, always=False)
    yield Case(boot_anyway.boots_with_damage_in_the_manifest, first, OFF)
    for what in "purgatory", "the device tree's magic number":
        yield Case(boot_anyway.does_not_boot_with_damage_in, first, OFF, what)
    yield Case(boot_anyway.resets_after_a_fault, first, OFF)


def outlives_a_reset(arch):
    """Lines in the console zone of ramoops."""
    for machine in MACHINES[arch]:
        for memory_type in range(3) if arch == "arm64" else (0,):
            yield Case(pstore.appends_a_mismatch, machine, OFF, memory_type)
        yield Case(pstore.appends_a_mismatch, machine, OFF, 0, "--mmu=off")
    first = MACHINES[arch][0]
    yield Case(pstore.appends_a_mismatch, first, IDENTITY)
    yield Case(pstore.appends_a_mismatch, first, VIRTUAL)
    yield Case(pstore.appends_a_fault, first, OFF)
    yield Case(pstore.appends_a_fault, first, OFF, "--mmu=off")
    for function in (pstore.appends_to_an_empty_log, pstore.appends_and_reports,
                     pstore.appends_where_the_console_faults, pstore.wraps_around,
                     pstore.begins_a_line, pstore.writes_nothing_on_success):
        yield Case(function, first, OFF)
    for header in ((pstore.DBGC ^ 1, 0, 0), (pstore.DBGC, 9, 8), (pstore.DBGC, 0, pstore.RING + 1),
                   (pstore.DBGC, pstore.RING, pstore.RING)):
        yield Case(pstore.leaves_a_damaged_header_alone, first, OFF, *header)
    yield Case(pstore.wraps_around_at_its_start, first, OFF, always=False)
    for place in ("in a line", 1), ("at a line", None), ("at a line", 1):
        yield Case(pstore.ends_at, first, OFF, *place, always=False)
    for place in ("address", 2), ("size", 12):
        yield Case(pstore.leaves_alone_what_is_none, first, OFF, *place, always=False)
    for side in "before", "behind":
        yield Case(pstore.maps_nothing_around, first, OFF, side)


def shares(arch):
    """--cpus."""
    for machine in SEVERAL_CPUS[arch]:
        for regime in regimes(machine):
            if regime != TRAP:  # that of a crash kernel
                yield Case(several_cpus.share_the_work, machine, regime,
                           always=regime == OFF or machine.regime in ("el1", "sv39"))
        yield Case(several_cpus.leave_with_a_chunk, machine, OFF, "cpu_traps")
        yield Case(several_cpus.are_not_started_with_damaged, machine, OFF,
                   "tables of another regime" if machine.regime == "el2-e2h" else "tables")
        if machine.regime == "el2":
            yield Case(several_cpus.are_not_started_with_damaged, machine, OFF, "tables of another regime",
                       always=False)
    yield Case(several_cpus.share_the_work, EIGHT_CPUS[arch], OFF)
    yield Case(several_cpus.leave_lanes_idle, EIGHT_CPUS[arch], OFF, always=False)
    yield Case(several_cpus.need_no_memory_where_one_is_online, MACHINES[arch][0], OFF)
    first = SEVERAL_CPUS[arch][0]
    yield Case(several_cpus.verify_with, first, OFF, 2)
    yield Case(several_cpus.share_the_work, first, OFF, "--engine=generic", always=False)
    for routine in "cpu_overflows", "cpu_loses", "cpu_lies":
        yield Case(several_cpus.leave_with_a_chunk, first, OFF, routine)
    for why in "are beyond the last", "trap":
        yield Case(several_cpus.turn_off_because_they, first, OFF, why, always=False)
    for function in several_cpus.trap_as_they_leave, several_cpus.babble:
        yield Case(function, first, OFF, always=False)
    yield Case(several_cpus.use_no_engine_of_another_architecture, first, OFF,
               *((7, "zvknh") if arch == "arm64" else (2, "sha2-x2")), always=False)
    for function in (several_cpus.have_no_memory, several_cpus.fill_the_page_of_their_digests,
                     several_cpus.hash_all_where_the_first_hashes_nothing):
        yield Case(function, first, OFF)
    for which in "first", "last":
        yield Case(several_cpus.do_not_share_what_is_unchecked, first, OFF, which)
    for function in (several_cpus.are_started_though_firmware_says_no, several_cpus.are_too_slow,
                     several_cpus.have_no_time, several_cpus.have_nothing_to_do,
                     several_cpus.hash_chunks_with_other_flags_apart):
        yield Case(function, first, OFF, always=False)
    if arch == "riscv64":  # whose first has one lane
        yield Case(several_cpus.hash_chunks_with_other_flags_apart, EIGHT_CPUS[arch], OFF, always=False)
    for field in "address", "length 0", "length 1048584", "role":
        yield Case(verify.refuses_a_chunk_with_another, first, OFF, field, "--cpus=all", always=False)
        yield Case(verify.refuses_the_first_chunk_with_another, first, OFF, field, "--cpus=all", always=False)
    for function in (several_cpus.come_late, several_cpus.never_work,
                     several_cpus.hang_with_a_chunk, several_cpus.never_turn_off,
                     several_cpus.are_refused_by_firmware, several_cpus.are_unknown_to_firmware,
                     several_cpus.do_not_come_though_firmware_says_yes,
                     several_cpus.are_started_elsewhere, several_cpus.are_others_than_asked,
                     several_cpus.believe_no_digest_that_was_there_before,
                     several_cpus.are_not_started_by_a_damaged_purgatory,
                     several_cpus.find_their_code_damaged_meanwhile):
        yield Case(function, first, OFF)
    yield Case(several_cpus.are_not_reached_without_their_code, MACHINES[arch][0], OFF)
    for what in "first byte", "last byte", "IDs", "place":
        yield Case(several_cpus.find_damage_of_their_code, first, OFF, what)
    yield Case(several_cpus.never_work, first, OFF, "as in earnest", always=False)
    yield Case(several_cpus.lack_the_engine, first if arch == "arm64" else EIGHT_CPUS[arch], OFF)
    for chunk in range(several_cpus.CHUNKS):
        yield Case(several_cpus.find_damage, first, OFF, chunk, always=chunk in (0, 5, 13))


def of_arm64():
    yield from below_firmware()
    for regime in OFF, IDENTITY, VIRTUAL:
        yield Case(serror.is_reported, GUEST_SERROR, regime, "entry")
        yield Case(serror.is_reported, GUEST, regime, "pending", always=regime == OFF)
    yield Case(serror.is_reported, GUEST, OFF, "pending", "--mmu=off")
    yield Case(serror.is_reported_with_damage, GUEST, OFF)
    for function in (serror.is_reported_with_a_fault, serror.is_reported_with_a_refusal,
                     serror.is_reported_with_a_fault_of_the_next_kernel,
                     serror.is_reported_without_checks):
        yield Case(function, GUEST_SERROR, OFF, "entry")
        yield Case(function, GUEST, OFF, "pending")
    yield Case(verify.verifies_and_starts_the_kernel, GUEST, OFF)
    for machine in MACHINES["arm64"]:
        yield Case(serror.is_unknown, machine, OFF)
        yield Case(serror.is_unknown_with_damage, machine, OFF)
    for machine in CPUS_WITH_SME:
        yield Case(several_cpus.share_the_work, machine, OFF, always=False)
    for machine in SEVERAL_CPUS["arm64"]:
        yield Case(several_cpus.lack_SME_though_others_have_it, machine, OFF, always=False)
    yield Case(several_cpus.need_no_alias, SEVERAL_CPUS["arm64"][0], OFF, always=False)
    yield Case(verify.halts_where_firmware_does_not_reset, MACHINES["arm64"][0], OFF, always=False)
    yield Case(own_damage.resets_by_the_other_conduit, HOSTILE_FIRMWARE[0], OFF, always=False)
    for engine in "sha2", "sha2-x2":
        yield Case(engines.takes_what_is_aligned_to_8_bytes, MACHINES["arm64"][0], OFF, engine)
    for chunks in 6, 7:
        yield Case(engines.leaves_lanes_idle, MACHINES["arm64"][0], OFF, chunks, "neon-x4", always=False)
    first = MACHINES["arm64"][0]
    yield Case(faults.resets_another_way_where_the_reset_faults, first, OFF)
    for option in "--mmu=off", "--on-mismatch=halt":
        yield Case(faults.faults_at_another_place, first, OFF, option)
    yield Case(faults.faults_on_a_damaged_idea_of_its_address, first, OFF)
    for machine in MACHINES["arm64"]:
        yield Case(faults.faults_where_no_kernel_is, machine, OFF)
        yield Case(faults.faults_in_the_next_kernel, machine, OFF)
        yield Case(faults.faults_at_another_place, machine, OFF)
        for function in fallback.has_no_SME_though_others_have, fallback.has_no_TCR2_for_the_access_flag:
            yield Case(function, machine, OFF, always=machine.regime == "el1")
        for regime in regimes(machine):
            for value in 0, 16:
                yield Case(fallback.has_TCR2, machine, regime, value,
                           always=regime == VIRTUAL and machine.regime == "el1")
    for machine in MACHINES["arm64"]:
        yield Case(fallback.goes_without_a_missing_granule, machine, OFF)
    yield Case(fallback.goes_without_a_missing_granule, first, VIRTUAL)
    yield Case(fallback.goes_without_damaged, first, VIRTUAL, "alias")
    for machine in FAR["arm64"]:
        if machine.regime != "el2":
            yield Case(verify.reaches_all_segments, machine, VIRTUAL)


def wrapped_images():
    for machine in MACHINES["arm64"]:
        yield Case(wrapped.starts_from_one_image, machine, OFF)
    first = MACHINES["arm64"][0]
    yield Case(wrapped.starts_from_one_image, first, OFF, "--mmu=off")
    for what in "head", "kernel", "initrd", "elfcorehdr":
        yield Case(wrapped.finds_damage_in_the_image, first, OFF, what)
    yield Case(wrapped.faults_where_the_image_was_not_planned, first, OFF)


def of_riscv64():
    yield Case(verify.finds_damage_in, MACHINES["riscv64"][0], OFF,
               "purgatory's idea of its address")
    for regime in (OFF, IDENTITY):
        yield Case(verify.uses_the_smallest_mode, MACHINES["riscv64"][-1], regime)
    yield Case(fallback.leaves_a_map_where_RAM_is, MAP_IN_RAM, VIRTUAL)
    for what, writes in (("DBCN", True), ("all but legacy extensions", True), ("a console", False),
                         ("what it says it has", False)):
        yield Case(sbi.lacks, MACHINES["riscv64"][0], OFF, what, writes,
                   always=what == "all but legacy extensions")
    for others in (0, 0), (4096, 8192):
        yield Case(own_damage.needs_the_second_address, MACHINES["riscv64"][0], VIRTUAL, *others,
                   always=others == (0, 0))
    for block in 0, 64:
        yield Case(pstore.flushes_what_is_coherent, MACHINES["riscv64"][0], OFF, block, always=False)
    yield Case(engines.knows_none_by_itself, MACHINES["riscv64"][0], OFF, always=False)
    yield Case(several_cpus.share_the_work, NOT_COHERENT_CPUS, OFF, always=False)
    yield Case(several_cpus.cannot_flush_what_the_first_one_can, NOT_COHERENT_CPUS, OFF, always=False)
    yield Case(several_cpus.turn_off_because_they, SEVERAL_CPUS["riscv64"][0], OFF, "have no such mode",
               always=False)
    for regime in (OFF, VIRTUAL, TRAP):
        yield Case(fallback.goes_without_a_missing_mode, LESS_THAN_CLAIMED, regime)
        yield Case(fallback.goes_without_tables_for_the_CPU, T_HEAD, regime)


def forbidden(arch):
    """What purgatory cannot do by mistake; the permissions differ with arm64's regimes."""
    for machine in MACHINES[arch] if arch == "arm64" else MACHINES[arch][:1]:
        for action in ("undefined", "breakpoint"):
            yield Case(faults.faults_on, machine, OFF, action)
        yield Case(faults.faults_on, machine, OFF, "misaligned", "unaligned data")
        for name in ("address 0", "guard page", "pagetable", "page behind kernel", "old kernel"):
            yield Case(faults.faults_on, machine, OFF, "load", name, "unmapped")
        for name in ("text", "rodata", "kernel", "initrd", "dtb", "manifest"):
            yield Case(faults.faults_on, machine, OFF, "store", name, "forbidden")
        for name in ("rodata", "data", "kernel", "initrd", "manifest"):
            yield Case(faults.faults_on, machine, OFF, "fetch", name, "forbidden")
        if arch == "arm64":  # where the console is not firmware's
            yield Case(faults.faults_on, machine, OFF, "load", "console's neighbour", "unmapped")
            yield Case(faults.faults_on, machine, OFF, "fetch", "console", "forbidden")
        yield from forgotten(machine)


def forgotten(machine):
    """Nothing of the old kernel's map is in force."""
    yield Case(faults.faults_on, machine, IDENTITY, "load", "old kernel", "unmapped")
    if VIRTUAL in regimes(machine):
        for regime in (OFF, IDENTITY, VIRTUAL):
            yield Case(faults.faults_on, machine, regime, "load", "linear map of initrd",
                       "unmapped")
            yield Case(faults.has_no_map_of_the_old_kernel, machine, regime)


def tries_first(engine, machine):
    """Each routine of an engine, one that it lacks and one that is wrong."""
    for routine in engines.ROUTINES[engine]:
        for verdict in "missing", "wrong":
            yield Case(engines.tries_first, machine, OFF, verdict, routine, engine)


def engines_of_arm64():
    first = MACHINES["arm64"][0]
    every = ("generic", "sha2", "sha2-x2", "neon-x4", "uncached")
    for engine in every:
        option = f"--engine={engine}"
        for machine in ENGINES["arm64"]:
            yield Case(engines.uses_the_engine, machine, OFF, engine, option)
            yield Case(engines.uses_the_engine, machine, OFF, engine, option, "--mmu=off")
        yield Case(engines.uses_the_engine, first, VIRTUAL, engine, option)
        for lane in range({"sha2-x2": 2, "neon-x4": 4}.get(engine, 0) + 1):
            yield Case(engines.finds_damage_in_lane, first, OFF, lane, option)
    for extension in ("SHA2", "SIMD"):
        for machine in MACHINES["arm64"]:
            yield Case(engines.does_without, machine, OFF, extension)
            yield Case(engines.does_without, machine, OFF, extension, "--mmu=off")
        yield Case(engines.does_without, first, VIRTUAL, extension)
    for engine in every[1:]:
        yield from tries_first(engine, first)
    for machine in MACHINES["arm64"]:
        for regime in regimes(machine):
            yield Case(engines.tries_first, machine, regime, "missing", "sha256_arm64_sha2", "sha2")
            yield Case(engines.faults_on_a_breakpoint_in, machine, regime, "sha256_arm64_sha2",
                       "sha2")
    yield Case(engines.knows_its_own, first, OFF, 7, "zvknh")  # SHA256_RISCV64_ZVKNH


def engines_of_riscv64():
    for machine in ENGINES["riscv64"]:
        for regime in regimes(machine):
            yield Case(engines.uses_the_engine, machine, regime, machine.engine)
        yield Case(engines.uses_the_engine, machine, OFF, machine.engine, "--mmu=off")
        lanes = {"rvv": engines.LANES_MAX, "zvknh-x2": 2}.get(machine.engine, 1)
        for lane in range(lanes):
            yield Case(engines.finds_damage_in_lane, machine, OFF, lane)
    lanes = ENGINES["riscv64"][3]
    for chunks in 6, 7:
        yield Case(engines.leaves_lanes_idle, lanes, OFF, chunks, "rvv", always=False)
    yield Case(verify.takes_chunks_with_other_flags_apart, lanes, OFF, always=False)
    yield Case(boot_anyway.boots_with_damage_in_two_segments, lanes, OFF, always=False)
    # The one with all of them takes any of them.
    for machine in ENGINES["riscv64"][-2:]:
        for engine in "zvknh", "rvv", "zbb", "generic":
            yield Case(engines.uses_the_engine, machine, OFF, engine, f"--engine={engine}")
    for machine in LYING["riscv64"]:
        for regime in regimes(machine):
            yield Case(engines.does_without_the_engine, machine, regime, machine.engine)
        yield Case(engines.does_without_the_engine, machine, OFF, machine.engine, "--mmu=off")
    for regime in regimes(NOT_COHERENT):
        yield Case(verify.verifies_and_starts_the_kernel, NOT_COHERENT, regime)
        yield Case(caches.are_flushed, NOT_COHERENT, regime, always=regime == OFF)
        yield Case(caches.cannot_be_flushed, NO_ZICBOM, regime, always=regime in (OFF, TRAP))
    yield Case(caches.are_left_alone, MACHINES["riscv64"][0], OFF)
    for regime in regimes(DOUBLE_TRAP):
        yield Case(verify.verifies_and_starts_the_kernel, DOUBLE_TRAP, regime)
        yield Case(faults.faults_without_memory_for_the_manifest, DOUBLE_TRAP, regime,
                   always=regime == TRAP)
    for machine in ENGINES["riscv64"][1:]:
        yield from tries_first(machine.engine, machine)
    for regime in regimes(MACHINES["riscv64"][0]):
        yield Case(engines.faults_on_a_breakpoint_in, MACHINES["riscv64"][0], regime,
                   "sha256_riscv64_zbb", "zbb")
    yield Case(engines.knows_its_own, MACHINES["riscv64"][0], OFF, 2, "sha2-x2")  # SHA256_ARM64_*


def cases(arch):
    """Of purgatory."""
    yield from matrix(arch)
    yield from once(arch)
    yield from damages_itself(arch)
    yield from laid_out_wrongly(arch)
    yield from leaves_nothing_behind(arch)
    yield from boots_anyway(arch)
    yield from outlives_a_reset(arch)
    yield from shares(arch)
    yield from of_arm64() if arch == "arm64" else of_riscv64()
    if arch == "arm64":
        yield from wrapped_images()
    yield from engines_of_arm64() if arch == "arm64" else engines_of_riscv64()
    yield from forbidden(arch)
