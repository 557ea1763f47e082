# SPDX-License-Identifier: GPL-2.0-only
"""--on-mismatch=boot: which damage keeps purgatory from entering the next kernel, and which does not."""

import hashlib
import struct

from faults import replace_counter
from load import CHUNK, MANIFEST_CHUNK
from machine import NOTHING, VIRTUAL
from outcome import LANDING, RESETTING, compare, engine, fault, mismatch
from verify import flip

BOOT = 2  # PURGATORY_POLICY_BOOT


def plan(load, *options):
    """kexec takes the policy for crash kernels alone, and -l loads none."""
    load.plan(*options)
    allow(load)


def allow(load):
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


def boots_without_time(load):
    """With a counter that counts down."""
    load.plan()
    replace_counter(load, load.inject(0)["counter_backwards"])
    allow(load)
    segment = load.segment("initrd")
    address = segment.start + len(segment.data) - 1
    line = flip(load, address)
    return starts_anyway(load, [line], ["initrd"], 1, length_of(load, address))


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
    load.initrd_size = 2 * CHUNK + 12345  # two chunks of full size, which lanes hash together
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


def boots_with_damage_behind_the_start_of_the_tree(load):
    """The tree is two chunks: its first word, which says that it is one, is in the other."""
    load.plan()
    manifest = load.segment("manifest")
    place, chunk = next((place, chunk) for place, chunk in load.chunks()
                        if load.find(chunk[0])[0].role == "dtb")
    address, length, offset, *rest = chunk
    struct.pack_into("<Q", manifest.data, place + 8, 64)
    manifest.data[place + 64:place + 64] = struct.pack(MANIFEST_CHUNK, address + 64, length - 64,
                                                       offset + 64, *rest)
    assert len(manifest.data) <= manifest.memory_size
    count, = struct.unpack_from("<I", manifest.data, 12)
    struct.pack_into("<I", manifest.data, 12, count + 1)
    load.patch("manifest_size", len(manifest.data))
    allow(load)
    line = flip(load, address + 100)
    return starts_anyway(load, [line], ["dtb"], 1, length - 64)


def does_not_boot_elsewhere(load):
    """The address that needs no digest is not the kernel's."""
    load.plan()
    allow(load)
    load.patch("unverified_entry", load.kernel_entry + 4096)
    load.seal()
    segment = load.segment("initrd")
    line = flip(load, segment.start + len(segment.data) - 1)
    return compare(load, [line, "purgatory: FAULT cause=seal segment=purgatory "
                                f"address={load.kernel_entry + 4096:#x}", RESETTING])


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
