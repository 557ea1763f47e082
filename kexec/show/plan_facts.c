/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The facts of a plan in words.
 */
#include "show/plan_facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console/console_choice.h"
#include "digest/engine_choice.h"
#include "manifest.h"
#include "show/words.h"

struct teller {
	void (*tell)(void *context, const char *label, const char *text);
	void *context;
};

static void tell(const struct teller *teller, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(const struct teller *teller, const char *label, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) >= 0) {
		teller->tell(teller->context, label, text);
		free(text);
	}
	va_end(args);
}

static void tell_file(const struct teller *teller, const struct plan_file *file)
{
	char label[16], size[WORDS_SIZE], memory[WORDS_SIZE];

	snprintf(label, sizeof(label), "%s", file->purpose);
	label[0] = (char)(label[0] - 'a' + 'A');
	words_size(size, file->size);
	words_size(memory, file->memory);
	tell(teller, label, "%s%s%s%s%s%s%s", file->path, file->format ? ", " : "",
	     file->format ? file->format : "", file->size ? " of " : "", file->size ? size : "",
	     file->memory ? ", runs in " : "", file->memory ? memory : "");
}

static uint64_t count_memory(const struct plan *plan)
{
	uint64_t size = 0;

	for (size_t i = 0; i < plan->segment_count; i++)
		size += plan->segments[i].memory_size;
	return size;
}

static void tell_load(const struct teller *teller, const struct plan_view *view)
{
	char size[WORDS_SIZE], taken[WORDS_SIZE];

	tell(teller, "Plan", "%s, on %s",
	     view->crash ? "load a crash kernel, which is entered when this kernel panics"
			 : "load a kernel, which kexec -e enters",
	     view->arch->name);
	tell(teller, "System call", "%s(2), because %s", view->call, view->reason);
	if (view->crash_region)
		tell(teller, "Crash region", "0x%" PRIx64 " to 0x%" PRIx64 ", %s%s%s%s",
		     view->crash_region->start, view->crash_region->end,
		     words_size(size, range_size(*view->crash_region)),
		     view->plan ? ", of which this load takes " : "",
		     view->plan ? words_size(taken, count_memory(view->plan)) : "",
		     view->plan ? ", and the crash kernel runs in the rest" : "");
	for (size_t i = 0; i < view->file_count; i++)
		tell_file(teller, &view->files[i]);
	tell(teller, "Command line", "%s", view->command_line ? view->command_line : "(none)");
}

static void tell_ineffective(const struct teller *teller, const struct plan_view *view)
{
	char text[256];
	size_t length = 0;

	if (!view->ineffective[0])
		return;
	for (size_t i = 0; view->ineffective[i] && length < sizeof(text); i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s--%s",
					   i ? ", " : "", view->ineffective[i]);
	tell(teller, "No effect", "%s", text);
}

static void tell_console(const struct teller *teller, const struct console *console)
{
	if (console_registers(console))
		tell(teller, "Console", "%s at 0x%" PRIx64 " (%s)", console_name(console),
		     console->address, console->reason);
	else
		tell(teller, "Console", "%s (%s)", console_name(console), console->reason);
}

static void tell_tables(const struct teller *teller, const struct plan_view *view)
{
	static const char *const reasons[] = {
		[PURGATORY_MMU_ON] = "on",
		[PURGATORY_MMU_OPTION] = "off, because --mmu=off asks for that",
		[PURGATORY_MMU_RANGE] = "off, because an address is out of reach of page tables",
		[PURGATORY_MMU_MODE] = "off, because the CPU lacks the mode that would reach all",
	};
	const enum purgatory_mmu_reason reason = view->tables->reason;
	const char *text = reason < sizeof(reasons) / sizeof(reasons[0]) ? reasons[reason] : NULL;

	tell(teller, "MMU", "%s", text ? text : "off, because page tables find no place");
}

static void tell_outcome(const struct teller *teller, const struct plan_view *view)
{
	const struct machine *machine = view->machine;
	const bool resets = view->policy == PURGATORY_POLICY_RESET;

	tell(teller, "On mismatch", "%s%s%s",
	     resets && machine->reset_method == PURGATORY_RESET_NONE
		     ? "halt, because nothing resets this machine"
		     : words_policy(view->policy),
	     resets && machine->reset_method ? " by " : "",
	     resets && machine->reset_method ? words_reset(machine->reset_method) : "");
	if (range_size(machine->ramoops.range))
		tell(teller, "pstore", "purgatory's last lines go to ramoops at 0x%" PRIx64,
		     machine->ramoops.range.start);
}

/* Which CPUs verify: the one that runs purgatory, and the first of the others that firmware starts.
 */
static void tell_cpus(const struct teller *teller, const struct plan_view *view)
{
	char text[ONLINE_CPUS_TEXT_SIZE];

	online_cpus_format(text, view->others, view->cpus);
	tell(teller, "CPUs", "%s, by --cpus, as far as firmware starts them", text);
}

static void tell_verification(const struct teller *teller, const struct plan_view *view)
{
	char size[WORDS_SIZE], text[VERIFY_TIME_TEXT_SIZE];
	uint64_t chunks = 0;

	if (view->unverified || !view->plan) {
		tell(teller, "Verified by", "nobody: %s", view->unverified);
		return;
	}
	for (size_t i = 0; i < view->plan->segment_count; i++)
		chunks += (view->plan->segments[i].covered + MANIFEST_CHUNK_SIZE - 1) /
			  MANIFEST_CHUNK_SIZE;
	tell(teller, "Verified by",
	     "purgatory, before it enters the kernel: %s in %" PRIu64 " chunks, and by their own "
	     "digests the manifest%s",
	     words_size(size, words_verified_size(view->plan)), chunks,
	     view->tables->reason == PURGATORY_MMU_ON ? " and the page tables" : "");
	tell(teller, "Engine", "%s%s", engine_choice_name(view->time.engine),
	     view->engine == PURGATORY_ENGINE_AUTO ? ", as purgatory is expected to choose" : "");
	verify_time_format(text, &view->time);
	tell(teller, "Time to verify", "%s", text);
	if (view->cpus > 1)
		tell_cpus(teller, view);
}

void plan_facts_tell(const struct plan_view *view,
		     void (*function)(void *context, const char *label, const char *text),
		     void *context)
{
	const struct teller teller = {function, context};

	tell_load(&teller, view);
	tell_ineffective(&teller, view);
	if (view->plan) {
		tell_console(&teller, &view->machine->console);
		tell_tables(&teller, view);
		tell_outcome(&teller, view);
	}
	tell_verification(&teller, view);
	for (size_t i = 0; i < view->warnings->count; i++)
		tell(&teller, "Warning", "%s", view->warnings->lines[i]);
}
