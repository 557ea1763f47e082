/* SPDX-License-Identifier: GPL-2.0-only */
/* uImage and FIT: built up, and with every field of theirs lying. */
#include "image_builder.h"

#include <endian.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "digest/sha256_digest.h"
#include "sha256.h"

#define FILE_MAX ((size_t)16384)

struct file {
	_Alignas(8) uint8_t bytes[FILE_MAX];
	size_t size;
};

static void put_be32(uint8_t *place, uint32_t value)
{
	value = htobe32(value);
	memcpy(place, &value, sizeof(value));
}

/* Make both CRCs of a uImage right. */
static void seal_uimage(struct file *file)
{
	put_be32(file->bytes + 24, (uint32_t)crc32(0, file->bytes + 64, (uInt)(file->size - 64)));
	put_be32(file->bytes + 4, 0);
	put_be32(file->bytes + 4, (uint32_t)crc32(0, file->bytes, 64));
}

/* A uImage of a kernel, uncompressed. */
static struct file *make_uimage(const struct arch *arch)
{
	struct file *file = calloc(1, sizeof(*file));

	assert_non_null(file);
	put_be32(file->bytes, 0x27051956);
	put_be32(file->bytes + 12, KERNEL_SIZE);
	file->bytes[28] = 5; /* Linux */
	file->bytes[29] = arch == &arch_arm64 ? 22 : 26;
	file->bytes[30] = 2; /* kernel */
	strcpy((char *)file->bytes + 32, "test");
	put_kernel(file->bytes + 64, arch);
	file->size = 64 + KERNEL_SIZE;
	seal_uimage(file);
	return file;
}

static void test_uimage_values(void **state)
{
	(void)state;
	for (size_t i = 0; arch_all[i]; i++) {
		struct file *file = make_uimage(arch_all[i]);
		uint8_t kernel[KERNEL_SIZE];
		size_t size;

		expect_kernel(arch_all[i], file->bytes, file->size);
		/* Partitions are larger than what they hold. */
		expect_kernel(arch_all[i], file->bytes, FILE_MAX);
		file->bytes[30] = 14; /* kernel_noload */
		seal_uimage(file);
		expect_kernel(arch_all[i], file->bytes, file->size);
		put_kernel(kernel, arch_all[i]);
		size = put_gzip(file->bytes + 64, FILE_MAX - 64, kernel, sizeof(kernel));
		put_be32(file->bytes + 12, (uint32_t)size);
		file->bytes[31] = 1;
		file->size = 64 + size;
		seal_uimage(file);
		expect_kernel(arch_all[i], file->bytes, file->size);
		/* "none" may hide a compressed kernel. */
		file->bytes[31] = 0;
		seal_uimage(file);
		expect_kernel(arch_all[i], file->bytes, file->size);
		free(file);
	}
}

