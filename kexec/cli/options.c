/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: the table of options and its parser.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/options.h"
#include "cli/options_parser.h"
#include "cli/options_unknown.h"
#include "digest/engine_choice.h"

/* Options without a letter. */
enum {
	OPTION_ANY_BOARD = 256,
	OPTION_APPEND,
	OPTION_CAPTURE,
	OPTION_CPUS,
	OPTION_DTB,
	OPTION_ENGINE,
	OPTION_ENTRY,
	OPTION_EXEC_LIVE_UPDATE,
	OPTION_FORCE_DTB,
	OPTION_HOTPLUG,
	OPTION_INITRD,
	OPTION_LAST_REPORT,
	OPTION_LOAD_JUMP_BACK_HELPER,
	OPTION_LOAD_LIVE_UPDATE,
	OPTION_LOAD_PRESERVE_CONTEXT,
	OPTION_MEM_MAX,
	OPTION_MEM_MIN,
	OPTION_MMU,
	OPTION_NO_CMA,
	OPTION_NO_EFFECT,
	OPTION_ON_MISMATCH,
	OPTION_OUTPUT,
	OPTION_PLAN,
	OPTION_PRINT_CKR_SIZE,
	OPTION_REUSE_CMDLINE,
	OPTION_REUSE_INITRD,
	OPTION_SERIAL,
	OPTION_SHOW,
	OPTION_SYSROOT,
	OPTION_TARGET,
};

