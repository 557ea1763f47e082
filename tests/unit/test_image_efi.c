/* SPDX-License-Identifier: GPL-2.0-only */
/* EFI zboot images and unified kernel images: built up, and with every field of theirs lying. */
#include "image_builder.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)16384)

/* Where the PE header of the files made here is, and what follows it. */
#define PE	      64
#define OPTIONAL      (PE + 24)
#define OPTIONAL_SIZE 160
#define SECTIONS      (OPTIONAL + OPTIONAL_SIZE)

#define MACHINE_ARM64	0xaa64
#define MACHINE_RISCV64 0x5064
#define MACHINE_X86_64	0x8664

struct file {
	uint8_t bytes[FILE_MAX];
	size_t size;
};

static void put_pe(struct file *file, uint16_t machine)
{
	memcpy(file->bytes, "MZ", 2);
	put32(file->bytes + 60, PE);
	memcpy(file->bytes + PE, "PE\0", 4);
	put16(file->bytes + PE + 4, machine);
	put16(file->bytes + PE + 20, OPTIONAL_SIZE);
	put16(file->bytes + OPTIONAL, 0x20b);
	put32(file->bytes + OPTIONAL + 108, 16);
}

/* Append a section; @virtual_size is its size in memory. */
static void add_section(struct file *file, const char *name, const void *data, size_t size,
			uint32_t virtual_size)
{
	const uint16_t index = file->bytes[PE + 6];
	uint8_t *section = file->bytes + SECTIONS + 40 * index;

	put16(file->bytes + PE + 6, (uint16_t)(index + 1));
	if (file->size < 1024)
		file->size = 1024;
	memset(section, 0, 40);
	memcpy(section, name, strlen(name));
	put32(section + 8, virtual_size);
	put32(section + 16, (uint32_t)size);
	put32(section + 20, (uint32_t)file->size);
	memcpy(file->bytes + file->size, data, size);
	file->size += size;
}

static void add_text(struct file *file, const char *name, const char *text)
{
	add_section(file, name, text, strlen(text), (uint32_t)strlen(text));
}

static void add_kernel(struct file *file, const struct arch *arch)
{
	uint8_t kernel[KERNEL_SIZE];

	put_kernel(kernel, arch);
	add_section(file, ".linux", kernel, sizeof(kernel), sizeof(kernel));
}

/* A unified kernel image as ukify makes it, but for the stub. */
static struct file *make_uki(const struct arch *arch)
{
	struct file *file = calloc(1, sizeof(*file));

	assert_non_null(file);
	put_pe(file, arch == &arch_arm64 ? MACHINE_ARM64 : MACHINE_RISCV64);
	add_text(file, ".text", "the stub");
	add_text(file, ".osrel", "ID=debian\n");
	add_kernel(file, arch);
	add_text(file, ".initrd", "an initrd");
	add_text(file, ".cmdline", "quiet token=uki\n");
	add_text(file, ".dtb", "a device tree");
	return file;
}

/* An EFI zboot image with a gzip payload at its usual place. */
static struct file *make_zboot(const struct arch *arch)
{
	struct file *file = calloc(1, sizeof(*file));
	uint8_t kernel[KERNEL_SIZE];
	size_t size;

	assert_non_null(file);
	put_pe(file, arch == &arch_arm64 ? MACHINE_ARM64 : MACHINE_RISCV64);
	put_kernel(kernel, arch);
	size = put_gzip(file->bytes + 512, FILE_MAX - 512, kernel, sizeof(kernel));
	memcpy(file->bytes + 4, "zimg", 4);
	put32(file->bytes + 8, 512);
	put32(file->bytes + 12, (uint32_t)size);
	strcpy((char *)file->bytes + 24, "gzip");
	put32(file->bytes + 56, 0x818223cd); /* LINUX_PE_MAGIC */
	file->size = 512 + size;
	return file;
}

static void expect_text(const struct image_bytes *bytes, const char *text)
{
	assert_int_equal(bytes->size, strlen(text));
	assert_memory_equal(bytes->data, text, bytes->size);
}

static void expect_brought(const struct file *file, const char *initrd, const char *command_line)
{
	struct test_log log;
	struct image image;
	uint8_t *heap;

	test_log_open(&log);
	assert_int_equal(load_bytes(&image, &heap, &arch_arm64, file->bytes, file->size, &log.log),
			 0);
	expect_text(&image.initrd, initrd);
	expect_text(&image.command_line, command_line);
	test_log_expect_nothing(&log);
	unload_bytes(&image, heap);
	test_log_close(&log);
}

