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
    ("purgatory/purgatory_main.c", "bool clean = chunk->flags & MANIFEST_CHUNK_CLEAN || !verifier->cached;",
     "bool clean = chunk->flags | MANIFEST_CHUNK_CLEAN || !verifier->cached;"):
        "more is cleaned than must be: only time differs",
    ("purgatory/sha256.c", "return 4 * count >= 3 * lanes ? count : 1;", "return 4 * count > 3 * lanes ? count : 1;"):
        "messages alone have the same digests as in lanes: only time differs",
    ("purgatory/sha256.c", "if (can_compress(sha256, bytes) && size >= SHA256_BLOCK_SIZE) {",
     "if (can_compress(sha256, bytes) && size > SHA256_BLOCK_SIZE) {"):
        "a single block is copied before it is compressed: only time differs",
    ("purgatory/pstore.c", "mmio_write(zone + START_OFFSET, 4, (uint32_t)ring->start);",
     "mmio_write(zone + START_OFFSET, 5, (uint32_t)ring->start);"):
        "mmio_write() takes whatever is neither 1 nor 2 for 4",
    ("purgatory/pstore.c",
     "return mmio_read(zone + SIGNATURE_OFFSET, 4) == SIGNATURE && ring->size <= ring->capacity &&",
     "return mmio_read(zone + SIGNATURE_OFFSET, 5) == SIGNATURE && ring->size <= ring->capacity &&"):
        "mmio_read() takes whatever is neither 1 nor 2 for 4",
    ("purgatory/sha256.c", "if (count >= lanes)", "if (count > lanes)"):
        "the next line returns as many too",
    ("purgatory/riscv64/hsm.c",
     "const struct sbi_result result = sbi_call(id, 0, 0, 0, 0, 0, SBI_HSM_STATE, SBI_HSM);",
     "const struct sbi_result result = sbi_call(id, 0, 0, 1, 0, 0, SBI_HSM_STATE, SBI_HSM);"):
        "the call has one argument, and firmware reads no other",
    ("purgatory/riscv64/hsm.c",
     "const struct sbi_result result = sbi_call(id, 0, 0, 0, 0, 0, SBI_HSM_STATE, SBI_HSM);",
     "const struct sbi_result result = sbi_call(id, 0, 0, 0, 0, 1, SBI_HSM_STATE, SBI_HSM);"):
        "the call has one argument, and firmware reads no other",
    ("purgatory/cpus.c", "for (i = 0; i < PURGATORY_CPUS_MAX; i++, stack += CPU_STACK_STRIDE)",
     "for (i = 0; i <= PURGATORY_CPUS_MAX; i++, stack += CPU_STACK_STRIDE)"):
        "no CPU beyond the last one was started",
    ("kexec/plan/page_table.c", "return a > b ? a : b;", "return a >= b ? a : b;"):
        "of equal numbers either is the larger one",
    ("kexec/plan/table_sets.c", "char text[160];", "char text[161];"):
        "no text is as long",
    ("purgatory/sha256.c", "return 4 * count >= 3 * lanes ? count : 1;", "return 5 * count >= 3 * lanes ? count : 1;"):
        "messages alone have the same digests as in lanes: only time differs",
    ("kexec/plan/manifest_build.c", "uint64_t size = offset < segment->size ? segment->size - offset : 0;",
     "uint64_t size = offset <= segment->size ? segment->size - offset : 0;"):
        "the difference of equal numbers is 0",
    ("kexec/plan/manifest_build.c", "progress_begin(progress, NULL, 0);", "progress_begin(progress, NULL, 1);"):
        "a stage without a name is not shown, so its size does not matter",
    ("kexec/plan/page_table.c",
     "walk_table(walk, level, 0, UINT64_MAX >> level_shift(walk->format, level), span);",
     "walk_table(walk, level, 0, UINT64_MAX << level_shift(walk->format, level), span);"):
        "no mapping lies beyond the root's last entry: page_table_check()",
    ("purgatory/arm64/arch_arm64.c", "psci_call_smc(PSCI_SYSTEM_RESET, 0, 0, 0);",
     "psci_call_smc(PSCI_SYSTEM_RESET, 1, 0, 0);"):
        "the call has no argument, and firmware reads none",
}
