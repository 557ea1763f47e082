/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/kcore: an ELF core file, with vmcoreinfo as a note. */
#include "machine/captured_arch.h"
#include "machine/crash_image.h"
#include "machine/kcore.h"
#include "machine/linear_map.h"
#include "machine/vmcoreinfo.h"
#include "target.h"

static void read_as(const struct arch *arch)
{
	const struct sysroot *sysroot = fuzz_sysroot();
	const struct devicetree none = {0};
	struct vmcoreinfo info;
	struct linear_map map;
	struct fuzz_log log;
	uint64_t number = 0;

	fuzz_log_open(&log);
	vmcoreinfo_read(&info, arch, sysroot, &log.log);
	vmcoreinfo_number(&info, "NUMBER(VA_BITS)", &number);
	vmcoreinfo_free(&info);
	linear_map_find(&map, arch, sysroot, &log.log);
	fuzz_expect(map.virtual_bits <= 64, "no address has more than 64 bits");
	kcore_read_number(&number, UINT64_C(0xffff000000000000), arch, sysroot);
	crash_image_read_start(UINT64_C(0xffff000000000000), arch, sysroot);
	fuzz_log_close_silent(&log);
	fuzz_log_open(&log);
	fuzz_log_close(&log, captured_arch_check(arch, sysroot, &none, &log.log));
}

void fuzz_kcore(const uint8_t *data, size_t size)
{
	fuzz_sysroot_put("/proc/kcore", data, size);
	read_as(&arch_arm64);
	read_as(&arch_riscv64);
}