const struct option_entry option_table[] = {
	{'l', "load", NULL, "Load KERNEL and leave it there for a later -e."},
	{'p', "load-panic", NULL,
	 "Load KERNEL to be started when this kernel panics;\n"
	 "with -u, unload it."},
	{'e', "exec", NULL,
	 "Execute the loaded kernel now: sync, take the network\n"
	 "down, start. Services are not stopped."},
	{'f', "force", NULL, "Load KERNEL and execute it now, like -l and then -e."},
	{'u', "unload", NULL, "Unload the loaded kernel."},
	{'S', "status", NULL,
	 "Exit with 1 if a crash kernel is loaded (with -l: the\n"
	 "kernel for -e), with 0 if none is."},
	{OPTION_CAPTURE, "capture", "DIRECTORY",
	 "Write what a plan needs of this system, without its\n"
	 "secrets, to a new directory, or to FILE.tar.zst."},
	{OPTION_SHOW, "show", NULL,
	 "Say in words what is loaded, by whom and how it is\n"
	 "verified, and what this system permits."},
	{OPTION_LAST_REPORT, "last-report", NULL,
	 "Print what the verification before this kernel said.\n"
	 "Exit with 0 if all was right, with 2 if not, with 1\n"
	 "if there was none."},
	{'t', "type", "TYPE", "Take KERNEL for this type (below), do not detect it."},
	{OPTION_INITRD, "initrd", "FILE",
	 "Give FILE to the kernel as its initial RAM disk;\n"
	 "several are concatenated."},
	{OPTION_INITRD, "ramdisk", "FILE", NULL},
	{OPTION_REUSE_INITRD, "reuseinitrd", NULL,
	 "Use the running kernel's initial RAM disk, which it\n"
	 "keeps if it was booted with retain_initrd."},
	{OPTION_DTB, "dtb", "FILE", "Use FILE as device tree, not the running system's."},
	{OPTION_ANY_BOARD, "any-board", NULL,
	 "Hand on the device tree of --dtb or in KERNEL even if\n"
	 "it is for another board than this one."},
	{OPTION_APPEND, "append", "TEXT",
	 "Set the kernel's command line, or add TEXT to what\n"
	 "--reuse-cmdline gives."},
	{OPTION_APPEND, "command-line", "TEXT", NULL},
	{OPTION_REUSE_CMDLINE, "reuse-cmdline", NULL,
	 "Begin the command line with the running kernel's."},
	{OPTION_MEM_MIN, "mem-min", "ADDRESS", "Lowest physical address to load to."},
	{OPTION_MEM_MAX, "mem-max", "ADDRESS", "Highest physical address to load to."},
	{'i', "no-checks", NULL, "Do not verify the load before it is started."},
	{OPTION_ON_MISMATCH, "on-mismatch", "reset|halt|boot",
	 "After a failed verification and its message, reset\n"
	 "the machine (default), halt it, or with -p boot the\n"
	 "crash kernel all the same."},
	{OPTION_MMU, "mmu", "auto|on|off",
	 "Verify with page tables if possible (default), always\n"
	 "(else refuse to load), or never."},
	{OPTION_ENGINE, "engine", "ENGINE",
	 "Verify with this SHA-256 code (below), or with the\n"
	 "fastest that the processor can run: auto (default)."},
	{OPTION_CPUS, "cpus", "all|N",
	 "With -l: verify with so many CPUs, 8 at most; 1 is\n"
	 "the default. See the manual before you use it."},
	{OPTION_SERIAL, "serial", "NAME",
	 "Console of the verification's report, as the kernel\n"
	 "names it (ttyAMA0, ttyS0), or none for no report."},
	{'c', "kexec-syscall", NULL, "Load with kexec_load(2), or fail."},
	{'s', "kexec-file-syscall", NULL,
	 "Load with kexec_file_load(2), or fail. Purgatory does\n"
	 "not verify such a load."},
	{'a', "kexec-syscall-auto", NULL,
	 "Load with kexec_load(2), or with kexec_file_load(2)\n"
	 "if the first is missing or forbidden (default)."},
	{OPTION_HOTPLUG, "hotplug", NULL,
	 "Let the kernel keep a crash kernel's list of CPUs and\n"
	 "memory up to date."},
	{OPTION_NO_CMA, "no-cma", NULL,
	 "Do not let kexec_file_load(2) put the kernel into CMA\n"
	 "memory; kexec_load(2) never does."},
	{OPTION_PRINT_CKR_SIZE, "print-ckr-size", NULL,
	 "Print the size of the region kept for crash kernels,\n"
	 "in bytes; 0 if there is none."},
	{'x', "no-ifdown", NULL, "Do not take the network down before executing."},
	{'y', "no-sync", NULL, "Do not sync file systems before executing."},
	{OPTION_PLAN, "plan", "[text|json|svg]",
	 "Load nothing: show what would be loaded, where, how\n"
	 "and why, and how long its verification would take."},
	{OPTION_OUTPUT, "output", "DIRECTORY",
	 "Load nothing: write the segments and plan.json, which\n"
	 "describes them, to DIRECTORY."},
	{OPTION_SYSROOT, "sysroot", "DIRECTORY",
	 "Plan for the system whose /proc and /sys are captured\n"
	 "below DIRECTORY; with --plan or --output."},
	{OPTION_TARGET, "target", "arm64|riscv64", "Architecture of the captured system."},
	{OPTION_NO_EFFECT, "args-linux", NULL,
	 "Accepted, without effect: clients give these options\n"
	 "of other architectures on every one."},
	{OPTION_NO_EFFECT, "console-vga", NULL, NULL},
	{OPTION_NO_EFFECT, "elf64-core-headers", NULL, NULL},
	{OPTION_NO_EFFECT, "reset-vga", NULL, NULL},
	{OPTION_FORCE_DTB, "force-dtb", NULL,
	 "Accepted, without effect: the device tree is always\n"
	 "handed on."},
	{'d', "debug", NULL, "Say what is done; twice: with all details."},
	{'q', "quiet", NULL, "Say nothing after a load that succeeds."},
	{'h', "help", NULL, "Print this help."},
	{'v', "version", NULL, "Print version, formats and architectures built in."},
	{0},
};

#define OPTION_COUNT (sizeof(option_table) / sizeof(option_table[0]) - 1)

/* Options of kexec-tools that are known and refused, because ignoring them would be wrong. */
struct refused_option {
	int value;
	bool has_argument;
	const char *name;
	const char *reason;
};

#define NO_JUMP_BACK "kernels of these architectures cannot be returned to (no CONFIG_KEXEC_JUMP)"
#define NO_XEN	     "it belongs to Xen, which does not use kexec on these architectures"

