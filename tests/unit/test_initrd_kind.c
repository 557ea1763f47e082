/* SPDX-License-Identifier: GPL-2.0-only */
/* What initrds look like, and what other files do. */
#include "support.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "image/initrd_kind.h"

/* Larger than the last byte that is looked at. */
#define FILE_SIZE 2048

static const struct {
	const char *bytes;
	size_t size;
	size_t offset;	  /* zeros before them */
	const char *name; /* part of it; NULL: an initrd */
} cases[] = {
	/* cpio */
	{"070701", 6, 0, NULL},
	{"070702", 6, 0, NULL},
	{"070701", 6, 4, NULL},
	{"070701", 6, 1024, NULL},
	{"070701", 6, 3, "neither"},
	{"070701", 6, 1022, "neither"},
	{"07070\x01", 6, 0, "neither"},
	{"070707", 6, 0, "cpio archive of an older format"},
	{"\xc7\x71\x12\x34", 4, 0, "cpio archive of an older format"},
	/* compressed: gzip, bzip2, lzma, xz, lzo, lz4 -l, zstd; lz4 */
	{"\x1f\x8b\x08", 3, 0, NULL},
	{"\x1f\x9e", 2, 0, NULL},
	{"BZh9", 4, 0, NULL},
	{"\x5d\0\0\x80", 4, 0, NULL},
	{"\xfd"
	 "7zXZ",
	 5, 0, NULL},
	{"\x89LZO", 4, 0, NULL},
	{"\x02\x21\x4c\x18", 4, 0, NULL},
	{"\x28\xb5\x2f\xfd", 4, 0, NULL},
	{"\x28\xb5\x2f\xfd", 4, 513, NULL},
	{"\x04\x22\x4d\x18", 4, 0, "LZ4 in a format that Linux does not read"},
	/* file systems: romfs, cramfs, squashfs, minix, ext2 */
	{"-rom1fs-", 8, 0, NULL},
	{"\x45\x3d\xcd\x28", 4, 0, NULL},
	{"\x45\x3d\xcd\x28", 4, 512, NULL},
	{"\x45\x3d\xcd\x28", 4, 256, "neither"},
	{"hsqs", 4, 0, NULL},
	{"\x7f\x13", 2, 1040, NULL},
	{"\x8f\x13", 2, 1040, NULL},
	{"\x53\xef", 2, 1080, NULL},
	{"\x53\xef", 2, 1081, "neither"},
	/* others */
	{"ARMd", 4, 56, "a kernel for arm64"},
	{"RSC\x05", 4, 56, "a kernel for riscv64"},
	{"HdrS", 4, 0x202, "a kernel for x86"},
	{"MZ", 2, 0, "an EFI application"},
	{"\x7f"
	 "ELF",
	 4, 0, "an ELF file"},
	{"\xd0\x0d\xfe\xed", 4, 0, "a device tree"},
	{"\x27\x05\x19\x56", 4, 0, "a uImage"},
	{"ANDROID!", 8, 0, "boot image of Android"},
	{"ustar", 5, 257, "a tar archive"},
	{"", 0, 0, "nothing but zeros"},
	{"\x01\x02\x03\x04", 4, 0, "neither"},
};

static void expect_kind(const struct image_bytes *bytes, const char *name)
{
	const struct foreign_initrd *foreign = initrd_kind_find_foreign(bytes);

	if (!name) {
		assert_null(foreign);
		return;
	}
	assert_non_null(foreign);
	assert_non_null(strstr(foreign->name, name));
	assert_true(strlen(foreign->remedy) > 0);
}

/* Alone, and in the middle of a file; a buffer of its own lets sanitizers see what is read. */
static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t end = cases[i].offset + cases[i].size;

		for (size_t size = end; size <= FILE_SIZE; size += FILE_SIZE - end) {
			uint8_t *data = calloc(1, size ? size : 1);

			assert_non_null(data);
			memcpy(data + cases[i].offset, cases[i].bytes, cases[i].size);
			expect_kind(&(struct image_bytes){data, size}, cases[i].name);
			/* Cut off, nothing must be read behind the end. */
			if (cases[i].size > 2 && size == end) {
				uint8_t *cut = malloc(size - 1);

				assert_non_null(cut);
				memcpy(cut, data, size - 1);
				initrd_kind_find_foreign(&(struct image_bytes){cut, size - 1});
				free(cut);
			}
			free(data);
		}
	}
}

static void test_texts(void **state)
{
	static const char *const texts[] = {
		"version https://git-lfs.github.com/spec/v1\n",
		"<html>\r\n\t<title>404 Not Found</title>",
		"\xc3\x84",
		"0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		uint8_t padded[FILE_SIZE] = {0};

		memcpy(padded, texts[i], strlen(texts[i]));
		expect_kind(&(struct image_bytes){padded, strlen(texts[i])}, "a text");
		expect_kind(&(struct image_bytes){padded, sizeof(padded)}, "a text");
		padded[sizeof(padded) - 1] = 1;
		expect_kind(&(struct image_bytes){padded, sizeof(padded)}, "neither");
	}
}

/* Both begin alike. */
static void test_fit(void **state)
{
	_Alignas(8) uint8_t tree[FILE_SIZE];
	const struct image_bytes bytes = {tree, sizeof(tree)};

	(void)state;
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	expect_kind(&bytes, "a device tree");
	assert_true(fdt_add_subnode(tree, 0, "images") > 0);
	expect_kind(&bytes, "a FIT image");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_fit),
	};

	return test_status(cmocka_run_group_tests_name("initrd_kind", tests, NULL, NULL));
}
