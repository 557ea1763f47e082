/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --output: one file per segment, and plan.json, which describes them.
 *
 * Everything is written under temporary names first, and replaces a former plan only when all of it
 * is on disk. The former plan's files are set aside meanwhile, and come back if a rename fails. The
 * old plan.json goes first and the new one comes last, so that it never describes files other than
 * those beside it. A run that is killed leaves temporary files, which the next run removes.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan/output.h"

#include "base/write_all.h"

#define PLAN_FILE "plan.json"

/*
 * Prefixes of a file's name while it is written, and while it is set aside. The user's own files
 * have no such names.
 */
#define TEMPORARY_PREFIX ".kexec-new-"
#define FORMER_PREFIX	 ".kexec-former-"

/* Enough for every name made here, with a prefix. */
#define NAME_SIZE (2 * OUTPUT_NAME_SIZE)

struct output {
	int directory; /* file descriptor, locked; negative: none */
	DIR *listing;  /* of it; owns the descriptor */
	bool made;     /* the directory did not exist */
	bool is_placed;
	const char *path;
	const struct plan *plan;
	const struct wrapped_image *wrapped; /* NULL: there is none */
	const struct log *log;
};

static int report(const struct output *output, int error, const char *verb, const char *name)
{
	return log_error(output->log, -error, "cannot %s %s/%s: %s", verb, output->path, name,
			 strerror(error));
}

static void temporary_name(char temporary[NAME_SIZE], const char *name)
{
	snprintf(temporary, NAME_SIZE, TEMPORARY_PREFIX "%s", name);
}

void output_segment_file_name(char name[OUTPUT_NAME_SIZE], const struct plan *plan, size_t index)
{
	snprintf(name, OUTPUT_NAME_SIZE, "%02zu-%s.bin", index,
		 plan_role_name(plan->segments[index].role));
}

/* Make a new file under the temporary name of @name. Only its owner may read it: an initrd can
 * hold keys. Returns the descriptor, or -errno with a message. */
