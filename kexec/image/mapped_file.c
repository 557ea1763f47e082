/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapped files, and the signal (SIGBUS) of an access that cannot be read any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/mapped_file.h"

struct mapped_file {
	int descriptor;
	struct stat status; /* when it was mapped */
	uint8_t *data;
	atomic_bool lost; /* zeros have replaced the mapping */
	struct mapped_file *next;
};

/*
 * The data of the handler of SIGBUS. It is global, because a handler has no argument that could
 * point to it.
 *
 * The signal comes to the thread that reads a mapping. Other threads may read while one opens or
 * closes another file, so the list has a lock. Its holder reads no mapping, and no other signal is
 * handled, so a handler that waits for the lock never waits for its own thread.
 */
static struct {
	atomic_flag lock;
	struct mapped_file *files;
	struct sigaction previous; /* while there are files */
} bus_error = {.lock = ATOMIC_FLAG_INIT};

/* A handler may not wait for a mutex. The lock is held for moments only. */
static void lock_files(void)
{
	while (atomic_flag_test_and_set_explicit(&bus_error.lock, memory_order_acquire))
		sched_yield();
}

static void unlock_files(void)
{
	atomic_flag_clear_explicit(&bus_error.lock, memory_order_release);
}

static struct mapped_file *find_file(uintptr_t address)
{
	struct mapped_file *file = bus_error.files;

	while (file && address - (uintptr_t)file->data >= (uintptr_t)file->status.st_size)
		file = file->next;
	return file;
}

/* Replace the whole file by zeros, because all of it is useless now. */
static bool replace_file(const struct mapped_file *file)
{
	return mmap(file->data, (size_t)file->status.st_size, PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

/* Say why the process ends now, with a call that a handler may make. Nothing else would say it. */
static void report_end(void)
{
	static const char message[] =
		"kexec: a file that is loaded could not be read any more, and "
		"there is no memory to go on; nothing was loaded\n";

	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		return;
}

/*
 * Let the access that failed read zeros. If two threads meet the end of a file, this happens twice.
 * An access that is not to a file of ours fails again when it is repeated, and then goes to the
 * former handler.
 */
static void handle_bus_error(int number, siginfo_t *info, void *context)
{
	const int error = errno;
	struct mapped_file *file;

	(void)number;
	(void)context;
	lock_files();
	/* A signal that a process has sent has no address. */
	file = info->si_code > 0 ? find_file((uintptr_t)info->si_addr) : NULL;
	if (file && replace_file(file)) {
		file->lost = true;
	} else {
		if (file)
			report_end();
		sigaction(SIGBUS, &bus_error.previous, NULL);
	}
	unlock_files();
	errno = error;
}

static int guard_file(struct mapped_file *file)
{
	struct sigaction action = {.sa_sigaction = handle_bus_error, .sa_flags = SA_SIGINFO};
	int error = 0;

	sigemptyset(&action.sa_mask);
	lock_files();
	if (!bus_error.files && sigaction(SIGBUS, &action, &bus_error.previous))
		error = -errno;
	if (!error) {
		file->next = bus_error.files;
		bus_error.files = file;
	}
	unlock_files();
	return error;
}

static void release_file(struct mapped_file *file)
{
	struct mapped_file **link = &bus_error.files;

	lock_files();
	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	if (!bus_error.files)
		sigaction(SIGBUS, &bus_error.previous, NULL);
	unlock_files();
}

int mapped_file_open(struct mapped_file **file, int descriptor, const struct stat *status)
{
	struct mapped_file *new = calloc(1, sizeof(*new));
	int error;

	if (!new)
		return -ENOMEM;
	new->status = *status;
	new->descriptor = descriptor;
	new->data = mmap(NULL, (size_t)status->st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	error = new->data == MAP_FAILED ? -errno : guard_file(new);
	if (error) {
		if (new->data != MAP_FAILED)
			munmap(new->data, (size_t)status->st_size);
		free(new);
		return error;
	}
	*file = new;
	return 0;
}

const uint8_t *mapped_file_data(const struct mapped_file *file)
{
	return file->data;
}

void mapped_file_expect_reading(const struct mapped_file *file)
{
	madvise(file->data, (size_t)file->status.st_size, MADV_SEQUENTIAL);
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

int mapped_file_check(const struct mapped_file *file)
{
	const struct stat *then = &file->status;
	struct stat now;

	/* If fstat() fails, the file is gone from its server. */
	if (fstat(file->descriptor, &now) || now.st_dev != then->st_dev ||
	    now.st_ino != then->st_ino || now.st_size != then->st_size ||
	    !is_same_time(&now.st_mtim, &then->st_mtim) ||
	    !is_same_time(&now.st_ctim, &then->st_ctim))
		return -ESTALE;
	return file->lost ? -EIO : 0;
}

int mapped_file_duplicate(const struct mapped_file *file)
{
	int descriptor = fcntl(file->descriptor, F_DUPFD_CLOEXEC, 0);

	return descriptor < 0 ? -errno : descriptor;
}

void mapped_file_close(struct mapped_file *file)
{
	if (!file)
		return;
	release_file(file);
	munmap(file->data, (size_t)file->status.st_size);
	close(file->descriptor);
	free(file);
}
