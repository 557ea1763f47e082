/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: what each spelling means, what is refused and how, and the printed texts.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "image/decompress.h"
#include "image/image.h"
#include "support.h"

#define WORDS_MAX 12

static void print_flag(FILE *stream, const char *name, bool set)
{
	if (set)
		fprintf(stream, "%s ", name);
}

static void print_string(FILE *stream, const char *name, const char *string)
{
	if (string)
		fprintf(stream, "%s=%s ", name, string);
}

/* All that differs from nothing at all, in the order of the struct. */
static char *describe(const struct options *options)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	print_flag(stream, "help", options->help);
	print_flag(stream, "version", options->version);
	print_flag(stream, "print_crash_size", options->print_crash_size);
	print_flag(stream, "last_report", options->last_report);
	print_flag(stream, "status", options->status);
	print_flag(stream, "capture", options->capture);
	print_flag(stream, "show", options->show);
	print_flag(stream, "unload", options->unload);
	print_flag(stream, "load", options->load);
	print_flag(stream, "reboot", options->reboot);
	print_flag(stream, "sync", options->sync);
	print_flag(stream, "ifdown", options->ifdown);
	print_flag(stream, "exec", options->exec);
	print_flag(stream, "crash", options->crash);
	print_flag(stream, "debug", options->debug);
	print_flag(stream, "details", options->details);
	print_flag(stream, "quiet", options->quiet);
	print_flag(stream, "plan=text", options->plan == PLAN_TEXT);
	print_flag(stream, "plan=json", options->plan == PLAN_JSON);
	print_flag(stream, "plan=svg", options->plan == PLAN_SVG);
	print_flag(stream, "no_checks", options->no_checks);
	print_string(stream, "kernel", options->kernel);
	print_string(stream, "type", options->type);
	print_string(stream, "append", options->append);
	print_flag(stream, "reuse_cmdline", options->reuse_cmdline);
	for (size_t i = 0; i < options->initrd_count; i++)
		print_string(stream, "initrd", options->initrds[i]);
	print_flag(stream, "reuse_initrd", options->reuse_initrd);
	print_string(stream, "dtb", options->dtb);
	print_string(stream, "serial", options->serial);
	if (options->memory_bounds.start)
		fprintf(stream, "min=0x%" PRIx64 " ", options->memory_bounds.start);
	if (options->memory_bounds.end != UINT64_MAX)
		fprintf(stream, "end=0x%" PRIx64 " ", options->memory_bounds.end);
	print_flag(stream, "halt", options->mismatch_policy == PURGATORY_POLICY_HALT);
	print_flag(stream, "boot", options->mismatch_policy == PURGATORY_POLICY_BOOT);
	print_flag(stream, "mmu=on", options->mmu == MMU_ON);
	print_flag(stream, "mmu=off", options->mmu == MMU_OFF);
	if (options->engine != PURGATORY_ENGINE_AUTO)
		fprintf(stream, "engine=%" PRIu32 " ", options->engine);
	if (options->cpus == OPTIONS_CPUS_ALL)
		fprintf(stream, "cpus=all ");
	else if (options->cpus)
		fprintf(stream, "cpus=%u ", options->cpus);
	print_flag(stream, "call=load", options->call == CALL_LOAD);
	print_flag(stream, "call=file_load", options->call == CALL_FILE_LOAD);
	print_flag(stream, "any-board", options->any_board);
	print_flag(stream, "hotplug", options->hotplug);
	print_flag(stream, "no_cma", options->no_cma);
	print_string(stream, "target", options->target ? options->target->name : NULL);
	print_string(stream, "sysroot", options->sysroot);
	print_string(stream, "output", options->output);
	assert_int_equal(fclose(stream), 0);
	if (size)
		text[size - 1] = '\0';
	return text;
}

/* Parse a copy of the words: getopt changes their order. */
static int parse(struct options *options, const char *const words[WORDS_MAX], struct test_log *log)
{
	static char program[] = "kexec";
	char *argv[WORDS_MAX + 2] = {program};
	int argc = 1;

	for (size_t i = 0; words[i]; i++)
		argv[argc++] = (char *)(uintptr_t)words[i];
	return options_parse(options, argc, argv, &log->log);
}

struct command_line {
	const char *words[WORDS_MAX];
	const char *expected;
};

