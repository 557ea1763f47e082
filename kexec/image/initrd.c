/* SPDX-License-Identifier: GPL-2.0-only */
/* Initial RAM disks, from files or from the running kernel. */
#include "image/initrd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image/growing_bytes.h"

#define RUNNING_INITRD "/sys/firmware/initrd"

/* The kernel's unpacker looks for the next archive at a multiple of this many bytes. */
#define ARCHIVE_ALIGNMENT 4

/* Append the file at @path behind zeros up to the next alignment. */
static int append_file(struct growing_bytes *all, const char *path, const struct log *log)
{
	static const uint8_t zeros[ARCHIVE_ALIGNMENT];
	struct file_bytes file;
	int error = file_bytes_map(&file, path, "initrd", log);

	if (error)
		return error;
	if (growing_bytes_append(all, zeros, -all->size % ARCHIVE_ALIGNMENT) ||
	    growing_bytes_append(all, file.data, file.size))
		error = log_error(log, -ENOMEM, "no memory to concatenate %s", path);
	else
		error = file_bytes_check_unchanged(&file, path, log);
	file_bytes_free(&file);
	return error;
}

static int concatenate(struct file_bytes *initrd, const char *const *paths, size_t count,
		       const struct log *log)
{
	struct growing_bytes all = {.limit = SIZE_MAX - 1};
	int error = 0;

	for (size_t i = 0; i < count && !error; i++)
		error = append_file(&all, paths[i], log);
	if (!error && growing_bytes_seal(&all, initrd))
		error = log_error(log, -ENOMEM, "no memory for the concatenated initrd");
	growing_bytes_free(&all);
	return error;
}

int initrd_open(struct file_bytes *initrd, const char *const *paths, size_t count,
		const struct log *log)
{
	if (count == 1)
		return file_bytes_map(initrd, paths[0], "initrd", log);
	return concatenate(initrd, paths, count, log);
}

int initrd_open_running(struct file_bytes *initrd, const struct sysroot *sysroot,
			const struct log *log)
{
	struct growing_bytes copy = {.limit = SIZE_MAX - 1};
	size_t size;
	char *data;
	int error = sysroot_read(sysroot, RUNNING_INITRD, &data, &size);

	if (error == -ENOENT)
		return log_error(log, error,
				 "the running kernel has not kept its initrd (no %s): boot it with "
				 "retain_initrd, or name a file with --initrd",
				 RUNNING_INITRD);
	if (error)
		return log_error(log, error, "cannot read %s: %s", RUNNING_INITRD,
				 strerror(-error));
	if (growing_bytes_append(&copy, data, size) || growing_bytes_seal(&copy, initrd))
		error = log_error(log, -ENOMEM, "no memory for the running kernel's initrd");
	growing_bytes_free(&copy);
	free(data);
	return error;
}
