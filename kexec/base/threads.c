/* SPDX-License-Identifier: GPL-2.0-only */
/* Starting threads, and counting the CPUs for them. */
#include "base/threads.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>

/* More CPUs than any kernel can be built for. The kernel does not tell its own limit. */
#define CPU_NUMBER_MAX (1 << 16)

/*
 * Block all signals but those for a fault of the thread itself, before a thread is made: signals
 * for the process go on to its first thread.
 */
static void block_signals(sigset_t *before)
{
	sigset_t blocked;

	sigfillset(&blocked);
	sigdelset(&blocked, SIGBUS);
	sigdelset(&blocked, SIGFPE);
	sigdelset(&blocked, SIGILL);
	sigdelset(&blocked, SIGSEGV);
	pthread_sigmask(SIG_SETMASK, &blocked, before);
}

int threads_start(pthread_t *thread, void *(*work)(void *context), void *context)
{
	pthread_attr_t attributes;
	sigset_t before;
	int error = pthread_attr_init(&attributes);

	if (error)
		return -error;
	error = pthread_attr_setstacksize(&attributes, THREAD_STACK_SIZE);
	if (!error) {
		block_signals(&before);
		error = pthread_create(thread, &attributes, work, context);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	pthread_attr_destroy(&attributes);
	return -error;
}

/*
 * Count the CPUs of this process with a mask of @bits; 0 if the kernel has more than that (EINVAL).
 */
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

unsigned int threads_count_cpus(void)
{
	unsigned int count = 0;

	for (int bits = CPU_SETSIZE; bits <= CPU_NUMBER_MAX && count == 0; bits *= 2)
		count = count_with(bits);
	return count ? count : 1;
}
