/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of UARTs that messages show, and which of them --serial should name.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console/console_source.h"
#include "console/running_consoles.h"
#include "console/uart_types.h"

/* More than any machine has that one would list. */
#define TTY_MAX 16

/* The names of /sys/class/tty that are UARTs with registers; returns how many. */
static size_t find_uarts(char names[TTY_MAX][CONSOLE_TTY_NAME_SIZE], const struct sysroot *sysroot)
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
	while (count < TTY_MAX && (entry = readdir(directory)))
		if (console_tty_exists(sysroot, entry->d_name))
			strcpy(names[count++], entry->d_name);
	closedir(directory);
	return count;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(left, right);
}

/*
 * Add a port to the list: which PCI function it is if it is one, and what speaks for or against
 * naming it.
 */
static void add_to_list(FILE *list, const char *name, const struct console_port *port,
			bool is_console)
{
	const char *remark = console_reason_text(port->reason);

	if (port->reason == CONSOLE_USED)
		remark = is_console ? "console" : "its clock may be off";
	fprintf(list, "%s%s (", ftell(list) ? ", " : "ports: ", name);
	if (port->pci_function[0])
		fprintf(list, "PCI function %s, ", port->pci_function);
	fprintf(list, "%s)", remark);
}

/* Which port to name: a console of the running kernel first, and the one that firmware names. */
static int rank(const struct console_port *port, bool is_console, uint64_t address)
{
	if (port->reason != CONSOLE_USED)
		return 0;
	return 1 + 2 * is_console + (port->console.address == address);
}

static void advise(struct console_ttys *ttys, const char *name, const struct console_port *port,
		   bool is_console)
{
	const char *remark = " if that port's clock is on,";

	if (is_console && port->console.uart->gates_console)
		remark = ", a console of the running kernel, if somebody has it open,";
	else if (is_console)
		remark = ", a console of the running kernel,";
	snprintf(ttys->advice, sizeof(ttys->advice),
		 "load with --serial=%.*s%s or with --serial=none", CONSOLE_TTY_NAME_SIZE - 1, name,
		 remark);
}

static void list_ports(struct console_ttys *ttys, FILE *list, const struct sysroot *sysroot,
		       uint64_t address)
{
	char names[TTY_MAX][CONSOLE_TTY_NAME_SIZE];
	const size_t count = find_uarts(names, sysroot);
	char *consoles = running_consoles_read(sysroot);
	int best = 0;

	qsort(names, count, CONSOLE_TTY_NAME_SIZE, compare_names);
	for (size_t i = 0; i < count; i++) {
		const bool is_console = running_consoles_have(consoles, names[i]);
		struct console_port port;

		console_read_tty(&port, sysroot, names[i]);
		add_to_list(list, names[i], &port, is_console);
		if (rank(&port, is_console, address) > best) {
			best = rank(&port, is_console, address);
			advise(ttys, names[i], &port, is_console);
		}
	}
	if (!count)
		fprintf(list, "no ports in /sys/class/tty");
	free(consoles);
}

void console_list_ttys(struct console_ttys *ttys, const struct sysroot *sysroot, uint64_t address)
{
	FILE *list;

	*ttys = (struct console_ttys){.advice = "load with --serial=none to do without"};
	list = fmemopen(ttys->list, sizeof(ttys->list), "w");
	if (!list)
		return;
	list_ports(ttys, list, sysroot, address);
	fclose(list);
}