/* A byte of the header changed, with the CRCs right again. */
static void test_uimage_hostile(void **state)
{
	static const struct {
		size_t place;
		uint8_t value;
		const char *message;
	} cases[] = {
		{12, 0x7f,
		 "is a uImage of 2130708496 bytes, but the file has 2064; it is truncated"},
		{15, 0xd1, "is a uImage of 2065 bytes, but the file has 2064"},
		{28, 17, "is a uImage of another operating system than Linux (17)"},
		{29, 26, "is a uImage for riscv64, but a kernel for arm64 is needed here"},
		{29, 2, "is a uImage for another machine (architecture 2), but a kernel for arm64"},
		{30, 4, "is a uImage, of several files: take them out with dumpimage"},
		{30, 3, "is a uImage without a kernel (type 3)"},
		{30, 8, "is a uImage without a kernel (type 8)"},
		{31, 7, "is a uImage with an unknown compression (7)"},
		{31, 255, "is a uImage with an unknown compression (255)"},
		{31, 1, "its gzip data is damaged"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *file = make_uimage(&arch_arm64);

		file->bytes[cases[i].place] = cases[i].value;
		seal_uimage(file);
		expect_refused(&arch_arm64, file->bytes, file->size, cases[i].message);
		free(file);
	}
}

/* Every byte counts for one CRC or the other, and every length but the right one is short. */
static void test_uimage_damaged(void **state)
{
	struct file *file = make_uimage(&arch_arm64);

	(void)state;
	for (size_t i = 4; i < file->size; i++) {
		file->bytes[i] ^= 0x10;
		expect_refused(&arch_arm64, file->bytes, file->size,
			       i < 64 ? "header does not match its CRC32"
				      : "data does not match its CRC32");
		file->bytes[i] ^= 0x10;
	}
	for (size_t size = 4; size < file->size; size++)
		expect_refused(&arch_arm64, file->bytes, size, "truncated");
	/* No data at all. */
	file->size = 64;
	put_be32(file->bytes + 12, 0);
	seal_uimage(file);
	expect_refused(&arch_arm64, file->bytes, file->size,
		       "is a uImage file, but what it holds is not a kernel of a known format");
	free(file);
}

/* --- FIT -------------------------------------------------------------------------------------- */

#define KERNEL_NODE "/images/kernel-1"
#define CONFIG_NODE "/configurations/conf-1"

static int find_node(struct file *file, const char *path)
{
	int node = fdt_path_offset(file->bytes, path);

	assert_true(node >= 0);
	return node;
}

/* Add a node, the parent of which exists. */
static void add_node(struct file *file, const char *parent, const char *name)
{
	assert_true(fdt_add_subnode(file->bytes, find_node(file, parent), name) >= 0);
}

static void set_bytes(struct file *file, const char *node, const char *property, const void *value,
		      size_t size)
{
	assert_int_equal(
		fdt_setprop(file->bytes, find_node(file, node), property, value, (int)size), 0);
}

static void set_text(struct file *file, const char *node, const char *property, const char *text)
{
	set_bytes(file, node, property, text, strlen(text) + 1);
}

static void set_number(struct file *file, const char *node, const char *property, uint32_t number)
{
	assert_int_equal(fdt_setprop_u32(file->bytes, find_node(file, node), property, number), 0);
}

static void remove_property(struct file *file, const char *node, const char *property)
{
	assert_int_equal(fdt_delprop(file->bytes, find_node(file, node), property), 0);
}

/* Add an image with its SHA-256, its CRC32 and an unchecked SHA-1, which end up in that order. */
static void add_image(struct file *file, const char *name, const char *type, const void *data,
		      size_t size)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	char node[64], hash[80];

	add_node(file, "/images", name);
	snprintf(node, sizeof(node), "/images/%s", name);
	set_bytes(file, node, "data", data, size);
	set_text(file, node, "type", type);
	set_text(file, node, "compression", "none");
	sha256_digest(SHA256_GENERIC, data, size, digest);
	add_node(file, node, "hash-3");
	snprintf(hash, sizeof(hash), "%s/hash-3", node);
	set_text(file, hash, "algo", "sha1");
	set_bytes(file, hash, "value", digest, 20);
	add_node(file, node, "hash-2");
	snprintf(hash, sizeof(hash), "%s/hash-2", node);
	set_text(file, hash, "algo", "crc32");
	set_number(file, hash, "value", (uint32_t)crc32(0, data, (uInt)size));
	add_node(file, node, "hash-1");
	snprintf(hash, sizeof(hash), "%s/hash-1", node);
	set_text(file, hash, "algo", "sha256");
	set_bytes(file, hash, "value", digest, sizeof(digest));
}

/* A FIT as mkimage makes it: kernel, initrd, device tree; one configuration, which is the default.
 */
static struct file *make_fit(const struct arch *arch)
{
	struct file *file = calloc(1, sizeof(*file));
	uint8_t kernel[KERNEL_SIZE];

	assert_non_null(file);
	assert_int_equal(fdt_create_empty_tree(file->bytes, FILE_MAX), 0);
	put_kernel(kernel, arch);
	add_node(file, "/", "images");
	add_image(file, "kernel-1", "kernel", kernel, sizeof(kernel));
	set_text(file, KERNEL_NODE, "os", "linux");
	set_text(file, KERNEL_NODE, "arch", arch == &arch_arm64 ? "arm64" : "riscv");
	add_image(file, "ramdisk-1", "ramdisk", "an initrd", 9);
	add_image(file, "fdt-1", "flat_dt", "a device tree", 13);
	add_node(file, "/", "configurations");
	add_node(file, "/configurations", "conf-1");
	set_text(file, "/configurations", "default", "conf-1");
	set_text(file, CONFIG_NODE, "kernel", "kernel-1");
	set_text(file, CONFIG_NODE, "ramdisk", "ramdisk-1");
	set_text(file, CONFIG_NODE, "fdt", "fdt-1");
	return file;
}

