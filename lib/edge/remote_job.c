/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/remote_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "edge/shell.h"

#define ANSWER_TIME (30 * VDC_SECOND)
enum { MOST_WORDS = 64, MOST_ARGUMENTS = MOST_WORDS + 8 };

/*
 * ID, limit and wait in seconds, command. Runs on whatever the host has for a POSIX shell. "pid" and
 * "boot" tell whether it still runs; "rc" appears when it has ended and "out" is complete. Daemons that
 * the command starts may hold its output open for ever, so nothing waits for the end of that.
 */
static const char script[] =
	"jobs=${VDC_JOBS:-/var/lib/vdc/jobs}\n"
	"d=$jobs/$1 limit=$2 wait=$3\n"
	"shift 3\n"
	"umask 077\n"
	"mkdir -p \"$jobs\" || exit 1\n"
	"boot=$(cat /proc/sys/kernel/random/boot_id)\n"
	"alive() {\n"
	"	[ \"$(cat \"$d/boot\" 2>/dev/null)\" = \"$boot\" ] &&\n"
	"		kill -0 \"$(cat \"$d/pid\" 2>/dev/null)\" 2>/dev/null\n"
	"}\n"
	"if [ -d \"$d\" ] && [ ! -e \"$d/rc\" ] && ! alive; then\n"
	"	sleep 1\n"
	"	if [ ! -e \"$d/rc\" ] && ! alive; then\n"
	"		[ ! -e \"$d.lost\" ] || { echo lost; exit 0; }\n"
	"		: >\"$d.lost\" && rm -rf \"$d\"\n"
	"	fi\n"
	"fi\n"
	"if mkdir \"$d\" 2>/dev/null; then\n"
	"	echo \"$boot\" >\"$d/boot\"\n"
	"	setsid sh -c '\n"
	"		d=$1 limit=$2\n"
	"		shift 2\n"
	"		if [ $# -gt 0 ]; then :\n"
	"		elif " VDC_SHELL_USES_APT "; then set -- sh -c \"\n"
	"			export DEBIAN_FRONTEND=noninteractive\n"
	"			apt-get -q -o DPkg::Lock::Timeout=600 update &&\n"
	"			apt-get -q -y -o DPkg::Lock::Timeout=600\\\n"
	"				-o Dpkg::Options::=--force-confdef\\\n"
	"				-o Dpkg::Options::=--force-confold dist-upgrade\"\n"
	"		elif command -v dnf; then set -- dnf -q -y upgrade\n"
	"		else set -- sh -c \"echo no package manager is known here; exit 127\"\n"
	"		fi\n"
	"		: >\"$d/out\"\n"
	"		while sleep 0.5; do\n"
	"			[ \"$(wc -c <\"$d/out\")\" -lt 4000000 ] || {\n"
	"				tail -c 65536 \"$d/out\" >\"$d/kept\"\n"
	"				cat \"$d/kept\" >\"$d/out\"\n"
	"			}\n"
	"		done &\n"
	"		guard=$!\n"
	"		timeout -k 10 \"$limit\" \"$@\" </dev/null >>\"$d/out\" 2>&1\n"
	"		echo $? >\"$d/code\"\n"
	"		kill $guard\n"
	"		tail -c 65536 \"$d/out\" >\"$d/kept\"\n"
	"		mv \"$d/kept\" \"$d/out\"\n"
	"		mv \"$d/code\" \"$d/rc\"\n"
	"	' sh \"$d\" \"$limit\" \"$@\" </dev/null >/dev/null 2>&1 &\n"
	"	echo $! >\"$d/pid\"\n"
	"fi\n"
	"n=0\n"
	"while [ ! -e \"$d/rc\" ] && [ $n -lt $((wait * 5)) ]; do sleep 0.2; n=$((n + 1)); done\n"
	"[ -e \"$d/rc\" ] || { echo running; exit 0; }\n"
	"echo \"ended $(cat \"$d/rc\")\"\n"
	"cat \"$d/out\"\n";

static int refuse(const struct vdc_remote_job *job, struct vdc_proc_end *end, struct vdc_err *err)
{
	const char *complaint = vdc_proc_complaint(end);

	return vdc_err_set(err, -EIO, "%s: the command cannot be run there: %s",
			   job->address ? job->address : "this machine",
			   *complaint ? complaint : "it gives no reason");
}

static int take_end(const struct vdc_remote_job *job, struct vdc_proc_end *end,
		    struct vdc_remote_job_end *ret, struct vdc_err *err)
{
	const char *text = end->out.data, *rest;
	char *number_end;
	long status;

	if (strncmp(text, "ended ", 6) != 0)
		return refuse(job, end, err);
	status = strtol(text + 6, &number_end, 10);
	if (number_end == text + 6 || *number_end != '\n' || status < 0 || status > 255)
		return refuse(job, end, err);
	rest = number_end + 1;
	*ret = (struct vdc_remote_job_end){ .status = (int)status };
	vdc_buf_add(&ret->out, rest, end->out.len - (size_t)(rest - text));
	return 0;
}

static int understand(const struct vdc_remote_job *job, struct vdc_proc_end *end,
		      struct vdc_remote_job_end *ret, struct vdc_err *err)
{
	if (end->status != 0)
		return refuse(job, end, err);
	if (strcmp(end->out.data, "running\n") == 0)
		return 1;
	if (strcmp(end->out.data, "lost\n") == 0)
		return vdc_err_set(err, -EIO, "%s went down twice while the command ran",
				   job->address ? job->address : "this machine");
	return take_end(job, end, ret, err);
}

int vdc_remote_job_run(const struct vdc_remote_job *job, int64_t wait_us,
		       struct vdc_remote_job_end *ret, struct vdc_err *err)
{
	const char *argv[MOST_ARGUMENTS] = { "sh", "-c", script, "vdc-job", job->id };
	char limit[24], wait[24];
	const struct vdc_shell shell = {
		.address = job->address,
		.argv = argv,
		.limit_us = wait_us + ANSWER_TIME,
	};
	vdc_autoend end = { 0 };
	size_t n = 7;
	int r;

	snprintf(limit, sizeof(limit), "%lld", (long long)(job->limit_us / VDC_SECOND));
	snprintf(wait, sizeof(wait), "%lld", (long long)(wait_us / VDC_SECOND));
	argv[5] = limit;
	argv[6] = wait;
	for (size_t i = 0; job->argv[i]; i++) {
		if (i == MOST_WORDS)
			return vdc_err_set(err, -EINVAL, "the command has more than %d words",
					   MOST_WORDS);
		argv[n++] = job->argv[i];
	}
	r = vdc_shell_run(&shell, &end, err);
	return r ? r : understand(job, &end, ret, err);
}
