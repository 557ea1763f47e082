/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --output: the files, their contents, and what a failure leaves behind.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan/output.h"
#include "support.h"

/* Three segments, one of them empty in the file, one of the highest address. */
static const struct plan plan = {
	.segments =
		{
			{.role = SEGMENT_KERNEL,
			 .permissions = SEGMENT_READ,
			 .address = 0x40000000,
			 .data = "kernel\0bytes",
			 .size = 12,
			 .memory_size = 0x3000},
			{.role = SEGMENT_PURGATORY,
			 .permissions = SEGMENT_READ | SEGMENT_EXECUTE,
			 .address = 0xfffffffffffff000,
			 .data = "text",
			 .size = 4,
			 .memory_size = 0x1000},
			{.role = SEGMENT_PURGATORY,
			 .permissions = SEGMENT_READ | SEGMENT_WRITE,
			 .address = 0x60002000,
			 .memory_size = 0x1000},
		},
	.segment_count = 3,
	.entry = 0x60000000,
};

/* The document, which is written as it is. */
static const char plan_json[] = "{\n"
				"  \"target\": \"arm64\",\n"
				"  \"entry\": \"0x60000000\",\n"
				"  \"flags\": \"0xb70001\",\n"
				"  \"engine\": \"auto\",\n"
				"  \"console\": \"PL011\",\n"
				"  \"segments\": [\n"
				"    {\n"
				"      \"role\": \"kernel\",\n"
				"      \"address\": \"0x40000000\",\n"
				"      \"size\": 12,\n"
				"      \"memory_size\": 12288,\n"
				"      \"permissions\": \"r\",\n"
				"      \"file\": \"00-kernel.bin\"\n"
				"    },\n"
				"    {\n"
				"      \"role\": \"purgatory\",\n"
				"      \"address\": \"0xfffffffffffff000\",\n"
				"      \"size\": 4,\n"
				"      \"memory_size\": 4096,\n"
				"      \"permissions\": \"rx\",\n"
				"      \"file\": \"01-purgatory.bin\"\n"
				"    },\n"
				"    {\n"
				"      \"role\": \"purgatory\",\n"
				"      \"address\": \"0x60002000\",\n"
				"      \"size\": 0,\n"
				"      \"memory_size\": 4096,\n"
				"      \"permissions\": \"rw\",\n"
				"      \"file\": \"02-purgatory.bin\"\n"
				"    }\n"
				"  ],\n"
				"  \"symbols\": {\n"
				"    \"purgatory_start\": \"0x60000000\",\n"
				"    \"purgatory_kernel_entry\": \"0x60001008\"\n"
				"  }\n"
				"}\n";

/* A directory that output_write() has to make, in one that the test removes. */
struct place {
	char *parent;
	char *directory;
	struct test_log log;
};

static void place_open(struct place *place)
{
	place->parent = test_directory_make();
	assert_true(asprintf(&place->directory, "%s/plan", place->parent) > 0);
	test_log_open(&place->log);
}

static void place_close(struct place *place)
{
	test_log_close(&place->log);
	test_directory_remove(place->parent);
	free(place->directory);
}

/* Renames that still succeed; negative: all of them. */
static int renames_left = -1;

int __real_renameat(int from, const char *name, int to, const char *other);
int __wrap_renameat(int from, const char *name, int to, const char *other);

int __wrap_renameat(int from, const char *name, int to, const char *other)
{
	if (renames_left == 0) {
		renames_left = -1;
		errno = ENOSPC;
		return -1;
	}
	if (renames_left > 0)
		renames_left--;
	return __real_renameat(from, name, to, other);
}

static int write_plan(struct place *place, const struct plan *written)
{
	struct output *output;
	int error =
		output_write(&output, written, NULL, plan_json, place->directory, &place->log.log);

	if (!error)
		error = output_place(output);
	output_close(output);
	return error;
}

static char *file_path(const struct place *place, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", place->directory, name) > 0);
	return path;
}

static void make_file(const struct place *place, const char *name)
{
	free(test_file_write(place->directory, name, "old", 3));
}

static void check_file(const struct place *place, const char *name, const void *data, size_t size)
{
	char *path = file_path(place, name);
	char *content = malloc(size + 1);
	FILE *stream = fopen(path, "r");

	assert_non_null(content);
	if (!stream)
		fail_msg("%s is missing", name);
	/* One byte more is asked for: there must be none. */
	assert_int_equal(fread(content, 1, size + 1, stream), size);
	assert_memory_equal(content, data, size);
	fclose(stream);
	free(content);
	free(path);
}

static size_t count_files(const struct place *place)
{
	DIR *stream = opendir(place->directory);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(stream);
	while ((entry = readdir(stream)))
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(stream);
	return count;
}

static void check_plan(const struct place *place)
{
	check_file(place, "plan.json", plan_json, strlen(plan_json));
	check_file(place, "00-kernel.bin", "kernel\0bytes", 12);
	check_file(place, "01-purgatory.bin", "text", 4);
	check_file(place, "02-purgatory.bin", "", 0);
}

