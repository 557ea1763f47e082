/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A load while one thing after the other is missing: the first allocation, the second one, and so
 * on until a load succeeds without one that fails; reads and writes likewise; descriptors.
 *
 * usage: scarcity STEP MODE SYSTEM TARGET KERNEL INITRD OUTPUT
 *
 * MODE is load, crash, cpus, file-load, file-crash, show or capture.
 *
 * Only every STEP-th call is tried. SYSTEM is a captured system for TARGET, and OUTPUT a directory
 * that does not exist. A load, or with "crash" that of a crash kernel, goes to a stand-in for
 * kexec_load(2), to --output, or to --plan=json; with "file-load" or "file-crash" to a stand-in for
 * kexec_file_load(2); with "cpus" several CPUs are to verify; with "show" to --plan as a text and
 * as a picture. "capture" captures SYSTEM once more, into the archive OUTPUT/capture.tar.
 *
 * A load that fails says so in one line, has made no such call, so that what was loaded stays
 * loaded, and leaves no file. A load that succeeds says nothing but warnings, and is complete. So
 * it is with a capture, but that one that succeeds may leave out what its list names. In all cases
 * no descriptor stays open, and LeakSanitizer finds nothing in the end.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sanitizer/lsan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "capture/capture.h"
#include "cli/options.h"
#include "fake_kexec.h"
#include "interpose.h"
#include "load/load.h"
#include "load/request.h"

#define TEXT_SIZE (64 << 10)

/* Only a build with the sanitizer has it. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* Where a load goes. */
enum way {
	WAY_KERNEL,
	WAY_OUTPUT,
	WAY_PLAN,
	WAY_TEXT,
	WAY_PICTURE,
	WAY_CAPTURE,
	WAY_COUNT
};

static const char *const way_names[WAY_COUNT] = {"the kernel", "--output",   "--plan=json",
						 "--plan",     "--plan=svg", "--capture"};

static const enum plan_option way_plans[WAY_COUNT] = {
	[WAY_PLAN] = PLAN_JSON,
	[WAY_TEXT] = PLAN_TEXT,
	[WAY_PICTURE] = PLAN_SVG,
};

/* What is tried. */
struct mode {
	const char *name;
	bool crash;
	enum call_option call;
	enum way first, end; /* ways, half-open */
	unsigned int cpus;   /* of --cpus; 0: without that option */
};

static const struct mode modes[] = {
	{"load", false, CALL_AUTO, WAY_KERNEL, WAY_TEXT, 0},
	{"crash", true, CALL_AUTO, WAY_KERNEL, WAY_TEXT, 0},
	{"file-load", false, CALL_FILE_LOAD, WAY_KERNEL, WAY_OUTPUT, 0},
	{"file-crash", true, CALL_FILE_LOAD, WAY_KERNEL, WAY_OUTPUT, 0},
	{"cpus", false, CALL_AUTO, WAY_KERNEL, WAY_OUTPUT, OPTIONS_CPUS_ALL},
	{"show", false, CALL_AUTO, WAY_TEXT, WAY_CAPTURE, 0},
	{"capture", false, CALL_AUTO, WAY_CAPTURE, WAY_COUNT, 0},
};

/* The bytes of a file; NULL if there is none. */
struct contents {
	char *bytes; /* owned */
	size_t size;
};

struct test {
	char **arguments; /* of the command line */
	const struct mode *mode;
	struct contents intact; /* the archive of a capture in which nothing failed */
	long step;
	unsigned int number; /* of the last result of TAP */
	unsigned int failures;
	char archive[PATH_MAX];
	char text[TEXT_SIZE]; /* messages of a load */
};

/* One series of loads. */
struct series {
	const char *name;
	enum scarcity scarcity;
	enum way way;
	bool must_succeed;  /* what is scarce is no error */
	rlim_t descriptors; /* the limit of their numbers; 0: as it is */
	unsigned long loads, refused;
};

