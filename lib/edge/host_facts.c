/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/host_facts.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/time.h"
#include "edge/shell.h"

/*
 * One line per fact: a key, a space, the value. It runs on whatever the host has for a POSIX shell;
 * what is missing there is left out. The last line says that nothing was cut off.
 */
const char vdc_host_facts_script[] =
	"LC_ALL=C; export LC_ALL\n"
	"sed 's/^/os /' /etc/os-release 2>/dev/null\n"
	"fact() { [ -r \"$2\" ] && printf '%s %s\\n' \"$1\" \"$(head -n 1 \"$2\" 2>/dev/null)\"; }\n"
	"fact debian /etc/debian_version\n"
	"fact boot_id /proc/sys/kernel/random/boot_id\n"
	"fact vendor /sys/class/dmi/id/sys_vendor\n"
	"fact product /sys/class/dmi/id/product_name\n"
	"fact uuid /sys/class/dmi/id/product_uuid\n"
	"echo \"kernel $(uname -r)\"\n"
	"sed -n 's/^btime /btime /p' /proc/stat\n"
	"sed -n 's/^MemAvailable: */available /p' /proc/meminfo\n"
	"for b in /sys/class/net/*/bridge; do\n"
	"	[ -d \"$b\" ] && b=${b%/bridge} && echo \"bridge ${b##*/}\"\n"
	"done\n"
	"c=/sys/kernel/kexec_crash_loaded\n"
	"if grep -Eqs '^[[:space:]]*fence_kdump_nodes[[:space:]]' /etc/kdump.conf &&\n"
	"	[ \"$(cat $c 2>/dev/null)\" = 1 ]; then\n"
	"	echo 'kdump enabled'\n"
	"elif [ -r $c ]; then\n"
	"	echo 'kdump disabled'\n"
	"fi\n"
	"command -v sanlock >/dev/null &&\n"
	"	timeout 2 sanlock client status 2>/dev/null | sed -n 's/^daemon /sanlock /p'\n"
	"if command -v dpkg-query >/dev/null; then\n"
	"	dpkg-query -W -f='package ${db:Status-Status} ${Package}=${Version}\\n' 'libvirt-daemon*'"
	" 'libvirt0' 'libvirt-clients' 'qemu-system-x86' 'qemu-utils' 'sanlock' 'lvm2' 'vdsm'"
	" 'openssh-server' 'multipath-tools' 2>/dev/null\n"
	"elif command -v rpm >/dev/null; then\n"
	"	rpm -q --qf 'package installed %{NAME}=%{VERSION}-%{RELEASE}\\n' libvirt-daemon"
	" libvirt-client qemu-kvm qemu-kvm-core qemu-img sanlock lvm2 vdsm openssh-server"
	" device-mapper-multipath 2>/dev/null | grep '^package installed'\n"
	"fi\n"
	"echo end\n";