static void test_files(void **state)
{
	struct place place;

	(void)state;
	place_open(&place);
	assert_int_equal(write_plan(&place, &plan), 0);
	test_log_expect_nothing(&place.log);
	check_plan(&place);
	assert_int_equal(count_files(&place), 4);
	place_close(&place);
}

static void test_no_segments(void **state)
{
	static const char expected[] = "{}\n";
	const struct plan empty = {.segment_count = 0};
	struct output *output;
	struct place place;

	(void)state;
	place_open(&place);
	assert_int_equal(
		output_write(&output, &empty, NULL, expected, place.directory, &place.log.log), 0);
	assert_int_equal(output_place(output), 0);
	output_close(output);
	check_file(&place, "plan.json", expected, strlen(expected));
	place_close(&place);
}

/* A former run had more segments and one was killed; other files are none of ours. */
static void test_former_run(void **state)
{
	static const char *const stale[] = {
		"00-initrd.bin",
		"01-purgatory.bin",
		"07-manifest.bin",
		"15-elfcorehdr.bin",
		".kexec-new-09-kernel.bin",
		".kexec-new-plan.json",
		".kexec-former-03-dtb.bin",
		".kexec-former-plan.json",
		"plan.json",
	};
	static const char *const foreign[] = {
		"0-kernel.bin",
		"00-kernel.binary",
		"00-kernel",
		"00-vmlinux.bin",
		"notes",
		"plan.json.old",
		"plan.json.tmp",
		"00-kernel.bin.old",
		"09-kernel.bin.tmp",
		".kexec-new-notes",
	};
	struct place place;

	(void)state;
	place_open(&place);
	assert_int_equal(mkdir(place.directory, 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(stale); i++)
		make_file(&place, stale[i]);
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		make_file(&place, foreign[i]);
	assert_int_equal(write_plan(&place, &plan), 0);
	check_plan(&place);
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		check_file(&place, foreign[i], "old", 3);
	assert_int_equal(count_files(&place), 4 + ARRAY_SIZE(foreign));
	place_close(&place);
}

/* Writes end early: here at a limit of the file's size, as at the end of a full disk. */
static int write_limited(struct place *place, const struct plan *written, rlim_t limit)
{
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	struct rlimit old, new;
	int result;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	new = old;
	new.rlim_cur = limit;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &new), 0);
	result = write_plan(place, written);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, handler);
	return result;
}

static void test_failure_leaves_nothing(void **state)
{
	static const struct {
		rlim_t limit;
		const char *message;
	} cases[] = {
		{11, "/plan/00-kernel.bin: File too large"},
		{13, "/plan/plan.json: File too large"},
	};
	struct place place;

	(void)state;
	place_open(&place);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(write_limited(&place, &plan, cases[i].limit), -EFBIG);
		test_log_expect(&place.log, cases[i].message);
		assert_int_equal(access(place.directory, F_OK), -1);
	}
	place_close(&place);
}

static void test_failure_keeps_former_plan(void **state)
{
	struct plan next = plan;
	struct place place;

	(void)state;
	place_open(&place);
	assert_int_equal(write_plan(&place, &plan), 0);
	next.segments[0].data = "another kernel";
	next.segments[0].size = 14;
	assert_int_equal(write_limited(&place, &next, 20), -EFBIG);
	test_log_expect(&place.log, "plan.json: File too large");
	check_plan(&place);
	assert_int_equal(count_files(&place), 4);
	place_close(&place);
}

/* Another plan than the one that is expected everywhere, with one segment more. */
static struct plan make_next(void)
{
	struct plan next = plan;

	next.segments[0].data = "another kernel";
	next.segments[0].size = 14;
	next.segments[3] = (struct segment){.role = SEGMENT_DTB, .data = "tree", .size = 4};
	next.segment_count = 4;
	return next;
}

/* Whichever rename fails: the former plan is whole, and nothing else is there. */
static void test_failure_while_replacing(void **state)
{
	struct plan next = make_next();
	struct place place;
	int renames = 0;

	(void)state;
	place_open(&place);
	assert_int_equal(write_plan(&place, &plan), 0);
	make_file(&place, "notes");
	for (;; renames++) {
		renames_left = renames;
		if (write_plan(&place, &next) == 0)
			break;
		test_log_expect(&place.log, "/plan/");
		check_plan(&place);
		assert_int_equal(count_files(&place), 5);
	}
	/* Four files were set aside, and five took their places. */
	assert_int_equal(renames, 9);
	renames_left = -1;
	assert_int_equal(count_files(&place), 6);
	check_file(&place, "03-dtb.bin", "tree", 4);
	check_file(&place, "notes", "old", 3);
	test_log_expect_nothing(&place.log);
	place_close(&place);
}