/* Load with --debug, and expect a line somewhere among those that it writes. */
static void expect_said(const struct file *file, const char *part)
{
	struct test_log log;
	struct image image;
	uint8_t *heap;

	test_log_open(&log);
	log.log.debug = true;
	assert_int_equal(load_bytes(&image, &heap, &arch_arm64, file->bytes, file->size, &log.log),
			 0);
	fflush(log.log.stream);
	if (!strstr(log.text, part))
		fail_msg("\"%s\" was expected in \"%s\"", part, log.text);
	unload_bytes(&image, heap);
	test_log_close(&log);
}

static void test_uki_values(void **state)
{
	(void)state;
	for (size_t i = 0; arch_all[i]; i++) {
		struct file *file = make_uki(arch_all[i]);
		struct test_log log;
		struct image image;
		uint8_t *heap;

		expect_kernel(arch_all[i], file->bytes, file->size);
		test_log_open(&log);
		assert_int_equal(
			load_bytes(&image, &heap, arch_all[i], file->bytes, file->size, &log.log),
			0);
		expect_text(&image.initrd, "an initrd");
		expect_text(&image.command_line, "quiet token=uki");
		expect_text(&image.devicetree, "a device tree");
		unload_bytes(&image, heap);
		test_log_close(&log);
		free(file);
	}
}

/* With a kernel and nothing else it brings nothing else. */
static void test_uki_bare(void **state)
{
	struct file *file = calloc(1, sizeof(*file));

	(void)state;
	assert_non_null(file);
	put_pe(file, MACHINE_ARM64);
	add_kernel(file, &arch_arm64);
	expect_brought(file, "", "");
	add_section(file, ".initrd", "", 0, 0);
	expect_brought(file, "", "");
	free(file);
}

static void test_uki_command_lines(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *expected;
	} cases[] = {
		{"quiet", 5, "quiet"},	 {"quiet\n", 6, "quiet"}, {" a  b \r\n\t", 9, "a  b"},
		{"quiet\0", 6, "quiet"}, {"a\0b", 3, "a"},	  {"a \0\0\0", 5, "a"},
		{" \n", 2, ""},		 {"\0", 1, ""},		  {"a\nb", 3, "a\nb"},
		{"\0quiet", 6, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *file = calloc(1, sizeof(*file));

		assert_non_null(file);
		put_pe(file, MACHINE_ARM64);
		add_kernel(file, &arch_arm64);
		add_section(file, ".cmdline", cases[i].text, cases[i].size,
			    (uint32_t)cases[i].size);
		expect_brought(file, "", cases[i].expected);
		free(file);
	}
}

/* Data in the file and in memory: the smaller size counts, unless the latter is missing. */
static void test_uki_section_sizes(void **state)
{
	static const struct {
		uint32_t virtual_size;
		const char *expected;
	} cases[] = {{8, "12345678"}, {5, "12345"}, {1000000, "12345678"}, {0, "12345678"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *file = calloc(1, sizeof(*file));

		assert_non_null(file);
		put_pe(file, MACHINE_ARM64);
		add_section(file, ".initrd", "12345678", 8, cases[i].virtual_size);
		add_kernel(file, &arch_arm64);
		expect_brought(file, cases[i].expected, "");
		free(file);
	}
}

/* The first profile over the base, the first section of a name, and no other profile. */
static void test_uki_profiles(void **state)
{
	struct file *file = make_uki(&arch_arm64);

	(void)state;
	add_text(file, ".initrd", "another initrd");
	expect_brought(file, "an initrd", "quiet token=uki");
	add_text(file, ".profile", "ID=one");
	expect_brought(file, "an initrd", "quiet token=uki");
	add_text(file, ".cmdline", "profile one");
	expect_brought(file, "an initrd", "profile one");
	add_text(file, ".cmdline", "again");
	add_text(file, ".profile", "ID=two");
	add_text(file, ".cmdline", "profile two");
	add_text(file, ".initrd", "of profile two");
	expect_brought(file, "an initrd", "profile one");
	expect_said(file, "several profiles; the first one is used");
	free(file);
}

static void test_uki_said(void **state)
{
	struct file *file = make_uki(&arch_arm64);

	(void)state;
	add_text(file, ".hwids", "x");
	expect_said(file, "/k: its section .hwids is of no use here");
	put32(file->bytes + OPTIONAL + 148, 1000);
	expect_said(file, "/k: is signed; the signature is not checked here");
	free(file);
}

/* A device tree of that model, for the boards in @compatible. */
static void add_devicetree(struct file *file, const char *section, const char *model,
			   const char *compatible, size_t size)
{
	_Alignas(8) uint8_t tree[256];

	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_setprop_string(tree, 0, "model", model), 0);
	if (compatible)
		assert_int_equal(fdt_setprop(tree, 0, "compatible", compatible, (int)size), 0);
	assert_int_equal(fdt_pack(tree), 0);
	add_section(file, section, tree, fdt_totalsize(tree), fdt_totalsize(tree));
}

