/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's release. It answers what only a try could tell otherwise.
 */
#ifndef BASE_KERNEL_RELEASE_H
#define BASE_KERNEL_RELEASE_H

#include <stdint.h>

/* Releases as numbers that compare: Linux 6.12 is KERNEL_RELEASE(6, 12). */
#define KERNEL_RELEASE(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor))

/* The number of a release as uname(2) has it ("6.12.107-generic"); 0 if it is no release. */
uint32_t kernel_release_parse(const char *text);

/* The running kernel's; 0: unknown. */
uint32_t kernel_release_running(void);

#endif
