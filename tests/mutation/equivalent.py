# SPDX-License-Identifier: GPL-2.0-only
"""Mutants that no test can kill, because nothing that a test can see differs.

(file, line of the source without the spaces around it, what it became): why.
"""

EQUIVALENT = {
    ("kexec/plan/manifest_build.c", "chunk_hash_offer(hash, segments[i].data, size);", ";"):
        "the digests are computed when they are asked for: only time differs",
    ("kexec/plan/page_table.c",
     "if (mapping_last(&mappings[i - 1]) >= mappings[i].virtual_address)",
     "if (mapping_last(&mappings[i - 1]) > mappings[i].virtual_address)"):
        "check_mapping() has refused what is not made of whole pages, so that no last byte is a first one",
}
