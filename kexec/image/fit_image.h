/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One of the images in a FIT: its data, checked against its hashes.
 */
#ifndef IMAGE_FIT_IMAGE_H
#define IMAGE_FIT_IMAGE_H

#include "image/image.h"

/* A FIT. The file begins with its device tree, which fdt_check_full() has checked. */
struct fit {
	struct image_bytes file;
	const struct image_request *request;
};

/* Names point into the FIT. */
struct fit_image {
	const char *name;
	struct image_bytes data; /* inside of the device tree or behind it */
	const char *type;	 /* "kernel"; "" here and below if the FIT does not say */
	const char *arch;	 /* "arm64" */
	const char *os;		 /* "linux" */
	const struct compression *compression; /* NULL: none */
};

/* The text of a property of a node of @fit, or @otherwise if there is none. */
const char *fit_text(const struct fit *fit, int node, const char *property, const char *otherwise);

/* If a node has signatures, say with --debug that they are not checked here. */
void fit_note_signatures(const struct fit *fit, int node);

/*
 * Find the image @name and its data, and compare the data with each hash of a known kind: SHA-256
 * and CRC32. Returns 0, or -errno with a message.
 */
int fit_image_read(struct fit_image *image, const struct fit *fit, const char *name);

/*
 * Find the data of the image @name, if it is not compressed; nothing is checked. Returns 0, or
 * -errno without a message.
 */
int fit_image_peek(struct image_bytes *data, const struct fit *fit, const char *name);

#endif
