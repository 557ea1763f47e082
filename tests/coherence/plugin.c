/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The coherence checker as a plugin of qemu-system-aarch64: feeds the model with what the guest
 * executes, from purgatory's entry to the next kernel's.
 *
 * Arguments, numbers as strtoull() reads them:
 *   report=FILE   where findings and the summary go
 *   ram=FILE      the guest's RAM: the mem-path of a memory-backend-file with share=on
 *   base=ADDRESS  physical address of its first byte
 *   entry=ADDRESS, kernel=ADDRESS   purgatory's entry and the next kernel's, physical
 *   own=NAME:ADDRESS:SIZE, payload=..., cached=...   segments, see enum segment_kind
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model.h"
#include "plugin_arguments.h"
#include "qemu_plugin.h"

#define PAGE_OFFSET(address) ((address) & ((UINT64_C(1) << PAGE_SHIFT) - 1))
#define GENERAL_COUNT	     31
#define PSTATE_LEVEL_SHIFT   2
#define HCR_TGE		     (UINT64_C(1) << 27)
#define HCR_E2H		     (UINT64_C(1) << 34)

enum stage {
	STAGE_OLD_KERNEL,
	STAGE_PURGATORY,
	STAGE_NEXT_KERNEL,
};

/* Handles of the vCPU's registers; NULL where it has none. */
struct registers {
	void *general[GENERAL_COUNT];
	void *pstate;
	void *hcr;
	void *control[2][CONTROL_COUNT]; /* of EL1, of EL2 */
};

/* An instruction or a block as a callback needs it. Lives as long as the plugin. */
struct code {
	struct code *next;
	uint64_t address;
	uint64_t size;
	struct operation operation;
	uint64_t generation; /* of the model, when the block was last checked */
};

struct plugin {
	const char *report_path;
	const char *ram_path;
	uint64_t entry;
	uint64_t kernel;
	enum stage stage;
	struct registers registers;
	struct glib_array *buffer; /* for values of registers */
	struct code *code;
	struct model model;
};

int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

/* The one instance: QEMU hands no data to the callbacks for a new vCPU and for a new block. */
static struct plugin plugin;

static uint64_t read_register(void *handle)
{
	uint64_t value = 0;
	int size;

	if (!handle)
		return 0;
	g_byte_array_set_size(plugin.buffer, 0);
	size = qemu_plugin_read_register(handle, plugin.buffer);
	if (size > 0 && (size_t)size <= sizeof(value))
		memcpy(&value, plugin.buffer->data, size);
	return value;
}

/* QEMU gives SCTLR_EL1 the name that it has in AArch32. */
static void find_register(const struct qemu_plugin_register_descriptor *descriptor)
{
	static const char *const controls[2][CONTROL_COUNT] = {
		{"SCTLR", "TCR_EL1", "MAIR_EL1", "TTBR0_EL1", "TTBR1_EL1"},
		{"SCTLR_EL2", "TCR_EL2", "MAIR_EL2", "TTBR0_EL2", "TTBR1_EL2"},
	};
	const char *name = descriptor->name;
	unsigned int level, i;
	int end = 0;

	if (sscanf(name, "x%u%n", &i, &end) == 1 && !name[end] && i < GENERAL_COUNT)
		plugin.registers.general[i] = descriptor->handle;
	else if (!strcmp(name, "cpsr"))
		plugin.registers.pstate = descriptor->handle;
	else if (!strcmp(name, "HCR_EL2"))
		plugin.registers.hcr = descriptor->handle;
	for (level = 0; level < 2; level++)
		for (i = 0; i < CONTROL_COUNT; i++)
			if (!strcmp(name, controls[level][i]))
				plugin.registers.control[level][i] = descriptor->handle;
}

static void start_vcpu(qemu_plugin_id_t id, unsigned int vcpu)
{
	struct glib_array *array = qemu_plugin_get_registers();
	const struct qemu_plugin_register_descriptor *descriptors = array->data;
	unsigned int i;

	(void)id;
	(void)vcpu;
	plugin.buffer = g_byte_array_new();
	for (i = 0; i < array->len; i++)
		find_register(&descriptors[i]);
	g_array_free(array, 1);
}

