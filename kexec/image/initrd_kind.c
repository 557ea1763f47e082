/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files Linux takes for an initrd, and what other files are. */
#include "image/initrd_kind.h"

#include <libfdt.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "image/decompress.h"

/* The kernel looks for an uncompressed archive at multiples of this many bytes. */
#define ARCHIVE_ALIGNMENT 4

/*
 * So many bytes of a stream are decompressed to see what is in it. A block of zstd, which is
 * decoded as a whole, has no more than 128 KiB (RFC 8878, 3.1.1.2.4). The
 * result may be larger than a block of any format, and small beside what a board has.
 */
#define STREAM_PROBE_SIZE ((size_t)160 << 10)
#define CONTENT_SIZE_MAX  (UINT64_C(16) << 20)

/* So many bytes decide whether a file is text. */
#define TEXT_PROBE_SIZE 512

struct magic {
	const char *bytes;
	size_t size;
	size_t offset;
};

/* Archives: "newc" without and with checksums. */
static const struct magic archive_magics[] = {
	{"070701", 6, 0},
	{"070702", 6, 0},
};

/* Streams, by the two bytes that lib/decompress.c compares. */
static const struct magic stream_magics[] = {
	{"\x1f\x8b", 2, 0}, /* gzip */
	{"\x1f\x9e", 2, 0}, /* gzip, an old one */
	{"BZ", 2, 0},	    /* bzip2 */
	{"\x5d\0", 2, 0},   /* lzma */
	{"\xfd\x37", 2, 0}, /* xz */
	{"\x89\x4c", 2, 0}, /* lzo */
	{"\x02\x21", 2, 0}, /* lz4, the legacy frame */
	{"\x28\xb5", 2, 0}, /* zstd */
};

/* File systems, by what init/do_mounts_rd.c compares. */
static const struct magic filesystem_magics[] = {
	{"-rom1fs-", 8, 0},	      /* romfs */
	{"\x45\x3d\xcd\x28", 4, 0},   /* cramfs */
	{"\x45\x3d\xcd\x28", 4, 512}, /* cramfs behind padding */
	{"hsqs", 4, 0},		      /* squashfs */
	{"\x7f\x13", 2, 1040},	      /* minix */
	{"\x8f\x13", 2, 1040},	      /* minix with long names */
	{"\x53\xef", 2, 1080},	      /* ext2 and its successors */
};

/* Files that users name by mistake as an initrd. */
static const struct {
	struct magic magic;
	struct foreign_initrd foreign;
} foreign_files[] = {
	{{"ARMd", 4, 56}, {"a kernel for arm64", "name that kernel's initrd instead"}},
	{{"RSC\x05", 4, 56}, {"a kernel for riscv64", "name that kernel's initrd instead"}},
	{{"HdrS", 4, 0x202}, {"a kernel for x86", "name an initrd"}},
	{{"MZ", 2, 0},
	 {"an EFI application, perhaps a kernel",
	  "name an initrd; that of a unified kernel image is taken without --initrd"}},
	{{"\x7f"
	  "ELF",
	  4, 0},
	 {"an ELF file, perhaps a kernel", "name an initrd"}},
	{{"\xd0\x0d\xfe\xed", 4, 0}, {"a device tree", "name it with --dtb"}},
	{{"\x27\x05\x19\x56", 4, 0},
	 {"a uImage",
	  "if an initrd is in it, take off U-Boot's header of 64 bytes with tail -c +65"}},
	{{"ANDROID!", 8, 0}, {"a boot image of Android", "take the RAM disk out of it"}},
	{{"\x04\x22\x4d\x18", 4, 0},
	 {"compressed with LZ4 in a format that Linux does not read here",
	  "compress it with lz4 -l"}},
	{{"070707", 6, 0},
	 {"a cpio archive of an older format", "make it again with cpio -H newc"}},
	{{"\xc7\x71", 2, 0},
	 {"a cpio archive of an older format", "make it again with cpio -H newc"}},
	{{"ustar", 5, 257}, {"a tar archive", "make it again with cpio -H newc"}},
};

