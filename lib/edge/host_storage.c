/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/host_storage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "base/utf8.h"
#include "edge/shell.h"

/*
 * $1: tenths of a second that a reading may take; then id, kind ("group", "domain", or "folder", which
 * needs no domain in it) and place of each. A reading that hangs keeps a lock, and nothing that the
 * remote shell waits for. What is done stands in a file; what is not at the end is left out. The last
 * line says that nothing was cut off.
 */
static const char script[] =
	"LC_ALL=C; LVM_SUPPRESS_FD_WARNINGS=1; export LC_ALL LVM_SUPPRESS_FD_WARNINGS\n"
	"PATH=$PATH:/usr/sbin:/sbin\n"
	"left=$1; shift\n"
	"d=$(mktemp -d) || exit\n"
	"l=/run/vdc/reads; mkdir -p $l 2>/dev/null && [ -w $l ] || l=$d\n"
	"start() { dd \"if=$1\" of=/dev/null bs=4096 count=1 iflag=direct 2>&1; }\n"
	"read_one() {\n"
	"	m=$3/$1/dom_md\n"
	"	if [ \"$2\" = group ] && [ -e \"/dev/$3/metadata\" ]; then start \"/dev/$3/metadata\"\n"
	"	elif [ \"$2\" = group ]; then\n"
	"		p=$(pvs --readonly --noheadings -o pv_name -S \"vg_name=$3\" 2>\"$d/$1.err\") || {\n"
	"			cat \"$d/$1.err\"; return 1; }\n"
	"		set -- $p\n"
	"		case $1 in /*) start \"$1\" ;; *) echo 'there is no such volume group'; return 1 ;;"
	" esac\n"
	"	elif [ -e \"$m/metadata\" ]; then start \"$m/metadata\"\n"
	"	elif [ -e \"$m/ids\" ]; then start \"$m/ids\"\n"
	"	elif [ \"$2\" = folder ]; then ls -U -- \"$3\" 2>&1 >/dev/null\n"
	"	else echo \"$3 has no storage domain $1: is it mounted there?\"; return 1\n"
	"	fi\n"
	"}\n"
	"n=0\n"
	"while [ $# -ge 3 ]; do\n"
	"	(\n"
	"		began=$(date +%s%N)\n"
	"		flock -w 60 9 || exit\n"
	"		if why=$(read_one \"$1\" \"$2\" \"$3\"); then how=ok; why=; else how=lost; fi\n"
	"		printf '%s %s %s %s\\n' \"$1\" $how $((($(date +%s%N) - began) / 1000)) \\\n"
	"			\"$(printf '%s\\n' \"$why\" | head -n 1)\" >\"$d/$1.new\"\n"
	"		mv \"$d/$1.new\" \"$d/$1.done\"\n"
	"	) </dev/null >/dev/null 2>&1 9>>\"$l/$1\" &\n"
	"	n=$((n + 1)); shift 3\n"
	"done\n"
	"while [ \"$(ls \"$d\" | grep -c 'done$')\" -lt $n ] && [ \"$left\" -gt 0 ]; do\n"
	"	sleep 0.1; left=$((left - 1))\n"
	"done\n"
	"cat \"$d\"/*.done 2>/dev/null\n"
	"rm -rf \"$d\"\n"
	"echo end\n";

#define TENTH (VDC_SECOND / 10)

int vdc_host_storage(const char *address, const struct vdc_domain_reading *const *readings,
		     size_t n, int64_t each_us, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err)
{
	vdc_autofree const char **argv = vdc_alloc((3 * n + 6) * sizeof(*argv));
	vdc_autofree char *tenths = vdc_format("%" PRId64, each_us / TENTH);
	const struct vdc_shell shell = {
		.address = address,
		.argv = argv,
		.limit_us = limit_us,
		.most_output = 1024 * 1024,
	};
	vdc_autoend end = { 0 };
	size_t at = 0;
	int r;

	argv[at++] = "sh";
	argv[at++] = "-c";
	argv[at++] = script;
	argv[at++] = "sh";
	argv[at++] = tenths;
	for (size_t i = 0; i < n; i++) {
		bool made = readings[i]->storage_format > 0;

		argv[at++] = readings[i]->id;
		argv[at++] = readings[i]->volume_group ? "group" : made ? "domain" : "folder";
		argv[at++] = readings[i]->volume_group ?: readings[i]->path;
	}
	argv[at] = NULL;
	r = vdc_shell_run(&shell, &end, err);
	if (!r)
		vdc_buf_add(ret, end.out.data, end.out.len);
	return r;
}

static struct vdc_domain_reading *find(struct vdc_domain_reading *const *readings, size_t n,
				       const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(readings[i]->id, id) == 0)
			return readings[i];
	return NULL;
}

/* "ID ok 812 " or "ID lost 31 dd: ...". */
static int parse_line(char *line, struct vdc_domain_reading *const *readings, size_t n,
		      struct vdc_arena *arena)
{
	char *rest, *id = strtok_r(line, " ", &rest), *how = strtok_r(NULL, " ", &rest);
	char *took = strtok_r(NULL, " ", &rest), *end = NULL;
	struct vdc_domain_reading *reading = took ? find(readings, n, id) : NULL;
	int64_t us = took ? strtoll(took, &end, 10) : -1;

	if (!reading || *end || us < 0)
		return -EBADMSG;
	reading->problem = NULL;
	if (strcmp(how, "ok") == 0)
		reading->latency = us;
	else
		reading->problem = *rest ? vdc_arena_strndup(arena, rest,
							     vdc_utf8_xml_span(rest, strlen(rest)))
					 : vdc_arena_strdup(arena, "it cannot be read");
	return strcmp(how, "ok") == 0 || strcmp(how, "lost") == 0 ? 0 : -EBADMSG;
}

int vdc_host_storage_parse(const char *text, struct vdc_domain_reading *const *readings, size_t n,
			   int64_t each_us, struct vdc_arena *arena, struct vdc_err *err)
{
	char limit[VDC_TIME_LEN + 1];
	bool complete = false;
	char *rest;
	int r = 0;

	vdc_duration_format(each_us, limit);
	for (size_t i = 0; i < n; i++)
		readings[i]->problem = vdc_arena_format(arena, "no answer within %s", limit);
	for (char *line = strtok_r(vdc_arena_strdup(arena, text), "\n", &rest); line && !r;
	     line = strtok_r(NULL, "\n", &rest)) {
		complete = strcmp(line, "end") == 0;
		if (!complete)
			r = parse_line(line, readings, n, arena);
	}
	if (r || !complete)
		return vdc_err_set(err, -EBADMSG, "it does not say how its storage is: \"%.80s\"",
				   text);
	return 0;
}
