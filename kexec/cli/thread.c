/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads. */
#include "cli/thread.h"

#include <signal.h>
#include <stddef.h>

/* Signals that mean a process are for its first thread, where they always were. */
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

int thread_start(pthread_t *thread, void *(*work)(void *context), void *context)
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
