/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that work in the background. */
#ifndef BASE_THREADS_H
#define BASE_THREADS_H

#include <pthread.h>

/*
 * Run @work with @context in a new thread, to be joined. It has a small stack, of THREAD_STACK_SIZE
 * bytes, and gets no signals except those that it causes itself. Returns 0, or -errno without a
 * message.
 */
int threads_start(pthread_t *thread, void *(*work)(void *context), void *context);

/*
 * Smaller than a huge page, because the kernel may use a whole one for a stack that has room for
 * it.
 */
#define THREAD_STACK_SIZE ((size_t)256 << 10)

/*
 * How many CPUs this process may run on: those that are online and allowed (taskset, cpusets),
 * whatever their numbers; at least 1.
 */
unsigned int threads_count_cpus(void);

#endif