static void check_meanings(const struct command_line *lines, size_t count)
{
	struct test_log log;

	test_log_open(&log);
	for (size_t i = 0; i < count; i++) {
		struct options options;
		char *description;

		if (parse(&options, lines[i].words, &log))
			fail_msg("line %zu (%s ...) is refused", i, lines[i].words[0]);
		description = describe(&options);
		if (strcmp(description, lines[i].expected))
			fail_msg("line %zu (%s ...): \"%s\", not \"%s\"", i, lines[i].words[0],
				 description, lines[i].expected);
		free(description);
		test_log_expect_nothing(&log);
	}
	test_log_close(&log);
}

/* The steps, as kexec-tools takes them for the same words. */
static void test_actions(void **state)
{
	static const struct command_line lines[] = {
		{{"k"}, "load reboot kernel=k"},
		{{"-l", "k"}, "load kernel=k"},
		{{"--load", "k"}, "load kernel=k"},
		{{"k", "-l"}, "load kernel=k"},
		{{"-e"}, "sync ifdown exec"},
		{{"--exec"}, "sync ifdown exec"},
		{{"-e", "-x"}, "sync exec"},
		{{"-x", "-e"}, "sync exec"},
		{{"-ye"}, "ifdown exec"},
		{{"-exy"}, "exec"},
		{{"-f", "k"}, "load sync ifdown exec kernel=k"},
		{{"--force", "k", "--no-ifdown", "--no-sync"}, "load exec kernel=k"},
		{{"-u"}, "unload"},
		{{"--unload"}, "unload"},
		/* The last action decides, and unloading stays. */
		{{"-l", "-e"}, "sync ifdown exec"},
		{{"-e", "-l", "k"}, "load kernel=k"},
		{{"-f", "-l", "k"}, "load kernel=k"},
		{{"-l", "-f", "k"}, "load sync ifdown exec kernel=k"},
		{{"-f", "-e"}, "sync ifdown exec"},
		{{"-u", "-l", "k"}, "unload load kernel=k"},
		{{"-l", "-u"}, "unload"},
		{{"-u", "-f", "k"}, "unload load sync ifdown exec kernel=k"},
		/* --status does nothing else, and -l chooses what it asks about. */
		{{"-S"}, "status crash"},
		{{"--status"}, "status crash"},
		{{"-S", "-l"}, "status"},
		{{"-S", "-d"}, "status show crash debug"},
		{{"--show"}, "show"},
		{{"--capture=c"}, "capture"},
		{{"--capture", "c", "-l", "--sysroot=s"}, "capture sysroot=s"},
		{{"--capture=c", "--show"}, "show"},
		{{"--show", "-l", "-d", "--sysroot=s"}, "show debug sysroot=s"},
		{{"--show", "--last-report"}, "last_report"},
		{{"-l", "-S"}, "status"},
		{{"-S", "-e"}, "status crash"},
		{{"-S", "-u", "-f"}, "status crash"},
		{{"-S", "-l", "-e"}, "status"},
		{{"-S", "-l", "--sysroot=s"}, "status sysroot=s"},
		/* --help and --version end the command line. */
		{{"-h"}, "help end=0x0"},
		{{"-?"}, "help end=0x0"},
		{{"--help", "--no-such-option"}, "help end=0x0"},
		{{"-e", "-h"}, "help end=0x0"},
		{{"-v"}, "version end=0x0"},
		{{"--version", "-h"}, "version end=0x0"},
		/* --print-ckr-size does nothing else, wherever it stands. */
		{{"--print-ckr-size"}, "print_crash_size"},
		{{"--print-ckr-size", "-l"}, "print_crash_size"},
		{{"-p", "--print-ckr-size"}, "print_crash_size crash"},
		{{"--print-ckr-size", "-u", "-e"}, "print_crash_size"},
		{{"-S", "--print-ckr-size"}, "print_crash_size"},
		{{"--print-ckr-size", "-d", "--sysroot=s"}, "print_crash_size debug sysroot=s"},
		{{"--sysroot=s", "--print-ckr-size"}, "print_crash_size sysroot=s"},
		{{"--print-ckr-size", "-h"}, "help end=0x0"},
		/* And so does --last-report. */
		{{"--last-report"}, "last_report"},
		{{"--last-report", "-l", "-e", "--sysroot=s"}, "last_report sysroot=s"},
		{{"-S", "--last-report"}, "last_report"},
		{{"--last-report", "--print-ckr-size"}, "print_crash_size"},
		/* What needs no kernel gets none. */
		{{"-p", "-u"}, "unload crash"},
		{{"-u", "-p"}, "unload crash"},
		{{"-u", "-p", "k"}, "unload load crash kernel=k"},
		{{"-e", "-f"}, "sync ifdown exec"},
		{{"-p", "-S"}, "status crash"},
		{{"-p", "-l", "-S"}, "status crash"},
	};

	(void)state;
	check_meanings(lines, ARRAY_SIZE(lines));
}

