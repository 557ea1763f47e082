/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of QEMU's plugin interface that the checker and the plugins of tests/bench use, declared
 * here because Debian does not package qemu-plugin.h. Source: "QEMU TCG Plugins", API version 4
 * (QEMU 9.2 and 10.0).
 *
 * The functions are in the QEMU executable and, for g_*, in the GLib that it has loaded.
 */
#ifndef COHERENCE_QEMU_PLUGIN_H
#define COHERENCE_QEMU_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_PLUGIN_API_VERSION 4
#define QEMU_PLUGIN_EXPORT	__attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;

/* What QEMU tells about itself. Valid during qemu_plugin_install() only. */
struct qemu_plugin_info {
	const char *target_name; /* "aarch64" */
	struct {
		int min;
		int cur;
	} version;
	bool system_emulation;
	int smp_vcpus;
	int max_vcpus;
};

/* What a callback does to the guest's registers. */
enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS,
	QEMU_PLUGIN_CB_R_REGS,
};

enum qemu_plugin_mem_rw {
	QEMU_PLUGIN_MEM_RW = 3,
};

/* What is done to a counter without a call, and when a callback is called. */
enum qemu_plugin_op {
	QEMU_PLUGIN_INLINE_ADD_U64,
	QEMU_PLUGIN_INLINE_STORE_U64,
};

enum qemu_plugin_cond {
	QEMU_PLUGIN_COND_NEVER,
	QEMU_PLUGIN_COND_ALWAYS,
	QEMU_PLUGIN_COND_EQ,
	QEMU_PLUGIN_COND_NE,
};

/* An array with an element for each vCPU, and a counter at an offset of such an element. */
struct qemu_plugin_scoreboard;
typedef struct {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
} qemu_plugin_u64;

/* GLib's GArray and GByteArray, as far as they are public. */
struct glib_array {
	void *data;
	unsigned int len; /* elements */
};

/* An element of what qemu_plugin_get_registers() returns. */
struct qemu_plugin_register_descriptor {
	void *handle;
	const char *name;
	const char *feature;
};

/* A translated block, an instruction of it, an access to memory: opaque, for one callback. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
typedef uint32_t qemu_plugin_meminfo_t;

typedef void (*qemu_plugin_vcpu_simple_cb)(qemu_plugin_id_t id, unsigned int vcpu);
typedef void (*qemu_plugin_vcpu_udata_cb)(unsigned int vcpu, void *data);
typedef void (*qemu_plugin_tb_trans_cb_function)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*qemu_plugin_mem_cb)(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address,
				   void *data);
typedef void (*qemu_plugin_udata_cb)(qemu_plugin_id_t id, void *data);

/* What the plugin exports: the API version that it speaks, and its start; 0 to go on. */
extern QEMU_PLUGIN_EXPORT int qemu_plugin_version;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info,
					   int argc, char **argv);

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_simple_cb callback);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_plugin_tb_trans_cb_function callback);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_cb callback, void *data);

/* Called before the block, before the instruction, after the access. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  qemu_plugin_vcpu_udata_cb callback,
					  enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction,
					    qemu_plugin_vcpu_udata_cb callback,
					    enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction,
				      qemu_plugin_mem_cb callback, enum qemu_plugin_cb_flags flags,
				      enum qemu_plugin_mem_rw rw, void *data);

/* Elements are zero at first, and move when a vCPU is added: find them anew. */
struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element_size);
void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score, unsigned int vcpu);

/* @op with @value on the vCPU's counter, before the block or before the instruction. */
void qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(struct qemu_plugin_tb *tb,
						       enum qemu_plugin_op op,
						       qemu_plugin_u64 counter, uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *instruction,
							 enum qemu_plugin_op op,
							 qemu_plugin_u64 counter, uint64_t value);

/* Called before the block if the counter compares so with @value. */
void qemu_plugin_register_vcpu_tb_exec_cond_cb(struct qemu_plugin_tb *tb,
					       qemu_plugin_vcpu_udata_cb callback,
					       enum qemu_plugin_cb_flags flags,
					       enum qemu_plugin_cond condition,
					       qemu_plugin_u64 counter, uint64_t value, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
/* Copies at most @size bytes of the opcode to @buffer. Returns how many. */
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction, void *buffer, size_t size);

/* In a memory callback: log2 of the bytes, the direction, and the physical address. */
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info, uint64_t address);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *address);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *address);

/* The registers of the calling vCPU: the caller frees the array, the names stay. */
struct glib_array *qemu_plugin_get_registers(void);
/* Appends the register's bytes to @buffer, little-endian here. Returns how many, or -1. */
int qemu_plugin_read_register(void *handle, struct glib_array *buffer);

struct glib_array *g_byte_array_new(void);
struct glib_array *g_byte_array_set_size(struct glib_array *array, unsigned int length);
void *g_byte_array_free(struct glib_array *array, int free_segment);
char *g_array_free(struct glib_array *array, int free_segment);

#endif
