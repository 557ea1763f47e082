/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what purgatory reported when it entered the running kernel.
 */
#include "devicetree/last_report.h"

#include <errno.h>
#include <libfdt.h>
#include <string.h>

#include "devicetree/devicetree.h"

/*
 * kexec_file_load(2) hands on the running kernel's tree with this property
 * (of_kexec_alloc_and_setup_fdt() in drivers/of/kexec.c). The report in such a tree is an earlier
 * one.
 */
#define FILE_LOADED "linux,booted-from-kexec"

/* The beginning of each line of purgatory, and of the line that says that everything is right. */
#define LINE_BEGIN     "purgatory: "
#define VERIFIED_BEGIN "purgatory: verified "

/* Copy the text before the zeros. Returns 0, or -ENOENT if there is no text, or -EINVAL. */
static int copy_text(char report[PURGATORY_REPORT_SIZE + 1], const char *value, int size)
{
	size_t length;

	if (size != PURGATORY_REPORT_SIZE)
		return -EINVAL;
	length = strnlen(value, PURGATORY_REPORT_SIZE);
	if (!length)
		return -ENOENT;
	for (size_t i = 0; i < length; i++)
		if (value[i] < ' ' || value[i] > '~')
			return -EINVAL;
	memcpy(report, value, length);
	report[length] = '\0';
	return strncmp(report, LINE_BEGIN, strlen(LINE_BEGIN)) ? -EINVAL : 0;
}

static int find_report(char report[PURGATORY_REPORT_SIZE + 1], const void *fdt)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	const char *value = NULL;
	int size = 0;

	if (chosen >= 0 && !fdt_getprop(fdt, chosen, FILE_LOADED, NULL))
		value = fdt_getprop(fdt, chosen, PURGATORY_REPORT_PROPERTY, &size);
	return value ? copy_text(report, value, size) : -ENOENT;
}

int last_report_read(char report[PURGATORY_REPORT_SIZE + 1], const struct sysroot *sysroot,
		     const struct log *log)
{
	struct devicetree tree = {.fdt = NULL};
	int error = devicetree_read_running(&tree, sysroot, log);

	if (error && error != -ENOENT)
		return error;
	if (!error)
		error = find_report(report, tree.fdt);
	devicetree_free(&tree);
	if (error == -ENOENT)
		return log_error(log, error,
				 "the running kernel has no report of a verification: only kernels "
				 "that this program loads with kexec_load(2) get one");
	if (error)
		return log_error(log, error,
				 "%s in the device tree's /chosen is no report of a verification: "
				 "something wrote over it",
				 PURGATORY_REPORT_PROPERTY);
	return 0;
}

bool last_report_is_verified(const char *report)
{
	return strncmp(report, VERIFIED_BEGIN, strlen(VERIFIED_BEGIN)) == 0;
}
