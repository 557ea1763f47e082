/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console that --serial names, as sysfs describes it (drivers/tty/serial/serial_core.c prints
 * type, io_type and iomem_reg_shift in decimal, iomem_base in hexadecimal).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <linux/serial_core.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/console_source.h"

/* Read the number in /sys/class/tty/@name/@attribute. */
static int read_attribute(const struct sysroot *sysroot, const char *name, const char *attribute,
			  uint64_t *value)
{
	char *path, *text, *end;
	size_t size;
	int error;

	if (asprintf(&path, "/sys/class/tty/%s/%s", name, attribute) < 0)
		return -ENOMEM;
	error = sysroot_read(sysroot, path, &text, &size);
	free(path);
	if (error)
		return error;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno || end == text || (*end != '\0' && *end != '\n'))
		error = -EINVAL;
	free(text);
	return error;
}

/*
 * PORT_* of include/uapi/linux/serial.h and serial_core.h. The many descendants of the 8250 have
 * its transmit and line status registers in the same place.
 */
static enum purgatory_console find_type(uint64_t port)
{
	switch (port) {
	case PORT_AMBA:
		return PURGATORY_CONSOLE_PL011;
	case PORT_8250 ... PORT_RSA:
	case PORT_NS16550A:
	case PORT_XSCALE:
	case PORT_AR7:
	case PORT_U6_16550A:
	case PORT_TEGRA:
	case PORT_LPC3220:
	case PORT_ALTR_16550_F32:
	case PORT_ALTR_16550_F64:
	case PORT_ALTR_16550_F128:
	case PORT_16550A_FSL64:
		return PURGATORY_CONSOLE_8250;
	default:
		return PURGATORY_CONSOLE_NONE;
	}
}

/* Registers in I/O ports or big-endian get a width of 0, which nothing can reach. */
static int read_8250_registers(struct console *console, const struct sysroot *sysroot,
			       const char *name)
{
	uint64_t io_type, shift;
	int error = read_attribute(sysroot, name, "io_type", &io_type);

	if (!error)
		error = read_attribute(sysroot, name, "iomem_reg_shift", &shift);
	if (error)
		return error;
	console->register_shift = shift > UINT32_MAX ? UINT32_MAX : (uint32_t)shift;
	console->register_width = io_type == SERIAL_IO_MEM ? 1 : io_type == SERIAL_IO_MEM32 ? 4 : 0;
	return 0;
}

/* More than the name of a tty, bytes. */
#define NAME_SIZE 32

/* A path would lead out of /sys/class/tty. */
static bool is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && !strchr(name, '/');
}

static int read_uart(struct console *console, const struct sysroot *sysroot, const char *name)
{
	uint64_t port;
	int error = read_attribute(sysroot, name, "type", &port);

	if (!error)
		error = read_attribute(sysroot, name, "iomem_base", &console->address);
	if (error)
		return error;
	console->type = find_type(port);
	console->register_width = 4;
	if (console->type == PURGATORY_CONSOLE_8250)
		return read_8250_registers(console, sysroot, name);
	return 0;
}

/* More than any machine has that one would list. */
#define TTY_MAX 16

/* The names of /sys/class/tty that are UARTs with registers; returns how many. */
static size_t find_uarts(char names[TTY_MAX][NAME_SIZE], const struct sysroot *sysroot)
{
	const int descriptor = sysroot_open_descriptor(sysroot, "/sys/class/tty", O_DIRECTORY);
	DIR *directory = descriptor >= 0 ? fdopendir(descriptor) : NULL;
	const struct dirent *entry;
	size_t count = 0;

	if (!directory) {
		if (descriptor >= 0)
			close(descriptor);
		return 0;
	}
	while (count < TTY_MAX && (entry = readdir(directory))) {
		uint64_t type, address;

		if (!is_name(entry->d_name) || strlen(entry->d_name) >= NAME_SIZE ||
		    read_attribute(sysroot, entry->d_name, "type", &type) || type == PORT_UNKNOWN ||
		    read_attribute(sysroot, entry->d_name, "iomem_base", &address) || !address)
			continue;
		strcpy(names[count++], entry->d_name);
	}
	closedir(directory);
	return count;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(left, right);
}

void console_list_ttys(struct console_ttys *ttys, const struct sysroot *sysroot, uint64_t address)
{
	char names[TTY_MAX][NAME_SIZE];
	const size_t count = find_uarts(names, sysroot);
	FILE *list;

	*ttys = (struct console_ttys){0};
	list = fmemopen(ttys->list, sizeof(ttys->list), "w");
	if (!list)
		return;
	qsort(names, count, NAME_SIZE, compare_names);
	for (size_t i = 0; i < count; i++) {
		struct console found = {0};
		enum console_reason reason = CONSOLE_USED;

		if (read_uart(&found, sysroot, names[i]) || found.type == PURGATORY_CONSOLE_NONE)
			reason = CONSOLE_OTHER_TYPE;
		else if (!console_is_reachable(&found))
			reason = CONSOLE_OUT_OF_REACH;
		else if (!ttys->usable[0] || found.address == address)
			strcpy(ttys->usable, names[i]);
		fprintf(list, "%s%s", i ? ", " : "", names[i]);
		if (reason != CONSOLE_USED)
			fprintf(list, " (%s)", console_reason_text(reason));
	}
	fclose(list);
}

int console_from_tty(struct console *console, const struct sysroot *sysroot, const char *name,
		     const struct log *log)
{
	struct console found = {0};

	if (!is_name(name) || read_uart(&found, sysroot, name))
		return log_error(log, -ENODEV,
				 "--serial=%s: no UART of that name in /sys/class/tty: give a name "
				 "like ttyAMA0 or ttyS0, or none",
				 name);
	if (found.type == PURGATORY_CONSOLE_NONE)
		return log_error(log, -ENODEV,
				 "--serial=%s: neither a PL011 nor an 8250: name another UART or "
				 "none",
				 name);
	if (!console_is_reachable(&found))
		return log_error(log, -ENODEV,
				 "--serial=%s: purgatory cannot reach its registers: name another "
				 "UART or none",
				 name);
	*console = found;
	return 0;
}
