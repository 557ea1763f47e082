/* SPDX-License-Identifier: GPL-2.0-only */
/* Images in a FIT. */
#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "digest/running_engine.h"
#include "digest/sha256_digest.h"
#include "image/fit_image.h"
#include "sha256.h"

/* Data outside of the device tree begins behind it, at a multiple of this. */
#define EXTERNAL_ALIGNMENT 4

static int refuse(const struct fit *fit, const struct fit_image *image, int error,
		  const char *reason)
{
	return log_error(fit->request->log, error, "%s: the FIT's image '%s' %s",
			 fit->request->path, image->name, reason);
}

const char *fit_text(const struct fit *fit, int node, const char *property, const char *otherwise)
{
	const char *text = fdt_stringlist_get(fit->file.data, node, property, 0, NULL);

	return text ? text : otherwise;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

void fit_note_signatures(const struct fit *fit, int node)
{
	const void *fdt = fit->file.data;
	int child;

	fdt_for_each_subnode(child, fdt,
			     node) if (begins_with(fdt_get_name(fdt, child, NULL), "signature"))
		log_debug(fit->request->log,
			  "%s: '%s' is signed; the signature is not checked here",
			  fit->request->path, fdt_get_name(fdt, node, NULL));
}

/* Read a number of 32 bits. Returns false if the node has no such property. */
static bool read_number(const struct fit *fit, int node, const char *property, uint64_t *number)
{
	int size;
	const uint8_t *value = fdt_getprop(fit->file.data, node, property, &size);

	if (!value || size != (int)sizeof(uint32_t))
		return false;
	*number = load_big_endian(value, sizeof(uint32_t));
	return true;
}

/* Where the FIT says that an image's data are behind the device tree, in bytes of the file. */
struct external_data {
	uint64_t offset;
	uint64_t size;
};

/*
 * Find the data of an image, which are a property or lie behind the device tree. Returns 0, or
 * without a message -ENODATA if there are none, -ENOENT if the FIT does not say where they are,
 * -ERANGE if that is outside of the file.
 */
static int locate_data(struct image_bytes *data, struct external_data *external,
		       const struct fit *fit, int node)
{
	const uint64_t tree_size = fdt_totalsize(fit->file.data);
	int property_size;
	const uint8_t *property = fdt_getprop(fit->file.data, node, "data", &property_size);

	if (property) {
		*data = (struct image_bytes){property, (size_t)property_size};
		return 0;
	}
	if (!read_number(fit, node, "data-size", &external->size))
		return -ENODATA;
	if (!read_number(fit, node, "data-position", &external->offset)) {
		if (!read_number(fit, node, "data-offset", &external->offset))
			return -ENOENT;
		external->offset +=
			(tree_size + EXTERNAL_ALIGNMENT - 1) & ~(uint64_t)(EXTERNAL_ALIGNMENT - 1);
	}
	if (external->offset > fit->file.size || external->size > fit->file.size - external->offset)
		return -ERANGE;
	*data = (struct image_bytes){fit->file.data + external->offset, (size_t)external->size};
	return 0;
}

static int find_data(struct fit_image *image, const struct fit *fit, int node)
{
	struct external_data external;

	switch (locate_data(&image->data, &external, fit, node)) {
	case 0:
		return 0;
	case -ENODATA:
		return refuse(fit, image, -ENOEXEC, "has no data; it is damaged");
	case -ENOENT:
		return refuse(fit, image, -ENOEXEC,
			      "does not say where its data are; it is damaged");
	default:
		return log_error(fit->request->log, -ENOEXEC,
				 "%s: the FIT's image '%s' is said to have %" PRIu64
				 " bytes at %" PRIu64 ", but the file has %zu; it is truncated or "
				 "damaged",
				 fit->request->path, image->name, external.size, external.offset,
				 fit->file.size);
	}
}

/* A kind of hash. Digests have the form that the FIT has. */
struct hash {
	const char *name;
	size_t size;
	void (*compute)(const struct image_bytes *data, uint8_t *digest);
};

static void compute_sha256(const struct image_bytes *data, uint8_t *digest)
{
	sha256_digest(running_engine(), data->data, data->size, digest);
}

static void compute_crc32(const struct image_bytes *data, uint8_t *digest)
{
	const uint32_t crc = (uint32_t)crc32_z(0, data->data, data->size);

	for (unsigned int i = 0; i < sizeof(crc); i++)
		digest[i] = (uint8_t)(crc >> (24 - 8 * i));
}

static const struct hash hashes[] = {
	{"sha256", SHA256_DIGEST_SIZE, compute_sha256},
	{"crc32", sizeof(uint32_t), compute_crc32},
	{.name = NULL},
};

/* Compare the data with the hash in @node. Returns 1, 0 if it is of an unknown kind, or -errno. */
static int check_hash(const struct fit_image *image, const struct fit *fit, int node)
{
	const char *name = fit_text(fit, node, "algo", "");
	const struct hash *hash = hashes;
	uint8_t digest[SHA256_DIGEST_SIZE];
	const void *value;
	int size;

	while (hash->name && strcmp(hash->name, name) != 0)
		hash++;
	if (!hash->name) {
		log_debug(fit->request->log, "%s: the %s of '%s' is not checked here",
			  fit->request->path, name, image->name);
		return 0;
	}
	value = fdt_getprop(fit->file.data, node, "value", &size);
	if (!value || (size_t)size != hash->size)
		return refuse(fit, image, -ENOEXEC, "has a hash without a value; it is damaged");
	hash->compute(&image->data, digest);
	if (memcmp(digest, value, hash->size) != 0)
		return log_error(fit->request->log, -EILSEQ,
				 "%s: the FIT's image '%s' does not match its %s; get the file "
				 "again",
				 fit->request->path, image->name, hash->name);
	return 1;
}

/* Check all hashes. If there are hashes and none is of a known kind, a warning says so. */
static int check_hashes(const struct fit_image *image, const struct fit *fit, int node)
{
	const void *fdt = fit->file.data;
	unsigned int found = 0, checked = 0;
	int child;

	fdt_for_each_subnode(child, fdt, node)
	{
		int result;

		if (!begins_with(fdt_get_name(fdt, child, NULL), "hash"))
			continue;
		result = check_hash(image, fit, child);
		if (result < 0)
			return result;
		found++;
		checked += (unsigned int)result;
	}
	if (found > 0 && checked == 0)
		log_warning(fit->request->log,
			    "%s: the FIT's image '%s' is not checked: it has neither SHA-256 nor "
			    "CRC32, only hashes of other kinds",
			    fit->request->path, image->name);
	return 0;
}

/* Find out how the image is compressed. */
static int find_compression(struct fit_image *image, const struct fit *fit, int node)
{
	const char *name = fit_text(fit, node, "compression", "none");

	image->compression = decompress_find_name(name);
	if (image->compression || strcmp(name, "none") == 0)
		return 0;
	return log_error(fit->request->log, -ENOTSUP,
			 "%s: the FIT's image '%s' is compressed with '%s', which is not known "
			 "here; use the Image that it was made from",
			 fit->request->path, image->name, name);
}

/* The node of the image @name; negative if there is none. */
static int find_image(const struct fit *fit, const char *name)
{
	const int images = fdt_path_offset(fit->file.data, "/images");

	return images < 0 ? images : fdt_subnode_offset(fit->file.data, images, name);
}

int fit_image_peek(struct image_bytes *data, const struct fit *fit, const char *name)
{
	const int node = find_image(fit, name);
	struct external_data external;

	if (node < 0)
		return -ENOENT;
	if (strcmp(fit_text(fit, node, "compression", "none"), "none") != 0)
		return -ENOTSUP;
	return locate_data(data, &external, fit, node);
}

int fit_image_read(struct fit_image *image, const struct fit *fit, const char *name)
{
	const int node = find_image(fit, name);
	int error;

	*image = (struct fit_image){.name = name};
	if (node < 0)
		return refuse(fit, image, -ENOEXEC, "is missing; it is damaged");
	image->type = fit_text(fit, node, "type", "");
	image->arch = fit_text(fit, node, "arch", "");
	image->os = fit_text(fit, node, "os", "");
	error = find_compression(image, fit, node);
	if (!error)
		error = find_data(image, fit, node);
	if (error)
		return error;
	fit_note_signatures(fit, node);
	return check_hashes(image, fit, node);
}
