/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A level of the catalogue. */
#include <errno.h>
#include <string.h>

#include "doc/catalogue_shape.h"

#define NOUN struct vdc_level_entry
static const struct vdc_attribute level_rows[] = {
	VDC_ATTRIBUTE(VERSION, "version", level, VDC_MUST),
	VDC_ATTRIBUTE(TITLE, "label", label),
	VDC_ATTRIBUTE(TITLE, "since", since),
	VDC_ATTRIBUTE(FORMAT, "storage_format", storage_format),
};
static const struct vdc_element level_element =
	VDC_ELEMENT("level", level_rows, "host machine limits moves");

#undef NOUN
#define NOUN struct vdc_level_support
static const struct vdc_attribute host_rows[] = {
	VDC_ATTRIBUTE(RELEASE, "agent_from", agent_from),
	VDC_ATTRIBUTE(RELEASE, "agent_below", agent_below),
	VDC_ATTRIBUTE(NAMES, "os", os_ids),
	VDC_ATTRIBUTE(RELEASE, "os_from", os_from),
	VDC_ATTRIBUTE(RELEASE, "os_below", os_below),
	VDC_ATTRIBUTE(RELEASE, "libvirt_from", libvirt_from),
	VDC_ATTRIBUTE(RELEASE, "libvirt_below", libvirt_below),
	VDC_ATTRIBUTE(RELEASE, "qemu_from", qemu_from),
	VDC_ATTRIBUTE(RELEASE, "qemu_below", qemu_below),
	VDC_ATTRIBUTE(NAME, "architecture", architecture),
	VDC_ATTRIBUTE(TRUTH, "machine", machine),
};
static const struct vdc_element host_element = VDC_ELEMENT("host", host_rows, "");

#undef NOUN
#define NOUN struct vdc_level_machine
static const struct vdc_attribute machine_rows[] = {
	VDC_ATTRIBUTE(NAME, "architecture", architecture, VDC_MUST),
	VDC_ATTRIBUTE(NAME, "chipset", chipset),
	VDC_ATTRIBUTE(NAME, "name", name, VDC_MUST),
};
static const struct vdc_element machine_element = VDC_ELEMENT("machine", machine_rows, "");

#undef NOUN
#define NOUN struct vdc_level_arch_limits
static const struct vdc_attribute limits_rows[] = {
	VDC_ATTRIBUTE(NAME, "architecture", architecture, VDC_MUST),
	VDC_ATTRIBUTE(COUNT, "vcpus", limits.vcpus),
	VDC_ATTRIBUTE(COUNT, "sockets", limits.sockets),
	VDC_ATTRIBUTE(COUNT, "cores_per_socket", limits.cores_per_socket),
	VDC_ATTRIBUTE(COUNT, "threads_per_core", limits.threads_per_core),
	VDC_ATTRIBUTE(SIZE, "memory", limits.memory),
};
static const struct vdc_element limits_element = VDC_ELEMENT("limits", limits_rows, "");

static bool is_upside_down(uint64_t from, uint64_t below)
{
	return below && from >= below;
}

static int check_hosts(const struct vdc_level_entry *entry, const struct vdc_node *level,
		       struct vdc_err *err)
{
	const struct vdc_level_support *s = entry->supports;

	if (!entry->n_supports)
		return vdc_element_wrong(level, err,
					 "no <host> says what a host must run for level %d.%d",
					 entry->level.major, entry->level.minor);
	for (const struct vdc_node *n = vdc_node_child(level, "host"); n;
	     n = vdc_node_again(n), s++) {
		if ((s->os_from || s->os_below) && !s->os_ids)
			return vdc_element_wrong(
				n, err, "versions of an operating system need its name in os");
		if (is_upside_down(s->agent_from, s->agent_below) ||
		    is_upside_down(s->os_from, s->os_below) ||
		    is_upside_down(s->libvirt_from, s->libvirt_below) ||
		    is_upside_down(s->qemu_from, s->qemu_below))
			return vdc_element_wrong(n, err,
						 "no version is from ... on and below ... at once");
		if (s->machine && !entry->n_machines)
			return vdc_element_wrong(n, err,
						 "machine=\"true\" needs a <machine> in the level");
	}
	return 0;
}

static int check_machines(const struct vdc_level_entry *entry, const struct vdc_node *level,
			  struct vdc_err *err)
{
	const struct vdc_node *n = vdc_node_child(level, "machine");

	for (size_t i = 0; i < entry->n_machines; i++, n = vdc_node_again(n)) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(entry->machines[i].name, entry->machines[j].name) == 0 &&
			    strcmp(entry->machines[i].architecture,
				   entry->machines[j].architecture) == 0)
				return vdc_element_wrong(n, err, "machine type %s is there twice",
							 entry->machines[i].name);
		}
	}
	return 0;
}

int vdc_level_read(const struct vdc_node *node, struct vdc_arena *arena,
		   struct vdc_level_entry *entry, struct vdc_err *err)
{
	static const struct vdc_level_support any_host;
	static const struct vdc_level_machine any_machine = { .chipset = "" };
	static const struct vdc_level_arch_limits no_limits = {
		.limits = { VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET, VDC_UNSET },
	};
	int r;

	*entry = (struct vdc_level_entry){ .storage_format = VDC_UNSET };
	r = vdc_element_read(&level_element, node, entry, arena, err);
	if (r == 0)
		r = vdc_element_read_all(&host_element, node, &any_host, sizeof(any_host), arena,
					 &entry->supports, &entry->n_supports, err);
	if (r == 0)
		r = vdc_element_read_all(&machine_element, node, &any_machine, sizeof(any_machine),
					 arena, &entry->machines, &entry->n_machines, err);
	if (r == 0)
		r = vdc_element_read_all(&limits_element, node, &no_limits, sizeof(no_limits),
					 arena, &entry->limits, &entry->n_limits, err);
	if (r == 0)
		r = check_hosts(entry, node, err);
	if (r == 0)
		r = check_machines(entry, node, err);
	if (r == 0 && !entry->label)
		entry->label =
			vdc_arena_format(arena, "%d.%d", entry->level.major, entry->level.minor);
	return r;
}