static int create_temporary(const struct output *output, const char *name)
{
	char temporary[NAME_SIZE];
	int file;

	temporary_name(temporary, name);
	unlinkat(output->directory, temporary, 0);
	file = openat(output->directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return file < 0 ? report(output, errno, "create", name) : file;
}

/* Close a file that was written with this @result. Returns 0, or -errno with a message. */
static int finish_temporary(const struct output *output, const char *name, int file, int result)
{
	/* Not every file system has fsync(); then there is nothing to wait for. */
	if (!result && fsync(file) && errno != EINVAL && errno != ENOSYS)
		result = -errno;
	/* A network file system may report only here that the disk is full. */
	if (close(file) && !result)
		result = -errno;
	if (result)
		return report(output, -result, "write", name);
	return 0;
}

static int write_temporary(const struct output *output, const char *name, const void *data,
			   uint64_t size)
{
	const int file = create_temporary(output, name);

	return file < 0 ? file : finish_temporary(output, name, file, write_all(file, data, size));
}

static int write_wrapped(const struct output *output)
{
	int file;

	if (!output->wrapped)
		return 0;
	file = create_temporary(output, OUTPUT_WRAPPED_FILE);
	return file < 0 ? file
			: finish_temporary(output, OUTPUT_WRAPPED_FILE, file,
					   wrapped_image_write(file, output->plan));
}

static int write_segments(const struct output *output)
{
	const struct plan *plan = output->plan;
	char name[OUTPUT_NAME_SIZE];
	size_t i;
	int result = 0;

	for (i = 0; i < plan->segment_count && !result; i++) {
		const struct segment *segment = &plan->segments[i];

		output_segment_file_name(name, plan, i);
		result = write_temporary(output, name, segment->data, segment->size);
	}
	return result;
}

/* True if @name is a name of segment_file_name(), or the Image's, behind @prefix. */
static bool is_segment_file(const char *name, const char *prefix)
{
	size_t role;

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	name += strlen(prefix);
	if (strcmp(name, OUTPUT_WRAPPED_FILE) == 0)
		return true;
	if (!isdigit((unsigned char)name[0]) || !isdigit((unsigned char)name[1]) || name[2] != '-')
		return false;
	name += 3;
	for (role = 0; role < SEGMENT_ROLE_COUNT; role++) {
		const char *role_name = plan_role_name((enum segment_role)role);
		size_t length = strlen(role_name);

		if (!strncmp(name, role_name, length) && !strcmp(name + length, ".bin"))
			return true;
	}
	return false;
}

/* An action on a file of the directory. Returns 0, or -errno with a message. */
typedef int (*file_action)(const struct output *output, const char *name);

/* Call @action for each segment's file with @prefix, up to the first failure. None is known without
 * a listing. */
static int for_each_file(const struct output *output, const char *prefix, file_action action)
{
	struct dirent *entry;
	int result = 0;

	if (!output->listing)
		return 0;
	rewinddir(output->listing);
	while (!result && (entry = readdir(output->listing))) {
		if (is_segment_file(entry->d_name, prefix))
			result = action(output, entry->d_name);
	}
	return result;
}

static int remove_file(const struct output *output, const char *name)
{
	if (unlinkat(output->directory, name, 0) && errno != ENOENT)
		return report(output, errno, "remove", name);
	return 0;
}

/* Refuse to replace anything but a file. */
static int check_file(const struct output *output, const char *name)
{
	struct stat status;

	if (fstatat(output->directory, name, &status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : report(output, errno, "replace", name);
	return S_ISDIR(status.st_mode) ? report(output, EISDIR, "replace", name) : 0;
}

static int set_aside(const struct output *output, const char *name)
{
	char former[NAME_SIZE];

	snprintf(former, sizeof(former), FORMER_PREFIX "%s", name);
	if (renameat(output->directory, name, output->directory, former) && errno != ENOENT)
		return report(output, errno, "replace", name);
	return 0;
}

static int bring_back(const struct output *output, const char *former)
{
	const char *name = former + strlen(FORMER_PREFIX);

	if (renameat(output->directory, former, output->directory, name) && errno != ENOENT)
		return report(output, errno, "restore", name);
	return 0;
}

/* Bring the former plan back, from the files that were set aside. */
static void bring_all_back(const struct output *output)
{
	if (!for_each_file(output, FORMER_PREFIX, bring_back))
		bring_back(output, FORMER_PREFIX PLAN_FILE);
}

/* Finish or undo the work of a run that was killed while it replaced a plan. */
static int clean_up(const struct output *output)
{
	int result;

	if (faccessat(output->directory, PLAN_FILE, F_OK, 0))
		bring_all_back(output);
	result = for_each_file(output, FORMER_PREFIX, remove_file);
	return result ? result : remove_file(output, FORMER_PREFIX PLAN_FILE);
}

static int rename_temporary(const struct output *output, const char *name)
{
	char temporary[NAME_SIZE];

	temporary_name(temporary, name);
	if (renameat(output->directory, temporary, output->directory, name))
		return report(output, errno, "replace", name);
	return 0;
}

static int set_all_aside(const struct output *output)
{
	int result = set_aside(output, PLAN_FILE);

	return result ? result : for_each_file(output, "", set_aside);
}

/* Give the temporary files their final names; after a failure none has its final name. */
static int place_files(const struct output *output)
{
	const struct plan *plan = output->plan;
	char name[OUTPUT_NAME_SIZE];
	size_t placed = 0;
	int result = 0;

	while (placed < plan->segment_count && !result) {
		output_segment_file_name(name, plan, placed);
		result = rename_temporary(output, name);
		if (!result)
			placed++;
	}
	if (!result && output->wrapped)
		result = rename_temporary(output, OUTPUT_WRAPPED_FILE);
	if (!result)
		result = rename_temporary(output, PLAN_FILE);
	if (result && output->wrapped)
		unlinkat(output->directory, OUTPUT_WRAPPED_FILE, 0);
	while (result && placed > 0) {
		output_segment_file_name(name, plan, --placed);
		unlinkat(output->directory, name, 0);
	}
	return result;
}

/* Replace the former plan by the temporary files. */
static int replace_plan(const struct output *output)
{
	int result = check_file(output, PLAN_FILE);

	if (!result)
		result = for_each_file(output, "", check_file);
	if (result)
		return result;
	result = set_all_aside(output);
	if (!result)
		result = place_files(output);
	if (result) {
		bring_all_back(output);
		return result;
	}
	fsync(output->directory);
	return clean_up(output);
}

int output_place(struct output *output)
{
	sigset_t signals, before;
	int result;

	/*
	 * These signals may end the program before the replacement or after it, but not half-way.
	 */
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, &before);
	result = replace_plan(output);
	output->is_placed = !result;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

/*
 * Make the directory if it does not exist, and open it. Returns its descriptor, or -errno with a
 * message.
 */
static int open_directory(struct output *output)
{
	int directory;

	output->made = !mkdir(output->path, 0777);
	if (!output->made && errno != EEXIST)
		return log_error(output->log, -errno, "cannot make the output directory %s: %s",
				 output->path, strerror(errno));

	directory = open(output->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return log_error(output->log, -errno, "cannot open the output directory %s: %s",
				 output->path, strerror(errno));
	return directory;
}

static void close_directory(struct output *output)
{
	if (output->listing)
		closedir(output->listing);
	else if (output->directory >= 0)
		close(output->directory);
	output->listing = NULL;
	output->directory = -1;
}

/* Get ready to list its files, also when no descriptor and no memory is left to clean up with. */
static int open_listing(struct output *output)
{
	output->listing = fdopendir(output->directory);
	if (output->listing)
		return 0;
	return log_error(output->log, -errno, "cannot read the directory %s: %s", output->path,
			 strerror(errno));
}

/*
 * Keep other runs out until the directory is closed. Not every file system has locks, and NFS has
 * none on files that are open for reading. There the user must not run two at once.
 */
static int lock_directory(struct output *output)
{
	if (!flock(output->directory, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
		return 0;
	/* The directory and what is in it belong to the other run. */
	close_directory(output);
	output->made = false;
	log_error(output->log, -EBUSY,
		  "another kexec is writing to %s: wait for it, or name another directory",
		  output->path);
	return -EBUSY;
}

int output_write(struct output **output, const struct plan *plan,
		 const struct wrapped_image *wrapped, const char *document, const char *directory,
		 const struct log *log)
{
	struct output *new = calloc(1, sizeof(*new));
	int result;

	*output = NULL;
	if (!new)
		return log_error(log, -ENOMEM, "no memory to write the plan");
	*new = (struct output){
		.directory = -1, .path = directory, .plan = plan, .wrapped = wrapped, .log = log};
	new->directory = open_directory(new);
	result = new->directory < 0 ? new->directory : 0;
	if (!result)
		result = open_listing(new);
	if (!result)
		result = lock_directory(new);
	if (!result)
		result = clean_up(new);
	if (!result)
		result = write_segments(new);
	if (!result)
		result = write_wrapped(new);
	if (!result)
		result = write_temporary(new, PLAN_FILE, document, strlen(document));
	if (result)
		output_close(new);
	else
		*output = new;
	return result;
}

void output_close(struct output *output)
{
	if (!output)
		return;
	if (output->listing) {
		/* Remove what this run has not placed, and what a killed run has left. */
		unlinkat(output->directory, TEMPORARY_PREFIX PLAN_FILE, 0);
		for_each_file(output, TEMPORARY_PREFIX, remove_file);
	}
	/* This fails, as it should, if someone else has put a file into it meanwhile. */
	if (output->made && !output->is_placed)
		rmdir(output->path);
	close_directory(output);
	free(output);
}
