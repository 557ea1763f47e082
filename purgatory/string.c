/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of the C library that compilers call on their own, even in freestanding code (GCC
 * manual, "Standards"). They work byte by byte, because no code whose speed matters calls them.
 */
#include <stddef.h>

void *memcpy(void *destination, const void *source, size_t size);
void *memset(void *destination, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);

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

int memcmp(const void *left, const void *right, size_t size)
{
	const volatile unsigned char *a = left;
	const volatile unsigned char *b = right;

	for (; size > 0; size--, a++, b++) {
		int difference = *a - *b;

		if (difference)
			return difference;
	}
	return 0;
}