/* Pack the tree: what lies behind it then counts. */
static void pack(struct file *file)
{
	assert_int_equal(fdt_pack(file->bytes), 0);
	file->size = fdt_totalsize(file->bytes);
}

static void expect_bad_fit(struct file *file, const char *message)
{
	pack(file);
	expect_refused(&arch_arm64, file->bytes, file->size, message);
	free(file);
}

static void expect_good_fit(struct file *file, const struct arch *arch)
{
	pack(file);
	expect_kernel(arch, file->bytes, file->size);
	free(file);
}

static void test_fit_values(void **state)
{
	(void)state;
	for (size_t i = 0; arch_all[i]; i++) {
		struct file *file = make_fit(arch_all[i]);
		struct test_log log;
		struct image image;
		uint8_t *heap;

		pack(file);
		test_log_open(&log);
		assert_int_equal(
			load_bytes(&image, &heap, arch_all[i], file->bytes, file->size, &log.log),
			0);
		assert_int_equal(image.initrd.size, 9);
		assert_memory_equal(image.initrd.data, "an initrd", 9);
		assert_int_equal(image.devicetree.size, 13);
		assert_memory_equal(image.devicetree.data, "a device tree", 13);
		assert_null(image.command_line.data);
		unload_bytes(&image, heap);
		test_log_expect_nothing(&log);
		test_log_close(&log);
		expect_good_fit(file, arch_all[i]);
	}
}

