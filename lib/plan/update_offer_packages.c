/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What package managers print. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "plan/update_offer.h"
#include "plan/update_package.h"

/* One component while its packages are gathered. */
struct part {
	const char *installed, *version;
	const char *libvirt;
	int rank; /* of the package that gave the version; 0: none did */
	bool needs_reboot;
	size_t n;
	struct vdc_buf packages;
};

struct reading {
	struct vdc_arena *arena;
	struct part parts[VDC_OFFERS_MOST]; /* by component, from 1 on, less one */
	struct vdc_buf removed;		    /* names of packages that go */
	const char *stale, *failed;
	char *name, *version; /* dnf: of a package whose line is broken into several */
	bool obsoletes;	      /* dnf: what follows is no update */
};

struct package {
	const char *name, *installed, *version; /* INSTALLED NULL: nobody said */
};

/* A version of a package without what packagers added: "1:7.2+dfsg-7+deb12u18" is 7.2. */
static const char *upstream(const char *version, struct vdc_arena *arena)
{
	const char *colon = strchr(version, ':');

	version = colon ? colon + 1 : version;
	return vdc_arena_strndup(arena, version, strcspn(version, "+~-"));
}

static const char *counted(const struct package *package, const char *version,
			   struct vdc_arena *arena)
{
	if (!version || vdc_package_component(package->name) != VDC_COMPONENT_PLATFORM)
		return version;
	return vdc_package_platform_version(package->name, version, arena);
}

static void add(struct reading *reading, const struct package *package)
{
	enum vdc_component component = vdc_package_component(package->name);
	struct part *part = &reading->parts[component - 1];
	int rank = vdc_package_rank(component, package->name);

	vdc_buf_printf(&part->packages, "%s%s=%s", part->n++ ? "\n" : "", package->name,
		       package->version);
	part->needs_reboot = part->needs_reboot || vdc_package_needs_reboot(package->name);
	if (vdc_package_is_libvirt(package->name))
		part->libvirt = upstream(package->version, reading->arena);
	if (!rank || (part->rank && part->rank <= rank))
		return;
	part->rank = rank;
	part->version = counted(package, package->version, reading->arena);
	part->installed = counted(package, package->installed, reading->arena);
}

/* The next word; what stands around it in OPEN and CLOSE ("[", "]") is taken off. NULL: no such
 * word. */
static const char *bracketed(char **at, char open, const char *close, struct vdc_arena *arena)
{
	char *begin = *at + strspn(*at, " ");
	size_t len;

	if (*begin != open)
		return NULL;
	len = strcspn(++begin, close);
	if (!len || !begin[len])
		return NULL;
	*at = begin + len + 1;
	return vdc_arena_strndup(arena, begin, len);
}

static const char *word(char **at, struct vdc_arena *arena)
{
	char *begin = *at + strspn(*at, " ");
	size_t len = strcspn(begin, " ");

	*at = begin + len;
	return len ? vdc_arena_strndup(arena, begin, len) : NULL;
}

/* What can be said to a package manager again: no option, and nothing of a version. */
static bool is_name(const char *text)
{
	return isalnum((unsigned char)*text) && !strchr(text, '=');
}

/* "Inst NAME [OLD] (NEW ORIGIN [ARCHITECTURE]) []", "Remv NAME [OLD]"; others say nothing new. */
static int take_apt(struct reading *reading, char *line, struct vdc_err *err)
{
	struct package package;
	char *at = line + 5;

	if (strncmp(line, "Remv ", 5) == 0) {
		vdc_buf_printf(&reading->removed, "%s%s", reading->removed.len ? ", " : "",
			       word(&at, reading->arena) ?: "?");
		return 0;
	}
	if (strncmp(line, "Inst ", 5) != 0)
		return 0;
	package.name = word(&at, reading->arena);
	package.installed = bracketed(&at, '[', "]", reading->arena);
	package.version = bracketed(&at, '(', " )", reading->arena);
	if (!package.name || !package.version || !is_name(package.name))
		return vdc_err_set(err, -EBADMSG, "'%.80s' is not a line of apt-get -s", line);
	add(reading, &package);
	return 0;
}

/* "NAME.ARCHITECTURE" without the latter; NULL when it has none. */
static char *dnf_name(struct vdc_arena *arena, const char *text)
{
	static const char *const known[] = { "x86_64", "noarch",  "aarch64", "i686",
					     "s390x",  "ppc64le", "riscv64" };
	const char *dot = strrchr(text, '.');

	for (size_t i = 0; dot && dot > text && i < VDC_COUNT(known); i++)
		if (strcmp(dot + 1, known[i]) == 0)
			return vdc_arena_strndup(arena, text, (size_t)(dot - text));
	return NULL;
}

