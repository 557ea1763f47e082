/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An architecture as kexec sees it: data, one const descriptor each. Both are always compiled, so
 * that every build can plan loads for both.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "purgatory.h"

/* The smallest and the largest size of a kernel's pages, in bytes; arm64 has 16 KiB too. */
#define PAGE_SIZE_MIN UINT64_C(4096)
#define PAGE_SIZE_MAX UINT64_C(65536)

struct page_table_format;
struct relocation;
struct relocation_pair;

/* The most words that an engine needs. */
#define ARCH_ENGINE_EXTENSIONS_MAX 4

/* Whether an engine is chosen only with the caches on, or only with them off. */
enum arch_engine_caches {
	ENGINE_CACHES_ANY,
	ENGINE_CACHES_ON,
	ENGINE_CACHES_OFF,
};

/*
 * A SHA-256 engine of an architecture's purgatory, and all extensions that it needs: words of
 * "Features" (arm64) or of "isa" (riscv64, "v" first) in /proc/cpuinfo, ended by NULL.
 */
struct arch_engine {
	enum sha256_engine engine;
	/* When purgatory chooses it by itself, where it does (engine_chosen_late). */
	enum arch_engine_caches caches;
	const char *extensions[ARCH_ENGINE_EXTENSIONS_MAX + 1];
};

/*
 * A feature of the CPU that a running kernel may use, and what says that it does: its bit in an
 * entry of the auxiliary vector, or else a word of "Features" in /proc/cpuinfo. Where the kernel
 * tells no process of it, its release: all from that one on may use it, and those of a vendor from
 * an earlier one on.
 */
struct arch_cpu_feature {
	enum purgatory_cpu_feature feature;
	uint64_t auxiliary_type; /* AT_HWCAP or AT_HWCAP2; 0: none */
	uint64_t auxiliary_bit;
	const char *name; /* NULL: none; the table ends where release is 0 too */
	uint32_t release; /* base/kernel_release.h */
	/* What the releases of the vendor contain who backports it, and the first; NULL: nobody. */
	const char *vendor_mark;
	uint32_t vendor_release;
};

/*
 * A format of page tables, and how the register that holds the root's address names both: satp of
 * riscv64, TTBR0 and TTBR1 of arm64.
 */
struct page_table_mode {
	const struct page_table_format *format;
	unsigned int root_shift; /* the register has the root's address shifted right by this, */
	uint64_t root_bits;	 /* or'ed with these */
};

/* A purgatory object (ET_REL) embedded in this program; size 0 if its cross compiler was missing.
 */
struct purgatory_object {
	const uint8_t *start;
	const uint8_t *end;
};

struct arch {
	const char *name;    /* of --target: "arm64" */
	const char *machine; /* of uname(2): "aarch64" */

	uint16_t elf_machine; /* EM_* */
	uint16_t pe_machine;  /* IMAGE_FILE_MACHINE_* of include/linux/pe.h */
	/* In U-Boot's uImage (IH_ARCH_*) and FIT images: include/image.h and boot/image.c there. */
	uint8_t uboot_number;
	const char *uboot_name;
	uint32_t kexec_flag; /* KEXEC_ARCH_* of include/uapi/linux/kexec.h */

	/*
	 * The kernel's Image format (Documentation/arch/arm64/booting.rst,
	 * Documentation/arch/riscv/boot-image-header.rst): both put a magic number at byte 56.
	 */
	uint32_t image_magic;
	bool image_text_offset; /* text_offset counts from an aligned base (else it is ignored) */
	/*
	 * The bit in the header's flags of a kernel that uses the RAM below itself, so that it may
	 * lie anywhere; 0: no header tells. (riscv64 kernels do since 6.4.)
	 */
	uint64_t image_flag_anywhere;
	uint64_t kernel_alignment; /* of the base of the kernel, bytes */
	uint64_t kernel_end_max;   /* where the memory that it needs for itself must end */

	/*
	 * Kernel and initrd must lie in one window that is at most initrd_window bytes long and
	 * that starts and ends at multiples of initrd_window_alignment; both 0: anywhere.
	 */
	uint64_t initrd_window;
	uint64_t initrd_window_alignment;

	uint64_t dtb_size_max; /* bytes */
	/*
	 * Blocks of 2 MiB that the kernel maps for its device tree, at least 1, from the one in
	 * which the tree begins, wherever it ends.
	 */
	unsigned int dtb_blocks;