/* What a FIT may do without. */
static void test_fit_optional(void **state)
{
	static const char *const left_out[][2] = {
		{"/configurations", "default"}, {CONFIG_NODE, "ramdisk"}, {CONFIG_NODE, "fdt"},
		{KERNEL_NODE, "compression"},	{KERNEL_NODE, "os"},	  {KERNEL_NODE, "arch"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++) {
		struct file *file = make_fit(&arch_arm64);

		remove_property(file, left_out[i][0], left_out[i][1]);
		expect_good_fit(file, &arch_arm64);
	}
}

/* The default counts, whatever stands before it. */
static void test_fit_default(void **state)
{
	struct file *file = make_fit(&arch_riscv64);

	(void)state;
	add_node(file, "/configurations", "conf-2");
	set_text(file, "/configurations/conf-2", "kernel", "no-such");
	expect_good_fit(file, &arch_riscv64);

	file = make_fit(&arch_arm64);
	add_node(file, "/configurations", "conf-2");
	remove_property(file, "/configurations", "default");
	expect_bad_fit(file,
		       "is a FIT with several configurations and no default, and this system "
		       "has no device tree that names its board; it has conf-2, conf-1: take");
}

/* A list of strings, as a literal with NULs between them. */
#define STRINGS(literal) (literal), sizeof(literal)

/* Load for a board, which is a list of strings. */
static int load_for_board(struct file *file, const char *board, size_t size, struct image *image,
			  struct test_log *log)
{
	const struct image_request request = {
		.arch = &arch_arm64,
		.path = "/k",
		.limit = IMAGE_LIMIT,
		.board = {board, size},
		.log = &log->log,
	};

	pack(file);
	*image = (struct image){.kernel = {file->bytes, file->size}};
	return image_read(image, &request);
}

/* Expect the configuration that brings so many bytes of initrd. */
static void expect_choice(struct file *file, const char *board, size_t size, size_t initrd_size)
{
	struct test_log log;
	struct image image;

	test_log_open(&log);
	assert_int_equal(load_for_board(file, board, size, &image, &log), 0);
	test_log_expect_nothing(&log);
	assert_int_equal(image.initrd.size, initrd_size);
	image_close(&image);
	test_log_close(&log);
	/* For the next change. */
	assert_int_equal(fdt_open_into(file->bytes, file->bytes, FILE_MAX), 0);
}

/* Add a configuration whose initrd has @initrd_size bytes, by which it is told from the others. */
static void add_configuration(struct file *file, const char *name, const char *compatible,
			      size_t size, size_t initrd_size)
{
	static const char noughts[64];
	char node[64], initrd[32];

	snprintf(initrd, sizeof(initrd), "ramdisk-%zu", initrd_size);
	add_image(file, initrd, "ramdisk", noughts, initrd_size);
	add_node(file, "/configurations", name);
	snprintf(node, sizeof(node), "/configurations/%s", name);
	set_text(file, node, "kernel", "kernel-1");
	set_text(file, node, "ramdisk", initrd);
	if (compatible)
		set_bytes(file, node, "compatible", compatible, size);
}

/* A FIT for three boards; its default has an initrd of 9 bytes. Subnodes come newest first. */
static struct file *make_board_fit(void)
{
	struct file *file = make_fit(&arch_arm64);

	add_configuration(file, "soc", STRINGS("test,soc"), 30);
	add_configuration(file, "first", STRINGS("test,first\0test,soc"), 10);
	add_configuration(file, "second", STRINGS("test,second\0test,soc"), 20);
	set_text(file, CONFIG_NODE, "compatible", "test,default");
	return file;
}

/* The earliest string of the board decides, and of several with that the first. */
static void test_fit_board(void **state)
{
	struct file *file = make_board_fit();

	(void)state;
	expect_choice(file, STRINGS("test,first\0test,soc"), 10);
	expect_choice(file, STRINGS("test,second\0test,soc"), 20);
	/* "soc" stands behind the two that have the string too. */
	expect_choice(file, STRINGS("test,third\0test,soc"), 20);
	expect_choice(file, STRINGS("test,third\0test,first"), 10);
	expect_choice(file, STRINGS("test,fourth"), 9);
	expect_choice(file, STRINGS("test,fir"), 9);
	expect_choice(file, NULL, 0, 9);
	/* A property that is no list of strings is none. */
	set_bytes(file, "/configurations/first", "compatible", "test,first", 10);
	expect_choice(file, STRINGS("test,first"), 9);
	/* What cannot be booted does not count. */
	remove_property(file, "/configurations/second", "kernel");
	expect_choice(file, STRINGS("test,second\0test,soc"), 30);
	free(file);
}

/* Of those that match equally well it is the default, unless that cannot be booted. */
static void test_fit_board_tie(void **state)
{
	struct file *file = make_board_fit();

	(void)state;
	set_text(file, "/configurations", "default", "soc");
	expect_choice(file, STRINGS("test,third\0test,soc"), 30);
	expect_choice(file, STRINGS("test,first\0test,soc"), 10);
	set_text(file, "/configurations", "default", "first");
	expect_choice(file, STRINGS("test,third\0test,soc"), 10);
	expect_choice(file, STRINGS("test,second\0test,soc"), 20);
	remove_property(file, "/configurations/first", "kernel");
	expect_choice(file, STRINGS("test,third\0test,soc"), 20);
	free(file);
}

/* Without a property of its own a configuration is for the board of its device tree. */
static void test_fit_board_of_tree(void **state)
{
	struct file *file = make_board_fit();
	_Alignas(8) uint8_t tree[256];

	(void)state;
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_setprop(tree, 0, "compatible", STRINGS("test,tree\0test,soc")), 0);
	assert_int_equal(fdt_pack(tree), 0);
	add_image(file, "fdt-2", "flat_dt", tree, fdt_totalsize(tree));
	add_configuration(file, "tree", NULL, 0, 40);
	set_text(file, "/configurations/tree", "fdt", "fdt-2");
	expect_choice(file, STRINGS("test,tree"), 40);
	expect_choice(file, STRINGS("test,first"), 10);
	/* Its own counts more. */
	set_text(file, "/configurations/tree", "compatible", "test,own");
	expect_choice(file, STRINGS("test,tree"), 9);
	remove_property(file, "/configurations/tree", "compatible");
	/* One that is compressed is not looked at, as in U-Boot. */
	set_text(file, "/images/fdt-2", "compression", "gzip");
	expect_choice(file, STRINGS("test,tree"), 9);
	/* Those that are no trees, or not there, are passed over. */
	set_text(file, "/images/fdt-2", "compression", "none");
	set_bytes(file, "/images/fdt-2", "data", tree, fdt_totalsize(tree) - 1);
	expect_choice(file, STRINGS("test,tree"), 9);
	remove_property(file, "/images/fdt-2", "data");
	expect_choice(file, STRINGS("test,tree"), 9);
	set_text(file, "/configurations/tree", "fdt", "fdt-9");
	expect_choice(file, STRINGS("test,tree"), 9);
	free(file);
}

