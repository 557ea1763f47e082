/* SPDX-License-Identifier: GPL-2.0-only */
/* Counting CPUs. */
#include "machine/usable_cpus.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>

/* More than any kernel can be built for; the kernel's own limit is not told. */
#define CPU_NUMBER_MAX (1 << 16)

/* Count the CPUs of this process with a mask of @bits; 0 if the kernel's are more (EINVAL). */
static unsigned int count_with(int bits)
{
	const size_t size = CPU_ALLOC_SIZE(bits);
	cpu_set_t *set = CPU_ALLOC(bits);
	int count = 0;

	if (set && sched_getaffinity(0, size, set) == 0)
		count = CPU_COUNT_S(size, set);
	CPU_FREE(set);
	return (unsigned int)count;
}

unsigned int usable_cpus(void)
{
	unsigned int count = 0;

	for (int bits = CPU_SETSIZE; bits <= CPU_NUMBER_MAX && count == 0; bits *= 2)
		count = count_with(bits);
	return count ? count : 1;
}