static const struct foreign_initrd fit = {
	"a FIT image", "name it as the kernel, or take the initrd out of it with dumpimage"};
static const struct foreign_initrd text = {"a text", "name an initrd"};
static const struct foreign_initrd zeros = {"nothing but zeros", "name an initrd"};
static const struct foreign_initrd unknown = {
	"neither a cpio archive, compressed or not, nor a file system of a RAM disk",
	"name an initrd, such as /boot/initrd.img"};

static bool has_magic(const struct image_bytes *bytes, size_t start, const struct magic *magic)
{
	const size_t left = bytes->size - start;

	return left >= magic->offset && left - magic->offset >= magic->size &&
	       !memcmp(bytes->data + start + magic->offset, magic->bytes, magic->size);
}

static bool has_any(const struct image_bytes *bytes, size_t start, const struct magic *magics,
		    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (has_magic(bytes, start, &magics[i]))
			return true;
	return false;
}

#define HAS_ANY(bytes, start, magics) \
	has_any(bytes, start, magics, sizeof(magics) / sizeof((magics)[0]))

static const struct foreign_initrd *find_foreign_file(const struct image_bytes *bytes)
{
	for (size_t i = 0; i < sizeof(foreign_files) / sizeof(foreign_files[0]); i++)
		if (has_magic(bytes, 0, &foreign_files[i].magic))
			return &foreign_files[i].foreign;
	return NULL;
}

/* The first byte that is not zero, or the size. */
static size_t skip_zeros(const struct image_bytes *bytes)
{
	size_t start = 0;

	while (start < bytes->size && !bytes->data[start])
		start++;
	return start;
}

/* True if the bytes are text, perhaps with zeros behind it. */
static bool is_text(const struct image_bytes *bytes)
{
	size_t size = bytes->size;

	while (size > 0 && !bytes->data[size - 1])
		size--;
	if (size > TEXT_PROBE_SIZE)
		size = TEXT_PROBE_SIZE;
	for (size_t i = 0; i < size; i++)
		if (bytes->data[i] < ' ' &&
		    (!bytes->data[i] || !strchr("\t\n\r\f", bytes->data[i])))
			return false;
	return true;
}

/* True if the bytes are the device tree of a FIT. */
static bool is_fit(const struct image_bytes *bytes)
{
	return fdt_check_full(bytes->data, bytes->size) == 0 &&
	       fdt_path_offset(bytes->data, "/images") >= 0;
}

/* True if the kernel unpacks what begins at @start, behind zeros. */
static bool is_unpacked(const struct image_bytes *bytes, size_t start)
{
	return HAS_ANY(bytes, start, stream_magics) ||
	       (start % ARCHIVE_ALIGNMENT == 0 && HAS_ANY(bytes, start, archive_magics));
}

const struct foreign_initrd *initrd_kind_find_foreign(const struct image_bytes *bytes)
{
	const struct foreign_initrd *foreign;
	size_t start;

	if (is_unpacked(bytes, 0))
		return NULL;
	if (is_fit(bytes))
		return &fit;
	foreign = find_foreign_file(bytes);
	if (foreign)
		return foreign;
	start = skip_zeros(bytes);
	if (HAS_ANY(bytes, 0, filesystem_magics) || is_unpacked(bytes, start))
		return NULL;
	if (start == bytes->size)
		return &zeros;
	return is_text(bytes) ? &text : &unknown;
}

const struct foreign_initrd *initrd_kind_find_content(const struct image_bytes *bytes)
{
	const struct compression *compression = decompress_find(bytes);
	const size_t size = bytes->size < STREAM_PROBE_SIZE ? bytes->size : STREAM_PROBE_SIZE;
	struct growing_bytes content = {.limit = CONTENT_SIZE_MAX};
	const struct foreign_initrd *foreign;

	if (!compression || !compression->built_in)
		return NULL;
	/*
	 * Most streams end too early when they are cut off like this. What was decoded until then
	 * is enough.
	 */
	compression->decompress(&content, &(struct image_bytes){bytes->data, size});
	foreign = find_foreign_file(&(struct image_bytes){content.data, content.size});
	growing_bytes_free(&content);
	return foreign;
}