static void expect_list(struct file *file, const char *message)
{
	struct test_log log;
	struct image image;

	test_log_open(&log);
	assert_int_equal(load_for_board(file, STRINGS("test,other\0test,chip"), &image, &log),
			 -ENOEXEC);
	test_log_expect(&log, message);
	image_close(&image);
	test_log_close(&log);
	free(file);
}

/* Nothing matches and there is no default: the list tells what there is. */
static void test_fit_no_board(void **state)
{
	struct file *file = make_board_fit();

	(void)state;
	remove_property(file, "/configurations", "default");
	set_text(file, "/configurations/first", "description", "First Board");
	expect_list(file,
		    "/k: is a FIT without a configuration for this board (test,other, "
		    "test,chip) and without a default; it has second (test,second, test,soc), "
		    "first 'First Board' (test,first, test,soc), soc (test,soc), conf-1 "
		    "(test,default): take kernel,");
	/* Of many it names some, and how many more there are. */
	file = make_board_fit();
	remove_property(file, "/configurations", "default");
	for (int i = 0; i < 60; i++) {
		char name[64];

		snprintf(name, sizeof(name), "a-configuration-with-a-long-name-%d", i);
		add_node(file, "/configurations", name);
	}
	expect_list(file, ", a-configuration-with-a-long-name-33, and 37 more: take");
}

static void test_fit_compressed(void **state)
{
	struct file *file = make_fit(&arch_arm64);
	uint8_t kernel[KERNEL_SIZE], packed[KERNEL_SIZE];
	size_t size;

	(void)state;
	put_kernel(kernel, &arch_arm64);
	size = put_gzip(packed, sizeof(packed), kernel, sizeof(kernel));
	add_image(file, "kernel-2", "kernel_noload", packed, size);
	set_text(file, "/images/kernel-2", "compression", "gzip");
	set_text(file, CONFIG_NODE, "kernel", "kernel-2");
	expect_good_fit(file, &arch_arm64);
}

/* Set a property to a text, or remove it, and expect to be refused. */
static void test_fit_hostile(void **state)
{
	static const struct {
		const char *node, *property, *text, *message;
	} cases[] = {
		{"/configurations", "default", "conf-9", "configuration 'conf-9' is missing"},
		{CONFIG_NODE, "kernel", NULL, "the FIT's configuration 'conf-1' has no kernel"},
		{CONFIG_NODE, "kernel", "kernel-9", "image 'kernel-9' is missing"},
		{CONFIG_NODE, "kernel", "ramdisk-1", "'ramdisk-1' is of type 'ramdisk', not a"},
		{CONFIG_NODE, "ramdisk", "ramdisk-9", "image 'ramdisk-9' is missing"},
		{CONFIG_NODE, "fdt", "fdt-9", "image 'fdt-9' is missing"},
		{KERNEL_NODE, "type", NULL, "is of type '', not a kernel"},
		{KERNEL_NODE, "os", "qnx", "the FIT's image 'kernel-1' is of 'qnx', not of Linux"},
		{KERNEL_NODE, "arch", "riscv", "is for riscv, but a kernel for arm64 is needed"},
		{KERNEL_NODE, "arch", "arm", "is for arm, but a kernel for arm64 is needed"},
		{KERNEL_NODE, "compression", "gzip", "its gzip data is damaged"},
		{KERNEL_NODE, "compression", "best", "is compressed with 'best', which is not"},
		{KERNEL_NODE, "data", NULL, "the FIT's image 'kernel-1' has no data"},
		{KERNEL_NODE, "data", "x", "does not match its sha256; get the file again"},
		{"/images/ramdisk-1", "data", "x", "'ramdisk-1' does not match its sha256"},
		{"/images/fdt-1", "data", "x", "'fdt-1' does not match its sha256"},
		{"/images/fdt-1", "compression", "gzip", "its gzip data is damaged"},
		{KERNEL_NODE "/hash-1", "value", NULL, "has a hash without a value"},
		{KERNEL_NODE "/hash-1", "value", "x", "has a hash without a value"},
		{KERNEL_NODE "/hash-2", "value", "xyz", "does not match its crc32"},
		{KERNEL_NODE "/hash-2", "value", "wxyz", "has a hash without a value"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *file = make_fit(&arch_arm64);

		if (cases[i].text)
			set_text(file, cases[i].node, cases[i].property, cases[i].text);
		else
			remove_property(file, cases[i].node, cases[i].property);
		expect_bad_fit(file, cases[i].message);
	}
}

/* A text without its NUL is none. */
static void test_fit_unterminated(void **state)
{
	struct file *file = make_fit(&arch_arm64);

	(void)state;
	set_bytes(file, CONFIG_NODE, "kernel", "kernel-1", 8);
	expect_bad_fit(file, "the FIT's configuration 'conf-1' has no kernel");
}

static void test_fit_missing_nodes(void **state)
{
	static const struct {
		const char *node, *message;
	} cases[] = {
		{"/images", "/k: is a device tree, not a kernel: name it with --dtb"},
		{"/configurations",
		 "is a FIT without configurations, which would say what to boot"},
		{CONFIG_NODE, "default configuration 'conf-1' is missing"},
		{KERNEL_NODE, "image 'kernel-1' is missing"},
	};
	struct file *file;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		file = make_fit(&arch_arm64);
		assert_int_equal(fdt_del_node(file->bytes, find_node(file, cases[i].node)), 0);
		expect_bad_fit(file, cases[i].message);
	}
	file = make_fit(&arch_arm64);
	assert_int_equal(fdt_del_node(file->bytes, find_node(file, CONFIG_NODE)), 0);
	remove_property(file, "/configurations", "default");
	expect_bad_fit(file, "is a FIT without a configuration");
}

