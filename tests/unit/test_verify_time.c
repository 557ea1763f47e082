/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Predictions of the time to verify: which CPU, which clock, which engine, and the arithmetic.
 */
#include "support.h"

#include <inttypes.h>
#include <string.h>

#include "digest/verify_time.h"

#define MB UINT64_C(1000000)

#define N1  "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\n"
#define A72 "processor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\n"
#define A53 "processor\t: 2\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n\n"
#define NEW "processor\t: 3\nCPU implementer\t: 0x41\nCPU part\t: 0xd85\n\n"
#define U74                                                                                \
	"processor\t: 0\nhart\t\t: 1\nisa\t\t: rv64imafdc_zbb\nuarch\t\t: sifive,u74-mc\n" \
	"mvendorid\t: 0x489\nmarchid\t\t: 0x8000000000000007\n\n"
#define X60 "processor\t: 0\nmvendorid\t: 0x710\nmarchid\t\t: 0x8000000058000001\n\n"

#define HAS(engine) (1U << (engine) | 1U << SHA256_GENERIC)
#define HAS_SHA2                                                                          \
	(HAS(SHA256_ARM64_SHA2) | HAS(SHA256_ARM64_SHA2_X2) | HAS(SHA256_ARM64_NEON_X4) | \
	 HAS(SHA256_ARM64_UNCACHED))
#define HAS_NEON (HAS(SHA256_ARM64_NEON_X4) | HAS(SHA256_ARM64_UNCACHED))

/* What is asked for, and what must come out for 100 MB. */
struct prediction {
	const char *name;
	const struct arch *arch;
	const char *cpuinfo;   /* NULL: there is none */
	const char *kilohertz; /* of all CPUs, or NULL */
	uint32_t available;
	uint32_t engine;
	bool uncached, any_cpu;
	uint64_t cleaned;
	enum verify_time_state state;
	uint32_t expected_engine;
	uint64_t microseconds;
	const char *text;
};

static void predict_with(const struct prediction *prediction, unsigned int cpus)
{
	char *directory = test_directory_make();
	const struct sysroot sysroot = {.directory = directory};
	const struct verify_time_request request = {
		.arch = prediction->arch,
		.sysroot = &sysroot,
		.engine = prediction->engine,
		.available = {.engines = prediction->available},
		.caches_on = !prediction->uncached,
		.any_cpu = prediction->any_cpu,
		.bytes = 100 * MB,
		.cleaned = prediction->cleaned,
		.cpus = cpus,
	};
	char text[VERIFY_TIME_TEXT_SIZE], path[96];
	struct verify_time time;

	if (prediction->cpuinfo)
		test_sysroot_write_text(directory, "/proc/cpuinfo", prediction->cpuinfo);
	for (int i = 0; prediction->kilohertz && i < 4; i++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%d/cpufreq/cpuinfo_max_freq", i);
		test_sysroot_write_text(directory, path, prediction->kilohertz);
	}
	verify_time_predict(&time, &request);
	verify_time_format(text, &time);
	if (time.state != prediction->state || time.engine != prediction->expected_engine ||
	    time.microseconds != prediction->microseconds || !strstr(text, prediction->text))
		fail_msg("%s: state %d, engine %" PRIu32 ", %" PRIu64 " us, '%s'", prediction->name,
			 time.state, time.engine, time.microseconds, text);
	test_directory_remove(directory);
}

static void predict(const struct prediction *prediction)
{
	predict_with(prediction, 1);
}

#define AUTO PURGATORY_ENGINE_AUTO