	/*
	 * COMMAND_LINE_SIZE of its uapi/asm/setup.h: the kernel silently cuts off what is longer.
	 */
	unsigned int command_line_size; /* bytes, with the NUL */
	/*
	 * For each set of page tables its modes, the one with the fewest virtual address bits
	 * first, ended by one without a format; NULL: the architecture has no such set, and what
	 * PURGATORY_TABLES_HIGH would map stands in PURGATORY_TABLES_LOW.
	 */
	const struct page_table_mode *page_tables[PURGATORY_TABLES_COUNT];

	/*
	 * The linear map by keys of vmcoreinfo: its first virtual address (NULL: the lowest of
	 * NUMBER(VA_BITS) bits in the upper half) and the physical address there.
	 */
	const char *linear_map_base;
	const char *linear_map_start;
	/* The key of vmcoreinfo for virtual minus physical address of the kernel's own image. */
	const char *kernel_image_offset;

	/*
	 * The key of vmcoreinfo for how many of 64 bits its virtual addresses leave unused. NULL:
	 * there is none.
	 */
	const char *linear_map_unused_bits;

	/* A load of anything but a crash kernel fails with EBUSY where CPUs cannot be stopped. */
	bool load_stops_cpus;
	/* PSCI starts CPUs, where there is PSCI; else firmware always may. */
	bool cpus_by_psci;

	/*
	 * The releases of Linux (base/kernel_release.h) whose kexec_file_load(2) first took an
	 * Image, and first took a vmlinux; 0: no release does.
	 */
	uint32_t file_load_image;
	uint32_t file_load_elf;
	/*
	 * The first release whose kexec_file_load(2) loads a crash kernel, at a place that is known
	 * beforehand, and enters it without code of its own in between; 0: no release does. See
	 * plan/wrapped_image.h.
	 */
	uint32_t file_load_wrapped;
	/*
	 * What the user loses with that call, because our purgatory does not verify then: a clause
	 * that follows "so that". The second one holds under kexec handover, from the release of
	 * Linux on in the third.
	 */
	const char *file_load_loss;
	const char *file_load_loss_handover;
	uint32_t file_load_handover;

	/* The fastest first, SHA256_GENERIC, which needs nothing, last. */
	const struct arch_engine *engines;
	/* The name of the list of the CPU's extensions in /proc/cpuinfo. */
	const char *cpuinfo_extensions;
	/*
	 * What cleans and invalidates a block of the caches: its name in that list, and the
	 * property of each CPU's node that has the block's size. NULL: purgatory knows by itself.
	 */
	const char *cache_block_extension;
	const char *cache_block_property;
	/*
	 * The features of the CPU whose use purgatory has to end, ended by an empty one. NULL:
	 * none.
	 */
	const struct arch_cpu_feature *cpu_features;
	/*
	 * A compatible string that some node of its device trees has, and no node of another
	 * architecture's.
	 */
	const char *devicetree_sign;
	/*
	 * The first release of Linux (base/kernel_release.h) that names all extensions that engines
	 * need; 0: all releases that matter do.
	 */
	uint32_t cpuinfo_complete;
	/* Purgatory chooses by itself unless --engine says which; else kexec takes the first that
	 * the CPU has. */
	bool engine_chosen_late;

	bool caches_need_tables; /* memory is cached only while page tables are in use */

	/* The console and the reset that purgatory has without any addresses. */
	enum purgatory_console default_console;
	enum purgatory_reset default_reset;

	struct purgatory_object purgatory;

	/* Types of relocations that come in pairs, ended by one of type 0; NULL: there are none. */
	const struct relocation_pair *relocation_pairs;

	/*
	 * Apply one relocation: compute, check range and alignment, store. Returns 0, or -ERANGE
	 * (value does not fit or is not aligned), -EINVAL (malformed: a place not aligned or cut
	 * off by the end of the section, an addend where none may be), -ENOTSUP (type not
	 * supported), -ENOENT (the relocation that it is paired with is missing). No message: the
	 * caller has the names. Nothing is stored after a failure.
	 */
	int (*relocate)(const struct relocation *relocation);
};

extern const struct arch arch_arm64;
extern const struct arch arch_riscv64;

/* All descriptors, ended by NULL. */
extern const struct arch *const arch_all[];

/* The architecture of that --target name, or NULL. */
const struct arch *arch_find_name(const char *name);

/* The architecture of that machine string of uname(2), or NULL. */
const struct arch *arch_find_machine(const char *machine);

#endif
