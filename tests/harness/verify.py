# SPDX-License-Identifier: GPL-2.0-only
"""Loads that are good, and such as were damaged after they were sealed."""

import hashlib
import struct

from load import CHUNK, UNCHECKED, checksum
from outcome import (HALTED, RESET_FAILED, RESETTING, compare, kernel_starts, mismatch, verified)


def verifies_and_starts_the_kernel(load):
    load.plan()
    return kernel_starts(load)


def reaches_all_segments(load):
    load.vmcoreinfo = load.arch == "arm64"  # riscv64: else the alias alone asks for Sv48
    load.plan()
    small = 1 << (39 if load.arch == "arm64" else 38)
    assert all(segment.start >= small for segment in load.segments)
    return kernel_starts(load)


def uses_the_smallest_mode(load):
    """Without an alias, which would ask for the mode of the old kernel."""
    load.vmcoreinfo = False
    load.plan()
    return compare(load, [verified(load, regime="sv39")], kernel=True)


def has_no_checks(load):
    load.plan("--no-checks")
    return compare(load, ["purgatory: not verified, no checks were asked for"], kernel=True)


def has_no_timer_frequency(load):
    load.plan()
    load.patch("timer_frequency", 0)
    load.seal()
    return kernel_starts(load)


def own_mismatch(load):
    """The line of purgatory's own sum, after damage to it."""
    return (f"purgatory: MISMATCH segment=purgatory address={load.entry:#x} offset=0x0 "
            f"expected={load.number('self_sum'):#x} actual={checksum(load.purgatory_image()):#x}")


def flip(load, address, sealed=False):
    """Flip a bit of a chunk. Returns the line that must follow. sealed: purgatory's own sum is that of
    the damage."""
    for _, (start, length, offset, _, _, digest) in load.chunks():
        if start <= address < start + length:
            segment, _ = load.find(address)
            load.write_at(address, bytes([load.read(address, 1)[0] ^ 0x10]))
            if load.entry <= address < load.address("self_sum"):
                if not sealed:
                    return own_mismatch(load)
                load.seal_purgatory()
            actual = hashlib.sha256(load.read(start, length)).hexdigest()
            return mismatch(load, segment.role, start, offset, digest.hex(), actual)
    raise AssertionError(f"{address:#x} is not verified")


def finds_damage_in(load, what, *sealed):
    load.plan()
    if what == "purgatory's rodata":
        # A symbol that makes no difference here but for the digest.
        address = load.address("console_data_shift") + 3
    elif what == "purgatory's idea of its address":
        address = load.address("address") + 2
    elif what == "purgatory's text":
        segment = load.segment("purgatory", "x")
        address = segment.start + len(segment.data) - 1
    else:
        segment = load.segment(what.removesuffix("'s end"))
        last = what.endswith("end")
        address = segment.start + (len(segment.data) - 1 if last else 77)
    return compare(load, [flip(load, address, *sealed), RESETTING])


def finds_damage_in_the_manifest(load):
    load.plan()
    segment = load.segment("manifest")
    expected = hashlib.sha256(segment.data).hexdigest()
    segment.data[20] ^= 1
    actual = hashlib.sha256(segment.data).hexdigest()
    return compare(load, [mismatch(load, "manifest", segment.start, 0, expected, actual),
                          RESETTING])


def finds_damage_in_the_manifest_digest(load, *sealed):
    load.plan()
    segment = load.segment("manifest")
    actual = hashlib.sha256(segment.data).hexdigest()
    digest = bytes.fromhex(f"{int(actual[:2], 16) ^ 1:02x}{actual[2:]}")
    load.write_at(load.address("manifest_digest"), digest)
    if not sealed:
        return compare(load, [own_mismatch(load), RESETTING])
    load.seal_purgatory()
    return compare(load, [mismatch(load, "manifest", segment.start, 0, digest.hex(), actual),
                          RESETTING])


def refuses_a_manifest_with_another(load, field):
    load.plan()
    manifest = load.segment("manifest").data
    magic, version, count = struct.unpack_from("<8sII", manifest)
    if field == "magic":
        magic = b"KXMANIFX"
    elif field == "version":
        version += 1
    else:
        count -= 1
    struct.pack_into("<8sII", manifest, 0, magic, version, count)
    load.seal_manifest()
    return compare(load, [
        f"purgatory: FAULT cause=manifest segment=purgatory "
        f"address={load.number('manifest_address'):#x} size={load.number('manifest_size')}", RESETTING])


def refuses_manifest(load, size):
    load.patch("manifest_size", size)
    load.seal_purgatory()
    return compare(load, [f"purgatory: FAULT cause=manifest segment=purgatory "
                          f"address={load.number('manifest_address'):#x} size={size}", RESETTING])


def refuses_a_manifest_of_wrong_size(load, bit):
    load.plan()
    return refuses_manifest(load, load.number("manifest_size") ^ 1 << bit)


def refuses_a_manifest_without_a_header(load):
    load.plan()
    return refuses_manifest(load, 8)


def refuses_a_chunk_with_another(load, field, *options):
    """That the format does not allow."""
    return refuses_chunk(load, -1, field, options)


def refuses_the_first_chunk_with_another(load, field, *options):
    return refuses_chunk(load, 0, field, options)


def refuses_chunk(load, index, field, options):
    load.plan(*options)
    place, (address, length, _, role, *_) = list(load.chunks())[index]
    if field == "address":
        address += 4
    elif field == "role":
        role = 8  # SEGMENT_ROLE_COUNT
    else:
        length = int(field.removeprefix("length "))
    manifest = load.segment("manifest").data
    struct.pack_into("<QQ", manifest, place, address, length)
    struct.pack_into("<I", manifest, place + 24, role)
    load.seal_manifest()
    return compare(load, [f"purgatory: FAULT cause=chunk segment=purgatory address={address:#x} "
                          f"length={length:#x} role={role}", RESETTING])


def takes_chunks_with_other_flags_apart(load):
    """The first of two chunks of full size beside each other need not be checked, which this load does not allow."""
    load.initrd_size = 2 * CHUNK + 12345
    load.plan()
    place, chunk = next((place, chunk) for place, chunk in load.chunks()
                        if load.find(chunk[0])[0].role == "initrd")
    struct.pack_into("<I", load.segment("manifest").data, place + 28, chunk[4] | UNCHECKED)
    load.seal()
    bytes_ = load.verified_bytes()
    return compare(load, [f"purgatory: FAULT cause=count segment=purgatory bytes={bytes_} "
                          f"unchecked={CHUNK} expected={bytes_}", RESETTING])


def has_no_room_for_a_report(load):
    """In the device tree."""
    load.plan()
    load.patch("report_address", 0)
    load.seal()
    return kernel_starts(load)


def halts_on_damage(load):
    load.plan("--on-mismatch=halt")
    return compare(load, [flip(load, load.segment("initrd").start), HALTED], ends=False)


def halts_where_firmware_does_not_reset(load):
    """arm64's second conduit is not tried if the first one is known."""
    load.plan()
    assert load.number("reset_method") == 2  # PURGATORY_RESET_PSCI_HVC
    load.overwrite("psci_call_hvc", 0xd65f03c0)  # ret
    load.seal()
    line = flip(load, load.segment("dtb").start)
    return compare(load, [line, RESETTING, RESET_FAILED], ends=False)


def halts_where_nothing_resets(load):
    load.plan()
    load.patch("reset_method", 4)  # PURGATORY_RESET_NONE
    load.seal()
    line = flip(load, load.segment("dtb").start)
    return compare(load, [line, RESETTING, RESET_FAILED], ends=False)