static void test_settings(void **state)
{
	static const struct command_line lines[] = {
		{{"-l", "k", "-d"}, "load debug kernel=k"},
		{{"-l", "k", "--debug"}, "load debug kernel=k"},
		{{"-ddl", "k"}, "load debug details kernel=k"},
		{{"-q", "-l", "k"}, "load quiet kernel=k"},
		{{"--plan", "k"}, "load plan=text kernel=k"},
		{{"--plan=text", "-p", "k"}, "load crash plan=text kernel=k"},
		{{"--plan=json", "-f", "k"}, "load plan=json kernel=k"},
		{{"k", "--plan=svg", "--sysroot=s"}, "load plan=svg kernel=k sysroot=s"},
		{{"-l", "k", "-i"}, "load no_checks kernel=k"},
		{{"-l", "k", "--no-checks"}, "load no_checks kernel=k"},
		{{"-l", "k", "-t", "Image"}, "load kernel=k type=Image"},
		{{"-l", "k", "-tImage"}, "load kernel=k type=Image"},
		{{"-l", "k", "--type=Image"}, "load kernel=k type=Image"},
		{{"-l", "k", "--type", "Image"}, "load kernel=k type=Image"},
		{{"-l", "k", "--append=a b=c"}, "load kernel=k append=a b=c"},
		{{"-l", "k", "--append", "-x"}, "load kernel=k append=-x"},
		{{"-l", "k", "--append="}, "load kernel=k append="},
		{{"-l", "k", "--command-line=a"}, "load kernel=k append=a"},
		{{"-l", "k", "--append=a", "--command-line=b"}, "load kernel=k append=b"},
		{{"-l", "k", "--reuse-cmdline", "--append=a"},
		 "load kernel=k append=a reuse_cmdline"},
		{{"-l", "k", "--initrd=i"}, "load kernel=k initrd=i"},
		{{"-l", "k", "--ramdisk", "i"}, "load kernel=k initrd=i"},
		{{"-l", "k", "--initrd=i", "--ramdisk=j"}, "load kernel=k initrd=i initrd=j"},
		{{"-l", "k", "--reuseinitrd"}, "load kernel=k reuse_initrd"},
		{{"-l", "k", "--dtb=d"}, "load kernel=k dtb=d"},
		{{"-l", "k", "--serial=ttyS0"}, "load kernel=k serial=ttyS0"},
		{{"-l", "k", "--on-mismatch=halt"}, "load kernel=k halt"},
		{{"-l", "k", "--on-mismatch=halt", "--on-mismatch=reset"}, "load kernel=k"},
		{{"-p", "k", "--on-mismatch=boot"}, "load crash kernel=k boot"},
		{{"--on-mismatch=boot", "-p", "k"}, "load crash kernel=k boot"},
		{{"-l", "k", "--on-mismatch=boot", "--on-mismatch=halt"}, "load kernel=k halt"},
		{{"-l", "k", "--mmu=on"}, "load kernel=k mmu=on"},
		{{"-l", "k", "--mmu=on", "--mmu=off"}, "load kernel=k mmu=off"},
		{{"-l", "k", "--mmu=off", "--mmu=auto"}, "load kernel=k"},
		{{"-l", "k", "--cpus=all"}, "load kernel=k cpus=all"},
		{{"-l", "k", "--cpus=all", "--cpus=8"}, "load kernel=k cpus=8"},
		{{"-p", "k", "--cpus=1"}, "load crash kernel=k cpus=1"},
		{{"-l", "k", "-i", "--cpus=1"}, "load no_checks kernel=k cpus=1"},
		{{"-l", "k", "--engine=generic"}, "load kernel=k engine=0"},
		{{"-l", "k", "--engine=sha2-x2"}, "load kernel=k engine=2"},
		{{"-l", "k", "--engine=rvv", "--engine=auto"}, "load kernel=k"},
		{{"-l", "k", "--target=riscv64"}, "load kernel=k target=riscv64"},
		{{"-l", "k", "-c", "--kexec-syscall"}, "load kernel=k call=load"},
		{{"-a", "-l", "k", "--kexec-syscall-auto"}, "load kernel=k"},
		{{"-s", "-l", "k"}, "load kernel=k call=file_load"},
		{{"-l", "k", "--kexec-file-syscall"}, "load kernel=k call=file_load"},
		{{"-s", "-a", "-l", "k"}, "load kernel=k"},
		{{"-p", "k"}, "load crash kernel=k"},
		{{"-l", "k", "--any-board"}, "load kernel=k any-board"},
		{{"-p", "k", "--hotplug"}, "load crash kernel=k hotplug"},
		{{"-s", "-p", "--command-line=a", "--initrd=i", "k"},
		 "load crash kernel=k append=a initrd=i call=file_load"},
		{{"-l", "k", "--no-cma"}, "load kernel=k no_cma"},
		{{"-l", "k", "--args-linux", "--force-dtb"}, "load kernel=k"},
		{{"-p", "k", "--reset-vga", "--console-vga", "--elf64-core-headers"},
		 "load crash kernel=k"},
		{{"--seri", "ttyS0", "-l", "k"}, "load kernel=k serial=ttyS0"},
		{{"-l", "k", "--target=arm64", "--sysroot=s", "--output=o"},
		 "load kernel=k target=arm64 sysroot=s output=o"},
		{{"--", "-l"}, "load reboot kernel=-l"},
		{{"-l", "--", "--help"}, "load kernel=--help"},
		{{"-l", "-"}, "load kernel=-"},
		{{"k", "-l", "--initrd", "i", "--"}, "load kernel=k initrd=i"},
		/* getopt_long's abbreviations */
		{{"-l", "k", "--ini", "i"}, "load kernel=k initrd=i"},
		{{"--unl"}, "unload"},
		/* A plan is a load and nothing more. */
		{{"k", "--output=o"}, "load kernel=k output=o"},
		{{"-f", "k", "--output=o"}, "load kernel=k output=o"},
		{{"-u", "-l", "k", "--output=o"}, "load kernel=k output=o"},
	};

	(void)state;
	check_meanings(lines, ARRAY_SIZE(lines));
}

