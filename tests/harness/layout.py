# SPDX-License-Identifier: GPL-2.0-only
"""A layout that fits its digests and is wrong: what purgatory makes of it.

Each layer is made to fit in turn: first the digests of the chunks alone, then that of the manifest and
purgatory's own sum too. Then only the entry, which comes of all digests, and the sum of bytes can tell.
"""

import hashlib
import struct

from own_damage import own_fault
from outcome import RESETTING, compare
from verify import mismatch

ADDRESS, LENGTH, DIGEST = 0, 8, 32  # of a chunk of the manifest, and 64 bytes are one


def chunks_of(load, role):
    """The places in the manifest."""
    return [place for place, chunk in load.chunks() if load.find(chunk[0])[0].role == role]


def manifest_differs(load, expected):
    """The line after the manifest was changed, and its digest in purgatory was not."""
    segment = load.segment("manifest")
    actual = hashlib.sha256(segment.data).hexdigest()
    return mismatch(load, "manifest", segment.start, 0, expected.hex(), actual)


def digest_of_manifest(load):
    return hashlib.sha256(load.segment("manifest").data).digest()


def accept_manifest(load):
    """Have purgatory take the manifest as it is now, as by another load's digest."""
    load.write_at(load.address("manifest_digest"), digest_of_manifest(load))
    load.seal_purgatory()


def swap(data, one, other, size):
    data[one:one + size], data[other:other + size] = data[other:other + size], data[one:one + size]


def exchange(load):
    """Kernel and initrd change places, as far as a chunk goes, and so do their digests."""
    manifest = load.segment("manifest").data
    kernel, initrd = chunks_of(load, "kernel")[0], chunks_of(load, "initrd")[0]
    places = [struct.unpack_from("<QQ", manifest, place) for place in (kernel, initrd)]
    (one, length), (other, same) = places
    assert length == same, "chunks of one size"
    before = load.read(one, length)
    load.write_at(one, load.read(other, length))
    load.write_at(other, before)
    swap(manifest, kernel + DIGEST, initrd + DIGEST, 32)


def shorten(load):
    """The initrd's last chunk, and its digest is that of what is left."""
    manifest = load.segment("manifest").data
    place = chunks_of(load, "initrd")[-1]
    address, length = struct.unpack_from("<QQ", manifest, place)
    struct.pack_into("<Q", manifest, place + LENGTH, length - 64)
    digest = hashlib.sha256(load.read(address, length - 64)).digest()
    manifest[place + DIGEST:place + DIGEST + 32] = digest


def finds_exchanged_segments(load, *accepted):
    load.plan()
    expected = digest_of_manifest(load)
    exchange(load)
    if not accepted:
        return compare(load, [manifest_differs(load, expected), RESETTING])
    accept_manifest(load)
    return compare(load, [own_fault("seal", "address=0x[0-9a-f]+"), RESETTING])


def finds_another_length(load, *accepted):
    load.plan()
    expected, size = digest_of_manifest(load), load.verified_bytes()
    shorten(load)
    if not accepted:
        return compare(load, [manifest_differs(load, expected), RESETTING])
    accept_manifest(load)
    return compare(load, [own_fault("count", f"bytes={size - 64}", "unchecked=0",
                                    f"expected={size}"), RESETTING])


def of_another_load(load, roles):
    """Have segments of another load of the same layout. Returns the digest of the manifest that was planned."""
    load.seed, mine = 2, load.seed
    load.plan()
    other = {role: bytes(load.segment(role).data) for role in roles}
    load.seed = mine
    load.plan()
    expected = digest_of_manifest(load)
    for role, data in other.items():
        segment = load.segment(role)
        assert bytes(segment.data) != data
        segment.data[:] = data
    return expected


def finds_the_manifest_of_another_load(load, *accepted):
    """An older manifest, and a newer kernel."""
    expected = of_another_load(load, ["manifest"])
    if not accepted:
        return compare(load, [manifest_differs(load, expected), RESETTING])
    accept_manifest(load)
    for _, (address, length, offset, _, _, digest) in load.chunks():
        actual = hashlib.sha256(load.read(address, length)).digest()
        if actual != digest:  # the first one: it may be the device tree, which has a seed
            role = load.find(address)[0].role
            return compare(load, [mismatch(load, role, address, offset, digest.hex(), actual.hex()),
                                  RESETTING])
    return ["both loads are the same"]


def finds_another_load(load, *accepted):
    """Manifest, kernel and initrd of another one fit each other, but not this purgatory."""
    expected = of_another_load(load, ["manifest", "kernel", "initrd", "dtb"])
    if not accepted:
        return compare(load, [manifest_differs(load, expected), RESETTING])
    accept_manifest(load)
    return compare(load, [own_fault("seal", "address=0x[0-9a-f]+"), RESETTING])