static const struct refused_option refused_options[] = {
	{OPTION_LOAD_PRESERVE_CONTEXT, false, "load-preserve-context", NO_JUMP_BACK},
	{OPTION_LOAD_JUMP_BACK_HELPER, false, "load-jump-back-helper", NO_JUMP_BACK},
	{OPTION_ENTRY, true, "entry", NO_JUMP_BACK},
	{OPTION_LOAD_LIVE_UPDATE, false, "load-live-update", NO_XEN},
	{OPTION_EXEC_LIVE_UPDATE, false, "exec-live-update", NO_XEN},
};

#define REFUSED_COUNT (sizeof(refused_options) / sizeof(refused_options[0]))

static const struct option_entry *find_option(int value)
{
	const struct option_entry *entry;

	for (entry = option_table; entry->name; entry++) {
		if (entry->value == value)
			return entry;
	}
	return NULL;
}

/* The same for a value that getopt_long() has found, which the table has. */
static const struct option_entry *known_option(int value)
{
	const struct option_entry *entry = option_table;

	while (entry->value != value)
		entry++;
	return entry;
}

/*
 * Apply an action. As in kexec-tools the order of actions counts: each one sets its own fields and
 * leaves the others as earlier ones have left them. Returns false if @value is no action.
 */
static bool apply_action(struct option_parser *parser, int value)
{
	struct options *options = parser->options;

	switch (value) {
	case 'l':
		parser->load_named = true;
		options->load = true;
		options->exec = false;
		break;
	case 'p':
		options->crash = true;
		options->load = true;
		options->exec = false;
		break;
	case 'e':
		parser->exec_named = true;
		options->load = false;
		options->exec = true;
		break;
	case 'f':
		options->load = true;
		options->exec = true;
		break;
	case 'u':
		options->load = false;
		options->unload = true;
		break;
	default:
		return false;
	}
	options->reboot = false;
	return true;
}

/* The field of an option that is on or off; NULL if @value is no such option. */
static bool *flag_of(struct option_parser *parser, int value)
{
	struct options *options = parser->options;

	switch (value) {
	case 'S':
		return &options->status;
	case OPTION_SHOW:
		return &options->show;
	case OPTION_ANY_BOARD:
		return &options->any_board;
	case OPTION_HOTPLUG:
		return &options->hotplug;
	case OPTION_NO_CMA:
		return &options->no_cma;
	case OPTION_REUSE_CMDLINE:
		return &options->reuse_cmdline;
	case OPTION_REUSE_INITRD:
		return &options->reuse_initrd;
	case OPTION_PRINT_CKR_SIZE:
		return &options->print_crash_size;
	case OPTION_LAST_REPORT:
		return &options->last_report;
	case 'i':
		return &options->no_checks;
	case 'x':
		return &parser->skip_ifdown;
	case 'y':
		return &parser->skip_sync;
	case 'd':
		return options->debug ? &options->details : &options->debug;
	case 'q':
		return &options->quiet;
	case 'h':
		return &options->help;
	case 'v':
		return &options->version;
	default:
		return NULL;
	}
}

/* Remember an option that never has an effect, for a plan. */
static void note_ineffective(const struct option_parser *parser)
{
	const char **names = parser->options->ineffective;
	size_t i = 0;

	while (names[i] && strcmp(names[i], parser->name) != 0)
		i++;
	if (i < OPTIONS_INEFFECTIVE_MAX - 1)
		names[i] = parser->name;
}

/* Apply an option without an argument. Returns false if @value is no such option. */
static bool apply_flag(struct option_parser *parser, int value)
{
	bool *flag = flag_of(parser, value);

	switch (value) {
	case 'a':
		parser->options->call = CALL_AUTO;
		return true;
	case 'c':
		parser->options->call = CALL_LOAD;
		return true;
	case 's':
		parser->options->call = CALL_FILE_LOAD;
		return true;
	case OPTION_NO_EFFECT:
	case OPTION_FORCE_DTB:
		note_ineffective(parser);
		return true;
	default:
		if (flag)
			*flag = true;
		return flag != NULL;
	}
}

