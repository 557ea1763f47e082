/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The phases of a load, and the result that each one hands to the next:
 *
 *   choose     the architecture and the system call       -> struct load_context
 *   read       what to boot, and what runs here           -> struct load_input
 *   place      where everything goes                      -> struct load_layout
 *   describe   what purgatory knows and verifies          (fills in the layout)
 *   submit     to the kernel, or to --output
 *
 * Each phase takes the results of those before it as const. load.c alone has the order of the
 * steps. A step returns 0, or -errno with a message.
 */
#ifndef LOAD_PHASES_H
#define LOAD_PHASES_H

#include <stdbool.h>

#include "arch/arch.h"
#include "base/log.h"
#include "cpu/online_cpus.h"
#include "digest/chunk_hash.h"
#include "digest/cpu_engines.h"
#include "digest/verify_time.h"
#include "image/file.h"
#include "image/image.h"
#include "load/choose.h"
#include "load/request.h"
#include "machine/crash_info.h"
#include "machine/machine.h"
#include "permit/kexec_permission.h"
#include "plan/elf_rel.h"
#include "plan/elfcorehdr.h"
#include "plan/kernel_place.h"
#include "plan/manifest_build.h"
#include "plan/next_memory.h"
#include "plan/plan.h"
#include "plan/table_sets.h"
#include "plan/wrapped_image.h"
#include "show/plan_view.h"

/* What every step needs: the request, and how it is carried out. */
struct load_context {
	const struct options *request;
	const struct log *log;
	const struct arch *arch;
	struct call_choice choice;
};

/* Where the next kernel's device tree comes from. */
enum tree_origin {
	TREE_RUNNING, /* this system's own */
	TREE_OPTION,  /* --dtb */
	TREE_IMAGE,   /* the kernel's file, a UKI or a FIT, contains it */
};

/* The device tree from which the next kernel's is made. */
struct load_tree {
	enum tree_origin origin;
	const char *source;		     /* for messages; not owned */
	const struct devicetree *devicetree; /* @read, or the machine's; in the end @prepared */
	struct devicetree read;		     /* a tree that had to be read; owned */
	struct devicetree prepared;	     /* by tree_prepare(); owned */
};

/* What to boot, and what is known of this system. */
struct load_input {
	/* Contents of files are offered to it as soon as they are read. NULL: nothing is hashed. */
	struct chunk_hash *hash;
	struct machine machine;
	struct cpu_engines engines;    /* that the CPUs have */
	uint32_t engine;	       /* of purgatory: enum sha256_engine, or _AUTO */
	struct file_bytes initrd_file; /* the files that the user named, if any; owned */
	size_t initrd_offsets[OPTIONS_INITRD_MAX]; /* of each file of --initrd, in initrd_file */
	struct online_cpus cpus;		   /* that purgatory may start */
	unsigned int sharing; /* how many CPUs are to verify; 0: one, which needs nothing */
	struct image image;
	struct image_bytes initrd; /* the image's or the file's; size 0: none */
	char *command_line;	   /* NULL: as the tree has it; owned */

	const struct range *crash_region; /* NULL unless a crash kernel is loaded */
	unsigned long flags;		  /* KEXEC_* of kexec_load(2), without the architecture */
	uint64_t elfcorehdr_size_min;	  /* what --hotplug needs, else 0 */

	/* For kexec_load(2) only: with the other call the kernel makes these. */
	struct verify_time verify_time; /* predicted */
	struct load_tree tree;
	struct crash_info crash_info;
};

/* Where everything goes. */
struct load_layout {
	struct next_memory next_memory;
	struct page_check page_check; /* if the plan refers to it */
	struct plan plan;
	struct kernel_place place;
	struct elfcorehdr elfcorehdr;
	struct range elfcorehdr_range;
	struct devicetree dtb;
	uint64_t dtb_address;
	struct elf_rel *purgatory;
	struct manifest *manifest;
	struct range manifest_range;
	struct cpus_place cpus;
	struct table_sets tables;
	/* For a wrapped load. */
	struct wrapped_image wrapped;
	uint8_t head[WRAPPED_IMAGE_HEAD_SIZE];
};

/* read.c: the machine, and the files that the user names */
int read_begin_hashing(struct load_input *input, const struct load_context *context);
int read_machine(struct load_input *input, const struct load_context *context);
int read_engine(struct load_input *input, const struct load_context *context);
int read_initrd(struct load_input *input, const struct load_context *context);
int read_image(struct load_input *input, const struct load_context *context);
int read_choose_initrd(struct load_input *input, const struct load_context *context);
int read_command_line(struct load_input *input, const struct load_context *context);
/*
 * Go on with kexec_load(2) after all: what that call needs to know of the machine was not read yet,
 * and nothing was hashed. The files are not read again, and messages about them do not come again.
 */
int read_for_segments(struct load_input *input, struct load_context *context);

/*
 * check_initrd.c: whether the next kernel can boot with its initrd, or without one. It only warns,
 * except for an error if the file changed.
 */
int check_initrd(const struct load_input *input, const struct load_context *context);

/* running.c: obstacles in the running system */
int running_check_kernel(const struct load_input *input, const struct load_context *context);
int running_check_file_places(const struct load_input *input, const struct load_context *context);
int running_check_reset(const struct load_input *input, const struct load_context *context);

/* tree.c: the device tree from which the next kernel's is made */
int tree_drop_brought(struct load_input *input, const struct load_context *context);
int tree_choose(struct load_input *input, const struct load_context *context);
int tree_prepare(struct load_input *input, const struct load_context *context);
/* The command line that the next kernel gets, or NULL; valid once the tree was prepared. */
const char *tree_next_command_line(const struct load_input *input);

