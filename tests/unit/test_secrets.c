/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a capture hides, and what it leaves; and the headers of its archive.
 */
#include "support.h"

#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "capture/secrets.h"
#include "capture/tar_header.h"

static void test_command_line(void **state)
{
	static const struct {
		const char *text, *expected;
		unsigned int hidden;
	} cases[] = {
		{"", "", 0},
		{"quiet root=/dev/vda1 console=ttyS0,115200n8", NULL, 0},
		{"keymap=de rd.vconsole.keymap=us compass", NULL, 0},
		{"rd.luks.key=/k:UUID=1 x=y", "rd.luks.key=xxxxxxxxx x=y", 1},
		{"PASSWORD=a Token=b my_secret=c", "PASSWORD=x Token=x my_secret=x", 3},
		{"password=", NULL, 0},
		{"password", NULL, 0},
		{"pw.pass=\"a b\" c", "pw.pass=\"xxx\" c", 1},
		{"\"pass=a b\" c", "\"pass=xxx\" c", 1},
		{"wifi.psk=\"never closed", "wifi.psk=\"xxxxxxxxxxxx", 1},
		{"u=http://a:b@h:80/p", "u=http://xxx@h:80/p", 1},
		{"u=http://h:80/p", NULL, 0},
		{"netroot=iscsi:u:p@1.2.3.4::3260", "netroot=iscsi:xxx@1.2.3.4::3260", 1},
		{"nfsroot=server:/path@1", "nfsroot=server:xxxxx@1", 1},
		{"ifname=eth0:00:11:22:aa:bb:CC", "ifname=eth0:xx:xx:xx:xx:xx:xx", 1},
		{"BOOTIF=01-00-11-22-aa-bb-CC", "BOOTIF=xx-xx-xx-xx-xx-xx-xx", 1},
		{"systemd.machine_id=0123 androidboot.serialno=9",
		 "systemd.machine_id=xxxx androidboot.serialno=x", 2},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *expected = cases[i].expected ? cases[i].expected : cases[i].text;
		char *text = strdup(cases[i].text);
		unsigned int hidden;

		assert_non_null(text);
		hidden = secrets_hide_command_line(text);
		if (strcmp(text, expected) || hidden != cases[i].hidden)
			fail_msg("'%s' becomes '%s', %u hidden", cases[i].text, text, hidden);
		free(text);
	}
}

static void test_addresses(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{"mac 00:11:22:33:44:5f, up", "mac xx:xx:xx:xx:xx:xx, up"},
		{"00-11-22-33-44-55 00:11:22:33:44:55", "xx-xx-xx-xx-xx-xx xx:xx:xx:xx:xx:xx"},
		/* Too few, of other digits, of two separators, or with more digits at an end. */
		{"00:11:22:33:44 12:34:56", NULL},
		{"00:11:22:33:44:5g", NULL},
		{"00:11:22-33:44:55", NULL},
		{"000:11:22:33:44:55", NULL},
		{"00:11:22:33:44:555", NULL},
		{"0000:00:01.0 at 2001:db8::1", NULL},
		{"0", NULL},
		{"00:", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *expected = cases[i].expected ? cases[i].expected : cases[i].text;
		char *text = strdup(cases[i].text);

		assert_non_null(text);
		secrets_hide_addresses(text);
		assert_string_equal(text, expected);
		free(text);
	}
}

/* A tree of this size with secrets, and what looks like one. */
static void test_tree(void **state)
{
	static const uint8_t seed[] = {1, 2, 3, 4};
	char fdt[2048];
	int node, size;
	const char *value;

	(void)state;
	assert_int_equal(fdt_create_empty_tree(fdt, sizeof(fdt)), 0);
	node = fdt_add_subnode(fdt, 0, "chosen");
	assert_int_equal(fdt_setprop(fdt, node, "rng-seed", seed, sizeof(seed)), 0);
	assert_int_equal(fdt_setprop(fdt, node, "kaslr-seed", seed, sizeof(seed)), 0);
	assert_int_equal(fdt_setprop_string(fdt, node, "bootargs", "a password=b"), 0);
	node = fdt_add_subnode(fdt, 0, "ethernet");
	assert_int_equal(fdt_setprop(fdt, node, "local-mac-address", seed, sizeof(seed)), 0);
	assert_int_equal(fdt_setprop(fdt, node, "reg", seed, sizeof(seed)), 0);
	assert_int_equal(fdt_setprop_string(fdt, 0, "serial-number", "123"), 0);

	assert_int_equal(secrets_clean_tree(fdt), 5);
	assert_int_equal(fdt_check_full(fdt, sizeof(fdt)), 0);
	assert_string_equal(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL),
			    "a password=x");
	value = fdt_getprop(fdt, fdt_path_offset(fdt, "/ethernet"), "local-mac-address", &size);
	assert_int_equal(size, 4);
	assert_memory_equal(value, "\0\0\0", 4);
	value = fdt_getprop(fdt, fdt_path_offset(fdt, "/ethernet"), "reg", &size);
	assert_memory_equal(value, seed, sizeof(seed));
	value = fdt_getprop(fdt, 0, "serial-number", &size);
	assert_int_equal(size, 4);
	assert_memory_equal(value, "\0\0\0", 4);
	/* Nothing is left to be changed. */
	assert_int_equal(secrets_clean_tree(fdt), 1);
}

/* Names of all lengths: where they are divided, and which cannot be. */
static void test_tar(void **state)
{
	char header[TAR_BLOCK_SIZE], name[300];

	(void)state;
	assert_int_equal(tar_header_make(header, "proc/iomem", 996), 0);
	assert_string_equal(header, "proc/iomem");
	assert_string_equal(header + 124, "00000001744");
	assert_memory_equal(header + 257, "ustar\00000", 8);
	assert_int_equal(tar_header_make(header, "f", (UINT64_C(1) << 33) - 1), 0);
	assert_string_equal(header + 124, "77777777777");
	assert_int_equal(tar_header_make(header, "f", UINT64_C(1) << 33), -EFBIG);

	memset(name, 'n', sizeof(name));
	name[100] = '\0';
	assert_int_equal(tar_header_make(header, name, 1), 0);
	assert_memory_equal(header, name, 100);
	name[100] = 'n';
	name[101] = '\0';
	assert_int_equal(tar_header_make(header, name, 1), -ENAMETOOLONG);
	name[3] = '/';
	assert_int_equal(tar_header_make(header, name, 1), 0);
	assert_string_equal(header + 345, "nnn");
	assert_memory_equal(header, name + 4, 97);
	assert_int_equal(header[97], 0);
	/* 155 before the dash and 100 behind it */
	memset(name, 'n', sizeof(name));
	name[155] = '/';
	name[256] = '\0';
	assert_int_equal(tar_header_make(header, name, 1), 0);
	assert_int_equal(strlen(header + 345), 155);
	name[256] = 'n';
	name[257] = '\0';
	assert_int_equal(tar_header_make(header, name, 1), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_line),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_tar),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