static void test_arm64(void **state)
{
	static const struct prediction predictions[] = {
		/* 100e6 * 0.97 / 3 GHz */
		{"Altra", &arch_arm64, N1, NULL, HAS_SHA2, AUTO, false, false, 0, VERIFY_TIME_KNOWN,
		 SHA256_ARM64_SHA2_X2, 32333,
		 "about 32 ms, predicted for a Neoverse N1 at 3.00 GHz (its clock is assumed)"},
		{"its clock is known", &arch_arm64, N1, "1500000\n", HAS_SHA2, AUTO, false, false,
		 0, VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2_X2, 64666,
		 "about 65 ms, predicted for a Neoverse N1 at 1.50 GHz, never"},
		{"one stream", &arch_arm64, N1, NULL, HAS_SHA2, SHA256_ARM64_SHA2, false, false, 0,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2, 53333, "about 53 ms"},
		{"vectors", &arch_arm64, A72, NULL, HAS_NEON, AUTO, false, false, 0,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_NEON_X4, 433333, "about 433 ms"},
		{"no vectors", &arch_arm64, A72, NULL, HAS(SHA256_GENERIC), AUTO, false, false, 0,
		 VERIFY_TIME_KNOWN, SHA256_GENERIC, 686666, "about 687 ms"},
		/* 32 ms, and 40 MB in lines of 64 bytes that take 110 ns each */
		{"cleaning", &arch_arm64, N1, NULL, HAS_SHA2, AUTO, false, false, 40 * MB,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2_X2, 101083, "about 101 ms"},
		/* 53.3 ms and 100e6 / 64 * 4 * 110 ns */
		{"MMU off", &arch_arm64, N1, NULL, HAS_SHA2, AUTO, true, false, 0,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2, 740833, "about 741 ms"},
		{"MMU off, no SHA2", &arch_arm64, A72, NULL, HAS_NEON, AUTO, true, false, 0,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_UNCACHED, 1499166, "about 1.5 s"},
		{"MMU off, no vectors", &arch_arm64, A72, NULL, HAS(SHA256_GENERIC), AUTO, true,
		 false, 0, VERIFY_TIME_KNOWN, SHA256_GENERIC, 6780416, "about 6.8 s"},
		{"no clock", &arch_arm64, A53, NULL, HAS_SHA2, AUTO, false, false, 0,
		 VERIFY_TIME_UNKNOWN_CLOCK, SHA256_ARM64_SHA2_X2, 0,
		 "no prediction for a Cortex-A53, whose clock is unknown"},
		{"no figures", &arch_arm64, NEW, "2000000", HAS_SHA2, AUTO, false, false, 0,
		 VERIFY_TIME_UNKNOWN_CPU, SHA256_ARM64_SHA2_X2, 0,
		 "unknown CPU: implementer 0x41, part 0xd85"},
		{"nothing known", &arch_arm64, NULL, NULL, HAS_SHA2, AUTO, false, false, 0,
		 VERIFY_TIME_UNKNOWN_CPU, SHA256_ARM64_SHA2_X2, 0,
		 "no prediction for an unknown CPU"},
		{"the first CPU", &arch_arm64, N1 A53, "1000000", HAS_SHA2, AUTO, false, false, 0,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2_X2, 97000, "Neoverse N1"},
		{"the slowest CPU", &arch_arm64, N1 A53 A72, "1000000", HAS_SHA2, AUTO, false, true,
		 0, VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2_X2, 199000, "Cortex-A53"},
		{"an unknown CPU may be slower", &arch_arm64, N1 NEW A53, "1000000", HAS_SHA2, AUTO,
		 false, true, 0, VERIFY_TIME_UNKNOWN_CPU, SHA256_ARM64_SHA2_X2, 0, "part 0xd85"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(predictions); i++)
		predict(&predictions[i]);
}

static void test_riscv64(void **state)
{
	static const struct prediction predictions[] = {
		{"U74", &arch_riscv64, U74, NULL, HAS(SHA256_RISCV64_ZBB), SHA256_RISCV64_ZBB,
		 false, false, 0, VERIFY_TIME_KNOWN, SHA256_RISCV64_ZBB, 1420000,
		 "about 1.4 s, predicted for a SiFive U74"},
		{"X60", &arch_riscv64, X60, NULL, HAS(SHA256_RISCV64_RVV), SHA256_RISCV64_RVV,
		 false, false, 0, VERIFY_TIME_KNOWN, SHA256_RISCV64_RVV, 700000, "about 700 ms"},
		{"nothing is cleaned there", &arch_riscv64, U74, NULL, HAS(SHA256_RISCV64_ZBB),
		 SHA256_RISCV64_ZBB, false, false, 40 * MB, VERIFY_TIME_KNOWN, SHA256_RISCV64_ZBB,
		 1420000, "about 1.4 s"},
		{"no figure", &arch_riscv64, U74, NULL, HAS(SHA256_RISCV64_ZKNH),
		 SHA256_RISCV64_ZKNH, false, false, 0, VERIFY_TIME_UNKNOWN_ENGINE,
		 SHA256_RISCV64_ZKNH, 0, "no figure of zknh on a SiFive U74"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(predictions); i++)
		predict(&predictions[i]);
}

/*
 * Several CPUs take groups of chunks, 1 MiB for each lane. 100e6 bytes are 96 chunks, of which 4
 * CPUs take 24 each; in groups of 8 chunks 12, of which one of 8 CPUs takes two; in pairs 48, of
 * which 8 CPUs take 6 each.
 */
static void test_cpus(void **state)
{
	static const struct prediction predictions[] = {
		{"U74", &arch_riscv64, U74, NULL, HAS(SHA256_RISCV64_ZBB), SHA256_RISCV64_ZBB,
		 false, false, 0, VERIFY_TIME_KNOWN, SHA256_RISCV64_ZBB, 357354,
		 "about 357 ms, predicted for 4 CPUs like a SiFive U74 at 1.50 GHz"},
		{"X60", &arch_riscv64, X60, NULL, HAS(SHA256_RISCV64_RVV), SHA256_RISCV64_RVV,
		 false, false, 0, VERIFY_TIME_KNOWN, SHA256_RISCV64_RVV, 117440,
		 "about 117 ms, predicted for 8 CPUs like a SpacemiT X60"},
		/* 6 pairs, and 40 MB in lines of 110 ns, of which each CPU cleans its part */
		{"Altra", &arch_arm64, N1, NULL, HAS_SHA2, AUTO, false, false, 40 * MB,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2_X2, 12719, "about 13 ms"},
		/* No others are started with the MMU off. */
		{"MMU off", &arch_arm64, N1, NULL, HAS_SHA2, AUTO, true, false, 0,
		 VERIFY_TIME_KNOWN, SHA256_ARM64_SHA2, 740833, "predicted for a Neoverse N1"},
	};

	static const unsigned int cpus[ARRAY_SIZE(predictions)] = {4, 8, 8, 8};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(predictions); i++)
		predict_with(&predictions[i], cpus[i]);
}

/* Memory is the limit if the clock is high enough. */
static void test_memory(void **state)
{
	static const struct prediction prediction = {"faster than memory",
						     &arch_arm64,
						     N1,
						     "20000000",
						     HAS_SHA2,
						     AUTO,
						     false,
						     false,
						     0,
						     VERIFY_TIME_KNOWN,
						     SHA256_ARM64_SHA2_X2,
						     7812,
						     "about 8 ms"};

	(void)state;
	predict(&prediction);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_riscv64),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_memory),
	};

	return test_status(cmocka_run_group_tests(tests, NULL, NULL));
}