static void test_memory_bounds(void **state)
{
	static const struct command_line lines[] = {
		{{"-l", "k", "--mem-min=0x40000000"}, "load kernel=k min=0x40000000"},
		{{"-l", "k", "--mem-min", "4096"}, "load kernel=k min=0x1000"},
		{{"-l", "k", "--mem-min=010"}, "load kernel=k min=0x8"},
		{{"-l", "k", "--mem-max=0x7fffffff"}, "load kernel=k end=0x80000000"},
		{{"-l", "k", "--mem-max=0xfffffffffffffffe"}, "load kernel=k"},
		{{"-l", "k", "--mem-max=0xffffffffffffffff"}, "load kernel=k"},
		{{"-l", "k", "--mem-max=18446744073709551613"},
		 "load kernel=k end=0xfffffffffffffffe"},
		{{"-l", "k", "--mem-min=5", "--mem-max=5"}, "load kernel=k min=0x5 end=0x6"},
		{{"-l", "k", "--mem-max=1", "--mem-max=9"}, "load kernel=k end=0xa"},
	};

	(void)state;
	check_meanings(lines, ARRAY_SIZE(lines));
}

static void test_refusals(void **state)
{
	static const struct command_line lines[] = {
		{{NULL}, "no kernel named; name its file, as in kexec -l /boot/vmlinuz"},
		{{"-l"}, "no kernel named"},
		{{"-f", "--initrd=i"}, "no kernel named"},
		{{"-l", ""}, "the kernel's name is empty"},
		{{"-l", "k", "ro"}, "ro follows the kernel k"},
		{{"-e", "k", "ro"}, "ro follows the kernel k"},
		{{"--no-such-option"}, "unknown option --no-such-option; see kexec --help"},
		{{"-l", "k", "--no-such-option=5"}, "unknown option --no-such-option=5;"},
		{{"-lZ", "k"}, "unknown option -Z; see kexec --help"},
		{{"--load-panic=k"}, "option --load-panic takes no argument"},
		{{"-p"}, "no kernel named"},
		{{"-e", "-l"}, "no kernel named"},
		{{"-e", "-p"}, "no kernel named"},
		{{"-u", "-l"}, "no kernel named"},
		{{"-u", "-f"}, "no kernel named"},
		{{"-p", "k", "-e"}, "-p and -e exclude each other"},
		{{"-f", "-p", "-f", "k"}, "-p and -e exclude each other"},
		{{"-l", "k", "--hotplug"}, "--hotplug is for crash kernels"},
		{{"-l", "k", "--reuseinitrd", "--initrd=i"}, "--reuseinitrd and --initrd exclude"},
		{{"--load-preserve-context", "k"}, "--load-preserve-context is not available on"},
		{{"-l", "k", "--entry"}, "--entry is not available on this architecture"},
		{{"-l", "k", "--entry="}, "--entry is not available on this architecture"},
		{{"--load-jump-back-helper"}, "--load-jump-back-helper is not available on"},
		{{"-l", "k", "--entry=0"}, "--entry is not available on this architecture"},
		{{"--load-live-update", "k"}, "--load-live-update is not available on"},
		{{"--exec-live-update"}, "--exec-live-update is not available on"},
		{{"--lo", "k"},
		 "option --lo is ambiguous, it may be --load, --load-panic, "
		 "--load-preserve-context, --load-jump-back-helper, --load-live-update: write it "
		 "in full"},
		{{"--print-ckr-size", "--no-such-option"}, "unknown option --no-such-option; see"},
		{{"--print-ckr-size", "--mmu=yes"}, "--mmu=yes is unknown"},
		{{"--print-ckr-size", "k", "ro"}, "ro follows the kernel k"},
		/* What was meant. */
		{{"-l", "k", "--apend=ro"},
		 "unknown option --apend=ro; did you mean --append? See kexec --help"},
		{{"--laod", "k"}, "unknown option --laod; did you mean --load? See"},
		{{"--intrd=i"}, "did you mean --initrd? See"},
		{{"--mem-mix=1"}, "did you mean --mem-min, --mem-max? See"},
		{{"--command_line=a"}, "did you mean --command-line? See"},
		{{"--reuse-initrd"}, "did you mean --reuseinitrd? See"},
		{{"--Debug"}, "did you mean --debug? See"},
		{{"--xyz"}, "unknown option --xyz; see kexec --help"},
		{{"--x"}, "unknown option --x; see kexec --help"},
		{{"--an-option-that-is-longer-than-any-that-there-is"},
		 "unknown option --an-option-that-is-longer-than-any-that-there-is; see"},
		{{"-l", "k", "-append=ro"},
		 "unknown option -n in -append=ro; long options begin with two dashes: --append"},
		{{"-l", "k", "-initrd", "i"}, "unknown option -n in -initrd; long options begin"},
		{{"-load", "k"}, "unknown option -o in -load; long options begin with two dashes"},
		{{"-reuse-cmdline"}, "unknown option -r in -reuse-cmdline; long options begin"},
		/* Those of other architectures. */
		{{"--real-mode", "k"},
		 "--real-mode is not available on this architecture: only x86 has it; leave it "
		 "out"},
		{{"--args-elf"}, "--args-elf is not available on this architecture: only x86"},
		{{"--module=m"},
		 "--module is not available on this architecture: only x86 has it; use "
		 "--initrd"},
		{{"--serial-baud=115200"},
		 "--serial-baud is not available on this architecture: only"},
		{{"--devicetreeblob=d"}, "only powerpc has it; use --dtb"},
		{{"--atags"}, "only 32-bit arm has it; use --dtb"},
		{{"-l", "-k"}, "unknown option -k;"},
		{{"-l", "-:"}, "unknown option -:;"},
		{{"--no"},
		 "option --no is ambiguous, it may be --no-checks, --no-cma, --no-ifdown, "
		 "--no-sync: write"},
		{{"--mem-m=5"},
		 "option --mem-m=5 is ambiguous, it may be --mem-min, --mem-max: write it in full"},
		{{"--load=k"}, "option --load takes no argument, but --load=k gives it one: leave"},
		{{"--type"}, "option --type needs an argument: TYPE;"},
		{{"-l", "k", "-t"}, "option --type needs an argument: TYPE;"},
		{{"-l", "k", "--ramdisk"}, "option --ramdisk needs an argument: FILE;"},
		{{"-l", "k", "--initrd="},
		 "--initrd has an empty argument: give it FILE, or leave"},
		{{"-l", "k", "--ramdisk="},
		 "--ramdisk has an empty argument: give it FILE, or leave"},
		{{"-l", "k", "-t", ""}, "--type has an empty argument: give it TYPE, or leave"},
		{{"-l", "k", "--output", ""}, "--output has an empty argument"},
		{{"-l", "k", "--mem-min="}, "--mem-min has an empty argument"},
		{{"-l", "k", "--mem-min=1G"}, "--mem-min=1G is not an address"},
		{{"-l", "k", "--mem-min=0x"}, "--mem-min=0x is not an address"},
		{{"-l", "k", "--mem-min=0b1"}, "--mem-min=0b1 is not an address"},
		{{"-l", "k", "--mem-max=0B1"}, "--mem-max=0B1 is not an address"},
		{{"-l", "k", "--mem-min=09"}, "--mem-min=09 is not an address"},
		{{"-l", "k", "--mem-max=-1"}, "--mem-max=-1 is not an address"},
		{{"-l", "k", "--mem-max= 1"}, "--mem-max= 1 is not an address"},
		{{"-l", "k", "--mem-max=0x10000000000000000"}, "is beyond 64 bits"},
		{{"-l", "k", "--mem-min=6", "--mem-max=5"}, "--mem-min=6 is above --mem-max=5"},
		{{"-l", "k", "--mem-max=010", "--mem-min=0x00FF"},
		 "--mem-min=0x00FF is above --mem-max=010: no memory is left to load to"},
		{{"-l", "k", "--mem-min=0xffffffffffffffff"},
		 "--mem-min=0xffffffffffffffff is above all memory: none is left to load to"},
		{{"-l", "k", "--target=x86_64"}, "--target=x86_64 is unknown: arm64 and riscv64"},
		{{"-l", "k", "--on-mismatch=panic"},
		 "--on-mismatch=panic is unknown: reset, halt and boot"},
		{{"-l", "k", "--on-mismatch=boot"},
		 "--on-mismatch=boot is for crash kernels, whose dump may be worth it: use it with "
		 "-p"},
		{{"-f", "k", "--on-mismatch=boot"}, "--on-mismatch=boot is for crash kernels"},
		{{"-p", "k", "--cpus=2"}, "--cpus is not for crash kernels"},
		{{"--cpus=all", "-p", "k"}, "--cpus is not for crash kernels"},
		{{"-l", "k", "-i", "--cpus=2"}, "--cpus and --no-checks exclude each other"},
		{{"-l", "k", "--mmu=off", "--cpus=2"}, "--cpus and --mmu=off exclude each other"},
		{{"-l", "k", "--cpus=0"},
		 "--cpus=0 is unknown: a number from 1 to 8 and all are known"},
		{{"-l", "k", "--cpus=9"}, "--cpus=9 is unknown"},
		{{"-l", "k", "--cpus=2x"}, "--cpus=2x is unknown"},
		{{"-l", "k", "--cpus=-1"}, "--cpus=-1 is unknown"},
		{{"-l", "k", "--cpus=18446744073709551618"},
		 "--cpus=18446744073709551618 is unknown"},
		{{"-l", "k", "--cpus="}, "--cpus has an empty argument"},
		{{"-l", "k", "--mmu=yes"}, "--mmu=yes is unknown: auto, on and off are known"},
		{{"-l", "k", "--mmu="},
		 "--mmu has an empty argument: give it auto|on|off, or leave it out"},
		{{"-l", "k", "--engine=sha"}, "--engine=sha is unknown: kexec --help lists"},
		{{"-u", "--sysroot=s"},
		 "--sysroot plans for another system, which cannot be loaded, "
		 "unloaded or executed here: use -l with --plan or --output=DIR"},
		{{"-e", "--sysroot=s"}, "--sysroot plans for another system"},
		{{"-u", "-l", "k", "--sysroot=s"}, "--sysroot plans for another system"},
		{{"-l", "k", "--sysroot=s"}, "--sysroot plans for another system"},
		{{"k", "--sysroot=s"}, "--sysroot plans for another system"},
		{{"-e", "--sysroot=s", "--output=o"}, "--output writes the plan of a load"},
		{{"-e", "--output=o"}, "--output writes the plan of a load"},
		{{"-u", "--output=o"}, "--output writes the plan of a load"},
		{{"-e", "--plan"}, "--plan shows a load"},
		{{"-u", "--plan"}, "--plan shows a load"},
		{{"--plan=", "k"}, "--plan= is unknown: text, json and svg"},
		{{"--plan=xml", "k"}, "--plan=xml is unknown: text, json and svg"},
		{{"-l", "a\nb", "c\033[31m"}, "c?[31m follows the kernel a?b"},
	};
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct options options;

		if (parse(&options, lines[i].words, &log) != -EINVAL)
			fail_msg("line %zu is not refused", i);
		test_log_expect(&log, lines[i].expected);
	}
	test_log_close(&log);
}

