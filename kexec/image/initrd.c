/* SPDX-License-Identifier: GPL-2.0-only */
/* Initial RAM disks, from files or from the running kernel. */
#include "image/initrd.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "image/growing_bytes.h"

/* The kernel's unpacker looks for the next archive at a multiple of this many bytes. */
#define ARCHIVE_ALIGNMENT 4

/* Append the file at @path behind zeros up to the next alignment. */
static int append_file(struct growing_bytes *all, size_t *offset, const char *path,
		       const struct log *log)
{
	static const uint8_t zeros[ARCHIVE_ALIGNMENT];
	struct file_bytes file;
	int error = file_bytes_map(&file, path, "initrd", log);

	if (error)
		return error;
	file_bytes_expect_reading(&file);
	error = growing_bytes_append(all, zeros, -all->size % ARCHIVE_ALIGNMENT);
	*offset = all->size;
	if (!error)
		error = growing_bytes_append(all, file.data, file.size);
	if (error == -EFBIG)
		log_error(log, error,
			  "the initrds are together larger than half of this machine's memory: "
			  "name smaller ones");
	else if (error)
		log_error(log, error,
			  "no memory to concatenate %s; end other programs, or allow more "
			  "(ulimit -v, sysctl vm.overcommit_memory)",
			  path);
	else
		error = file_bytes_check_unchanged(&file, path, log);
	file_bytes_free(&file);
	return error;
}

static void note_growth(const struct growing_bytes *all, void *context)
{
	progress_update(context, all->size);
}

static int concatenate(struct file_bytes *initrd, size_t *offsets, const char *const *paths,
		       size_t count, const struct log *log)
{
	struct growing_bytes all = {
		.limit = file_bytes_limit(),
		.grown = note_growth,
		.context = log->progress,
	};
	int error = 0;

	progress_begin(log->progress, "reading", 0);
	for (size_t i = 0; i < count && !error; i++)
		error = append_file(&all, &offsets[i], paths[i], log);
	progress_begin(log->progress, NULL, 0);
	if (!error && growing_bytes_seal(&all, initrd))
		error = log_error(log, -ENOMEM, "no memory for the concatenated initrd");
	growing_bytes_free(&all);
	return error;
}

int initrd_open(struct file_bytes *initrd, size_t *offsets, const char *const *paths, size_t count,
		const struct log *log)
{
	if (count > 1)
		return concatenate(initrd, offsets, paths, count, log);
	offsets[0] = 0;
	return file_bytes_map(initrd, paths[0], "initrd", log);
}

/* Append all that can be read from the descriptor. Returns 0, or -errno without a message. */
static int append_descriptor(struct growing_bytes *all, int descriptor)
{
	for (;;) {
		size_t room;
		ssize_t result;
		int error = growing_bytes_room(all, &room, SSIZE_MAX);

		if (error)
			return error;
		result = read(descriptor, all->data + all->size, room);
		if (result < 0 && errno == EINTR)
			continue;
		if (result <= 0)
			return result ? -errno : 0;
		growing_bytes_advance(all, (size_t)result);
	}
}

/* Copy the file, which cannot be mapped. */
static int copy_file(struct file_bytes *initrd, int descriptor)
{
	struct growing_bytes copy = {.limit = file_bytes_limit()};
	int error = append_descriptor(&copy, descriptor);

	if (!error)
		error = growing_bytes_seal(&copy, initrd);
	growing_bytes_free(&copy);
	return error;
}

int initrd_open_running(struct file_bytes *initrd, const struct sysroot *sysroot,
			const struct log *log)
{
	int descriptor = sysroot_open_descriptor(sysroot, INITRD_RUNNING_PATH, 0);
	int error = descriptor < 0 ? descriptor : copy_file(initrd, descriptor);

	if (descriptor >= 0)
		close(descriptor);
	if (error == -ENOENT)
		return log_error(log, error,
				 "the running kernel has not kept its initrd (no %s): boot it with "
				 "retain_initrd, or name a file with --initrd",
				 INITRD_RUNNING_PATH);
	if (error)
		return log_error(log, error, "cannot read %s: %s", INITRD_RUNNING_PATH,
				 strerror(-error));
	return 0;
}
