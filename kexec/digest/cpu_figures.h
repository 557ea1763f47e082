/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How fast CPUs hash: the figures behind a prediction of the time that verification takes.
 */
#ifndef DIGEST_CPU_FIGURES_H
#define DIGEST_CPU_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "sha256.h"

/* What /proc/cpuinfo says of the model of a CPU; a field that it does not have is 0 or NULL. */
struct cpu_model {
	uint64_t implementer, part;	    /* arm64: of MIDR_EL1 */
	uint64_t vendor, microarchitecture; /* riscv64: mvendorid and marchid */
};

/*
 * A model, and its figures. tests/plan/shown.py compares them with docs/engines.md and with
 * tests/bench/machines.toml, which names their sources.
 */
struct cpu_figures {
	const char *name;
	struct cpu_model model;
	/* Hundredths of a cycle a byte, with the caches on, by enum sha256_engine; 0: unknown. */
	uint16_t cycles[SHA256_ENGINE_COUNT];
	/* Of the machine that is known best with this CPU; 0: unknown. */
	uint32_t megahertz;
	uint32_t read;	   /* MB/s that one core reads from memory */
	uint32_t uncached; /* ns for an access past the caches */
	uint32_t read_all; /* MB/s that all cores read together */
};

/* The figures of a model, or NULL if there are none. */
const struct cpu_figures *cpu_figures_find(const struct cpu_model *model);

#endif