/* As many initial RAM disks as there is room for, and one more. */
static void test_many_initrds(void **state)
{
	char program[] = "kexec", load[] = "-l", kernel[] = "k", option[] = "--initrd=i";
	char *argv[3 + OPTIONS_INITRD_MAX + 2] = {program, load, kernel};
	struct options options;
	struct test_log log;
	int count = 3;

	(void)state;
	test_log_open(&log);
	while (count < 3 + OPTIONS_INITRD_MAX)
		argv[count++] = option;
	assert_int_equal(options_parse(&options, count, argv, &log.log), 0);
	assert_int_equal(options.initrd_count, OPTIONS_INITRD_MAX);
	test_log_expect_nothing(&log);
	argv[count++] = option;
	assert_int_not_equal(options_parse(&options, count, argv, &log.log), 0);
	test_log_expect(&log, "--initrd=i is one too many: at most 16 are concatenated");
	test_log_close(&log);
}

/* A kernel that is named in vain is worth a line; kexec-tools' clients do not fail for it. */
static void test_kernel_in_vain(void **state)
{
	static const struct command_line lines[] = {
		{{"-l", "k", "-e"}, "warning: k is not loaded by these options: -f loads and"},
		{{"-e", "k"}, "warning: k is not loaded by these options: -f loads and executes"},
		{{"-u", "k"},
		 "warning: k is not loaded by these options: to unload and then load, give -l "
		 "after -u"},
		{{"-l", "-u", "k"}, "to unload and then load, give -l after -u"},
		{{"-f", "k", "-u", "-e"}, "-f loads and executes"},
	};
	struct options options;
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_int_equal(parse(&options, lines[i].words, &log), 0);
		assert_false(options.load);
		test_log_expect(&log, lines[i].expected);
	}
	test_log_close(&log);
}