static void read_cpu(struct cpu *cpu)
{
	uint64_t hcr = read_register(plugin.registers.hcr);
	unsigned int i;

	cpu->level = read_register(plugin.registers.pstate) >> PSTATE_LEVEL_SHIFT & 3;
	cpu->e2h = cpu->level == 2 && (hcr & HCR_E2H);
	cpu->tge = cpu->e2h && (hcr & HCR_TGE);
	for (i = 0; i < CONTROL_COUNT; i++)
		cpu->control[i] = read_register(plugin.registers.control[cpu->level == 2][i]);
}

static _Noreturn void fail(const char *message)
{
	fprintf(stderr, "coherence: %s\n", message);
	exit(EXIT_FAILURE);
}

/* RAM exists when the guest runs, not yet when the plugin is installed. */
static int map_memory(struct memory *memory)
{
	struct stat status;
	void *bytes = MAP_FAILED;
	int file = open(plugin.ram_path, O_RDONLY | O_CLOEXEC);

	if (file >= 0 && !fstat(file, &status))
		bytes = mmap(NULL, status.st_size, PROT_READ, MAP_SHARED, file, 0);
	if (file >= 0)
		close(file);
	if (bytes == MAP_FAILED)
		return -EINVAL;
	memory->bytes = bytes;
	memory->size = status.st_size;
	return 0;
}

static void prepare(struct model *model)
{
	const struct segment *segment = model->segments;

	if (map_memory(&model->memory))
		fail("cannot map the RAM file");
	for (; segment < model->segments + model->segment_count; segment++)
		if (!memory_has(&model->memory, segment->address, segment->size))
			fail("a segment lies outside RAM");
}

static void write_report(void)
{
	static const char *const stages[] = {"old-kernel", "purgatory", "next-kernel"};
	const struct model *model = &plugin.model;
	FILE *file = fopen(plugin.report_path, "we");

	if (!file)
		fail("cannot write the report");
	report_write(&model->report, file);
	fprintf(file,
		"summary findings=%u reached=%s blocks=%" PRIu64 " accesses=%" PRIu64
		" operations=%" PRIu64 "\n",
		model->report.count, stages[plugin.stage], model->counts[0], model->counts[1],
		model->counts[2]);
	fclose(file);
}

/* One of the two entries may be at the instruction about to be executed. */
static void pass_entry(unsigned int vcpu, void *data)
{
	const struct code *code = data;
	struct model *model = &plugin.model;
	uint64_t physical;
	struct cpu cpu;

	(void)vcpu;
	if (!model->memory.bytes)
		prepare(model);
	read_cpu(&cpu);
	if (!model_locate(&model->memory, &cpu, code->address, &physical))
		return;
	if (plugin.stage == STAGE_OLD_KERNEL && physical == plugin.entry) {
		plugin.stage = STAGE_PURGATORY;
		if (model_enter(model, &cpu, physical))
			fail("out of memory");
		model_fetch(model, code->address, 4);
	} else if (plugin.stage == STAGE_PURGATORY && physical == plugin.kernel) {
		plugin.stage = STAGE_NEXT_KERNEL;
		model_leave(model, code->address);
		write_report();
	}
}

static void execute_block(unsigned int vcpu, void *data)
{
	struct code *block = data;

	(void)vcpu;
	if (plugin.stage != STAGE_PURGATORY || block->generation == plugin.model.generation)
		return;
	model_fetch(&plugin.model, block->address, block->size);
	block->generation = plugin.model.generation;
}

static void execute_operation(unsigned int vcpu, void *data)
{
	const struct code *code = data;
	uint64_t operand = 0;
	struct cpu cpu;

	(void)vcpu;
	if (plugin.stage != STAGE_PURGATORY)
		return;
	if (code->operation.kind == OPERATION_ISB) {
		read_cpu(&cpu);
		model_compare(&plugin.model, code->address, cpu.control);
	}
	if (operation_has_operand(&code->operation) && code->operation.operand < GENERAL_COUNT)
		operand = read_register(plugin.registers.general[code->operation.operand]);
	model_operation(&plugin.model, code->address, &code->operation, operand);
}

static void access_memory(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address,
			  void *data)
{
	const struct code *code = data;
	struct qemu_plugin_hwaddr *physical;

	(void)vcpu;
	if (plugin.stage != STAGE_PURGATORY)
		return;
	physical = qemu_plugin_get_hwaddr(info, address);
	if (physical && !qemu_plugin_hwaddr_is_io(physical))
		model_access(&plugin.model, code->address, address,
			     UINT64_C(1) << qemu_plugin_mem_size_shift(info),
			     qemu_plugin_mem_is_store(info),
			     qemu_plugin_hwaddr_phys_addr(physical));
}