/* Expect the device tree of that model for a board; NULL: none. */
static void expect_model(const struct file *file, const char *board, size_t size,
			 bool has_devicetree, const char *model)
{
	struct test_log log;
	struct image image = {.kernel = {file->bytes, file->size}};
	const struct image_request request = {
		.arch = &arch_arm64,
		.path = "/k",
		.limit = IMAGE_LIMIT,
		.has_devicetree = has_devicetree,
		.board = {board, size},
		.log = &log.log,
	};

	test_log_open(&log);
	assert_int_equal(image_read(&image, &request), 0);
	test_log_expect_nothing(&log);
	if (model) {
		_Alignas(8) uint8_t tree[256];

		assert_in_range(image.devicetree.size, 1, sizeof(tree));
		memcpy(tree, image.devicetree.data, image.devicetree.size);
		assert_int_equal(fdt_check_full(tree, image.devicetree.size), 0);
		assert_string_equal(fdt_getprop(tree, 0, "model", NULL), model);
	} else {
		assert_null(image.devicetree.data);
	}
	image_close(&image);
	test_log_close(&log);
}

#define STRINGS(literal) (literal), sizeof(literal)

/* Device trees for several boards: as systemd-stub, by the first string and no other. */
static void test_uki_boards(void **state)
{
	struct file *file = calloc(1, sizeof(*file));

	(void)state;
	assert_non_null(file);
	put_pe(file, MACHINE_ARM64);
	add_kernel(file, &arch_arm64);
	/* An odd size leaves the next one anywhere. */
	add_text(file, ".dtbauto", "no device tree");
	add_text(file, ".osrel", "x");
	add_devicetree(file, ".dtbauto", "nameless", NULL, 0);
	add_devicetree(file, ".dtbauto", "first", STRINGS("test,first\0test,soc"));
	add_devicetree(file, ".dtbauto", "second", STRINGS("test,second\0test,first"));
	add_devicetree(file, ".dtbauto", "first again", STRINGS("test,first"));
	expect_model(file, STRINGS("test,first\0test,soc"), false, "first");
	expect_model(file, STRINGS("test,first"), false, "first");
	expect_model(file, STRINGS("test,second"), false, "second");
	expect_model(file, STRINGS("test,third\0test,soc\0test,first"), false, NULL);
	expect_model(file, STRINGS("test,fir"), false, NULL);
	expect_model(file, NULL, 0, false, NULL);
	expect_model(file, STRINGS("test,first"), true, NULL);
	/* One for any board comes after one that was chosen. */
	add_devicetree(file, ".dtb", "any", STRINGS("test,any"));
	expect_model(file, STRINGS("test,second"), false, "second");
	expect_model(file, STRINGS("test,third"), false, "any");
	/* The profile's comes before the image's. */
	add_text(file, ".profile", "ID=one");
	expect_model(file, STRINGS("test,second"), false, "second");
	add_devicetree(file, ".dtbauto", "second of the profile", STRINGS("test,second"));
	expect_model(file, STRINGS("test,first"), false, "first");
	expect_model(file, STRINGS("test,second"), false, "second of the profile");
	free(file);
}

/* What lanzaboote installs, and once did. */
static void test_uki_of_paths(void **state)
{
	static const char *const names[] = {".linux", ".kernelp"};
	struct file *file;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		file = calloc(1, sizeof(*file));
		assert_non_null(file);
		put_pe(file, MACHINE_ARM64);
		add_text(file, ".osrel", "ID=nixos");
		add_text(file, ".cmdline", "init=/nix/store/init");
		add_text(file, names[i], "\\EFI\\nixos\\kernel-6.12-abc.efi");
		add_text(file, ".linuxh", "0123456789abcdef0123456789abcdef");
		expect_refused(&arch_arm64, file->bytes, file->size,
			       "/k: is a unified kernel image that holds the path of a kernel, "
			       "'\\EFI\\nixos\\kernel-6.12-abc.efi' on the EFI system partition, "
			       "and not the kernel (as lanzaboote's do): name that file");
		free(file);
	}
	/* No path, and no kernel either. */
	file = calloc(1, sizeof(*file));
	assert_non_null(file);
	put_pe(file, MACHINE_ARM64);
	add_section(file, ".linux", "/\1", 2, 2);
	expect_refused(&arch_arm64, file->bytes, file->size, "what it holds is not a kernel");
	free(file);
}

