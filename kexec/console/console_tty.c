/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console that --serial names, as sysfs describes it (drivers/tty/serial/serial_core.c prints
 * type, io_type and iomem_reg_shift in decimal, iomem_base in hexadecimal), or its node of the
 * device tree, which sysfs leads to.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/serial.h>
#include <linux/serial_core.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console/console_source.h"
#include "console/running_consoles.h"
#include "console/uart_types.h"

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

/* True if it is a name, not a path, which would lead out of /sys/class/tty. */
static bool is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && !strchr(name, '/');
}

/* Read @file of the port's device, or with @parent = "../" of a parent, to malloc'ed text. */
static int read_device_file(const struct sysroot *sysroot, const char *name, const char *parent,
			    const char *file, char **text, size_t *size)
{
	char *path;
	int error;

	if (asprintf(&path, "/sys/class/tty/%s/device/%s%s", name, parent, file) < 0)
		return -ENOMEM;
	error = sysroot_read(sysroot, path, text, size);
	free(path);
	return error;
}

/* Find out whether the device is a function of PCI: pci_uevent() in drivers/pci/pci-driver.c. */
static void read_pci_function(struct console_port *port, const struct sysroot *sysroot,
			      const char *name, const char *parent)
{
	static const char key[] = "PCI_SLOT_NAME=";
	char *text;
	const char *slot;
	size_t size;

	if (read_device_file(sysroot, name, parent, "uevent", &text, &size))
		return;
	slot = strstr(text, key);
	if (slot) {
		slot += strlen(key);
		snprintf(port->pci_function, sizeof(port->pci_function), "%.*s",
			 (int)strcspn(slot, "\n"), slot);
	}
	free(text);
}

/*
 * Find the UART's own device: that of its port, or a parent, because the serial core has devices of
 * its own since Linux 6.5. It is the first that has a node, or is a function of PCI, which seldom
 * has one; what is above that is a bridge. Returns the "compatible" strings of its node, or NULL.
 */
static char *read_device(struct console_port *port, const struct sysroot *sysroot, const char *name,
			 size_t *size)
{
	static const char *const parents[] = {"", "../", "../../"};
	char *strings = NULL;

	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		read_pci_function(port, sysroot, name, parents[i]);
		if (read_device_file(sysroot, name, parents[i], "of_node/compatible", &strings,
				     size))
			strings = NULL;
		if (strings || port->pci_function[0])
			break;
	}
	return strings;
}

/*
 * The type of a port: that of its node, because different UARTs share numbers, or if that is not
 * known, that of the number.
 */
static const struct uart_type *find_type(struct console_port *port, const struct sysroot *sysroot,
					 const char *name, uint64_t number)
{
	size_t size = 0;
	char *strings = read_device(port, sysroot, name, &size);
	const struct uart_type *type = NULL;

	if (strings && size && strings[0] != '\0') {
		snprintf(port->type, sizeof(port->type), "%s", strings);
		type = uart_type_find_compatibles(strings, size);
	} else if (port->pci_function[0]) {
		snprintf(port->type, sizeof(port->type), "PCI function %s", port->pci_function);
	} else {
		snprintf(port->type, sizeof(port->type), "port type %" PRIu64, number);
	}
	free(strings);
	return type ? type : uart_type_find_port(number);
}

/* How the kernel reaches the registers. Returns false if they are not in memory. */
static bool read_layout(struct uart_layout *layout, const struct sysroot *sysroot, const char *name)
{
	uint64_t io_type, shift;

	if (read_attribute(sysroot, name, "io_type", &io_type) ||
	    read_attribute(sysroot, name, "iomem_reg_shift", &shift))
		return false;
	layout->shift = shift > UINT32_MAX ? UINT32_MAX : (uint32_t)shift;
	layout->big_endian = io_type == SERIAL_IO_MEM32BE;
	switch (io_type) {
	case SERIAL_IO_MEM:
		layout->width = 1;
		return true;
	case SERIAL_IO_MEM16:
		layout->width = 2;
		return true;
	case SERIAL_IO_MEM32:
	case SERIAL_IO_MEM32BE:
		layout->width = 4;
		return true;
	default:
		return false;
	}
}

enum console_reason console_read_tty(struct console_port *port, const struct sysroot *sysroot,
				     const char *name)
{
	const struct uart_type *type;
	struct uart_layout layout = {0};
	uint64_t number, address;

	*port = (struct console_port){.reason = CONSOLE_MISSING, .source = "--serial"};
	if (read_attribute(sysroot, name, "type", &number) ||
	    read_attribute(sysroot, name, "iomem_base", &address))
		return port->reason;
	type = find_type(port, sysroot, name, number);
	if (!type)
		return port->reason = CONSOLE_OTHER_TYPE;
	if (address == 0 ||
	    ((type->spaced || type->data_width_varies) && !read_layout(&layout, sysroot, name)))
		return port->reason = CONSOLE_NOT_IN_MEMORY;
	/* fsl_lpuart.c: only some versions of Linux have it included. */
	uart_type_describe(type, address | type->base, &layout, &port->console);
	port->reason = console_is_reachable(&port->console) ? CONSOLE_USED : CONSOLE_OUT_OF_REACH;
	return port->reason;
}

bool console_tty_exists(const struct sysroot *sysroot, const char *name)
{
	uint64_t type, address;

	return is_name(name) && strlen(name) < CONSOLE_TTY_NAME_SIZE &&
	       !read_attribute(sysroot, name, "type", &type) && type != PORT_UNKNOWN &&
	       !read_attribute(sysroot, name, "iomem_base", &address) && address;
}

/* Say why the port cannot be used, and which can. */
static int refuse(const struct console_port *port, const struct sysroot *sysroot, const char *name,
		  const struct log *log)
{
	struct console_ttys ttys;

	console_list_ttys(&ttys, sysroot, 0);
	if (port->reason == CONSOLE_MISSING)
		return log_error(log, -ENODEV,
				 "--serial=%s: no UART of that name in /sys/class/tty (%s): %s",
				 name, ttys.list, ttys.advice);
	return log_error(log, -ENODEV, "--serial=%s (%s): %s (%s): %s", name, port->type,
			 console_reason_text(port->reason), ttys.list, ttys.advice);
}

int console_from_tty(struct console *console, const struct sysroot *sysroot, const char *name,
		     const struct log *log)
{
	struct console_port port = {.reason = CONSOLE_MISSING};
	char *consoles;

	if (!is_name(name) || console_read_tty(&port, sysroot, name) != CONSOLE_USED)
		return refuse(&port, sysroot, name, log);
	consoles = running_consoles_read(sysroot);
	snprintf(port.console.reason, sizeof(port.console.reason), "--serial %s (%s): %s", name,
		 port.type,
		 running_consoles_have(consoles, name)
			 ? "a console of the running kernel"
			 : "no console of the running kernel, so that its clock may be off");
	free(consoles);
	log_debug(log, "console: %s", port.console.reason);
	*console = port.console;
	return 0;
}
