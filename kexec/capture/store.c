/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captured files, in a directory or in an archive.
 */
#include <config.h>

#include "capture/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/write_all.h"
#include "capture/tar_header.h"
#include "capture/zstd_writer.h"

struct store {
	char *path; /* owned */
	const struct log *log;
	bool is_archive;
	int descriptor;		  /* of the directory or the archive; owned */
	int file;		  /* in the directory, that is being written; owned; -1: none */
	uint64_t left;		  /* bytes of the file */
	uint64_t size;		  /* of the file */
	struct zstd_writer *zstd; /* compresses the archive; NULL: it is not compressed */
	int error;		  /* -errno of the first failure */
};

static bool ends_in(const char *text, const char *end)
{
	const size_t length = strlen(text), size = strlen(end);

	return length > size && strcmp(text + length - size, end) == 0;
}

static void note(struct store *store, int error)
{
	if (!store->error)
		store->error = error;
}

/* Write to the archive, or to the file in the directory. */
static void put(struct store *store, const void *data, size_t size)
{
	if (store->error)
		return;
	if (store->zstd)
		note(store, zstd_writer_write(store->zstd, data, size));
	else
		note(store,
		     write_all(store->is_archive ? store->descriptor : store->file, data, size));
}

static void put_zeros(struct store *store, uint64_t size)
{
	static const char zeros[65536];

	while (size && !store->error) {
		const size_t part = size < sizeof(zeros) ? (size_t)size : sizeof(zeros);

		put(store, zeros, part);
		size -= part;
	}
}

static int open_archive(struct store *store)
{
	store->is_archive = true;
	store->descriptor =
		open(store->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (store->descriptor < 0)
		return log_error(store->log, -errno, "cannot make %s: %s", store->path,
				 strerror(errno));
	if (!ends_in(store->path, ".zst"))
		return 0;
	note(store, zstd_writer_open(&store->zstd, store->descriptor));
	if (store->error == -ENOSYS)
		return log_error(store->log, -ENOSYS,
				 "%s: this kexec was built without libzstd: name a directory, or a "
				 "file that ends in .tar",
				 store->path);
	return store->error ? log_error(store->log, store->error, "no memory to compress") : 0;
}

/* True if it has no entries but those of every directory. */
static bool is_empty(int directory)
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	bool empty = stream != NULL;

	while (empty && (entry = readdir(stream)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (stream)
		closedir(stream);
	else if (copy >= 0)
		close(copy);
	return empty;
}

static int open_directory(struct store *store)
{
	if (mkdir(store->path, 0700) && errno != EEXIST)
		return log_error(store->log, -errno, "cannot make the directory %s: %s",
				 store->path, strerror(errno));
	store->descriptor = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->descriptor < 0)
		return log_error(store->log, -errno, "cannot open the directory %s: %s",
				 store->path, strerror(errno));
	if (!is_empty(store->descriptor))
		return log_error(store->log, -ENOTEMPTY,
				 "the directory %s is not empty: name another one", store->path);
	return 0;
}

static void free_store(struct store *store)
{
	zstd_writer_close(store->zstd);
	if (store->file >= 0)
		close(store->file);
	if (store->descriptor >= 0)
		close(store->descriptor);
	free(store->path);
	free(store);
}

int store_open(struct store **store, const char *path, const struct log *log)
{
	struct store *new = calloc(1, sizeof(*new));
	int error;

	*store = NULL;
	if (new)
		*new = (struct store){
			.path = strdup(path), .log = log, .descriptor = -1, .file = -1};
	if (!new || !new->path) {
		free(new);
		return log_error(log, -ENOMEM, "no memory for a capture");
	}
	error = ends_in(path, ".tar.zst") || ends_in(path, ".tar") ? open_archive(new)
								   : open_directory(new);
	if (error) {
		if (new->is_archive &&new->descriptor >= 0)
			unlink(path);
		free_store(new);
		return error;
	}
	*store = new;
	return 0;
}

/* Make all directories of @name below the store's, and the file. */
static int create_file(const struct store *store, const char *name)
{
	char path[TAR_NAME_SIZE];
	int file;

	snprintf(path, sizeof(path), "%s", name);
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(store->descriptor, path, 0700) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	file = openat(store->descriptor, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	return file < 0 ? -errno : file;
}

void store_begin(struct store *store, const char *name, uint64_t size)
{
	char header[TAR_BLOCK_SIZE];

	name += strspn(name, "/");
	if (store->error)
		return;
	store->left = store->size = size;
	if (store->is_archive) {
		note(store, tar_header_make(header, name, size));
		put(store, header, sizeof(header));
		return;
	}
	store->file = strlen(name) < TAR_NAME_SIZE ? create_file(store, name) : -ENAMETOOLONG;
	if (store->file < 0)
		note(store, store->file);
}

/* After the last byte of a file: close it, or fill the archive's block. */
static void end_file(struct store *store)
{
	if (store->is_archive) {
		put_zeros(store, (TAR_BLOCK_SIZE - store->size % TAR_BLOCK_SIZE) % TAR_BLOCK_SIZE);
		return;
	}
	/* What was skipped last is not there yet. */
	if (!store->error && ftruncate(store->file, (off_t)store->size))
		note(store, -errno);
	if (store->file >= 0 && close(store->file))
		note(store, -errno);
	store->file = -1;
}

static void advance(struct store *store, uint64_t size)
{
	store->left -= size;
	if (!store->left)
		end_file(store);
}

void store_write(struct store *store, const void *data, size_t size)
{
	if (store->error || !size)
		return;
	put(store, data, size);
	advance(store, size);
}

void store_skip(struct store *store, uint64_t size)
{
	if (store->error || !size)
		return;
	if (store->is_archive)
		put_zeros(store, size);
	else if (lseek(store->file, (off_t)size, SEEK_CUR) < 0)
		note(store, -errno);
	advance(store, size);
}

void store_add(struct store *store, const char *name, const void *data, size_t size)
{
	store_begin(store, name, size);
	if (store->error)
		return;
	if (size)
		store_write(store, data, size);
	else
		end_file(store);
}

int store_close(struct store *store)
{
	int error;

	if (!store)
		return 0;
	if (store->is_archive)
		put_zeros(store, TAR_END_SIZE);
	if (store->zstd && !store->error)
		note(store, zstd_writer_finish(store->zstd));
	error = store->error;
	if (error) {
		log_error(store->log, error, "cannot write to %s: %s", store->path,
			  strerror(-error));
		store_discard(store);
	} else {
		free_store(store);
	}
	return error;
}

void store_discard(struct store *store)
{
	if (!store)
		return;
	if (store->is_archive)
		unlink(store->path);
	free_store(store);
}
