# SPDX-License-Identifier: GPL-2.0-only
"""--on-mismatch=boot: which damage keeps purgatory from entering the next kernel, and which does not."""

import hashlib

from load import CHUNK
from machine import NOTHING, VIRTUAL
from outcome import LANDING, RESETTING, compare, engine, fault, mismatch
from verify import flip

BOOT = 2  # PURGATORY_POLICY_BOOT


def plan(load, *options):
    """kexec takes the policy for crash kernels alone, and -l loads none."""
    load.plan(*options)
    load.patch("mismatch_policy", BOOT)
    load.patch("unverified_entry", load.kernel_entry)
    load.seal()


def starts_anyway(load, lines, damaged, chunks, lost, cached=True):
    """damaged: the roles; lost: the bytes that differ."""
    roles = " ".join(f"damaged={role}" for role in damaged)
    mmu = f"mmu=on regime={load.machine.regime}" if cached else "mmu=off reason=option"
    verdict = (rf"purgatory: not verified, booting anyway {roles} chunks={chunks} "
               rf"bytes={load.verified_bytes() - lost} ms=(\d+\.\d{{3}}|unknown) {mmu} "
               f"engine={engine(load, cached)}")
    landing = 0 if cached or load.regime != VIRTUAL else LANDING[load.arch]
    return compare(load, [*lines, verdict], kernel=True, syndrome=landing)


def length_of(load, address):
    return next(chunk[1] for _, chunk in load.chunks() if chunk[0] <= address < chunk[0] + chunk[1])


def boots_with_damage_in(load, role, *options):
    """At the segment's end, which the stand-ins do not use."""
    plan(load, *options)
    segment = load.segment(role)
    address = segment.start + len(segment.data) - 1
    line = flip(load, address)
    return starts_anyway(load, [line], [role], 1, length_of(load, address),
                         cached="--mmu=off" not in options)


def boots_with_damage_in_two_segments(load):
    """The line of a mismatch is written for the first chunk of each."""
    plan(load)
    initrd, kernel = load.segment("initrd"), load.segment("kernel")
    places = kernel.start + len(kernel.data) - 1, initrd.start, initrd.start + CHUNK + 5
    lines = [flip(load, place) for place in places]
    order = [chunk[0] for _, chunk in load.chunks()]
    if order.index(initrd.start) < order.index(kernel.start):
        lines = [lines[1], lines[0]]
    else:
        lines = lines[:2]
    return starts_anyway(load, lines, ["kernel", "initrd"], 3,
                         sum(length_of(load, place) for place in places))


def boots_with_damage_in_the_manifest(load):
    """Nothing is verified then."""
    plan(load)
    segment = load.segment("manifest")
    expected = hashlib.sha256(segment.data).hexdigest()
    segment.data[-1] ^= 1
    actual = hashlib.sha256(segment.data).hexdigest()
    return starts_anyway(load, [mismatch(load, "manifest", segment.start, 0, expected, actual)],
                         ["manifest"], 1, load.verified_bytes())


def does_not_boot_with_damage_in(load, what):
    """purgatory, which knows where to go, or a device tree that is none any more."""
    plan(load)
    if what == "purgatory":
        address = load.address("console_data_shift") + 3
    else:
        address = load.segment("dtb").start + 3
    initrd = flip(load, load.segment("initrd").start)
    line = flip(load, address, sealed=True)
    order = [load.find(chunk[0])[0].role for _, chunk in load.chunks()]
    first = "purgatory" if what == "purgatory" else "dtb"
    lines = [initrd, line] if order.index("initrd") < order.index(first) else [line]
    return compare(load, [*lines, RESETTING])


def resets_after_a_fault(load):
    plan(load)
    load.patch("manifest_address", NOTHING)
    load.seal_purgatory()
    return compare(load, [fault(load, "load unmapped", NOTHING), RESETTING])
