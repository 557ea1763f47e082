/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watchdogs of the running system, which nobody serves while purgatory verifies.
 */
#ifndef MACHINE_WATCHDOGS_H
#define MACHINE_WATCHDOGS_H

#include "base/log.h"
#include "base/sysroot.h"

/*
 * Write a debug line for each watchdog of /sys/class/watchdog: its identity, state, timeout, the
 * time that is left, and whether it can be stopped (Documentation/ABI/testing/sysfs-class-watchdog
 * of Linux).
 */
void watchdogs_log(const struct sysroot *sysroot, const struct log *log);

#endif
