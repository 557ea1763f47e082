/* SPDX-License-Identifier: GPL-2.0-only */
/* Portable Executable headers, all values little-endian. */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "image/pe.h"

/* The DOS header: magic number, and where the PE header is. */
#define DOS_MAGIC	"MZ"
#define DOS_HEADER_SIZE 64
#define DOS_PE_OFFSET	60 /* 32 bits */

/* Offsets in the PE header. */
#define PE_SIGNATURE	 "PE\0" /* and the NUL behind it */
#define PE_MACHINE	 4	/* 16 bits */
#define PE_SECTION_COUNT 6	/* 16 bits */
#define PE_OPTIONAL_SIZE 20	/* 16 bits */
#define PE_HEADER_SIZE	 24

/*
 * Offsets in the optional header, behind the PE header. It is a PE32+ header, as on all 64-bit
 * machines.
 */
#define OPTIONAL_MAGIC		  0 /* 16 bits */
#define OPTIONAL_MAGIC_64	  0x20b
#define OPTIONAL_DIRECTORY_COUNT  108 /* 32 bits */
#define OPTIONAL_CERTIFICATE_SIZE 148 /* 32 bits, in the fifth data directory */
#define OPTIONAL_CERTIFICATE_END  152
#define CERTIFICATE_DIRECTORY	  4

/* Offsets in an entry of the section table, behind the optional header. */
#define SECTION_SIZE	     40
#define SECTION_VIRTUAL_SIZE 8	/* 32 bits */
#define SECTION_RAW_SIZE     16 /* 32 bits */
#define SECTION_RAW_OFFSET   20 /* 32 bits */

static uint16_t read_le16(const uint8_t *data)
{
	return (uint16_t)load_little_endian(data, 2);
}

static uint32_t read_le32(const uint8_t *data)
{
	return (uint32_t)load_little_endian(data, 4);
}

/* Offset of the PE header; 0 if there is none. It may begin behind the file's end. */
static uint64_t find_header(const struct image_bytes *file)
{
	uint64_t header;

	if (file->size < DOS_HEADER_SIZE || memcmp(file->data, DOS_MAGIC, 2) != 0)
		return 0;
	header = read_le32(file->data + DOS_PE_OFFSET);
	if (header + PE_HEADER_SIZE <= file->size &&
	    memcmp(file->data + header, PE_SIGNATURE, sizeof(PE_SIGNATURE)) != 0)
		return 0;
	return header;
}

/* True if the optional header at @optional, of @size bytes, has an entry for certificates. */
static bool has_certificates(const uint8_t *optional, unsigned int size)
{
	return size >= OPTIONAL_CERTIFICATE_END &&
	       read_le16(optional + OPTIONAL_MAGIC) == OPTIONAL_MAGIC_64 &&
	       read_le32(optional + OPTIONAL_DIRECTORY_COUNT) > CERTIFICATE_DIRECTORY &&
	       read_le32(optional + OPTIONAL_CERTIFICATE_SIZE) > 0;
}

int pe_open(struct pe *pe, const struct image_bytes *file)
{
	const uint64_t header = find_header(file);
	const uint64_t optional = header + PE_HEADER_SIZE;
	uint16_t optional_size;

	if (header == 0 || optional > file->size)
		return -ENOEXEC;
	optional_size = read_le16(file->data + header + PE_OPTIONAL_SIZE);
	*pe = (struct pe){
		.file = file,
		.machine = read_le16(file->data + header + PE_MACHINE),
		.sections = optional + optional_size,
		.section_count = read_le16(file->data + header + PE_SECTION_COUNT),
	};
	if (pe->sections + (uint64_t)pe->section_count * SECTION_SIZE > file->size)
		return -ENOEXEC;
	pe->is_signed = has_certificates(file->data + optional, optional_size);
	return 0;
}

/*
 * In the file a section is padded to the alignment, and in memory it may have zeros behind its
 * data, so the smaller size is that of the data. Some tools leave the size in memory 0.
 */
struct pe_section pe_section_read(const struct pe *pe, unsigned int index)
{
	const uint8_t *entry = pe->file->data + pe->sections + (uint64_t)index * SECTION_SIZE;
	const uint32_t virtual_size = read_le32(entry + SECTION_VIRTUAL_SIZE);
	struct pe_section section = {
		.offset = read_le32(entry + SECTION_RAW_OFFSET),
		.size = read_le32(entry + SECTION_RAW_SIZE),
	};

	memcpy(section.name, entry, PE_NAME_SIZE);
	if (virtual_size > 0 && virtual_size < section.size)
		section.size = virtual_size;
	return section;
}

/* The highest end in the file of the sections in the table at @table, of @count entries. */
static uint64_t find_sections_end(const struct image_bytes *file, uint64_t table,
				  unsigned int count)
{
	const uint64_t table_end = table + (uint64_t)count * SECTION_SIZE;
	uint64_t end = table_end;

	if (table_end > file->size)
		return table_end;
	for (; table < table_end; table += SECTION_SIZE) {
		const uint8_t *section = file->data + table;
		uint64_t section_end = (uint64_t)read_le32(section + SECTION_RAW_OFFSET) +
				       read_le32(section + SECTION_RAW_SIZE);

		if (section_end > end)
			end = section_end;
	}
	return end;
}

uint64_t pe_minimal_size(const struct image_bytes *file)
{
	const uint64_t header = find_header(file);
	uint64_t table;

	if (header == 0)
		return 0;
	if (header + PE_HEADER_SIZE > file->size)
		return header + PE_HEADER_SIZE;
	table = header + PE_HEADER_SIZE + read_le16(file->data + header + PE_OPTIONAL_SIZE);
	return find_sections_end(file, table, read_le16(file->data + header + PE_SECTION_COUNT));
}