/* A device tree to be changed, as dtc -@ makes it: /soc has the label "soc", or none. */
static size_t make_base(uint8_t *tree, size_t room, bool has_symbols)
{
	int node;

	assert_int_equal(fdt_create_empty_tree(tree, (int)room), 0);
	node = fdt_add_subnode(tree, 0, "soc");
	assert_int_equal(fdt_setprop_u32(tree, node, "phandle", 1), 0);
	assert_int_equal(fdt_setprop_string(tree, node, "status", "disabled"), 0);
	if (has_symbols) {
		node = fdt_add_subnode(tree, 0, "__symbols__");
		assert_int_equal(fdt_setprop_string(tree, node, "soc", "/soc"), 0);
	}
	assert_int_equal(fdt_pack(tree), 0);
	return fdt_totalsize(tree);
}

/* An overlay that sets a property of the node with the label "soc". */
static size_t make_overlay(uint8_t *tree, size_t room, const char *property, const char *value)
{
	int node;

	assert_int_equal(fdt_create_empty_tree(tree, (int)room), 0);
	node = fdt_add_subnode(tree, 0, "__fixups__");
	assert_int_equal(fdt_setprop_string(tree, node, "soc", "/fragment@0:target:0"), 0);
	node = fdt_add_subnode(tree, 0, "fragment@0");
	assert_int_equal(fdt_setprop_u32(tree, node, "target", UINT32_MAX), 0);
	node = fdt_add_subnode(tree, node, "__overlay__");
	assert_int_equal(fdt_setprop_string(tree, node, property, value), 0);
	assert_int_equal(fdt_pack(tree), 0);
	return fdt_totalsize(tree);
}

/* A FIT with a tree and two overlays, the second of which is compressed. */
static struct file *make_overlay_fit(bool has_symbols)
{
	struct file *file = make_fit(&arch_arm64);
	_Alignas(8) uint8_t tree[1024] = {0}, packed[1024] = {0};
	size_t size;

	add_image(file, "base", "flat_dt", tree, make_base(tree, sizeof(tree), has_symbols));
	add_image(file, "first", "flat_dt", tree,
		  make_overlay(tree, sizeof(tree), "status", "okay"));
	size = make_overlay(tree, sizeof(tree), "label", "second");
	add_image(file, "second", "flat_dt", packed, put_gzip(packed, sizeof(packed), tree, size));
	set_text(file, "/images/second", "compression", "gzip");
	set_bytes(file, CONFIG_NODE, "fdt", "base\0first\0second", 18);
	return file;
}