static struct code *new_code(uint64_t address, uint64_t size)
{
	struct code *code = calloc(1, sizeof(*code));

	if (!code)
		fail("out of memory");
	code->next = plugin.code;
	code->address = address;
	code->size = size;
	plugin.code = code;
	return code;
}

static bool may_be_entry(uint64_t address)
{
	return PAGE_OFFSET(address) == PAGE_OFFSET(plugin.entry) ||
	       PAGE_OFFSET(address) == PAGE_OFFSET(plugin.kernel);
}

static void translate_instruction(struct qemu_plugin_insn *instruction)
{
	struct code *code = new_code(qemu_plugin_insn_vaddr(instruction), 4);
	uint32_t opcode = 0;

	qemu_plugin_insn_data(instruction, &opcode, sizeof(opcode));
	code->operation = decode(opcode);
	if (may_be_entry(code->address))
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, pass_entry,
						       QEMU_PLUGIN_CB_R_REGS, code);
	if (code->operation.kind != OPERATION_NONE)
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, execute_operation,
						       QEMU_PLUGIN_CB_R_REGS, code);
	qemu_plugin_register_vcpu_mem_cb(instruction, access_memory, QEMU_PLUGIN_CB_NO_REGS,
					 QEMU_PLUGIN_MEM_RW, code);
}

static void translate_block(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb), i;
	struct code *block;

	(void)id;
	block = new_code(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)), count * 4);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, execute_block, QEMU_PLUGIN_CB_NO_REGS, block);
	for (i = 0; i < count; i++)
		translate_instruction(qemu_plugin_tb_get_insn(tb, i));
}

/* QEMU ends without the next kernel. */
static void finish(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	if (plugin.stage != STAGE_NEXT_KERNEL)
		write_report();
}

/* NAME:ADDRESS:SIZE, of which the name is kept in place. */
static int parse_segment(char *text, enum segment_kind kind)
{
	struct model *model = &plugin.model;
	struct segment *segment = &model->segments[model->segment_count];
	char *address = strchr(text, ':'), *size = address ? strchr(address + 1, ':') : NULL;

	if (!size || model->segment_count == SEGMENT_MAX)
		return -EINVAL;
	*address++ = '\0';
	*segment = (struct segment){text, strtoull(address, NULL, 0), strtoull(size + 1, NULL, 0),
				    kind};
	if (!segment->size)
		return -EINVAL;
	model->segment_count++;
	return 0;
}

static int parse_argument(const char *name, char *value)
{
	if (!strcmp(name, "report"))
		plugin.report_path = value;
	else if (!strcmp(name, "ram"))
		plugin.ram_path = value;
	else if (!strcmp(name, "base"))
		plugin.model.memory.base = strtoull(value, NULL, 0);
	else if (!strcmp(name, "entry"))
		plugin.entry = strtoull(value, NULL, 0);
	else if (!strcmp(name, "kernel"))
		plugin.kernel = strtoull(value, NULL, 0);
	else if (!strcmp(name, "own"))
		return parse_segment(value, SEGMENT_OWN);
	else if (!strcmp(name, "payload"))
		return parse_segment(value, SEGMENT_PAYLOAD);
	else if (!strcmp(name, "cached"))
		return parse_segment(value, SEGMENT_CACHED);
	else
		return -EINVAL;
	return 0;
}

static int parse_arguments(int argc, char **argv)
{
	if (plugin_parse_arguments("coherence", argc, argv, parse_argument))
		return -EINVAL;
	if (plugin.report_path && plugin.ram_path && plugin.entry && plugin.kernel)
		return 0;
	fprintf(stderr, "coherence: report, ram, entry and kernel are needed\n");
	return -EINVAL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info, int argc,
			char **argv)
{
	if (strcmp(info->target_name, "aarch64") || !info->system_emulation ||
	    info->smp_vcpus != 1) {
		fprintf(stderr, "coherence: this is for qemu-system-aarch64 with one CPU\n");
		return -1;
	}
	if (parse_arguments(argc, argv))
		return -1;
	qemu_plugin_register_vcpu_init_cb(id, start_vcpu);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
