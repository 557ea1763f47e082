/* SPDX-License-Identifier: GPL-2.0-only */
/* How many CPUs this process may run on. */
#ifndef MACHINE_USABLE_CPUS_H
#define MACHINE_USABLE_CPUS_H

/* The CPUs that are online and allowed (taskset, cpusets), whatever their numbers; at least 1. */
unsigned int usable_cpus(void);

#endif