/* A text of /soc of the device tree that the image brings. */
static void expect_soc(const struct image *image, const char *property, const char *text)
{
	_Alignas(8) uint8_t tree[2048];
	const char *value;

	assert_in_range(image->devicetree.size, 1, sizeof(tree));
	memcpy(tree, image->devicetree.data, image->devicetree.size);
	assert_int_equal(fdt_check_full(tree, image->devicetree.size), 0);
	value = fdt_getprop(tree, fdt_path_offset(tree, "/soc"), property, NULL);
	assert_non_null(value);
	assert_string_equal(value, text);
}

static void test_fit_overlays(void **state)
{
	struct file *file = make_overlay_fit(true);
	struct image_request request = {.arch = &arch_arm64, .path = "/k", .limit = IMAGE_LIMIT};
	struct test_log log;
	struct image image;

	(void)state;
	pack(file);
	test_log_open(&log);
	request.log = &log.log;
	image = (struct image){.kernel = {file->bytes, file->size}};
	assert_int_equal(image_read(&image, &request), 0);
	expect_soc(&image, "status", "okay");
	expect_soc(&image, "label", "second");
	test_log_expect_nothing(&log);
	image_close(&image);
	/* The user has a tree of his own. */
	request.has_devicetree = true;
	image = (struct image){.kernel = {file->bytes, file->size}};
	assert_int_equal(image_read(&image, &request), 0);
	assert_null(image.devicetree.data);
	test_log_expect_nothing(&log);
	image_close(&image);
	test_log_close(&log);
	free(file);
}

/* Overlays that cannot be applied, and those that are none. */
static void test_fit_bad_overlays(void **state)
{
	_Alignas(8) uint8_t tree[FILE_MAX / 2];
	struct file *file = make_overlay_fit(false);
	int node = 0;

	(void)state;
	expect_bad_fit(file, "the FIT's overlay 'first' cannot be applied to its device tree: the "
			     "tree lacks what it refers to, a node or labels (dtc -@); name the");
	file = make_overlay_fit(true);
	set_bytes(file, CONFIG_NODE, "fdt", "base\0ramdisk-1", 15);
	expect_bad_fit(file, "the device tree in it is not valid");
	file = make_overlay_fit(true);
	set_bytes(file, CONFIG_NODE, "fdt", "ramdisk-1\0first", 16);
	expect_bad_fit(file, "the device tree in it is not valid");
	file = make_overlay_fit(true);
	set_bytes(file, CONFIG_NODE, "fdt", "base\0nowhere", 13);
	expect_bad_fit(file, "the FIT's image 'nowhere' is missing");
	file = make_overlay_fit(true);
	set_text(file, "/images/first", "compression", "gzip");
	expect_bad_fit(file, "its gzip data is damaged");
	/* One that would take the stack. */
	file = make_overlay_fit(true);
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	for (int i = 0; i < 70; i++)
		node = fdt_add_subnode(tree, node, "n");
	assert_true(node > 0);
	assert_int_equal(fdt_pack(tree), 0);
	add_image(file, "deep", "flat_dt", tree, fdt_totalsize(tree));
	set_bytes(file, CONFIG_NODE, "fdt", "base\0deep", 10);
	expect_bad_fit(file, "the FIT's overlay 'deep' cannot be applied");
}

