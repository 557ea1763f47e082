/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choice among the configurations of a FIT.
 */
#ifndef IMAGE_FIT_CONFIGURATION_H
#define IMAGE_FIT_CONFIGURATION_H

#include "image/fit_image.h"

/*
 * The node of the configuration for the board of the request, as U-Boot finds it
 * (fit_conf_find_compat() of boot/image-fit.c): the one that has the earliest of the board's
 * compatible strings, in its own "compatible" or else in the root node of its device tree, unless
 * that is compressed. Among several with that string it is the default (FIT specification, 6.2.2),
 * else the first. Configurations without a kernel do not count. If none has any of the strings, or
 * if the board is not known, it is the default, else the only one. Returns -ENOEXEC with a message
 * that lists the configurations if there is no such one.
 */
int fit_configuration_choose(const struct fit *fit);

#endif
