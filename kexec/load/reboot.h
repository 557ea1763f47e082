/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leaving the running system.
 */
#ifndef LOAD_REBOOT_H
#define LOAD_REBOOT_H

#include "base/log.h"

/* Take all network interfaces down, the loopback excepted. Failures are warnings. */
void reboot_shut_down_network(const struct log *log);

/* Enter the loaded kernel at once, reboot(2) with LINUX_REBOOT_CMD_KEXEC. Returns only -errno, with
 * a message. */
int reboot_kexec(const struct log *log);

/*
 * Reboot through the system, which then enters the loaded kernel: systemctl kexec where systemd
 * runs, else shutdown -r now. Returns only -errno, with a message.
 */
int reboot_system(const struct log *log);

#endif
