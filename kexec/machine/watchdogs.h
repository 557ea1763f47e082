/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watchdogs of the running system, which nobody serves while purgatory verifies.
 */
#ifndef MACHINE_WATCHDOGS_H
#define MACHINE_WATCHDOGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/sysroot.h"

/*
 * Write a debug line for each watchdog of /sys/class/watchdog: its identity, state, timeout, the
 * time that is left, and whether it can be stopped (Documentation/ABI/testing/sysfs-class-watchdog
 * of Linux).
 */
void watchdogs_log(const struct sysroot *sysroot, const struct log *log);

/*
 * Warn of each watchdog that runs and may reset the machine while purgatory verifies, which takes
 * @microseconds by prediction: its timeout is at most twice as long. @crash: a crash kernel is
 * loaded, before which nothing stops a watchdog.
 */
void watchdogs_warn(const struct sysroot *sysroot, uint64_t microseconds, bool crash,
		    const struct log *log);

#endif
