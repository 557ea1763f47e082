/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading /dev/kmsg, one record a read(2). */
#include "load/kernel_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* PRINTKRB_RECORD_MAX of kernel/printk/internal.h and more: no record is cut off. */
#define RECORD_SIZE 8192

int kernel_log_open(void)
{
	const int descriptor = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (descriptor < 0)
		return -errno;
	if (lseek(descriptor, 0, SEEK_END) < 0) {
		const int error = -errno;

		close(descriptor);
		return error;
	}
	return descriptor;
}

uint64_t kernel_log_find_number(int descriptor, const char *label)
{
	char record[RECORD_SIZE];
	uint64_t number = 0;
	ssize_t size;

	/* EPIPE: older records were overwritten meanwhile. */
	while ((size = read(descriptor, record, sizeof(record) - 1)) > 0 ||
	       (size < 0 && (errno == EPIPE || errno == EINTR))) {
		const char *found;

		record[size > 0 ? size : 0] = '\0';
		found = strstr(record, label);
		if (found)
			number = strtoull(found + strlen(label), NULL, 16);
	}
	return number;
}
