/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people see of a plan: widths, colour, drawings to scale; and the JSON of any text.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "purgatory.h"
#include "show/json.h"
#include "show/memory_bars.h"
#include "show/plan_svg.h"
#include "show/plan_text.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)

/* A machine with 2 TiB of RAM in two banks, and as many segments as there can be, far apart. */
struct fixture {
	struct range ram[2];
	struct range reserved[1];
	struct range crash[1];
	struct machine machine;
	struct plan plan;
	struct table_sets tables;
	struct log_record warnings;
	struct plan_view view;
};

static void make_segments(struct plan *plan)
{
	static const enum segment_role roles[] = {SEGMENT_DTB,	    SEGMENT_KERNEL,
						  SEGMENT_INITRD,   SEGMENT_PURGATORY,
						  SEGMENT_MANIFEST, SEGMENT_PAGETABLE};

	for (size_t i = 0; i < PLAN_SEGMENT_MAX; i++)
		plan->segments[plan->segment_count++] = (struct segment){
			.role = roles[i % ARRAY_SIZE(roles)],
			.permissions = SEGMENT_READ,
			.address = 8 * TIB + i * 60 * GIB,
			.size = 3 * MIB,
			.memory_size = 4 * MIB,
			.covered = 3 * MIB,
		};
	plan->entry = plan->segments[3].address;
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct memory_map *map;

	assert_non_null(fixture);
	map = &fixture->machine.memory;
	fixture->ram[0] = (struct range){2 * GIB, TIB + 2 * GIB};
	fixture->ram[1] = (struct range){8 * TIB, 9 * TIB};
	fixture->reserved[0] = (struct range){8 * TIB + 500 * GIB, 8 * TIB + 600 * GIB};
	fixture->crash[0] = (struct range){TIB, TIB + GIB};
	map->ram = (struct range_set){fixture->ram, 2, 2};
	map->reserved = (struct range_set){fixture->reserved, 1, 1};
	map->crash = (struct range_set){fixture->crash, 1, 1};
	map->kernel = (struct range){2 * GIB, 2 * GIB + 40 * MIB};
	fixture->machine.page_size = 65536;
	fixture->tables.reason = PURGATORY_MMU_OPTION;
	make_segments(&fixture->plan);
	fixture->view = (struct plan_view){
		.arch = &arch_arm64,
		.call = "kexec_load",
		.reason = "purgatory then verifies the load",
		.files = {{.purpose = "kernel", .path = "/boot/a\033[31mname", .size = 31 * MIB}},
		.file_count = 1,
		.command_line = "console=ttyAMA0,115200 root=UUID=01234567-89ab-cdef "
				"a-word-that-is-longer-than-any-line-on-narrow-paper=1",
		.ineffective = {"args-linux"},
		.warnings = &fixture->warnings,
		.machine = &fixture->machine,
		.plan = &fixture->plan,
		.tables = &fixture->tables,
		.engine = PURGATORY_ENGINE_AUTO,
	};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

/* The plan for so many columns; freed by the caller. */
static char *print(const struct plan_view *view, const char *columns)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	setenv("COLUMNS", columns, 1);
	assert_int_equal(plan_text_print(stream, view), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static size_t count_lines(const char *text, const char *start)
{
	size_t count = 0;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		count += !strncmp(line, start, strlen(start));
	}
	return count;
}

/* No line is wider than the paper, but for a word that cannot be divided. */
static void check_widths(const char *text, size_t width)
{
	const char *line = text;

	while (*line) {
		const size_t length = strcspn(line, "\n");

		if (length > width && !strstr(line, "a-word-that-is-longer"))
			fail_msg("%zu columns, not %zu: %.*s", length, width, (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static void test_widths(void **state)
{
	static const char *const columns[] = {"40", "60", "80", "120"};
	const struct fixture *fixture = *state;
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		text = print(&fixture->view, columns[i]);
		check_widths(text, strtoul(columns[i], NULL, 10));
		/* Each segment has its line, and all of it can be read. */
		assert_int_equal(count_lines(text, "K kernel     0x"), 3);
		assert_int_equal(count_lines(text, "I initrd     0x"), 3);
		assert_non_null(strstr(text, "16 segments"));
		assert_non_null(strstr(text, "/boot/a?[31mname"));
		assert_null(strchr(text, '\033'));
		assert_non_null(strstr(text, "--args-linux"));
		free(text);
	}
	/* Nonsense counts as nothing, and there are limits. */
	free(print(&fixture->view, "x"));
	text = print(&fixture->view, "7");
	check_widths(text, 40);
	free(text);
}

/* Two banks and the hole between them, to one scale. */
static void test_scale(void **state)
{
	const struct fixture *fixture = *state;
	struct memory_bars bars;

	assert_int_equal(memory_bars_make_ram(&bars, &fixture->view, 64), 0);
	assert_int_equal(bars.count, 2);
	assert_int_equal(bars.cell, 32 * GIB);
	assert_int_equal(bars.bars[0].range.start, 0);
	assert_int_equal(strlen(bars.bars[0].cells), 33);
	assert_string_equal(bars.bars[0].cells, "@...............................=");
	assert_string_equal(bars.bars[1].cells, "DK.I.P.M.T.D.K.IP#M.T.D.K.I.P...");
	memory_bars_free(&bars);
}

/* A bar for each segment that is far from the others, in which it is as large as it is. */
static void test_near(void **state)
{
	struct fixture *fixture = *state;
	struct memory_bars bars;

	fixture->plan.segment_count = 3;
	fixture->plan.segments[2].address = fixture->plan.segments[1].address + 8 * MIB;
	assert_int_equal(memory_bars_make_segments(&bars, &fixture->view, 32), 0);
	assert_int_equal(bars.count, 2);
	assert_int_equal(bars.cell, 512 * 1024);
	assert_string_equal(bars.bars[0].cells, "DDDDDDDD");
	assert_string_equal(bars.bars[1].cells, "KKKKKKKK........IIIIIIII");
	memory_bars_free(&bars);
}

/* What a terminal of 50 columns gets. */
static char *print_on_terminal(const struct plan_view *view)
{
	const struct winsize window = {.ws_row = 24, .ws_col = 50};
	char *text = calloc(1, 65536);
	size_t size = 0;
	int master, slave;
	FILE *stream;

	assert_non_null(text);
	test_terminal_open(&master, &slave, &window);
	stream = fdopen(slave, "w");
	assert_non_null(stream);
	/* The terminal's buffer takes less than all of it, and nobody reads meanwhile. */
	if (test_fork() == 0) {
		close(master);
		_exit(plan_text_print(stream, view) || fflush(stream));
	}
	fclose(stream);
	for (;;) {
		const ssize_t count = read(master, text + size, 65535 - size);

		if (count <= 0)
			break;
		size += (size_t)count;
	}
	close(master);
	return text;
}

static void test_terminal(void **state)
{
	const struct fixture *fixture = *state;
	char *text;

	setenv("COLUMNS", "120", 1);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	text = print_on_terminal(&fixture->view);
	assert_non_null(strstr(text, "\033[1mSystem call\033[0m"));
	assert_non_null(strstr(text, "\033[32mK\033[0m kernel"));
	free(text);
	/* An empty NO_COLOR asks for nothing. */
	setenv("NO_COLOR", "", 1);
	text = print_on_terminal(&fixture->view);
	assert_non_null(strchr(text, '\033'));
	free(text);
	setenv("NO_COLOR", "1", 1);
	text = print_on_terminal(&fixture->view);
	assert_null(strchr(text, '\033'));
	/* The terminal's width counts, and not COLUMNS. */
	for (char *end = text; (end = strstr(end, "\r\n"));)
		*end = ' ';
	check_widths(text, 51);
	free(text);
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	text = print_on_terminal(&fixture->view);
	assert_null(strchr(text, '\033'));
	free(text);
}

/* One file that refers to nothing outside of itself, and has nothing of XML in its texts. */
static void test_svg(void **state)
{
	struct fixture *fixture = *state;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	fixture->view.command_line = "a<b&c\001";
	assert_int_equal(plan_svg_print(stream, &fixture->view), 0);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(strncmp(text, "<svg xmlns=", 11), 0);
	assert_non_null(strstr(text, "prefers-color-scheme: dark"));
	assert_non_null(strstr(text, "a&lt;b&amp;c?</text>"));
	assert_string_equal(text + size - 7, "</svg>\n");
	assert_null(strstr(text, "href"));
	assert_null(strstr(text, "url("));
	free(text);
}

static void test_json(void **state)
{
	char *text = NULL;
	size_t size;
	struct json json = {.stream = open_memstream(&text, &size)};

	(void)state;
	assert_non_null(json.stream);
	json_begin_object(&json, NULL);
	json_text(&json, "a", "\"\\");
	json_begin_array(&json, "b");
	json_end_array(&json);
	json_begin_array(&json, "c");
	json_number(&json, NULL, 1);
	json_text(&json, NULL, NULL);
	json_end_array(&json);
	json_begin_object(&json, "d");
	json_end_object(&json);
	json_boolean(&json, "e", true);
	json_address(&json, "f", UINT64_MAX);
	json_end_object(&json);
	assert_int_equal(fclose(json.stream), 0);
	assert_string_equal(text,
			    "{\n  \"a\": \"\\\"\\\\\",\n  \"b\": [],\n  \"c\": [\n    1,\n    "
			    "null\n  ],\n  \"d\": {},\n  \"e\": true,\n  \"f\": "
			    "\"0xffffffffffffffff\"\n}\n");
	free(text);
}

/* Bytes as they may stand in file names and command lines, and what JSON has of them. */
static void test_json_texts(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{"plain ~", "plain ~"},
		{"\n\t\177", "\\u000a\\u0009\\u007f"},
		{"\303\244\342\202\254", "\\u00e4\\u20ac"},
		{"\360\237\230\200", "\\ud83d\\ude00"},
		{"\377a", "\\ufffda"},
		{"\303", "\\ufffd"},
		{"\303(", "\\ufffd("},
		{"\342\202", "\\ufffd\\ufffd"},
		{"\300\200", "\\ufffd\\ufffd"},		   /* longer than necessary */
		{"\355\240\200", "\\ufffd\\ufffd\\ufffd"}, /* half of a pair */
		{"\364\220\200\200", "\\ufffd\\ufffd\\ufffd\\ufffd"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = NULL, expected[64];
		size_t size;
		struct json json = {.stream = open_memstream(&text, &size)};

		assert_non_null(json.stream);
		json_text(&json, NULL, cases[i].text);
		assert_int_equal(fclose(json.stream), 0);
		snprintf(expected, sizeof(expected), "\"%s\"", cases[i].json);
		assert_string_equal(text, expected);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_widths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_scale, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_near, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_svg, set_up, tear_down),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_texts),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