/* A command line that ended in the middle of a word has no effect on the next one. */
static void test_after_a_stop(void **state)
{
	static const char *const refused[WORDS_MAX] = {"-Zu"};
	static const char *const helped[WORDS_MAX] = {"-hu"};
	static const char *const load[WORDS_MAX] = {"-l", "k"};
	struct options options;
	struct test_log log;

	(void)state;
	test_log_open(&log);
	assert_int_equal(parse(&options, refused, &log), -EINVAL);
	test_log_expect(&log, "unknown option -Z");
	assert_int_equal(parse(&options, load, &log), 0);
	assert_false(options.unload);
	assert_int_equal(parse(&options, helped, &log), 0);
	assert_true(options.help);
	assert_int_equal(parse(&options, load, &log), 0);
	assert_false(options.unload);
	test_log_expect_nothing(&log);
	test_log_close(&log);
}

/* The table serves getopt and people: no two options alike, aliases directly behind. */
static void test_table(void **state)
{
	(void)state;
	for (const struct option_entry *entry = option_table; entry->name; entry++) {
		bool alias = entry > option_table && entry[-1].value == entry->value;

		assert_int_equal(alias, !entry->help);
		for (const struct option_entry *other = option_table; other < entry; other++) {
			assert_string_not_equal(entry->name, other->name);
			if (!alias)
				assert_int_not_equal(entry->value, other->value);
		}
		if (alias && entry->argument)
			assert_string_equal(entry->argument, entry[-1].argument);
		else if (alias)
			assert_null(entry[-1].argument);
	}
}