/* The table entry of a section. */
static uint8_t *section_of(struct file *file, const char *name)
{
	uint8_t *section = file->bytes + SECTIONS;

	while (strncmp((const char *)section, name, 8) != 0)
		section += 40;
	return section;
}

static void test_uki_hostile(void **state)
{
	static const struct {
		const char *section;
		size_t place;
		uint32_t value;
		const char *message;
	} cases[] = {
		{".linux", 20, UINT32_MAX, "its section .linux lies outside the file"},
		{".linux", 20, FILE_MAX, "its section .linux lies outside the file"},
		{".initrd", 20, FILE_MAX, "its section .initrd lies outside the file"},
		{".cmdline", 20, FILE_MAX, "its section .cmdline lies outside the file"},
		{".dtb", 20, FILE_MAX, "its section .dtb lies outside the file"},
		{".linux", 16, 0, "without a kernel (no section .linux; an addon?)"},
		{".linux", 0, 0, "without a kernel (no section .linux; an addon?)"},
		{".linux", 8, 63, "is truncated: it has 63 of at least 64 bytes"},
		{".linux", 8, 59, "is a uki file, but what it holds is not a kernel"},
		{".linux", 20, 1024, "is a uki file, but what it holds is not a kernel"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *file = make_uki(&arch_arm64);

		put32(section_of(file, cases[i].section) + cases[i].place, cases[i].value);
		expect_refused(&arch_arm64, file->bytes, file->size, cases[i].message);
		free(file);
	}
}

/* A kernel that is the file that it is in. */
static void test_uki_of_itself(void **state)
{
	struct file *file = calloc(1, sizeof(*file));
	uint8_t *section;

	(void)state;
	assert_non_null(file);
	put_pe(file, MACHINE_ARM64);
	add_kernel(file, &arch_arm64);
	section = section_of(file, ".linux");
	put32(section + 8, (uint32_t)file->size);
	put32(section + 16, (uint32_t)file->size);
	put32(section + 20, 0);
	expect_refused(&arch_arm64, file->bytes, file->size,
		       "has too many files within each other");
	free(file);
}

/* A section of as many bytes as there are, and of one more. */
static void test_uki_section_end(void **state)
{
	struct file *file = make_uki(&arch_arm64);

	(void)state;
	expect_kernel(&arch_arm64, file->bytes, file->size);
	put32(section_of(file, ".dtb") + 8, 0);
	put32(section_of(file, ".dtb") + 16, (uint32_t)strlen("a device tree") + 1);
	expect_refused(&arch_arm64, file->bytes, file->size, "its section .dtb lies outside");
	free(file);
}

static void test_uki_machine(void **state)
{
	struct file *file = make_uki(&arch_arm64);

	(void)state;
	expect_refused(&arch_riscv64, file->bytes, file->size,
		       "is a unified kernel image for arm64, but a kernel for riscv64 is needed");
	put16(file->bytes + PE + 4, MACHINE_X86_64);
	expect_refused(&arch_arm64, file->bytes, file->size,
		       "for another machine (PE machine 0x8664), but a kernel for arm64 is needed");
	put16(file->bytes + PE + 4, MACHINE_RISCV64);
	expect_refused(&arch_riscv64, file->bytes, file->size,
		       "is an Image for arm64, but a kernel for riscv64 is needed here");
	/* More sections than there is room for. */
	put16(file->bytes + PE + 6, UINT16_MAX);
	expect_refused(&arch_arm64, file->bytes, file->size,
		       "is an EFI application without a kernel in it");
	free(file);
}

/* A kernel that is an EFI application itself is no unified kernel image. */
static void test_zboot_in_uki(void **state)
{
	struct file *zboot = make_zboot(&arch_riscv64), *file = calloc(1, sizeof(*file));

	(void)state;
	assert_non_null(file);
	put_pe(file, MACHINE_RISCV64);
	add_section(file, ".linux", zboot->bytes, zboot->size, (uint32_t)zboot->size);
	expect_kernel(&arch_riscv64, file->bytes, file->size);
	free(file);
	free(zboot);
}

static void expect_truncations(const struct file *file, const struct arch *arch)
{
	for (size_t size = 8; size < file->size; size++)
		expect_refused(arch, file->bytes, size, "/k: ");
}

static void test_truncated(void **state)
{
	struct file *uki = make_uki(&arch_arm64), *zboot = make_zboot(&arch_arm64);

	(void)state;
	expect_truncations(uki, &arch_arm64);
	expect_truncations(zboot, &arch_arm64);
	free(uki);
	free(zboot);
}

static void test_zboot_values(void **state)
{
	(void)state;
	for (size_t i = 0; arch_all[i]; i++) {
		struct file *file = make_zboot(arch_all[i]);

		expect_kernel(arch_all[i], file->bytes, file->size);
		/* Nothing but its own header is needed. */
		put32(file->bytes + 60, UINT32_MAX);
		expect_kernel(arch_all[i], file->bytes, file->size);
		free(file);
	}
}

static void test_zboot_hostile(void **state)
{
	static const struct {
		size_t place;
		uint32_t value;
		const char *message;
	} cases[] = {
		{8, 0, "its zboot header claims a payload of"},
		{8, 63, "bytes at 63, but it has"},
		{8, UINT32_MAX, "bytes at 4294967295, but it has"},
		{8, 513, "it is truncated or damaged"},
		{8, 511, "its gzip data is damaged"},
		{12, 0, "its zboot header claims a payload of 0 bytes at 512"},
		{12, UINT32_MAX, "its zboot header claims a payload of 4294967295 bytes at 512"},
		{12, 100, "its gzip data ends too early; the file is truncated"},
		{24, 0x21212121,
		 "is an EFI zboot image compressed with '!!!!', which is not known"},
		{24, 0, "is an EFI zboot image compressed with '', which is not known"},
		{514, 0, "its gzip data is damaged"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *file = make_zboot(&arch_arm64);

		put32(file->bytes + cases[i].place, cases[i].value);
		expect_refused(&arch_arm64, file->bytes, file->size, cases[i].message);
		free(file);
	}
}

/* Each name that the kernel's build writes is that of a compression, or the payload is not. */
static void test_zboot_names(void **state)
{
	static const char *const names[][2] = {
		{"lz4", "lz4"},	  {"lzma", "lzma"},   {"lzo", "lzo"},
		{"xzkern", "xz"}, {"zstd22", "zstd"}, {"zstd", "zstd"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct file *file = make_zboot(&arch_arm64);
		char message[64];

		strcpy((char *)file->bytes + 24, names[i][0]);
		snprintf(message, sizeof(message), "%s data", names[i][1]);
		if (!decompress_find_name(names[i][1])->built_in)
			snprintf(message, sizeof(message), "is compressed with %s", names[i][1]);
		expect_refused(&arch_arm64, file->bytes, file->size, message);
		free(file);
	}
}

/* A name that fills its place, without a NUL. */
static void test_zboot_long_name(void **state)
{
	struct file *file = make_zboot(&arch_arm64);

	(void)state;
	memset(file->bytes + 24, 'x', 40);
	expect_refused(&arch_arm64, file->bytes, file->size,
		       "compressed with 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', which");
	free(file);
}

static void test_zboot_content(void **state)
{
	struct file *file = make_zboot(&arch_arm64);
	size_t size;

	(void)state;
	expect_refused(&arch_riscv64, file->bytes, file->size,
		       "is an Image for arm64, but a kernel for riscv64 is needed here");
	size = put_gzip(file->bytes + 512, 1000, "#!/bin/sh\n", 10);
	put32(file->bytes + 12, (uint32_t)size);
	expect_refused(&arch_arm64, file->bytes, file->size,
		       "is a zboot file, but what it holds is not a kernel of a known format");
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uki_values),	  cmocka_unit_test(test_uki_bare),
		cmocka_unit_test(test_uki_command_lines), cmocka_unit_test(test_uki_section_sizes),
		cmocka_unit_test(test_uki_profiles),	  cmocka_unit_test(test_uki_said),
		cmocka_unit_test(test_uki_boards),	  cmocka_unit_test(test_uki_of_paths),
		cmocka_unit_test(test_uki_hostile),	  cmocka_unit_test(test_uki_of_itself),
		cmocka_unit_test(test_uki_section_end),	  cmocka_unit_test(test_uki_machine),
		cmocka_unit_test(test_zboot_in_uki),	  cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_zboot_values),	  cmocka_unit_test(test_zboot_hostile),
		cmocka_unit_test(test_zboot_names),	  cmocka_unit_test(test_zboot_long_name),
		cmocka_unit_test(test_zboot_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
