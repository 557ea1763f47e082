/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watchdogs of the running system.
 */
#include "machine/watchdogs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel has no more (MAX_DOGS of drivers/watchdog/watchdog_core.c). */
#define WATCHDOGS_MAX 32

#define MICROSECONDS UINT64_C(1000000) /* of a second */

/* Read a line of a watchdog's file; "unknown" if there is none, as not all kernels have all. */
static bool read_word(char word[64], const struct sysroot *sysroot, unsigned int number,
		      const char *name)
{
	char path[64], *text;
	size_t size;

	snprintf(word, 64, "unknown");
	snprintf(path, sizeof(path), "/sys/class/watchdog/watchdog%u/%s", number, name);
	if (sysroot_read(sysroot, path, &text, &size))
		return false;
	text[strcspn(text, "\n")] = '\0';
	snprintf(word, 64, "%s", text);
	free(text);
	return true;
}

/*
 * Drivers that ask for it (watchdog_stop_on_reboot() of include/linux/watchdog.h) have their
 * watchdog stopped by kexec -e, as by a reboot. After a crash nothing stops any.
 */
static void log_one(const struct sysroot *sysroot, unsigned int number, const char *identity,
		    const struct log *log)
{
	char state[64], timeout[64], left[64], nowayout[64], pretimeout[64];

	read_word(state, sysroot, number, "state");
	read_word(timeout, sysroot, number, "timeout");
	read_word(left, sysroot, number, "timeleft");
	read_word(nowayout, sysroot, number, "nowayout");
	read_word(pretimeout, sysroot, number, "pretimeout");
	log_debug(log,
		  "watchdog%u (%s): state %s, timeout %s s, left %s s, nowayout %s, pretimeout %s "
		  "s: nobody serves it while purgatory verifies",
		  number, identity, state, timeout, left, nowayout, pretimeout);
}

void watchdogs_log(const struct sysroot *sysroot, const struct log *log)
{
	char identity[64];

	if (!log->debug)
		return;
	for (unsigned int i = 0; i < WATCHDOGS_MAX; i++)
		if (read_word(identity, sysroot, i, "identity"))
			log_one(sysroot, i, identity, log);
}

/*
 * A watchdog that was served just before the jump has its whole timeout left. One that is served
 * every half of it, as is usual, has half of it.
 */
static bool may_expire(uint64_t timeout, uint64_t microseconds)
{
	return timeout <= UINT64_MAX / MICROSECONDS && microseconds >= timeout * MICROSECONDS / 2;
}

static void warn_of_one(const struct sysroot *sysroot, unsigned int number, const char *identity,
			uint64_t microseconds, bool crash, const struct log *log)
{
	char state[64], text[64];
	uint64_t timeout;

	if (!read_word(state, sysroot, number, "state") || strcmp(state, "active") != 0 ||
	    !read_word(text, sysroot, number, "timeout"))
		return;
	timeout = strtoull(text, NULL, 10);
	if (!timeout || !may_expire(timeout, microseconds))
		return;
	log_warning(log,
		    "watchdog%u (%s) runs with a timeout of %" PRIu64 " s, and purgatory is "
		    "predicted to verify for %" PRIu64 " s: it may reset the machine meanwhile; "
		    "%s, or load less",
		    number, identity, timeout, (microseconds + MICROSECONDS / 2) / MICROSECONDS,
		    crash ? "give it a longer timeout" : "stop it before kexec -e");
}

void watchdogs_warn(const struct sysroot *sysroot, uint64_t microseconds, bool crash,
		    const struct log *log)
{
	char identity[64];

	for (unsigned int i = 0; i < WATCHDOGS_MAX; i++)
		if (read_word(identity, sysroot, i, "identity"))
			warn_of_one(sysroot, i, identity, microseconds, crash, log);
}