/* The field that takes the argument of @value as it is; NULL if the argument has to be parsed. */
static const char **string_of(struct options *options, int value)
{
	switch (value) {
	case 't':
		return &options->type;
	case OPTION_APPEND:
		return &options->append;
	case OPTION_DTB:
		return &options->dtb;
	case OPTION_SERIAL:
		return &options->serial;
	case OPTION_SYSROOT:
		return &options->sysroot;
	case OPTION_CAPTURE:
		return &options->capture_path;
	case OPTION_OUTPUT:
		return &options->output;
	default:
		return NULL;
	}
}

/* strtoull() alone would take " 1", "-1" and "" as well and, with some C libraries, "0b1". */
static int parse_address(uint64_t *address, const char *text)
{
	unsigned long long number;
	char *end;

	if (!isdigit((unsigned char)text[0]) || !strncasecmp(text, "0b", 2))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (*end)
		return -EINVAL;
	if (errno || number > UINT64_MAX)
		return -ERANGE;
	*address = number;
	return 0;
}

static int apply_memory_bound(struct option_parser *parser, int value, const char *argument)
{
	struct range *bounds = &parser->options->memory_bounds;
	const char *name = parser->name;
	uint64_t address;
	int result = parse_address(&address, argument);

	if (result == -ERANGE)
		return log_error(parser->log, -EINVAL,
				 "--%s=%s is beyond 64 bits: the highest address is 0x%" PRIx64,
				 name, argument, UINT64_MAX);
	if (result)
		return log_error(parser->log, -EINVAL,
				 "--%s=%s is not an address: write it as 0x40000000 or in decimal",
				 name, argument);
	if (value == OPTION_MEM_MIN) {
		parser->mem_min = argument;
		bounds->start = address;
	} else {
		parser->mem_max = argument;
		bounds->end = address == UINT64_MAX ? UINT64_MAX : address + 1;
	}
	return 0;
}

static int apply_initrd(struct option_parser *parser, const char *argument)
{
	struct options *options = parser->options;

	if (options->initrd_count == OPTIONS_INITRD_MAX)
		return log_error(parser->log, -E2BIG,
				 "--%s=%s is one too many: at most %d are concatenated",
				 parser->name, argument, OPTIONS_INITRD_MAX);
	options->initrds[options->initrd_count++] = argument;
	return 0;
}

static int apply_target(struct option_parser *parser, const char *argument)
{
	parser->options->target = arch_find_name(argument);
	if (!parser->options->target)
		return log_error(parser->log, -EINVAL,
				 "--target=%s is unknown: arm64 and riscv64 are known", argument);
	return 0;
}

static int apply_mismatch_policy(struct option_parser *parser, const char *argument)
{
	if (!strcmp(argument, "reset"))
		parser->options->mismatch_policy = PURGATORY_POLICY_RESET;
	else if (!strcmp(argument, "halt"))
		parser->options->mismatch_policy = PURGATORY_POLICY_HALT;
	else if (!strcmp(argument, "boot"))
		parser->options->mismatch_policy = PURGATORY_POLICY_BOOT;
	else
		return log_error(parser->log, -EINVAL,
				 "--on-mismatch=%s is unknown: reset, halt and boot are known",
				 argument);
	parser->options->on_mismatch_given = true;
	return 0;
}

static int apply_mmu(struct option_parser *parser, const char *argument)
{
	if (!strcmp(argument, "auto"))
		parser->options->mmu = MMU_AUTO;
	else if (!strcmp(argument, "on"))
		parser->options->mmu = MMU_ON;
	else if (!strcmp(argument, "off"))
		parser->options->mmu = MMU_OFF;
	else
		return log_error(parser->log, -EINVAL,
				 "--mmu=%s is unknown: auto, on and off are known", argument);
	return 0;
}

