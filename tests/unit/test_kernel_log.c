/* SPDX-License-Identifier: GPL-2.0-only */
/* A number in the kernel's log. A socket that keeps records apart stands in for /dev/kmsg. */
#include "support.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/kernel_log.h"

#define LABEL "Loaded kernel at 0x"

static void test_number(void **state)
{
	static const struct {
		const char *records[4];
		uint64_t number;
	} cases[] = {
		{{NULL}, 0},
		{{"6,1,2,-;kexec_file: nr_segments = 3\n"}, 0},
		{{"6,1,2,-;kexec_file(Image): Loaded kernel at 0x7fe00000 bufsz=0x1000 "
		  "memsz=0x2000\n"},
		 0x7fe00000},
		{{"6,1,2,-;a\n", "6,2,3,-;" LABEL "1000 x\n", "6,3,4,-;" LABEL "8040000000\n",
		  "6,4,5,-;b\n"},
		 UINT64_C(0x8040000000)},
		{{"6,1,2,-;Loaded elf core header at 0x8fff0000 bufsz=0x1000\n"}, 0},
		{{"6,1,2,-;" LABEL "\n"}, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
		for (size_t j = 0; j < ARRAY_SIZE(cases[i].records) && cases[i].records[j]; j++)
			assert_int_equal(
				write(ends[0], cases[i].records[j], strlen(cases[i].records[j])),
				strlen(cases[i].records[j]));
		assert_int_equal(kernel_log_find_number(ends[1], LABEL), cases[i].number);
		close(ends[0]);
		close(ends[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