/* Data behind the tree, by both ways to say where, and by lies about it. */
static void test_fit_external(void **state)
{
	static const struct {
		const char *property;
		uint32_t place, size; /* from the data's start or their size */
		const char *message;
	} cases[] = {
		{"data-offset", 0, 0, NULL},
		{"data-position", 0, 0, NULL},
		{"data-offset", 1, 0, "bytes at"},
		{"data-position", 1, 0, "bytes at"},
		{"data-offset", UINT32_MAX, 0, "it is truncated or damaged"},
		{"data-position", 0, 1, "is said to have 2001 bytes at"},
		{"data-position", 0, UINT32_MAX, "is said to have 1999 bytes at"},
		{"data", 0, 0, "'kernel-1' does not say where its data are"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *file = make_fit(&arch_arm64);
		const char *property = cases[i].property;
		size_t start;

		remove_property(file, KERNEL_NODE, "data");
		set_number(file, KERNEL_NODE, "data-size", KERNEL_SIZE + cases[i].size);
		if (strcmp(property, "data") != 0)
			set_number(file, KERNEL_NODE, property, 0);
		pack(file);
		start = (file->size + 3) & ~(size_t)3;
		if (strcmp(property, "data") != 0)
			set_number(file, KERNEL_NODE, property,
				   (uint32_t)(strcmp(property, "data-offset") ? start : 0) +
					   cases[i].place);
		put_kernel(file->bytes + start, &arch_arm64);
		file->size = start + KERNEL_SIZE;
		if (cases[i].message && cases[i].size == UINT32_MAX)
			expect_refused(&arch_arm64, file->bytes, file->size, "does not match its");
		else if (cases[i].message)
			expect_refused(&arch_arm64, file->bytes, file->size, cases[i].message);
		else
			expect_kernel(&arch_arm64, file->bytes, file->size);
		free(file);
	}
}

/* Load with one warning, or with lines of --debug among which is @part. */
static void expect_said(struct file *file, bool debug, const char *part)
{
	struct test_log log;
	struct image image;
	uint8_t *heap;

	pack(file);
	test_log_open(&log);
	log.log.debug = debug;
	assert_int_equal(load_bytes(&image, &heap, &arch_arm64, file->bytes, file->size, &log.log),
			 0);
	if (!debug)
		test_log_expect(&log, part);
	fflush(log.log.stream);
	if (debug && !strstr(log.text, part))
		fail_msg("\"%s\" was expected in \"%s\"", part, log.text);
	unload_bytes(&image, heap);
	test_log_close(&log);
	free(file);
}

static void test_fit_said(void **state)
{
	struct file *file = make_fit(&arch_arm64);

	(void)state;
	expect_said(file, true, "/k: the sha1 of 'kernel-1' is not checked here");
	file = make_fit(&arch_arm64);
	add_node(file, KERNEL_NODE, "signature-1");
	expect_said(file, true, "'kernel-1' is signed; the signature is not checked here");
	file = make_fit(&arch_arm64);
	add_node(file, CONFIG_NODE, "signature-1");
	expect_said(file, true, "'conf-1' is signed; the signature is not checked here");
	/* Without a hash of a known kind: a warning. Without any: nothing. */
	file = make_fit(&arch_arm64);
	assert_int_equal(fdt_del_node(file->bytes, find_node(file, KERNEL_NODE "/hash-1")), 0);
	assert_int_equal(fdt_del_node(file->bytes, find_node(file, KERNEL_NODE "/hash-2")), 0);
	expect_said(file, false, "warning: /k: the FIT's image 'kernel-1' is not checked");
	file = make_fit(&arch_arm64);
	for (int i = 1; i <= 3; i++) {
		char node[64];

		snprintf(node, sizeof(node), "%s/hash-%d", KERNEL_NODE, i);
		assert_int_equal(fdt_del_node(file->bytes, find_node(file, node)), 0);
	}
	expect_good_fit(file, &arch_arm64);
}

static void test_fit_truncated(void **state)
{
	struct file *file = make_fit(&arch_arm64);

	(void)state;
	pack(file);
	for (size_t size = 4; size < file->size; size += 3)
		expect_refused(&arch_arm64, file->bytes, size, "/k: is a ");
	expect_refused(&arch_arm64, file->bytes, file->size - 1, "it is truncated");
	put_be32(file->bytes + 20, 1); /* version */
	expect_refused(&arch_arm64, file->bytes, file->size, "is a damaged device tree or FIT");
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uimage_values),	  cmocka_unit_test(test_uimage_hostile),
		cmocka_unit_test(test_uimage_damaged),	  cmocka_unit_test(test_fit_values),
		cmocka_unit_test(test_fit_optional),	  cmocka_unit_test(test_fit_default),
		cmocka_unit_test(test_fit_board),	  cmocka_unit_test(test_fit_board_tie),
		cmocka_unit_test(test_fit_board_of_tree), cmocka_unit_test(test_fit_no_board),
		cmocka_unit_test(test_fit_compressed),	  cmocka_unit_test(test_fit_hostile),
		cmocka_unit_test(test_fit_unterminated),  cmocka_unit_test(test_fit_missing_nodes),
		cmocka_unit_test(test_fit_bad_overlays),  cmocka_unit_test(test_fit_overlays),
		cmocka_unit_test(test_fit_external),	  cmocka_unit_test(test_fit_said),
		cmocka_unit_test(test_fit_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