/* Behind KEY and a space, or NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static const char *unquoted(struct vdc_arena *arena, const char *s)
{
	size_t len = strlen(s);

	if (len >= 2 && (s[0] == '"' || s[0] == '\'') && s[len - 1] == s[0])
		return vdc_arena_strndup(arena, s + 1, len - 2);
	return vdc_arena_strdup(arena, s);
}

static void take_os(const char *line, struct vdc_arena *arena, struct vdc_host_facts *facts)
{
	const struct {
		const char *key;
		const char **into;
	} wanted[] = {
		{ "ID=", &facts->os_id },
		{ "VERSION_ID=", &facts->os_version },
		{ "PRETTY_NAME=", &facts->os_description },
	};

	for (size_t i = 0; i < VDC_COUNT(wanted); i++)
		if (strncmp(line, wanted[i].key, strlen(wanted[i].key)) == 0)
			*wanted[i].into = unquoted(arena, line + strlen(wanted[i].key));
}

/* Some firmware writes the UUID in capitals. */
static const char *lower(struct vdc_arena *arena, const char *s)
{
	char *copy = vdc_arena_strdup(arena, s);

	for (char *c = copy; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

static const char *trimmed(struct vdc_arena *arena, const char *s)
{
	size_t len = strlen(s);

	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	return len ? vdc_arena_strndup(arena, s, len) : NULL;
}

static void take_text(const char *line, struct vdc_arena *arena, struct vdc_host_facts *facts)
{
	const struct {
		const char *key;
		const char **into;
	} wanted[] = {
		{ "boot_id", &facts->boot_id },
		{ "kernel", &facts->kernel },
		{ "vendor", &facts->vendor },
		{ "product", &facts->product },
		{ "uuid", &facts->uuid },
		{ "kdump", &facts->kdump },
		{ "sanlock", &facts->sanlock_name },
	};

	for (size_t i = 0; i < VDC_COUNT(wanted); i++) {
		const char *value = value_of(line, wanted[i].key);

		if (value)
			*wanted[i].into = trimmed(arena, value);
	}
}

static int64_t number_of(const char *text, int64_t unit)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	return end == text || n < 0 || n > INT64_MAX / unit ? -1 : n * unit;
}

static void take_line(const char *line, struct vdc_arena *arena, struct vdc_host_facts *facts,
		      struct vdc_buf *packages, struct vdc_buf *bridges)
{
	const char *value;

	if ((value = value_of(line, "os")))
		take_os(value, arena, facts);
	else if ((value = value_of(line, "btime")))
		facts->boot_time = number_of(value, VDC_SECOND);
	else if ((value = value_of(line, "available")))
		facts->memory_available = number_of(value, 1024);
	else if ((value = value_of(line, "bridge")))
		vdc_buf_printf(bridges, "%s%s", bridges->len ? " " : "", value);
	else if ((value = value_of(line, "package installed")))
		vdc_buf_printf(packages, "%s%s", packages->len ? "\n" : "", value);
	else
		take_text(line, arena, facts);
}

/* os-release of Debian has the major version only; "12.5" says more, unless it is of another release
 * or no number ("trixie/sid"). */
static void refine_version(const char *debian, struct vdc_host_facts *facts)
{
	const char *major = facts->os_version;
	size_t len = major ? strlen(major) : 0;

	if (debian && len && strncmp(debian, major, len) == 0 && debian[len] == '.')
		facts->os_version = debian;
}

int vdc_host_facts_parse(const char *text, struct vdc_arena *arena, struct vdc_host_facts *ret,
			 struct vdc_err *err)
{
	struct vdc_host_facts facts = { .boot_time = -1, .memory_available = -1 };
	vdc_autofree char *lines = vdc_strdup(text);
	vdc_autobuf packages = { 0 }, bridges = { 0 };
	const char *debian = NULL, *value;
	bool complete = false;

	for (char *save = NULL, *line = strtok_r(lines, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		take_line(line, arena, &facts, &packages, &bridges);
		if ((value = value_of(line, "debian")))
			debian = trimmed(arena, value);
		complete = strcmp(line, "end") == 0;
	}
	if (!complete)
		return vdc_err_set(err, -EBADMSG, "the answer of the remote shell is not complete");
	refine_version(debian, &facts);
	facts.uuid = lower(arena, facts.uuid);
	facts.packages = vdc_arena_strdup(arena, vdc_buf_str(&packages));
	facts.bridges = vdc_arena_strdup(arena, vdc_buf_str(&bridges));
	*ret = facts;
	return 0;
}

int vdc_host_facts(const char *address, int64_t limit_us, struct vdc_arena *arena,
		   struct vdc_host_facts *ret, struct vdc_err *err)
{
	struct vdc_shell shell = {
		.address = address,
		.argv = (const char *const[]){ "sh", "-c", vdc_host_facts_script, NULL },
		.limit_us = limit_us,
	};
	vdc_autoend end = { 0 };
	int r = vdc_shell_run(&shell, &end, err);

	if (r)
		return r;
	r = vdc_host_facts_parse(vdc_buf_str(&end.out), arena, ret, err);
	return r ? vdc_err_prefix(err, "%s: ", address ? address : "this machine") : 0;
}