/* "NAME.ARCHITECTURE VERSION REPOSITORY", broken into lines where it is too long. */
static void take_dnf(struct reading *reading, char *line)
{
	struct vdc_arena *arena = reading->arena;
	bool continues = *line == ' ' && reading->name;
	char *at = line;

	if (strncmp(line, "Obsoleting ", 11) == 0)
		reading->obsoletes = true;
	if (reading->obsoletes)
		return;
	if (!continues) {
		const char *first = word(&at, arena);

		reading->name =
			first && is_name(first) && *line != ' ' ? dnf_name(arena, first) : NULL;
		reading->version = NULL;
	}
	if (reading->name && !reading->version)
		reading->version = (char *)(uintptr_t)word(&at, arena);
	if (reading->name && reading->version && isdigit((unsigned char)*reading->version) &&
	    word(&at, arena)) {
		add(reading, &(struct package){ reading->name, NULL, reading->version });
		reading->name = NULL;
	}
}

static const char *behind(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static int take_line(struct reading *reading, char *line, struct vdc_err *err)
{
	const char *rest;

	if ((rest = behind(line, "apt")))
		return take_apt(reading, (char *)(uintptr_t)rest, err);
	if ((rest = behind(line, "dnf")))
		take_dnf(reading, (char *)(uintptr_t)rest);
	else if ((rest = behind(line, "stale")))
		reading->stale = vdc_arena_strdup(reading->arena, rest);
	else if ((rest = behind(line, "failed")))
		reading->failed = vdc_arena_strdup(reading->arena, rest);
	return 0;
}

static int read_lines(struct reading *reading, char *lines, struct vdc_err *err)
{
	bool complete = false;
	int r = 0;

	for (char *rest = lines, *line; !r && !complete && (line = strsep(&rest, "\n"));) {
		complete = strcmp(line, "offers") == 0;
		r = take_line(reading, line, err);
	}
	if (!r && !complete)
		return vdc_err_set(err, -EBADMSG, "the answer of the remote shell is not complete");
	if (!r && reading->failed)
		return vdc_err_set(err, -EIO, "%.200s", reading->failed);
	return r;
}

static void finish_part(struct reading *reading, enum vdc_component component,
			const struct vdc_offer_host *host, struct vdc_update_offers *ret)
{
	struct part *part = &reading->parts[component - 1];
	bool is_platform = component == VDC_COMPONENT_PLATFORM;
	const char *has = is_platform ? host->platform : host->virtualization;
	struct vdc_update_offer *offer = &ret->items[ret->n];

	if (!part->n)
		return;
	*offer = (struct vdc_update_offer){
		.component = component,
		.installed =
			part->installed ? part->installed : vdc_arena_strdup(reading->arena, has),
		.needs_reboot = part->needs_reboot,
		.packages = vdc_arena_strdup(reading->arena, vdc_buf_str(&part->packages)),
		.n_packages = part->n,
		.libvirt_version = part->libvirt,
	};
	/* Packages around it are updated, and it stays what it is. */
	offer->version = part->version	    ? part->version
			 : offer->installed ? offer->installed
					    : "unknown";
	if (!is_platform && part->version)
		offer->qemu_version = upstream(part->version, reading->arena);
	ret->n++;
}

static const char *remark_of(const struct reading *reading)
{
	const char *removed = vdc_buf_str(&reading->removed);
	const char *stale = reading->stale ? reading->stale : "";

	if (!*removed && !*stale)
		return NULL;
	return vdc_arena_format(
		reading->arena, "%s%s%s%s%s", *stale ? "old lists of packages: " : "", stale,
		*stale && *removed ? "; " : "", *removed ? "removes " : "", removed);
}

int vdc_plan_offers_of_packages(const char *text, const struct vdc_offer_host *host,
				struct vdc_arena *arena, struct vdc_update_offers *ret,
				struct vdc_err *err)
{
	struct reading reading = { .arena = arena };
	vdc_autofree char *lines = vdc_strdup(text);
	int r = read_lines(&reading, lines, err);

	if (!r) {
		*ret = (struct vdc_update_offers){ .remark = remark_of(&reading) };
		finish_part(&reading, VDC_COMPONENT_PLATFORM, host, ret);
		finish_part(&reading, VDC_COMPONENT_VIRTUALIZATION, host, ret);
	}
	for (size_t i = 0; i < VDC_OFFERS_MOST; i++)
		vdc_buf_free(&reading.parts[i].packages);
	vdc_buf_free(&reading.removed);
	return r;
}
