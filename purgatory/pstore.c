/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Appending a line to the console zone of ramoops.
 */
#include "pstore.h"

#include <stdbool.h>
#include <stdint.h>

#include "arch_interface.h"
#include "checksum.h"
#include "mmio.h"
#include "purgatory.h"

/* PERSISTENT_RAM_SIG, "DBGC". The number of a console zone, which it is combined with, is 0. */
#define SIGNATURE UINT32_C(0x43474244)

/* Where the words of the header are, and the ring. */
#define SIGNATURE_OFFSET 0
#define START_OFFSET	 4
#define SIZE_OFFSET	 8
#define RING_OFFSET	 12

struct ring {
	uint64_t address;  /* of its first byte */
	uint64_t capacity; /* bytes */
	uint64_t start;	   /* where the next byte is written */
	uint64_t size;	   /* bytes that have been written, at most the capacity */
};

/* Read the header. Returns false if it is damaged: persistent_ram_post_init(). */
static bool ring_open(struct ring *ring, uint64_t zone, uint64_t size)
{
	ring->address = zone + RING_OFFSET;
	ring->capacity = size - RING_OFFSET;
	ring->start = mmio_read(zone + START_OFFSET, 4);
	ring->size = mmio_read(zone + SIZE_OFFSET, 4);
	return mmio_read(zone + SIGNATURE_OFFSET, 4) == SIGNATURE && ring->size <= ring->capacity &&
	       ring->start <= ring->size && ring->start < ring->capacity;
}

static void ring_put(struct ring *ring, char character)
{
	mmio_write(ring->address + ring->start, 1, (uint8_t)character);
	ring->start++;
	if (ring->start == ring->capacity)
		ring->start = 0;
	if (ring->size < ring->capacity)
		ring->size++;
}

/* True if the next byte begins a line. */
static bool ring_is_at_line(const struct ring *ring)
{
	const uint64_t last = ring->start ? ring->start - 1 : ring->capacity - 1;

	return !ring->size || mmio_read(ring->address + last, 1) == '\n';
}

/* The size comes first: at no time is the start beyond it. */
static void ring_close(const struct ring *ring, uint64_t zone)
{
	mmio_write(zone + SIZE_OFFSET, 4, (uint32_t)ring->size);
	mmio_write(zone + START_OFFSET, 4, (uint32_t)ring->start);
}

void pstore_append(const char *text, size_t length)
{
	const uint64_t zone = purgatory_pstore_address;
	const uint64_t size = purgatory_pstore_size;
	const void *lines = (const void *)(uintptr_t)zone;
	struct ring ring;
	size_t i;

	if (checksum_add(checksum_add(CHECKSUM_FACTOR, zone), size) != purgatory_pstore_sum)
		return;
	if (!zone || zone % 4 || size <= RING_OFFSET)
		return;
	/* The old kernel may have the zone in its caches, as its linear map does. */
	arch_flush(lines, size);
	if (!ring_open(&ring, zone, size))
		return;
	if (!ring_is_at_line(&ring))
		ring_put(&ring, '\n');
	for (i = 0; i < length; i++)
		ring_put(&ring, text[i]);
	ring_put(&ring, '\n');
	ring_close(&ring, zone);
	arch_flush(lines, size);
}
