/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/cpuinfo, ISA strings, and the kernel's release: the CPUs' properties by their texts. */
#include "cpu/cache_block.h"
#include "cpu/counter.h"
#include "cpu/cpu.h"
#include "digest/cpu_engines.h"
#include "digest/cpu_extensions.h"
#include "machine/captured_arch.h"
#include "machine/cpu_features.h"
#include "target.h"

static void read_cpus(const struct arch *arch)
{
	const struct sysroot *sysroot = fuzz_sysroot();
	const struct devicetree none = {0};
	struct cpu_engines engines;
	struct fuzz_log log;
	struct cpu cpu;

	fuzz_log_open(&log);
	cpu_read(&cpu, &none, sysroot);
	cpu_engines_read(&engines, arch, &cpu, &none, sysroot);
	fuzz_expect(engines.engines & 1U << SHA256_GENERIC, "the generic engine is always there");
	fuzz_expect(!(engines.engines & engines.missing), "no engine is both there and missing");
	cpu_features_find(arch, sysroot);
	cache_block_find(arch, &none, sysroot, &log.log);
	counter_find_time_limit(&none, sysroot, &log.log);
	fuzz_log_close_silent(&log);
	fuzz_log_open(&log);
	fuzz_log_close(&log, captured_arch_check(arch, sysroot, &none, &log.log));
}

void fuzz_cpuinfo(const uint8_t *data, size_t size)
{
	const struct cpu_extensions list = {(const char *)data, size};

	cpu_extensions_find_engines(arch_arm64.engines, &list, 1);
	cpu_extensions_find_engines(arch_riscv64.engines, &list, 1);
	fuzz_sysroot_put("/proc/cpuinfo", data, size);
	fuzz_sysroot_put("/proc/sys/kernel/osrelease", data, size);
	read_cpus(&arch_arm64);
	read_cpus(&arch_riscv64);
}