/* Something that the option takes and that is not its default. */
static const char *sample_argument(const struct option_entry *entry)
{
	static const char *const samples[][2] = {
		{"cpus", "all"},  {"mmu", "on"},       {"on-mismatch", "halt"}, {"mem-min", "1"},
		{"mem-max", "1"}, {"target", "arm64"}, {"engine", "generic"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		if (!strcmp(entry->name, samples[i][0]))
			return samples[i][1];
	}
	return "sample";
}

/* A command line in which the option has an effect: a load, unless it needs another. */
static const char *const *context_of(const struct option_entry *entry)
{
	static const char *const load[WORDS_MAX] = {"-l", "k"};
	static const struct {
		const char *name;
		const char *words[WORDS_MAX];
	} others[] = {
		{"hotplug", {"-p", "k"}}, {"kexec-syscall-auto", {"-s", "-l", "k"}},
		{"load", {"-f", "k"}},	  {"no-ifdown", {"-f", "k"}},
		{"no-sync", {"-f", "k"}}, {"sysroot", {"-l", "k", "--output=o"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (!strcmp(entry->name, others[i].name))
			return others[i].words;
	}
	return load;
}

/* What the context means with one word more. */
static char *describe_with(const char *const *context, const char *word, struct test_log *log)
{
	const char *words[WORDS_MAX] = {NULL};
	struct options options;
	size_t count = 0;

	for (; context[count]; count++)
		words[count] = context[count];
	words[count] = word;
	assert_int_equal(parse(&options, words, log), 0);
	return describe(&options);
}

/* Every option of the table has an effect, under its long name, but for those that say otherwise.
 */
static void test_every_option(void **state)
{
	const char *help = "";
	struct test_log log;

	(void)state;
	test_log_open(&log);
	for (const struct option_entry *entry = option_table; entry->name; entry++) {
		const char *const *context = context_of(entry);
		/* What may be left out is left out. */
		const bool takes = entry->argument && entry->argument[0] != '[';
		char *spelling, *before, *after;
		bool same;

		if (entry->help)
			help = entry->help;
		assert_true(asprintf(&spelling, "--%s%s%s", entry->name, takes ? "=" : "",
				     takes ? sample_argument(entry) : "") > 0);
		before = describe_with(context, NULL, &log);
		after = describe_with(context, spelling, &log);
		same = !strcmp(before, after);
		if (same != (strstr(help, "without effect") != NULL))
			fail_msg("%s: from \"%s\" to \"%s\"", spelling, before, after);
		free(spelling);
		free(before);
		free(after);
	}
	test_log_close(&log);
}

static char *printed(void (*print)(FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	print(stream);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void expect_word(const char *text, const char *before, const char *word)
{
	char *wanted;

	assert_true(asprintf(&wanted, "%s%s", before, word) > 0);
	if (!strstr(text, wanted))
		fail_msg("\"%s\" is missing in:\n%s", wanted, text);
	free(wanted);
}

static void test_help(void **state)
{
	char *text = printed(options_print_help);

	(void)state;
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		size_t length = strcspn(line, "\n");

		if (length > 80)
			fail_msg("%zu columns: %.*s", length, (int)length, line);
		assert_int_not_equal(line[length ? length - 1 : 0], ' ');
	}
	expect_word(text, " on arm64 or riscv64, verified before", "");
	for (const struct option_entry *entry = option_table; entry->name; entry++)
		expect_word(text, " --", entry->name);
	for (const struct image_format *format = image_formats; format->names[0]; format++)
		expect_word(text, "\n  ", format->names[0]);
	for (const struct compression *each = compression_all; each->name; each++) {
		if (each->built_in)
			expect_word(text, " ", each->name);
	}
	expect_word(text, "\n  arm64                    auto, ", "");
	free(text);
}

static void test_version(void **state)
{
	char *text = printed(options_print_version);

	(void)state;
	assert_int_equal(strncmp(text, "kexec-mmu ", 10), 0);
	for (const struct image_format *format = image_formats; format->names[0]; format++)
		for (const char *const *name = format->names; *name; name++)
			expect_word(text, " ", *name);
	for (const struct compression *each = compression_all; each->name; each++)
		expect_word(text, each->built_in ? " " : "without: ", each->name);
	for (const struct arch *const *arch = arch_all; *arch; arch++)
		expect_word(text,
			    (*arch)->purgatory.start == (*arch)->purgatory.end ? "without: " : " ",
			    (*arch)->name);
	expect_word(text, "\nriscv64 engines: auto ", "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_actions),	      cmocka_unit_test(test_settings),
		cmocka_unit_test(test_memory_bounds), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_many_initrds),  cmocka_unit_test(test_kernel_in_vain),
		cmocka_unit_test(test_after_a_stop),  cmocka_unit_test(test_table),
		cmocka_unit_test(test_every_option),  cmocka_unit_test(test_help),
		cmocka_unit_test(test_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
