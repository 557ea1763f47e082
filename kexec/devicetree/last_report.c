/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what purgatory reported when it entered the running kernel. The kernel shows its device
 * tree twice: as a blob, which only root may read, and as files, which all may read; either of them
 * may be hidden or left out. Of the files only those of the report are looked at.
 */
#include "devicetree/last_report.h"

#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devicetree/devicetree.h"

#define BLOB  "/sys/firmware/fdt"
#define FILES "/proc/device-tree/chosen"

/*
 * kexec_file_load(2) hands on the running kernel's tree with this property
 * (of_kexec_alloc_and_setup_fdt() in drivers/of/kexec.c). The report in such a tree is an earlier
 * one.
 */
#define FILE_LOADED "linux,booted-from-kexec"

/* The beginning of each line of purgatory, and of the line that says that everything is right. */
#define LINE_BEGIN     "purgatory: "
#define VERIFIED_BEGIN "purgatory: verified "

/* What a source says. */
enum answer {
	ANSWER_REPORT,
	ANSWER_NONE,	   /* there is a tree, and no report in it */
	ANSWER_DAMAGED,	   /* the property is no report */
	ANSWER_UNREADABLE, /* the source cannot be read */
};

/* Copy the text before the zeros. */
static enum answer copy_text(char report[PURGATORY_REPORT_SIZE + 1], const char *value, size_t size)
{
	size_t length;

	if (size != PURGATORY_REPORT_SIZE)
		return ANSWER_DAMAGED;
	length = strnlen(value, PURGATORY_REPORT_SIZE);
	if (!length)
		return ANSWER_NONE;
	for (size_t i = 0; i < length; i++)
		if (value[i] < ' ' || value[i] > '~')
			return ANSWER_DAMAGED;
	memcpy(report, value, length);
	report[length] = '\0';
	return strncmp(report, LINE_BEGIN, strlen(LINE_BEGIN)) ? ANSWER_DAMAGED : ANSWER_REPORT;
}

static enum answer find_report(char report[PURGATORY_REPORT_SIZE + 1], const void *fdt)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	const char *value = NULL;
	int size = 0;

	if (chosen >= 0 && !fdt_getprop(fdt, chosen, FILE_LOADED, NULL))
		value = fdt_getprop(fdt, chosen, PURGATORY_REPORT_PROPERTY, &size);
	return value ? copy_text(report, value, (size_t)size) : ANSWER_NONE;
}

/* Ask the blob. *error says why it cannot be read: -EINVAL if it is no device tree. */
static enum answer ask_blob(char report[PURGATORY_REPORT_SIZE + 1], const struct sysroot *sysroot,
			    int *error)
{
	struct devicetree tree = {.fdt = NULL};
	enum answer answer = ANSWER_UNREADABLE;
	char *data;
	size_t size;

	*error = sysroot_read(sysroot, BLOB, &data, &size);
	if (*error)
		return answer;
	*error = devicetree_try(&tree, data, size);
	free(data);
	if (!*error)
		answer = find_report(report, tree.fdt);
	devicetree_free(&tree);
	return answer;
}

/* Ask the files. *error says why they cannot be read. */
static enum answer ask_files(char report[PURGATORY_REPORT_SIZE + 1], const struct sysroot *sysroot,
			     int *error)
{
	const int descriptor = sysroot_open_descriptor(sysroot, FILES, O_PATH | O_DIRECTORY);
	enum answer answer = ANSWER_UNREADABLE;
	char *value;
	size_t size;

	*error = descriptor < 0 ? descriptor : 0;
	if (*error)
		return answer;
	close(descriptor);
	*error = sysroot_read(sysroot, FILES "/" FILE_LOADED, &value, &size);
	if (!*error) {
		free(value);
		return ANSWER_NONE;
	}
	if (*error != -ENOENT)
		return answer;
	*error = sysroot_read(sysroot, FILES "/" PURGATORY_REPORT_PROPERTY, &value, &size);
	if (*error)
		return *error == -ENOENT ? ANSWER_NONE : answer;
	answer = copy_text(report, value, size);
	free(value);
	return answer;
}

/* Say why neither source can be read. Returns -errno; with no device tree at all, -ENOENT. */
static int report_unreadable(const struct sysroot *sysroot, int blob_error, int files_error,
			     const struct log *log)
{
	const int error = blob_error == -ENOENT ? files_error : blob_error;
	const bool may_not = blob_error == -EACCES || files_error == -EACCES;
	char blob_reason[64]; /* strerror() may use one buffer for all */

	snprintf(blob_reason, sizeof(blob_reason), "%s",
		 blob_error == -EINVAL ? "not a valid device tree blob" : strerror(-blob_error));
	return log_error(log, error, "cannot read the report: %s%s: %s; %s%s: %s%s",
			 sysroot->directory, BLOB, blob_reason, sysroot->directory, FILES,
			 strerror(-files_error), may_not ? ": run as root" : "");
}

int last_report_read(char report[PURGATORY_REPORT_SIZE + 1], const struct sysroot *sysroot,
		     const struct log *log)
{
	int blob_error, files_error = 0;
	enum answer answer = ask_blob(report, sysroot, &blob_error);

	if (answer == ANSWER_UNREADABLE)
		answer = ask_files(report, sysroot, &files_error);
	if (answer == ANSWER_UNREADABLE && (blob_error != -ENOENT || files_error != -ENOENT))
		return report_unreadable(sysroot, blob_error, files_error, log);
	switch (answer) {
	case ANSWER_REPORT:
		return 0;
	case ANSWER_DAMAGED:
		return log_error(log, -EINVAL,
				 "%s in the device tree's /chosen is no report of a verification: "
				 "something wrote over it",
				 PURGATORY_REPORT_PROPERTY);
	default:
		return log_error(log, -ENOENT,
				 "the running kernel has no report of a verification: only kernels "
				 "that this program loads with kexec_load(2) get one");
	}
}

bool last_report_is_verified(const char *report)
{
	return strncmp(report, VERIFIED_BEGIN, strlen(VERIFIED_BEGIN)) == 0;
}
