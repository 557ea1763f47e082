/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header of a file in a tar archive.
 */
#include "capture/tar_header.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Offsets and sizes of the fields. */
#define NAME_SIZE     100
#define MODE	      100
#define OWNER	      108
#define GROUP	      116
#define SIZE	      124
#define TIME	      136
#define CHECKSUM      148
#define CHECKSUM_SIZE 8
#define TYPE	      156
#define MAGIC	      257
#define PREFIX	      345
#define PREFIX_SIZE   155

#define SIZE_MAX_OCTAL ((UINT64_C(1) << 33) - 1) /* 11 digits */

/*
 * Put the name into its field, or what stands before one of its "/" into the prefix. The fields
 * need no NUL.
 */
static int put_name(char header[TAR_BLOCK_SIZE], const char *name)
{
	const size_t length = strlen(name);
	const char *rest = name;

	if (length > NAME_SIZE) {
		rest = strchr(name + length - NAME_SIZE - 1, '/');
		if (!rest || (size_t)(rest - name) > PREFIX_SIZE || !rest[1])
			return -ENAMETOOLONG;
		memcpy(header + PREFIX, name, (size_t)(rest - name));
		rest++;
	}
	memcpy(header, rest, length - (size_t)(rest - name));
	return 0;
}

int tar_header_make(char header[TAR_BLOCK_SIZE], const char *name, uint64_t size)
{
	static const char magic[] = {'u', 's', 't', 'a', 'r', '\0', '0', '0'};
	unsigned int sum = 0;

	if (size > SIZE_MAX_OCTAL)
		return -EFBIG;
	memset(header, 0, TAR_BLOCK_SIZE);
	if (put_name(header, name))
		return -ENAMETOOLONG;
	memcpy(header + MODE, "0000600", 8);
	memcpy(header + OWNER, "0000000", 8);
	memcpy(header + GROUP, "0000000", 8);
	snprintf(header + SIZE, TIME - SIZE, "%011" PRIo64, size);
	memcpy(header + TIME, "00000000000", 12);
	header[TYPE] = '0';
	memcpy(header + MAGIC, magic, sizeof(magic));
	/* The sum counts its own field as blanks. */
	memset(header + CHECKSUM, ' ', CHECKSUM_SIZE);
	for (int i = 0; i < TAR_BLOCK_SIZE; i++)
		sum += (unsigned char)header[i];
	snprintf(header + CHECKSUM, CHECKSUM_SIZE, "%06o", sum);
	return 0;
}
