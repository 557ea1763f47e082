/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FIT: the configuration, and the images that it names. Load addresses and entries in a FIT are for
 * U-Boot and not used here, because the kernel itself knows where it can run.
 */
#include <errno.h>
#include <libfdt.h>
#include <string.h>

#include "base/bytes.h"
#include "image/fit_configuration.h"
#include "image/fit_image.h"
#include "image/fit_overlay.h"
#include "image/formats.h"

/* FDT_MAGIC as bytes. */
#define MAGIC_SIZE 4

static int refuse(const struct fit *fit, int error, const char *reason)
{
	return log_error(fit->request->log, error, "%s: %s", fit->request->path, reason);
}

int fit_probe(const struct image_bytes *bytes)
{
	return bytes->size >= MAGIC_SIZE && load_big_endian(bytes->data, MAGIC_SIZE) == FDT_MAGIC
		       ? 0
		       : -ENOEXEC;
}

/* Check that the device tree is whole, and that it is a FIT's. */
static int check_tree(const struct fit *fit)
{
	const int error = fdt_check_full(fit->file.data, fit->file.size);

	if (error == -FDT_ERR_TRUNCATED)
		return refuse(fit, -ENOEXEC,
			      "is a device tree or FIT that ends too early; it is truncated");
	if (error)
		return log_error(fit->request->log, -ENOEXEC,
				 "%s: is a damaged device tree or FIT: %s", fit->request->path,
				 fdt_strerror(error));
	if (fdt_path_offset(fit->file.data, "/images") < 0)
		return refuse(fit, -ENOEXEC, "is a device tree, not a kernel: name it with --dtb");
	return 0;
}

static int check_kernel(const struct fit *fit, const struct fit_image *kernel)
{
	const struct image_request *request = fit->request;

	if (strcmp(kernel->type, "kernel") != 0 && strcmp(kernel->type, "kernel_noload") != 0)
		return log_error(request->log, -ENOEXEC,
				 "%s: the FIT's image '%s' is of type '%s', not a kernel",
				 request->path, kernel->name, kernel->type);
	if (kernel->os[0] && strcmp(kernel->os, "linux") != 0)
		return log_error(request->log, -ENOEXEC,
				 "%s: the FIT's image '%s' is of '%s', not of Linux", request->path,
				 kernel->name, kernel->os);
	if (kernel->arch[0] && strcmp(kernel->arch, request->arch->uboot_name) != 0)
		return log_error(
			request->log, -ENOEXEC,
			"%s: the FIT's image '%s' is for %s, but a kernel for %s is needed "
			"here",
			request->path, kernel->name, kernel->arch, request->arch->name);
	return 0;
}

static int read_kernel(struct image *image, const struct fit *fit, int configuration)
{
	const char *name = fit_text(fit, configuration, "kernel", NULL);
	struct fit_image kernel;
	int error;

	if (!name)
		return log_error(fit->request->log, -ENOEXEC,
				 "%s: the FIT's configuration '%s' has no kernel",
				 fit->request->path,
				 fdt_get_name(fit->file.data, configuration, NULL));
	error = fit_image_read(&kernel, fit, name);
	if (!error)
		error = check_kernel(fit, &kernel);
	if (error)
		return error;
	image->kernel = kernel.data;
	return image_decompress(image, &image->kernel, kernel.compression, fit->request);
}

/* Read the initrd as it is, because the kernel decompresses it. */
static int read_initrd(struct image *image, const struct fit *fit, int configuration)
{
	const char *name = fit_text(fit, configuration, "ramdisk", NULL);
	struct fit_image initrd;
	int error;

	if (!name)
		return 0;
	error = fit_image_read(&initrd, fit, name);
	if (!error)
		image_bring(&image->initrd, initrd.data);
	return error;
}

/*
 * Read the device tree: the first one that the configuration names. The others are overlays for it.
 */
static int read_devicetree(struct image *image, const struct fit *fit, int configuration)
{
	const char *name = fit_text(fit, configuration, "fdt", NULL);
	struct fit_image tree;
	int error;

	if (!name || fit->request->has_devicetree || image->devicetree.data)
		return 0;
	error = fit_image_read(&tree, fit, name);
	if (error)
		return error;
	error = image_decompress(image, &tree.data, tree.compression, fit->request);
	if (!error && fdt_stringlist_count(fit->file.data, configuration, "fdt") > 1)
		error = fit_overlay_apply(image, &tree.data, fit, configuration);
	if (!error)
		image_bring(&image->devicetree, tree.data);
	return error;
}

int fit_load(struct image *image, const struct image_request *request)
{
	const struct fit fit = {.file = image->kernel, .request = request};
	int configuration, error;

	error = check_tree(&fit);
	if (error)
		return error;
	configuration = fit_configuration_choose(&fit);
	if (configuration < 0)
		return configuration;
	log_debug(request->log, "%s: the FIT's configuration '%s' is used", request->path,
		  fdt_get_name(fit.file.data, configuration, NULL));
	fit_note_signatures(&fit, configuration);
	error = read_kernel(image, &fit, configuration);
	if (!error)
		error = read_initrd(image, &fit, configuration);
	if (!error)
		error = read_devicetree(image, &fit, configuration);
	return error;
}
