/* SPDX-License-Identifier: GPL-2.0-only */
/* What the old kernel does to the segments that purgatory and the next kernel will find. */
#include "old-kernel.h"

void segments_write(const struct parameters *parameters)
{
	for (uint64_t i = 0; i < parameters->segment_count; i++) {
		const struct span *segment = &parameters->segments[i];

		for (uint64_t address = segment->start; address < segment->end; address += 8) {
			volatile uint64_t *word = (volatile uint64_t *)address;

			*word = *word;
		}
	}
}
