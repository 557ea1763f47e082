/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leaving the running system: network down, reboot(2), or the init system's own way.
 */
#include "load/reboot.h"

#include <errno.h>
#include <linux/reboot.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Take one interface down; 0 or -errno. An interface that is down, and the loopback, are left
 * alone.
 */
static int interface_shut_down(int socket_fd, const char *name)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(socket_fd, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	if ((request.ifr_flags & IFF_LOOPBACK) || !(request.ifr_flags & IFF_UP))
		return 0;
	request.ifr_flags = (short)(request.ifr_flags & ~IFF_UP);
	return ioctl(socket_fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

void reboot_shut_down_network(const struct log *log)
{
	/* Any socket takes these requests; AF_UNIX exists in kernels without IP as well. */
	int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct if_nameindex *interfaces, *interface;

	if (socket_fd < 0) {
		log_warning(log, "cannot shut down the network: %s", strerror(errno));
		return;
	}
	interfaces = if_nameindex();
	if (!interfaces)
		log_warning(log, "cannot list network interfaces: %s", strerror(errno));
	for (interface = interfaces; interface && interface->if_index; interface++) {
		int error = interface_shut_down(socket_fd, interface->if_name);

		if (error)
			log_warning(log, "cannot shut down network interface %s: %s",
				    interface->if_name, strerror(-error));
	}
	if (interfaces)
		if_freenameindex(interfaces);
	close(socket_fd);
}

int reboot_kexec(const struct log *log)
{
	int error = reboot((int)LINUX_REBOOT_CMD_KEXEC) ? errno : 0;

	switch (error) {
	case 0:
		/*
		 * The call returns without an error only from an image that preserves its context.
		 * Ours does not.
		 */
		return log_error(log, -EIO,
				 "cannot execute: the running kernel did not enter the loaded one, "
				 "and gave no reason: see its messages (dmesg)");
	case EINVAL:
		return log_error(log, -error, "cannot execute: no kernel is loaded: use -l first");
	case EPERM:
		return log_error(log, -error,
				 "cannot execute: not permitted: run as root (CAP_SYS_BOOT)");
	case EBUSY:
		return log_error(log, -error,
				 "cannot execute: a load or a kexec is under way: try again");
	default:
		return log_error(log, -error, "cannot execute: %s", strerror(error));
	}
}

/* sd_booted(3): systemd runs exactly if this directory exists. */
static bool systemd_runs(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

int reboot_system(const struct log *log)
{
	static const char *const shutdowns[] = {"/sbin/shutdown", "/usr/sbin/shutdown",
						"/bin/shutdown"};
	const char *command = "shutdown -r now";
	int error;

	if (systemd_runs()) {
		command = "systemctl kexec";
		execl("/usr/bin/systemctl", "systemctl", "kexec", NULL);
		execl("/bin/systemctl", "systemctl", "kexec", NULL);
	} else {
		for (size_t i = 0; i < sizeof(shutdowns) / sizeof(shutdowns[0]); i++)
			execl(shutdowns[i], "shutdown", "-r", "now", NULL);
	}
	error = errno;
	return log_error(log, -error,
			 "the kernel is loaded, but '%s' cannot be run: %s: reboot yourself, or "
			 "use -e to enter it at once",
			 command, strerror(error));
}
