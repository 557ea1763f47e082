/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one load is made of, and the steps that fill it; their order stands in load.c alone. Every
 * step returns 0, or -errno with a message.
 */
#ifndef LOAD_STATE_H
#define LOAD_STATE_H

#include "arch/arch.h"
#include "base/log.h"
#include "digest/chunk_hash.h"
#include "image/file.h"
#include "image/image.h"
#include "load/request.h"
#include "machine/crash_info.h"
#include "machine/kexec_permission.h"
#include "machine/machine.h"
#include "plan/elf_rel.h"
#include "plan/elfcorehdr.h"
#include "plan/kernel_place.h"
#include "plan/manifest_build.h"
#include "plan/next_memory.h"
#include "plan/plan.h"
#include "plan/tables.h"

/* Where the next kernel's device tree comes from. */
enum tree_origin {
	TREE_RUNNING, /* this system's own */
	TREE_OPTION,  /* --dtb */
	TREE_IMAGE,   /* the kernel's file, a UKI or a FIT, brings it */
};

/* The tree that the next kernel's is made from. */
struct load_tree {
	enum tree_origin origin;
	const char *source;		     /* for messages; not owned */
	const struct devicetree *devicetree; /* @read, or the machine's; at last @prepared */
	struct devicetree read;		     /* what had to be read; owned */
	struct devicetree prepared;	     /* by load_prepare_tree(); owned */
};

/* Everything that one load is made of; the steps fill it from top to bottom. */
struct load {
	const struct options *options;
	const struct log *log;

	const struct arch *arch;
	enum kexec_call call; /* load_hand_over() may change it: it has handed over nothing then */
	/* NULL: nothing is hashed. What lies in files is offered to it as soon as it is read. */
	struct chunk_hash *hash;
	struct machine machine;
	struct file_bytes initrd_file;		   /* what the user named, if anything; owned */
	size_t initrd_offsets[OPTIONS_INITRD_MAX]; /* in it, of each file of --initrd */
	struct image image;
	struct image_bytes initrd; /* the image's or the file's; size 0: none */
	char *command_line;
	struct load_tree tree;

	struct next_memory next_memory;
	const struct range *crash_region; /* NULL unless a crash kernel is loaded */
	unsigned long flags;		  /* KEXEC_* of kexec_load(2), without the architecture */
	struct page_check page_check;	  /* if the plan refers to it */
	struct plan plan;
	struct kernel_place place;
	struct crash_info crash_info;
	uint64_t elfcorehdr_size_min; /* what --hotplug needs, else 0 */
	struct elfcorehdr elfcorehdr;
	struct range elfcorehdr_range;
	struct devicetree dtb;
	uint64_t dtb_address;
	struct elf_rel *purgatory;
	uint32_t engine; /* of purgatory: enum sha256_engine, or PURGATORY_ENGINE_AUTO */
	struct manifest *manifest;
	struct range manifest_range;
	struct tables tables;
};

/* choose_call.c: the system call */
int load_choose_call(struct load *load);

/* read.c: what to boot, and what runs here */
int load_choose_arch(struct load *load);
int load_read_machine(struct load *load);
int load_choose_engine(struct load *load);
int load_read_initrd(struct load *load);
int load_read_image(struct load *load);
int load_choose_initrd(struct load *load);
int load_read_command_line(struct load *load);

/* initrd.c: whether the next kernel can do with it, or without */
int load_check_initrd(struct load *load);

/* running.c: what of the running system stands in the way */
int load_check_running_kernel(struct load *load);
int load_check_reset(struct load *load);

/* tree.c: the device tree that the next kernel's is made from */
int load_drop_brought_tree(struct load *load);
int load_choose_tree(struct load *load);

/* memory.c: what the tree says of memory */
int load_prepare_tree(struct load *load);
/* The command line that the next kernel gets, or NULL; valid once the tree was prepared. */
const char *load_next_command_line(const struct load *load);

/* crash.c: what only crash kernels need; no other is changed by these steps */
int load_find_crash_region(struct load *load);
int load_check_crash_size(struct load *load);
int load_check_hotplug(struct load *load);
int load_read_crash_info(struct load *load);
int load_make_elfcorehdr(struct load *load);

/* memory.c: where segments may lie */
int load_find_free_memory(struct load *load);

/* place.c: where everything goes */
int load_open_page_check(struct load *load);
int load_read_page_allocator(struct load *load);
int load_reserve_kernel_and_initrd(struct load *load);
int load_add_kernel(struct load *load);
int load_add_initrd(struct load *load);
int load_place_elfcorehdr(struct load *load);
int load_place_dtb(struct load *load);
int load_place_purgatory(struct load *load);
int load_place_manifest(struct load *load);
int load_place_tables(struct load *load);
int load_order_segments(struct load *load);
int load_check_plan(struct load *load);

/* seal.c: what purgatory is to know and to verify */
int load_start_hashing(struct load *load);
int load_build_tables(struct load *load);
int load_patch_purgatory(struct load *load);
int load_seal_tables(struct load *load);
int load_seal_manifest(struct load *load);

/* file_load.c: what only kexec_file_load(2) needs */
int load_check_file_format(struct load *load);
int load_inherit_command_line(struct load *load);
int load_hand_over_files(struct load *load);

/* hand_over.c: the system call, or --output */
int load_check_files(struct load *load);
int load_hand_over(struct load *load);
int load_confirm_files(struct load *load);

#endif
