# SPDX-License-Identifier: GPL-2.0-only
"""Crash kernels that are wrapped into one Image, entered as Linux enters what kexec_file_load(2) loaded:
at the start of the Image, with the MMU off (cpu_soft_restart() of arch/arm64/kernel/cpu-reset.S)."""

import hashlib

from outcome import RESETTING, compare, kernel_starts, mismatch
from faults import place_fault

ELSEWHERE = 2 << 20  # bytes between where an Image is planned and where it is


def starts_from_one_image(load, *options):
    load.plan("-s", *options, action="-p")
    load.wrap()
    return kernel_starts(load, "option" if "--mmu=off" in options else None)


def finds_damage_in_the_image(load, what):
    """Beside the jump, in what looks empty; or in a segment."""
    load.plan("-s", action="-p")
    load.wrap()
    start, _, data = load.placed
    address = start + 4000 if what == "head" else load.segment(what).start + 77
    for _, (chunk, length, offset, _, _, digest) in load.chunks():
        if chunk <= address < chunk + length:
            data[address - start] ^= 0x10
            memory = data[chunk - start:chunk - start + length].ljust(length, b"\0")
            role = "purgatory" if what == "head" else what
            line = mismatch(load, role, chunk, offset, digest.hex(),
                            hashlib.sha256(memory).hexdigest())
            return compare(load, [line, RESETTING])
    return [f"{address:#x} is not verified"]


def faults_where_the_image_was_not_planned(load):
    load.plan("-s", action="-p")
    expected = load.entry
    load.wrap(moved=ELSEWHERE)
    line = place_fault(expected + ELSEWHERE, expected)
    return compare(load, [line, RESETTING])
