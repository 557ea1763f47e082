/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Measures a command, in a guest. Prints one line on stdout when the command has ended:
 *
 *   measure time COMMAND...     time: user_us=N system_us=N wall_us=N peak_kb=N status=N
 *   measure memory COMMAND...   memory: anonymous_kb=N status=N
 *   measure marks COMMAND...    marks: status=N, and has mark 1 before it and mark 2 behind it
 *   measure panic               has mark 3, and lets the kernel panic
 *
 * As /init of a crash kernel it says that it is up, has mark 4, and switches the machine off. Marks
 * are what the plugin "marks" looks for.
 *
 * peak_kb is the largest resident set, mapped files included. anonymous_kb is the largest sum of
 * anonymous pages. It is exact: pages can be given back by system calls alone, so the command is
 * stopped at each, and its pages are counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Hints that are none: hint #0x70 to #0x7f, slti x0, x0, 0 to 15. tests/bench/plugin/decode.c. */
#ifdef __aarch64__
#define MARK(number) __asm__ volatile("hint #0x70 + " #number : : : "memory")
#else
#define MARK(number) __asm__ volatile("slti x0, x0, " #number : : : "memory")
#endif

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* The exit status; as a shell has it, 128 and more after a signal. */
static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static _Noreturn void execute(char **command)
{
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static long long microseconds(struct timeval time)
{
	return time.tv_sec * 1000000LL + time.tv_usec;
}

static void measure_time(char **command)
{
	struct timespec begin, end;
	struct rusage usage;
	int status;
	pid_t child;

	sync();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	child = fork();
	if (child == 0)
		execute(command);
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		fail("cannot run it");
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("time: user_us=%lld system_us=%lld wall_us=%lld peak_kb=%ld status=%d\n",
	       microseconds(usage.ru_utime), microseconds(usage.ru_stime),
	       (end.tv_sec - begin.tv_sec) * 1000000LL + (end.tv_nsec - begin.tv_nsec) / 1000,
	       usage.ru_maxrss, status_of(status));
}

/* Anonymous pages of a process in KiB; 0 if it has gone. */
static long anonymous_kb(pid_t process)
{
	char path[64], line[256];
	long sum = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)process);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Anonymous: %ld", &sum) == 1)
			break;
	fclose(file);
	return sum;
}

static void trace_child(char **command)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	execute(command);
}

/* What a stopped thread is to get when it goes on: stops that tracing makes are no signals. */
static int signal_for(int status)
{
	int signal = WSTOPSIG(status);

	return status >> 16 || signal == SIGTRAP || signal == (SIGTRAP | 0x80) || signal == SIGSTOP
		       ? 0
		       : signal;
}

static void measure_memory(char **command)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;
	const pid_t child = fork();
	long peak = 0, now;
	int status;
	pid_t stopped;

	if (child == 0)
		trace_child(command);
	if (child < 0 || waitpid(child, &status, 0) < 0 ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, options) ||
	    ptrace(PTRACE_SYSCALL, child, NULL, NULL))
		fail("cannot trace it");
	for (;;) {
		stopped = waitpid(-1, &status, __WALL);
		if (stopped < 0)
			fail("cannot wait for it");
		if (!WIFSTOPPED(status)) {
			if (stopped == child)
				break;
			continue;
		}
		now = anonymous_kb(child);
		if (now > peak)
			peak = now;
		ptrace(PTRACE_SYSCALL, stopped, NULL, (long)signal_for(status));
	}
	printf("memory: anonymous_kb=%ld status=%d\n", peak, status_of(status));
}

static void measure_marks(char **command)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		MARK(1);
		execute(command);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		fail("cannot run it");
	MARK(2);
	printf("marks: status=%d\n", status_of(status));
}

static void panic(void)
{
	int file = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (file < 0)
		fail("/proc/sysrq-trigger");
	MARK(3);
	if (write(file, "c", 1) != 1)
		fail("no panic");
}

static _Noreturn void init(void)
{
	static const char text[] = "crash kernel: up\n";

	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		perror("/dev/console");
	MARK(4);
	reboot(RB_POWER_OFF);
	_exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	if (getpid() == 1)
		init();
	if (argc > 2 && !strcmp(argv[1], "time"))
		measure_time(argv + 2);
	else if (argc > 2 && !strcmp(argv[1], "memory"))
		measure_memory(argv + 2);
	else if (argc > 2 && !strcmp(argv[1], "marks"))
		measure_marks(argv + 2);
	else if (argc == 2 && !strcmp(argv[1], "panic"))
		panic();
	else
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