static unsigned int count_entries(const char *path)
{
	unsigned int count = 0;
	DIR *directory = opendir(path);

	if (!directory)
		return 0;
	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static void remove_output(const char *path)
{
	DIR *directory = opendir(path);
	const int file = directory ? dirfd(directory) : -1;

	for (struct dirent *entry = file < 0 ? NULL : readdir(directory); entry;
	     entry = readdir(directory))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(file, entry->d_name, 0);
	if (!directory)
		return;
	closedir(directory);
	rmdir(path);
}

static unsigned int count_lines(const char *text)
{
	unsigned int lines = 0;

	for (; *text; text = strchr(text, '\n') + 1) {
		lines += strncmp(text, "kexec: warning: ", 16) != 0;
		if (!strchr(text, '\n'))
			return lines + 100;
	}
	return lines;
}

/* Count what the list of a captured archive says was left out. */
static unsigned int count_left_out(const struct contents *archive)
{
	static const char text[] = "left out";
	const char *place = archive->bytes, *end = place + archive->size;
	unsigned int count = 0;

	while ((place = memmem(place, (size_t)(end - place), text, strlen(text)))) {
		place += strlen(text);
		count++;
	}
	return count;
}

/* The bytes of a file; none if it cannot be read. */
static struct contents read_contents(const char *path)
{
	struct contents contents = {0};
	FILE *file = fopen(path, "r");
	FILE *copy;

	if (!file)
		return contents;
	copy = open_memstream(&contents.bytes, &contents.size);
	if (copy) {
		for (int byte = getc(file); byte != EOF; byte = getc(file))
			putc(byte, copy);
		fclose(copy);
	}
	fclose(file);
	return contents;
}

static void make_options(struct options *options, const struct test *test, enum way way)
{
	*options = (struct options){
		.load = true,
		.crash = test->mode->crash,
		.call = test->mode->call,
		.kernel = test->arguments[5],
		.initrds = {test->arguments[6]},
		.initrd_count = 1,
		.sysroot = test->arguments[3],
		.target = arch_find_name(test->arguments[4]),
		.append = "console=ttyAMA0",
		.any_board = true,
		.memory_bounds = {0, UINT64_MAX},
		.engine = PURGATORY_ENGINE_AUTO,
		.output = way == WAY_OUTPUT ? test->arguments[7] : NULL,
		.plan = way_plans[way],
		.cpus = test->mode->cpus,
	};
}

/* Judge a capture that succeeded; the first one is intact. Returns NULL, or what is wrong. */
static const char *judge_archive(struct test *test)
{
	struct contents archive = read_contents(test->archive);
	const char *fault = NULL;

	if (!archive.bytes)
		return "a capture that succeeded left no archive";
	if (!test->intact.bytes) {
		test->intact = archive;
		return NULL;
	}
	if ((archive.size != test->intact.size ||
	     memcmp(archive.bytes, test->intact.bytes, archive.size) != 0) &&
	    count_left_out(&archive) <= count_left_out(&test->intact))
		fault = "a capture that succeeded lacks something that its list does not name";
	free(archive.bytes);
	return fault;
}

/* Judge one load. Returns NULL, or what is wrong. */
static const char *judge(struct test *test, const struct series *series, int error)
{
	const unsigned int files = count_entries(test->arguments[7]);
	const unsigned int calls = fake_kexec.loads + fake_kexec.file_loads;

	if (error > 0)
		return "a positive error";
	if (count_lines(test->text) != (error ? 1 : 0))
		return "not one line for a failure, or a line for success";
	if (error && calls)
		return "the call was made although the load failed";
	if (error && files)
		return "a load that failed left files";
	if (error && series->must_succeed)
		return "a load failed that should not";
	if (!error && series->way == WAY_KERNEL && calls != 1)
		return "a load that succeeded did not call once";
	if (!error && series->way == WAY_OUTPUT && files < 5)
		return "a plan lacks files";
	return error || series->way != WAY_CAPTURE ? NULL : judge_archive(test);
}

/* Limit the numbers of descriptors, if @most is not 0; @former gets the limit that was before. */
static void limit_descriptors(rlim_t most, struct rlimit *former)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, former);
	limit = *former;
	if (most)
		limit.rlim_cur = most;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* In the directory OUTPUT, which is made first. */
static int capture(const struct test *test, const struct log *log)
{
	const struct sysroot sysroot = {.directory = test->arguments[3]};

	return capture_write(test->archive, arch_find_name(test->arguments[4]), &sysroot, log);
}

/*
 * One load with so many calls that succeed first. Returns whether one has failed; *@fault is what
 * is wrong, or NULL.
 */