/* crash.c: the steps for crash kernels; they do nothing for other kernels */
int crash_find_region(struct load_input *input, const struct load_context *context);
int crash_check_size(const struct load_input *input, const struct load_context *context);
int crash_check_hotplug(struct load_input *input, const struct load_context *context);
int crash_read_info(struct load_input *input, const struct load_context *context);
int crash_make_elfcorehdr(struct load_layout *layout, const struct load_input *input,
			  const struct load_context *context);

/* memory.c: where segments may lie */
int memory_find_free(struct load_layout *layout, const struct load_input *input,
		     const struct load_context *context);

/* place.c: where they lie */
int place_open_page_check(struct load_layout *layout, const struct load_input *input,
			  const struct load_context *context);
int place_read_prices(struct load_layout *layout, const struct load_input *input,
		      const struct load_context *context);
int place_kernel_and_initrd(struct load_layout *layout, const struct load_input *input,
			    const struct load_context *context);
int place_add_kernel(struct load_layout *layout, const struct load_input *input,
		     const struct load_context *context);
int place_add_initrd(struct load_layout *layout, const struct load_input *input,
		     const struct load_context *context);
int place_elfcorehdr(struct load_layout *layout, const struct load_context *context);
int place_dtb(struct load_layout *layout, const struct load_input *input,
	      const struct load_context *context);
int place_purgatory(struct load_layout *layout, const struct load_input *input,
		    const struct load_context *context);
int place_manifest(struct load_layout *layout, const struct load_context *context);
int place_tables(struct load_layout *layout, const struct load_input *input,
		 const struct load_context *context);
int place_check_plan(struct load_layout *layout, const struct load_context *context);

/* share.c: several CPUs verify, if the user wants that */
int share_choose_cpus(struct load_input *input, const struct load_context *context);
int share_place(struct load_layout *layout, const struct load_input *input,
		const struct load_context *context);

/* describe.c: what purgatory knows and verifies */
int describe_tables(struct load_layout *layout, const struct load_context *context);
int describe_purgatory(struct load_layout *layout, const struct load_input *input,
		       const struct load_context *context);
int describe_tables_digest(struct load_layout *layout, const struct load_context *context);
int describe_manifest(struct load_layout *layout, const struct load_input *input,
		      const struct load_context *context);

/* predict.c: how long verification will take, and whether a watchdog that runs is faster */
int predict_time(const struct load_layout *layout, struct load_input *input,
		 const struct load_context *context);
int predict_check_watchdogs(const struct load_input *input, const struct load_context *context);

/*
 * view.c: the load as it is shown. @layout is NULL if the running kernel places everything. Neither
 * it nor @input may change while the view is in use. view_show() prints what --plan and --debug ask
 * for. view_free() frees what view_make() allocated; harmless after a failure.
 */
int view_make(struct plan_view *view, const struct load_layout *layout,
	      const struct load_input *input, const struct load_context *context);
int view_show(const struct plan_view *view, const struct load_context *context);
void view_free(struct plan_view *view);

/*
 * wrap.c: the steps for a load that is wrapped (plan/wrapped_image.h); they do nothing for others.
 * The first reserves the head and the tail, so that everything else lies between them. The second
 * checks the whole when all has its place. WRAP_SIZE_MAX is KEXEC_FILE_SIZE_MAX of
 * kernel/kexec_file.c, INT_MAX before Linux 6.3.
 */
#define WRAP_SIZE_MAX ((UINT64_C(1) << 31) - 1)
int wrap_reserve(struct load_layout *layout, const struct load_input *input,
		 const struct load_context *context);
int wrap_check(struct load_layout *layout, const struct load_context *context);
int wrap_write_head(struct load_layout *layout, const struct load_context *context);

/*
 * loaded.c: what is left of a load. loaded_record() writes a record for --show, or after an @error
 * removes that of a kernel that is not loaded any more. loaded_tell() tells a person at a terminal
 * on one line what was loaded, what verifies it, and what comes next; not with --quiet, and not if
 * the next step follows at once.
 */
void loaded_record(const struct load_input *input, const struct load_context *context, int error);
void loaded_tell(const struct load_input *input, const struct load_context *context);

/* recheck.c: whether the files are still what was read */
int recheck_files(const struct load_input *input, const struct load_context *context);
int recheck_submitted(const struct load_input *input, const struct load_context *context);

/*
 * submit.c: kexec_load(2), or kexec_file_load(2) of a wrapped load, or --output. If the call was
 * refused and kexec_file_load(2) of the kernel's file may be tried instead, @refused becomes true,
 * the result is 0, and nothing is loaded.
 */
int submit_segments(const struct load_layout *layout, const struct load_input *input,
		    const struct load_context *context, bool *refused);

/*
 * submit_wrapped.c: kexec_file_load(2) of a wrapped load, for submit.c. @refused is also set if the
 * kernel has put it where it would not verify.
 */
int submit_wrapped(const struct load_layout *layout, const struct load_input *input,
		   const struct load_context *context, bool *refused);

/*
 * submit_files.c: kexec_file_load(2). If that call was chosen only because of handover and cannot
 * take the files, submit_files_give_up() warns and returns true. Then the other call takes them.
 */
bool submit_files_give_up(const struct load_input *input, const struct load_context *context);
/* True if the call can take the kernel's file, so that it may be loaded plainly. */
bool submit_files_can_take(const struct load_input *input, const struct load_context *context);
int submit_files_check_format(const struct load_input *input, const struct load_context *context);
int submit_files_inherit_command_line(struct load_input *input, const struct load_context *context);
int submit_files(const struct load_input *input, const struct load_context *context);

#endif
