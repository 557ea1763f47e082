/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The UARTs of /sys/class/tty.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture_files.h"

#define TERMINALS "/sys/class/tty"

#define PATH_SIZE 512

/* Add the line of @path that tells which function of PCI the device is, as @copy. */
static bool add_pci_function(struct capture *capture, const char *path, const char *copy)
{
	static const char key[] = "PCI_SLOT_NAME=";
	char *text, *line;
	size_t size;

	if (capture_read(capture, path, &text, &size))
		return false;
	line = strstr(text, key);
	if (line)
		capture_add(capture, copy, line,
			    strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n'));
	free(text);
	return line;
}

static bool add_compatible(struct capture *capture, const char *path, const char *copy)
{
	char *text;
	size_t size;

	if (capture_read(capture, path, &text, &size))
		return false;
	capture_add(capture, copy, text, size);
	free(text);
	return true;
}

/*
 * The UART's own device is that of its port, or a parent: the first that has a node or is a
 * function of PCI, as for kexec (console/console_tty.c). It becomes that of the port.
 */
static void add_device(struct capture *capture, const char *name)
{
	static const char *const parents[] = {"", "../", "../../"};

	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		char path[PATH_SIZE], copy[PATH_SIZE];
		bool found;

		snprintf(path, sizeof(path), TERMINALS "/%s/device/%suevent", name, parents[i]);
		snprintf(copy, sizeof(copy), TERMINALS "/%s/device/uevent", name);
		found = add_pci_function(capture, path, copy);
		snprintf(path, sizeof(path), TERMINALS "/%s/device/%sof_node/compatible", name,
			 parents[i]);
		snprintf(copy, sizeof(copy), TERMINALS "/%s/device/of_node/compatible", name);
		if (add_compatible(capture, path, copy) || found)
			return;
	}
}

/* True if the terminal is a UART with registers in memory. */
static bool is_uart(struct capture *capture, const char *name)
{
	char path[PATH_SIZE], *text;
	size_t size;
	bool has_address;

	snprintf(path, sizeof(path), TERMINALS "/%s/iomem_base", name);
	if (capture_read(capture, path, &text, &size))
		return false;
	has_address = strtoull(text, NULL, 16) != 0;
	free(text);
	return has_address;
}

void capture_ports(struct capture *capture)
{
	static const char *const attributes[] = {"iomem_base", "iomem_reg_shift", "io_type",
						 "type"};
	const int descriptor = sysroot_open_descriptor(capture->sysroot, TERMINALS, O_DIRECTORY);
	DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);
	const struct dirent *entry;

	if (!stream) {
		capture_note(capture, TERMINALS, descriptor < 0 ? descriptor : -errno);
		if (descriptor >= 0)
			close(descriptor);
		return;
	}
	while ((entry = readdir(stream))) {
		char path[PATH_SIZE];

		if (entry->d_name[0] == '.' || !is_uart(capture, entry->d_name))
			continue;
		for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
			snprintf(path, sizeof(path), TERMINALS "/%s/%s", entry->d_name,
				 attributes[i]);
			capture_copy(capture, path);
		}
		add_device(capture, entry->d_name);
	}
	closedir(stream);
}
