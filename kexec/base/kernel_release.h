/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's release. It answers what only a try could tell otherwise.
 */
#ifndef BASE_KERNEL_RELEASE_H
#define BASE_KERNEL_RELEASE_H

#include <stdint.h>

/*
 * Releases as numbers that compare. Linux 6.12 is KERNEL_RELEASE(6, 12), the first of its series;
 * 6.12.78 is KERNEL_RELEASE_STABLE(6, 12, 78), and more. KERNEL_VERSION() of the kernel has no room
 * for patch levels above 255, which 4.14 and others got to.
 */
#define KERNEL_RELEASE_STABLE(major, minor, patch) \
	((uint32_t)(major) << 24 | (uint32_t)(minor) << 16 | (uint32_t)(patch))
#define KERNEL_RELEASE(major, minor) KERNEL_RELEASE_STABLE(major, minor, 0)

#define KERNEL_RELEASE_MAJOR(release) ((release) >> 24)
#define KERNEL_RELEASE_MINOR(release) ((release) >> 16 & 0xff)

/*
 * The number of a release as uname(2) has it ("6.12.107-generic"); 0 if it is no release. Without a
 * patch level, as "7.0-rc1", it is that of the series; so are vendors' that count in what follows,
 * as Debian's "6.1.0-42-arm64".
 */
uint32_t kernel_release_parse(const char *text);

/* The running kernel's; 0: unknown. */
uint32_t kernel_release_running(void);

#endif
