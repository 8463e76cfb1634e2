/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_policy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const upgrade_names[] = { VDC_POLICY_IN_CLUSTER_UPGRADE, "in_cluster_policy",
					     VDC_POLICY_IN_CLUSTER_UPGRADE_ID };
static const char *const maintenance_names[] = { VDC_POLICY_CLUSTER_MAINTENANCE,
						 "7677771e-5eab-422e-83fa-dc04080d21b7" };

static bool is_one_of(const char *policy, const char *const *names, size_t n)
{
	for (size_t i = 0; policy && i < n; i++)
		if (vdc_word_equal(policy, names[i]))
			return true;
	return false;
}

bool vdc_policy_is_upgrade(const struct vdc_cluster *cluster)
{
	return is_one_of(cluster->scheduling_policy, upgrade_names, VDC_COUNT(upgrade_names));
}

bool vdc_policy_is_maintenance(const struct vdc_cluster *cluster)
{
	return is_one_of(cluster->scheduling_policy, maintenance_names,
			 VDC_COUNT(maintenance_names));
}

static const struct vdc_os unreadable = { .major = -1, .minor = -1, .platform = -1 };

/* One part between delimiters, not ended by a NUL. */
struct part {
	const char *text;
	size_t len;
};

enum { PARTS = 3 };

/* The third part is whatever is left. */
static size_t split(const char *text, struct part parts[PARTS])
{
	static const char delimiter[] = " - ";
	size_t n = 0;

	while (text && n < PARTS) {
		const char *end = n + 1 < PARTS ? strstr(text, delimiter) : NULL;

		parts[n++] = (struct part){ text, end ? (size_t)(end - text) : strlen(text) };
		text = end ? end + strlen(delimiter) : NULL;
	}
	return n;
}

static struct part trimmed(struct part part)
{
	while (part.len && isspace((unsigned char)*part.text)) {
		part.text++;
		part.len--;
	}
	while (part.len && isspace((unsigned char)part.text[part.len - 1]))
		part.len--;
	return part;
}

/* The number that PART begins with, -1 for none or one that no version has; *END behind it. */
static int64_t number(struct part part, size_t *end)
{
	int64_t value = 0;
	size_t i = 0;

	for (; i < part.len && isdigit((unsigned char)part.text[i]) && value < 1000000; i++)
		value = value * 10 + (part.text[i] - '0');
	if (end)
		*end = i;
	return i && value < 1000000 ? value : -1;
}

/* "7.2" and what follows it. */
static void read_version(struct part part, struct vdc_os *os)
{
	size_t end;

	os->major = number(part, &end);
	if (os->major >= 0 && end < part.len && part.text[end] == '.')
		os->minor = number((struct part){ part.text + end + 1, part.len - end - 1 }, NULL);
}

/* The N of "elN" in a release, -1 when it has none. */
static int64_t enterprise_linux(struct part release)
{
	for (size_t i = 0; i + 2 < release.len; i++)
		if (strncasecmp(release.text + i, "el", 2) == 0 &&
		    isdigit((unsigned char)release.text[i + 2]))
			return number((struct part){ release.text + i + 2, release.len - i - 2 },
				      NULL);
	return -1;
}

static bool is(struct part part, const char *word)
{
	return part.len == strlen(word) && memcmp(part.text, word, part.len) == 0;
}

static bool is_node(struct part name)
{
	return is(name, "oVirt Node");
}

static void set_family(struct part name, struct vdc_os *os)
{
	if (is_node(name) || is(name, "RHEV Hypervisor"))
		name = (struct part){ "RHEL", 4 };
	if (name.len <= VDC_OS_NAME_LEN)
		memcpy(os->family, name.text, name.len);
}

/* Fedora has no minor versions: its second number is that of the release. */
static void set_version(struct part name, struct part version, struct part release,
			struct vdc_os *os)
{
	int64_t el = enterprise_linux(release);

	if (name.len >= 6 && strncasecmp(name.text, "fedora", 6) == 0) {
		os->major = number(version, NULL);
		os->minor = number(release, NULL);
	} else {
		read_version(version, os);
		if (os->major < 0 && (el == 6 || el == 7))
			os->major = el;
	}
	os->platform = is_node(name) && el >= 0 ? el : os->major;
}

static bool fill(struct part name, struct part version, struct part release, struct vdc_os *ret)
{
	struct vdc_os os = { .major = -1, .minor = -1, .platform = -1 };

	name = trimmed(name);
	set_version(name, trimmed(version), trimmed(release), &os);
	if (os.platform >= 0)
		set_family(name, &os);
	*ret = vdc_os_readable(&os) ? os : unreadable;
	return vdc_os_readable(ret);
}

bool vdc_os_parse(const char *text, struct vdc_os *ret)
{
	struct part parts[PARTS] = { { "", 0 }, { "", 0 }, { "", 0 } };

	if (split(text, parts) < 2) {
		*ret = unreadable;
		return false;
	}
	return fill(parts[0], parts[1], parts[2], ret);
}

/* The API keeps the name apart: "7.2 - 9.el7" is the version then. */
struct vdc_os vdc_os_of_host(const struct vdc_host *host)
{
	const char *type = host->os_type ? host->os_type : "";
	struct part parts[PARTS] = { { "", 0 }, { "", 0 }, { "", 0 } };
	struct vdc_os os;

	split(host->os_version, parts);
	fill((struct part){ type, strlen(type) }, parts[0], parts[1], &os);
	if (!vdc_os_readable(&os) && *type && host->os_major != VDC_UNSET && host->os_major >= 0) {
		os.major = os.platform = host->os_major;
		os.minor = host->os_minor != VDC_UNSET ? host->os_minor : -1;
		set_family(trimmed((struct part){ type, strlen(type) }), &os);
	}
	return os;
}

bool vdc_os_readable(const struct vdc_os *os)
{
	return os->family[0] && os->platform >= 0;
}

enum vdc_os_verdict vdc_os_compare(const struct vdc_os *candidate, const struct vdc_os *reference)
{
	if (!vdc_os_readable(candidate) || !vdc_os_readable(reference))
		return VDC_OS_UNREADABLE;
	if (strcmp(candidate->family, reference->family) != 0)
		return VDC_OS_OTHER;
	if (candidate->platform == reference->platform)
		return VDC_OS_SAME;
	return candidate->platform > reference->platform ? VDC_OS_NEWER : VDC_OS_OLDER;
}

int64_t vdc_upgrade_weight(const struct vdc_os *candidate, const struct vdc_os *running_on)
{
	switch (vdc_os_compare(candidate, running_on)) {
	case VDC_OS_NEWER:
		return VDC_UPGRADE_BEST;
	case VDC_OS_SAME:
		return VDC_UPGRADE_BETTER;
	default:
		return VDC_UPGRADE_BAD;
	}
}

struct vdc_os vdc_os_newest(const struct vdc_os *candidates, size_t n)
{
	const struct vdc_os *newest = &unreadable;

	for (size_t i = 0; i < n; i++) {
		if (!vdc_os_readable(&candidates[i]))
			continue;
		if (newest->family[0] && strcmp(newest->family, candidates[i].family) != 0)
			return unreadable;
		if (candidates[i].platform > newest->platform)
			newest = &candidates[i];
	}
	return *newest;
}

int64_t vdc_upgrade_start_weight(const struct vdc_os *candidate, const struct vdc_os *newest)
{
	if (!vdc_os_readable(newest))
		return VDC_UPGRADE_BEST;
	return vdc_os_compare(candidate, newest) == VDC_OS_SAME ? VDC_UPGRADE_BEST
								: VDC_UPGRADE_BAD;
}