/* A directory is no former segment: it is found before anything is touched. */
static void test_directory_in_the_way(void **state)
{
	static const char *const names[] = {"plan.json", "00-kernel.bin", "07-manifest.bin"};
	struct place place;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct plan next = make_next();
		char *path;

		place_open(&place);
		assert_int_equal(write_plan(&place, &plan), 0);
		path = file_path(&place, names[i]);
		unlink(path);
		assert_int_equal(mkdir(path, 0700), 0);
		assert_int_equal(write_plan(&place, &next), -EISDIR);
		test_log_expect(&place.log, ": Is a directory");
		check_file(&place, "01-purgatory.bin", "text", 4);
		if (i > 0)
			check_file(&place, "plan.json", plan_json, strlen(plan_json));
		assert_int_equal(count_files(&place), i < 2 ? 4 : 5);
		assert_int_equal(rmdir(path), 0);
		free(path);
		place_close(&place);
	}
}

/* A plan that was written but not placed, because its files have changed meanwhile. */
static void test_not_placed(void **state)
{
	struct plan next = make_next();
	struct output *output;
	struct place place;

	(void)state;
	place_open(&place);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(output_write(&output, &next, NULL, plan_json, place.directory,
					      &place.log.log),
				 0);
		output_close(output);
		if (round == 0) {
			assert_int_equal(access(place.directory, F_OK), -1);
			assert_int_equal(write_plan(&place, &plan), 0);
		}
	}
	check_plan(&place);
	assert_int_equal(count_files(&place), 4);
	output_close(NULL);
	place_close(&place);
}

/* Whatever lacks a descriptor, one line says so, and nothing is left. */
static void test_no_descriptors(void **state)
{
	struct rlimit before, limit;
	struct output *output;
	struct place place;
	int lowest;

	(void)state;
	place_open(&place);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	lowest = dup(STDERR_FILENO);
	assert_true(lowest >= 0);
	close(lowest);
	for (rlim_t spare = 0; spare < 2; spare++) {
		limit = before;
		limit.rlim_cur = (rlim_t)lowest + spare;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		assert_int_equal(output_write(&output, &plan, NULL, plan_json, place.directory,
					      &place.log.log),
				 -EMFILE);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		test_log_expect(&place.log, "Too many open files");
		assert_int_equal(access(place.directory, F_OK), -1);
	}
	place_close(&place);
}

/* A run was killed while it replaced a plan: the former one is back, though this run fails too. */
static void test_killed(void **state)
{
	static const char *const names[] = {"plan.json", "00-kernel.bin", "01-purgatory.bin"};
	struct plan next = make_next();
	struct place place;

	(void)state;
	place_open(&place);
	assert_int_equal(write_plan(&place, &plan), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = file_path(&place, names[i]), *former;

		assert_true(asprintf(&former, "%s/.kexec-former-%s", place.directory, names[i]) >
			    0);
		assert_int_equal(rename(path, former), 0);
		free(path);
		free(former);
	}
	make_file(&place, "00-kernel.bin");
	assert_int_equal(write_limited(&place, &next, 20), -EFBIG);
	test_log_expect(&place.log, "plan.json: File too large");
	check_plan(&place);
	assert_int_equal(count_files(&place), 4);
	assert_int_equal(write_plan(&place, &next), 0);
	assert_int_equal(count_files(&place), 5);
	place_close(&place);
}

/* One run at a time: the other one is refused, and harms nothing. */
static void test_two_runs(void **state)
{
	struct plan next = make_next();
	struct output *output;
	struct place place;

	(void)state;
	place_open(&place);
	assert_int_equal(
		output_write(&output, &plan, NULL, plan_json, place.directory, &place.log.log), 0);
	assert_int_equal(write_plan(&place, &next), -EBUSY);
	test_log_expect(&place.log, "kexec is writing to ");
	assert_int_equal(output_place(output), 0);
	output_close(output);
	check_plan(&place);
	assert_int_equal(count_files(&place), 4);
	assert_int_equal(write_plan(&place, &next), 0);
	assert_int_equal(count_files(&place), 5);
	place_close(&place);
}

static void test_bad_directory(void **state)
{
	struct place place;
	char *path;

	(void)state;
	place_open(&place);
	path = place.directory;
	assert_true(asprintf(&place.directory, "%s/missing/plan", place.parent) > 0);
	assert_int_equal(write_plan(&place, &plan), -ENOENT);
	test_log_expect(&place.log, "/missing/plan: No such file or directory");
	free(place.directory);
	place.directory = place.parent;
	make_file(&place, "plan");
	place.directory = path;
	assert_int_equal(write_plan(&place, &plan), -ENOTDIR);
	test_log_expect(&place.log, "/plan: Not a directory");
	place_close(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_no_segments),
		cmocka_unit_test(test_former_run),
		cmocka_unit_test(test_failure_leaves_nothing),
		cmocka_unit_test(test_failure_keeps_former_plan),
		cmocka_unit_test(test_failure_while_replacing),
		cmocka_unit_test(test_directory_in_the_way),
		cmocka_unit_test(test_not_placed),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_two_runs),
		cmocka_unit_test(test_bad_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
