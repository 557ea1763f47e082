/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of the C library that compilers call on their own, even in freestanding code (GCC
 * manual, "Standards"). They work byte by byte, because no code whose speed matters calls them. Of
 * the four that compilers may call memmove() and memcmp() are left out: none does here, and if one
 * did, the link would fail (Makefile.am).
 */
#include <stddef.h>

void *memcpy(void *destination, const void *source, size_t size);
void *memset(void *destination, int value, size_t size);

/*
 * The bytes are volatile, so that the compiler does not recognise the loop and replace it by a call
 * to the function that contains it.
 */
void *memcpy(void *destination, const void *source, size_t size)
{
	volatile unsigned char *to = destination;
	const unsigned char *from = source;

	while (size-- > 0)
		*to++ = *from++;
	return destination;
}

void *memset(void *destination, int value, size_t size)
{
	volatile unsigned char *to = destination;

	while (size-- > 0)
		*to++ = (unsigned char)value;
	return destination;
}