static int apply_cpus(struct option_parser *parser, const char *argument)
{
	unsigned int *cpus = &parser->options->cpus;
	unsigned long number;
	char *end;

	if (!strcmp(argument, "all")) {
		*cpus = OPTIONS_CPUS_ALL;
		return 0;
	}
	number = isdigit((unsigned char)argument[0]) ? strtoul(argument, &end, 10) : 0;
	if (number == 0 || *end || number > PURGATORY_CPUS_MAX)
		return log_error(parser->log, -EINVAL,
				 "--cpus=%s is unknown: a number from 1 to %d and all are known",
				 argument, PURGATORY_CPUS_MAX);
	*cpus = (unsigned int)number;
	return 0;
}

/* NULL: no argument. */
static int apply_plan(struct option_parser *parser, const char *argument)
{
	if (!argument || !strcmp(argument, "text"))
		parser->options->plan = PLAN_TEXT;
	else if (!strcmp(argument, "json"))
		parser->options->plan = PLAN_JSON;
	else if (!strcmp(argument, "svg"))
		parser->options->plan = PLAN_SVG;
	else
		return log_error(parser->log, -EINVAL,
				 "--plan=%s is unknown: text, json and svg are known", argument);
	return 0;
}

static int apply_engine(struct option_parser *parser, const char *argument)
{
	if (engine_choice_find(&parser->options->engine, argument))
		return log_error(parser->log, -EINVAL,
				 "--engine=%s is unknown: kexec --help lists the engines",
				 argument);
	return 0;
}

/* Apply an option with an argument. Only a command line may be empty. */
static int apply_argument(struct option_parser *parser, int value, const char *argument)
{
	const char **string = string_of(parser->options, value);

	if (value == OPTION_PLAN)
		return apply_plan(parser, argument);
	if (!*argument && value != OPTION_APPEND)
		return log_error(parser->log, -EINVAL,
				 "--%s has an empty argument: give it %s, or leave it out",
				 parser->name, known_option(value)->argument);
	if (string) {
		*string = argument;
		return 0;
	}
	switch (value) {
	case OPTION_INITRD:
		return apply_initrd(parser, argument);
	case OPTION_TARGET:
		return apply_target(parser, argument);
	case OPTION_ON_MISMATCH:
		return apply_mismatch_policy(parser, argument);
	case OPTION_MMU:
		return apply_mmu(parser, argument);
	case OPTION_ENGINE:
		return apply_engine(parser, argument);
	case OPTION_CPUS:
		return apply_cpus(parser, argument);
	case OPTION_MEM_MIN:
	case OPTION_MEM_MAX:
		return apply_memory_bound(parser, value, argument);
	default:
		return -EINVAL; /* the table has no such option */
	}
}

static const struct refused_option *find_refused(int value)
{
	size_t i;

	for (i = 0; i < REFUSED_COUNT; i++) {
		if (refused_options[i].value == value)
			return &refused_options[i];
	}
	return NULL;
}

static int report_refused(const struct option_parser *parser, const struct refused_option *refused)
{
	return log_error(parser->log, -EINVAL,
			 "--%s is not available on this architecture: %s; leave it out",
			 refused->name, refused->reason);
}

/* The table in the form of getopt_long(). */
struct getopt_tables {
	struct option names[OPTION_COUNT + REFUSED_COUNT + 1];
	char letters[2 * OPTION_COUNT + 2];
};

static void make_getopt_tables(struct getopt_tables *tables)
{
	char *letter = tables->letters;
	size_t i;

	*tables = (struct getopt_tables){0};
	/* This makes getopt tell a missing argument from an unknown option. */
	*letter++ = ':';
	for (i = 0; i < OPTION_COUNT; i++) {
		const struct option_entry *entry = &option_table[i];

		tables->names[i] = (struct option){
			.name = entry->name,
			.has_arg = !entry->argument	       ? no_argument
				   : entry->argument[0] == '[' ? optional_argument
							       : required_argument,
			.val = entry->value,
		};
		if (entry->value > UINT8_MAX)
			continue;
		*letter++ = (char)entry->value;
		if (entry->argument)
			*letter++ = ':';
	}
	for (i = 0; i < REFUSED_COUNT; i++) {
		tables->names[OPTION_COUNT + i] = (struct option){
			.name = refused_options[i].name,
			.has_arg =
				refused_options[i].has_argument ? required_argument : no_argument,
			.val = refused_options[i].value,
		};
	}
}

