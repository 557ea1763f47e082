/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vmcoreinfo note of /proc/kcore (fs/proc/kcore.c), read with libelf.
 */
#include "machine/vmcoreinfo.h"

#include <ctype.h>
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "machine/kcore.h"

#define NOTE_NAME "VMCOREINFO"

/* Many times the size that a kernel writes: some notes of a few KiB, and a page of vmcoreinfo. */
#define NOTES_SIZE_MAX (UINT64_C(1) << 20)

/* The text of the note among @data, malloc'ed, or NULL. */
static char *find_note(Elf_Data *data)
{
	size_t offset = 0, name_offset, text_offset;
	GElf_Nhdr header;

	while ((offset = gelf_getnote(data, offset, &header, &name_offset, &text_offset)) > 0) {
		const char *bytes = data->d_buf;

		if (header.n_namesz == sizeof(NOTE_NAME) &&
		    memcmp(bytes + name_offset, NOTE_NAME, sizeof(NOTE_NAME)) == 0)
			return strndup(bytes + text_offset, header.n_descsz);
	}
	return NULL;
}

/* The text of the note in any of the program headers, malloc'ed, or NULL. */
static char *find_in_segments(Elf *elf)
{
	size_t count, i;
	char *text = NULL;

	if (elf_getphdrnum(elf, &count) < 0)
		return NULL;
	for (i = 0; i < count && !text; i++) {
		GElf_Phdr segment;
		Elf_Data *data;

		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_NOTE ||
		    segment.p_filesz > NOTES_SIZE_MAX)
			continue;
		data = elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
					    ELF_T_NHDR);
		if (data)
			text = find_note(data);
	}
	return text;
}

void vmcoreinfo_read(struct vmcoreinfo *info, const struct arch *arch,
		     const struct sysroot *sysroot, const struct log *log)
{
	struct kcore kcore;
	const int error = kcore_open(&kcore, arch, sysroot);

	info->text = NULL;
	if (error == -ENODATA) {
		log_debug(log, "no vmcoreinfo: %s is not the core file of an %s kernel", KCORE_FILE,
			  arch->name);
	} else if (error) {
		log_debug(log, "no vmcoreinfo: cannot read %s: %s", KCORE_FILE, strerror(-error));
	} else {
		info->text = find_in_segments(kcore.elf);
		if (!info->text)
			log_debug(log, "no vmcoreinfo: %s has no such note", KCORE_FILE);
		kcore_close(&kcore);
	}
}

/* The text that follows "KEY=", or NULL. */
static const char *find_value(const char *text, const char *key)
{
	const size_t length = strlen(key);

	while (text) {
		if (strncmp(text, key, length) == 0 && text[length] == '=')
			return text + length + 1;
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return NULL;
}

bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *key, uint64_t *value)
{
	const char *text = find_value(info->text, key);
	unsigned long long number;
	bool negative;
	char *end;

	if (!text)
		return false;
	negative = *text == '-';
	text += negative;
	/* Check this here, because strtoull() alone would take blanks and a second sign. */
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
	if (errno || number > UINT64_MAX || (*end != '\n' && *end != '\0'))
		return false;
	*value = negative ? -(uint64_t)number : (uint64_t)number;
	return true;
}

void vmcoreinfo_free(struct vmcoreinfo *info)
{
	free(info->text);
	info->text = NULL;
}
