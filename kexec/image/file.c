/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping files and reading devices.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/file.h"
#include "image/mapped_file.h"

/* Progress is shown each time that so many bytes of a device were read. */
#define READ_STEP ((size_t)4 << 20)

/* A file while it is opened, and what messages need. */
struct opening {
	int descriptor;
	struct stat status;
	const char *path;
	const char *purpose;
	const struct log *log;
};

static int refuse(const struct opening *opening, int error, const char *reason)
{
	return log_error(opening->log, error, "%s %s: %s", opening->purpose, opening->path, reason);
}

static int fail(const struct opening *opening, int error, const char *verb)
{
	return log_error(opening->log, error, "%s %s: cannot be %s: %s", opening->purpose,
			 opening->path, verb, strerror(-error));
}

static int map_file(struct file_bytes *bytes, struct opening *opening)
{
	int error;

	if (opening->status.st_size == 0)
		return refuse(opening, -EINVAL, "is empty; get the file again");
	error = mapped_file_open(&bytes->source, opening->descriptor, &opening->status);
	if (error)
		return fail(opening, error, "mapped");
	opening->descriptor = -1;
	bytes->data = mapped_file_data(bytes->source);
	bytes->size = (size_t)opening->status.st_size;
	return 0;
}

/*
 * Fill the memory from the beginning of the descriptor's file. Returns 0, or -errno without a
 * message.
 */
static int read_all(int descriptor, uint8_t *data, size_t size, struct progress *progress)
{
	size_t done = 0;

	while (done < size) {
		const size_t step = size - done < READ_STEP ? size - done : READ_STEP;
		const ssize_t result = pread(descriptor, data + done, step, (off_t)done);

		if (result < 0 && errno == EINTR)
			continue;
		if (result <= 0)
			return result ? -errno : -EIO;
		done += (size_t)result;
		progress_update(progress, done);
	}
	return 0;
}

/* kexec_load(2) takes no more, so there is no need to try to read more. */
uint64_t file_bytes_limit(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 2;
}

/*
 * Read a device. Its size is where its end is, because st_size does not tell it. A device without
 * contents of its own has no end.
 */
static int read_device(struct file_bytes *bytes, const struct opening *opening)
{
	const off_t size = lseek(opening->descriptor, 0, SEEK_END);
	struct progress *progress = opening->log->progress;
	void *data;
	int error;

	if (size <= 0)
		return refuse(opening, -EINVAL,
			      "is a device without a size; copy its contents to a file");
	if ((uint64_t)size > file_bytes_limit())
		return log_error(opening->log, -EFBIG,
				 "%s %s: is a device of %" PRIu64 " MiB, more than half of this "
				 "machine's memory; copy what is needed of it to a file",
				 opening->purpose, opening->path, (uint64_t)size >> 20);
	data = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return fail(opening, -errno, "read");
	progress_begin(progress, "reading", (uint64_t)size);
	error = read_all(opening->descriptor, data, (size_t)size, progress);
	progress_begin(progress, NULL, 0);
	if (!error && mprotect(data, (size_t)size, PROT_READ))
		error = -errno;
	if (error) {
		munmap(data, (size_t)size);
		return fail(opening, error, "read");
	}
	*bytes = (struct file_bytes){.data = data, .size = (size_t)size, .mapped = (size_t)size};
	return 0;
}

static int take_bytes(struct file_bytes *bytes, struct opening *opening)
{
	if (fstat(opening->descriptor, &opening->status))
		return fail(opening, -errno, "examined");
	switch (opening->status.st_mode & S_IFMT) {
	case S_IFREG:
		return map_file(bytes, opening);
	case S_IFBLK:
	case S_IFCHR:
		return read_device(bytes, opening);
	case S_IFDIR:
		return refuse(opening, -EISDIR, "is a directory; name a file in it");
	default:
		return refuse(opening, -EINVAL,
			      "is neither a regular file nor a device; copy its contents to a "
			      "file");
	}
}

int file_bytes_map(struct file_bytes *bytes, const char *path, const char *purpose,
		   const struct log *log)
{
	struct opening opening = {.path = path, .purpose = purpose, .log = log};
	int error;

	*bytes = (struct file_bytes){0};
	/* Without O_NONBLOCK, opening a FIFO would wait for a writer. */
	opening.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (opening.descriptor < 0)
		return fail(&opening, -errno, "opened");
	error = take_bytes(bytes, &opening);
	if (opening.descriptor >= 0)
		close(opening.descriptor);
	return error;
}

int file_bytes_check_unchanged(const struct file_bytes *bytes, const char *path,
			       const struct log *log)
{
	const int error = bytes->source ? mapped_file_check(bytes->source) : 0;

	if (error == -ESTALE)
		return log_error(log, error, "%s changed while it was loaded: load it again", path);
	if (error)
		return log_error(
			log, error,
			"%s: a part of it cannot be read: see the kernel's messages (dmesg) "
			"about its disk",
			path);
	return 0;
}

void file_bytes_expect_reading(const struct file_bytes *bytes)
{
	if (bytes->source)
		mapped_file_expect_reading(bytes->source);
}

void file_bytes_free(struct file_bytes *bytes)
{
	if (bytes->source)
		mapped_file_close(bytes->source);
	else if (bytes->data)
		munmap((void *)(uintptr_t)bytes->data, bytes->mapped);
	*bytes = (struct file_bytes){0};
}