/*
 * The word in which getopt_long() met the unknown letter. If the letter is the last one of its
 * word, getopt_long() has already moved on to the next word.
 */
static const char *word_of_letter(char **argv, char letter)
{
	const char *next = argv[optind];

	if (next && next[0] == '-' && next[1] != '-' && strchr(next, letter) &&
	    strchr(next, letter)[1])
		return next;
	return argv[optind - 1];
}

/* Report what getopt_long() refused: a letter, or else the long option @word. */
static int report_unknown(const struct option_parser *parser, const struct getopt_tables *tables,
			  int letter, char **argv)
{
	const struct option_entry *entry = find_option(letter);
	const char *word = argv[optind - 1];

	if (entry)
		return log_error(parser->log, -EINVAL,
				 "option --%.*s takes no argument, but %s gives it one: leave it "
				 "out, and name a kernel as a word of its own; see kexec --help",
				 (int)strcspn(word + 2, "="), word + 2, word);
	if (letter)
		return options_unknown_report_letter(tables->names, (char)letter,
						     word_of_letter(argv, (char)letter),
						     parser->log);
	return options_unknown_report(tables->names, word, parser->log);
}

/* Report that the argument of the last word is missing. */
static int report_missing_argument(const struct option_parser *parser, int value, const char *word)
{
	const struct option_entry *entry = known_option(value);

	return log_error(parser->log, -EINVAL,
			 "option --%s needs an argument: %s; see kexec --help",
			 strncmp(word, "--", 2) ? entry->name : word + 2, entry->argument);
}

/* Apply an option that getopt_long() has found. Returns 0, or -EINVAL with a message. */
static int apply_option(struct option_parser *parser, const struct getopt_tables *tables, int value,
			char **argv)
{
	const bool is_wrong = value == '?' || value == ':';
	const struct refused_option *refused = find_refused(is_wrong ? optopt : value);

	if (refused)
		return report_refused(parser, refused);
	if (value == '?')
		return report_unknown(parser, tables, optopt, argv);
	if (value == ':')
		return report_missing_argument(parser, optopt, argv[optind - 1]);
	if (apply_action(parser, value) || apply_flag(parser, value))
		return 0;
	return apply_argument(parser, value, optarg);
}

/* Parse all options. Returns 1 if --help or --version ends the command line, 0, or -EINVAL. */
static int parse_options(struct option_parser *parser, int argc, char **argv)
{
	struct getopt_tables tables;

	make_getopt_tables(&tables);
	opterr = 0;
	/* 0, not 1: this also makes getopt forget its position in a word. */
	optind = 0;
	for (;;) {
		int index = -1;
		int result;
		int value;

		optopt = 0;
		value = getopt_long(argc, argv, tables.letters, tables.names, &index);
		if (value < 0)
			return 0;
		/* -? is no letter of the table, so getopt calls it unknown. */
		if (value == '?' && optopt == '?')
			value = 'h';
		if (index >= 0)
			parser->name = tables.names[index].name;
		else
			parser->name = find_option(value) ? find_option(value)->name : NULL;
		result = apply_option(parser, &tables, value, argv);
		if (result)
			return result;
		if (parser->options->help || parser->options->version)
			return 1;
	}
}

int options_parse(struct options *options, int argc, char **argv, const struct log *log)
{
	struct option_parser parser = {.options = options, .log = log};
	int result;

	*options = (struct options){
		.load = true,
		.reboot = true,
		.memory_bounds = {0, UINT64_MAX},
		.mismatch_policy = PURGATORY_POLICY_RESET,
		.mmu = MMU_AUTO,
		.engine = PURGATORY_ENGINE_AUTO,
	};
	result = parse_options(&parser, argc, argv);
	if (!result)
		result = options_take_kernel(&parser, argc - optind, argv + optind);
	if (!result)
		result = options_settle(&parser);
	if (result <= 0)
		return result;
	*options = (struct options){
		.help = options->help,
		.version = options->version,
		.engine = PURGATORY_ENGINE_AUTO,
	};
	return 0;
}
