/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * measure [RUNS] COMMAND...: runs a command several times and prints one line: median wall time,
 * median CPU time (user and system, with its children), the largest resident set. Standard output of
 * the command goes to /dev/null; a run that fails ends the measurement.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RUNS = 1000 };

struct run {
	double wall_ms;
	double cpu_ms;
	double rss_mib;
};

static double ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static double clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static _Noreturn void child(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(127);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static struct run run_once(char **argv)
{
	double start = clock_ms();
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		child(argv);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
		perror("measure");
		exit(1);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "measure: %s failed\n", argv[0]);
		exit(1);
	}
	return (struct run){ .wall_ms = clock_ms() - start,
			     .cpu_ms = ms_of(usage.ru_utime) + ms_of(usage.ru_stime),
			     .rss_mib = (double)usage.ru_maxrss / 1024 };
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double wall[MOST_RUNS], cpu[MOST_RUNS];
	int runs = argc > 2 ? atoi(argv[1]) : 0;
	double rss = 0;

	if (runs < 1 || runs > MOST_RUNS) {
		fprintf(stderr, "usage: measure RUNS COMMAND...\n");
		return 2;
	}
	for (int i = 0; i < runs; i++) {
		struct run run = run_once(argv + 2);

		wall[i] = run.wall_ms;
		cpu[i] = run.cpu_ms;
		rss = run.rss_mib > rss ? run.rss_mib : rss;
	}
	qsort(wall, (size_t)runs, sizeof(*wall), by_value);
	qsort(cpu, (size_t)runs, sizeof(*cpu), by_value);
	printf("wall %.2f ms  cpu %.2f ms  memory %.1f MiB\n", wall[runs / 2], cpu[runs / 2], rss);
	return 0;
}
