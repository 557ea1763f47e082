/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines that outlive a reset: in the console zone of ramoops, which the next boot shows as
 * /sys/fs/pstore/console-ramoops-0.
 *
 * The zone is struct persistent_ram_buffer of fs/pstore/ram_core.c, without error correction: three
 * words of 32 bits, then a ring of bytes. The words are a signature, the place in the ring that is
 * written next, and how many bytes of the ring have been written. The next boot copies the ring,
 * oldest byte first, and then empties it.
 */
#ifndef PURGATORY_PSTORE_H
#define PURGATORY_PSTORE_H

#include <stddef.h>

/*
 * Append the text as a line, as persistent_ram_write() would, if kexec found a zone. A zone whose
 * header is damaged, or whose place is, is left alone. The line is in memory when this returns,
 * past all caches. May be called with the MMU on or off.
 */
void pstore_append(const char *text, size_t length);

#endif