static bool load_once(struct test *test, struct series *series, long spared, const char **fault)
{
	const unsigned int open_before = count_entries("/proc/self/fd");
	FILE *stream = fmemopen(test->text, sizeof(test->text), "w");
	const struct log log = {.stream = stream};
	struct options options;
	struct rlimit former;
	bool failed;
	int error;

	memset(test->text, 0, sizeof(test->text));
	setvbuf(stream, NULL, _IONBF, 0);
	make_options(&options, test, series->way);
	fake_kexec_reset();
	if (series->way == WAY_CAPTURE)
		mkdir(test->arguments[7], 0700);
	limit_descriptors(series->descriptors, &former);
	interpose_begin(series->scarcity, spared);
	error = series->way == WAY_CAPTURE ? capture(test, &log) : load(&options, &log);
	failed = interpose_end();
	setrlimit(RLIMIT_NOFILE, &former);
	fflush(stdout);
	fclose(stream);
	*fault = judge(test, series, error);
	if (!*fault && count_entries("/proc/self/fd") != open_before)
		*fault = "a descriptor stays open";
	series->loads++;
	series->refused += error != 0;
	remove_output(test->arguments[7]);
	return failed;
}

static void report(struct test *test, const struct series *series, long spared, const char *fault)
{
	test->number++;
	if (!fault) {
		fprintf(stderr, "ok %u - %s, %s: %lu loads, %lu refused\n", test->number,
			series->name, way_names[series->way], series->loads, series->refused);
		return;
	}
	test->failures++;
	fprintf(stderr, "not ok %u - %s, %s: after %ld calls: %s\n# %s\n", test->number,
		series->name, way_names[series->way], spared, fault, test->text);
}

/* Loads, until nothing fails in one. */
static void run_series(struct test *test, const struct series *kind, enum way way)
{
	struct series series = *kind;
	const char *fault = NULL;
	long spared = 0;

	series.way = way;
	while (load_once(test, &series, spared, &fault) && !fault && !series.must_succeed)
		spared += test->step;
	report(test, &series, spared, fault);
}

/* Only the lowest numbers of descriptors, from none that is free on. */
static void run_descriptors(struct test *test, enum way way)
{
	struct series series = {.name = "descriptors", .way = way};
	const char *fault = NULL;

	for (series.descriptors = 3; !fault && series.descriptors < 16; series.descriptors++)
		load_once(test, &series, 0, &fault);
	report(test, &series, (long)series.descriptors, fault);
}

static const struct series kinds[] = {
	{.name = "nothing is scarce", .must_succeed = true},
	{.name = "short reads and writes", .scarcity = SCARCITY_SHORT, .must_succeed = true},
	{.name = "signals", .scarcity = SCARCITY_INTERRUPTED, .must_succeed = true},
	{.name = "one allocation", .scarcity = SCARCITY_ALLOCATION},
	{.name = "memory", .scarcity = SCARCITY_MEMORY},
	{.name = "one read", .scarcity = SCARCITY_READ},
	{.name = "a full disk", .scarcity = SCARCITY_WRITE},
};

int main(int argc, char **argv)
{
	struct test test = {.arguments = argv};

	test.step = argc == 8 ? strtol(argv[1], NULL, 10) : 0;
	for (size_t i = 0; test.step > 0 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[2], modes[i].name) == 0)
			test.mode = &modes[i];
	if (!test.mode || !arch_find_name(argv[4]) || !freopen("/dev/null", "w", stdout)) {
		fprintf(stderr,
			"usage: scarcity STEP load|crash|cpus|file-load|file-crash|show|capture "
			"SYSTEM TARGET KERNEL INITRD OUTPUT\n");
		return 2;
	}
	snprintf(test.archive, sizeof(test.archive), "%s/capture.tar", argv[7]);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (enum way way = test.mode->first; way < test.mode->end; way++)
			run_series(&test, &kinds[i], way);
	for (enum way way = test.mode->first; way < test.mode->end; way++)
		run_descriptors(&test, way);
	free(test.intact.bytes);
	test.number++;
	if (!__lsan_do_recoverable_leak_check) {
		fprintf(stderr, "ok %u - no memory leaks # SKIP there is no LeakSanitizer\n",
			test.number);
	} else if (__lsan_do_recoverable_leak_check()) {
		test.failures++;
		fprintf(stderr, "not ok %u - no memory leaks\n", test.number);
	} else {
		fprintf(stderr, "ok %u - no memory leaks\n", test.number);
	}
	fprintf(stderr, "1..%u\n", test.number);
	/* LeakSanitizer's check at exit would find the same again; counters are written there. */
	if (__lsan_do_recoverable_leak_check)
		_exit(test.failures ? 1 : 0);
	return test.failures ? 1 : 0;
}
