/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a look says about the host itself. */
#include "act/apply.h"

#include <string.h>

#include "base/words.h"
#include "doc/capabilities.h"
#include "model/host_network.h"
#include "model/network.h"

static char *keep(struct vdc_apply *apply, const char *text)
{
	return vdc_arena_strdup(apply->arena, text);
}

/* Only what the host said; nothing it kept silent about is forgotten. */
static void set_text(struct vdc_apply *apply, char **member, const char *text)
{
	if (text && *text)
		*member = keep(apply, text);
}

static void set_number(int64_t *member, int64_t value)
{
	if (value >= 0)
		*member = value;
}

/* os-release's ID as the API spells it. */
static const char *os_name(const char *id)
{
	static const struct {
		const char *id, *name;
	} names[] = { { "debian", "Debian" },
		      { "rhel", "RHEL" },
		      { "fedora", "Fedora" },
		      { "ubuntu", "Ubuntu" },
		      { "centos", "CentOS" } };

	for (size_t i = 0; id && i < VDC_COUNT(names); i++)
		if (strcmp(names[i].id, id) == 0)
			return names[i].name;
	return id;
}

static void set_facts(struct vdc_apply *apply, const struct vdc_host_facts *facts)
{
	struct vdc_host *host = apply->host;
	struct vdc_level version;

	set_text(apply, &host->os_type, os_name(facts->os_id));
	set_text(apply, &host->os_version, facts->os_version);
	set_text(apply, &host->os_description, facts->os_description);
	set_text(apply, &host->kernel_version, facts->kernel);
	set_text(apply, &host->hardware_vendor, facts->vendor);
	set_text(apply, &host->hardware_product, facts->product);
	set_text(apply, &host->packages, facts->packages);
	set_text(apply, &host->sanlock_name, facts->sanlock_name);
	if (facts->kdump && vdc_enum_find(&vdc_kdump_status_values, facts->kdump) > 0)
		host->kdump_status = vdc_enum_find(&vdc_kdump_status_values, facts->kdump);
	if (facts->os_version && vdc_level_parse(facts->os_version, &version, NULL) == 0) {
		host->os_major = version.major;
		host->os_minor = version.minor;
	} else if (facts->os_version && *facts->os_version) {
		set_number(&host->os_major, strtol(facts->os_version, NULL, 10));
	}
	/* The kernel works its boot time out anew at every question, and is off by a second. */
	if (facts->boot_id && (!host->boot_id || strcmp(host->boot_id, facts->boot_id) != 0))
		set_number(&host->boot_time, facts->boot_time);
	set_text(apply, &host->boot_id, facts->boot_id);
}

/* What VMs could still get: the overcommitted memory less what those that run were given. */
static int64_t schedulable(const struct vdc_apply *apply)
{
	int64_t percent = apply->cluster->overcommit_percent;
	int64_t left = apply->host->memory / 100 * (percent > 0 ? percent : 100);

	for (size_t i = 0; i < apply->input->look->n_domains; i++) {
		const struct vdc_virt_domain *virt = &apply->input->look->domains[i].virt;

		if (virt->state != VDC_VIRT_SHUTOFF && virt->state != VDC_VIRT_CRASHED)
			left -= vdc_virt_stat(virt, "balloon.maximum", 0) * 1024;
	}
	return left > 0 ? left : 0;
}

static int set_capabilities(struct vdc_apply *apply, const struct vdc_virt_host *virt,
			    struct vdc_err *err)
{
	int r = vdc_capabilities_read(virt->capabilities, apply->arena, apply->host, err);

	if (!r && virt->domain_capabilities)
		r = vdc_domain_capabilities_read(virt->domain_capabilities, apply->arena,
						 apply->host, err);
	return r ? vdc_err_prefix(err, "host %s: its capabilities: ", apply->host->name) : 0;
}

static int tell_versions(struct vdc_apply *apply, struct vdc_err *err)
{
	const struct vdc_host *was = apply->before, *is = apply->host;
	int r = vdc_apply_host_change(apply, "libvirt", was->libvirt_version, is->libvirt_version,
				      err);

	if (!r)
		r = vdc_apply_host_change(apply, "QEMU", was->qemu_version, is->qemu_version, err);
	if (!r)
		r = vdc_apply_host_change(apply, "the operating system", was->os_description,
					  is->os_description, err);
	return r;
}

int vdc_apply_host_facts(struct vdc_apply *apply, struct vdc_err *err)
{
	const struct vdc_look *look = apply->input->look;
	const struct vdc_virt_host *virt = &look->virt;
	struct vdc_host *host = apply->host;
	int r = set_capabilities(apply, virt, err);

	if (r)
		return r;
	set_text(apply, &host->libvirt_version, virt->libvirt_version);
	if (virt->type && strcmp(virt->type, "QEMU") == 0)
		set_text(apply, &host->qemu_version, virt->hypervisor_version);
	set_number(&host->memory, virt->memory);
	set_number(&host->cpu_count, virt->cpus);
	set_number(&host->cpu_speed, virt->mhz);
	if (look->has_facts)
		set_facts(apply, &look->facts);
	if (host->memory != VDC_UNSET)
		host->max_scheduling_memory = schedulable(apply);
	return tell_versions(apply, err);
}

/* Whether the host has a bridge or a libvirt network of that name. */
static const char *bridge_of(const struct vdc_look *look, const char *name)
{
	for (size_t i = 0; i < look->virt.n_networks; i++) {
		const struct vdc_virt_network *network = &look->virt.networks[i];

		if (!network->active)
			continue;
		if (strcmp(network->name, name) == 0 ||
		    (network->bridge && strcmp(network->bridge, name) == 0))
			return network->bridge ?: network->name;
	}
	return look->has_facts && vdc_words_have(look->facts.bridges, name) ? name : NULL;
}

static int write_host_network(struct vdc_apply *apply, const struct vdc_objects *known,
			      const struct vdc_network *network, const char *bridge,
			      struct vdc_err *err)
{
	struct vdc_host_network *before = NULL, *after;

	for (size_t i = 0; i < known->n; i++) {
		struct vdc_host_network *at = known->objects[i];

		if (at->network.id && strcmp(at->network.id, network->id) == 0)
			before = at;
	}
	if (before)
		after = vdc_object_copy(&vdc_host_network_kind, before, apply->arena);
	else
		after = vdc_object_new(&vdc_host_network_kind, apply->arena);
	after->host.id = apply->host->id;
	after->network.id = network->id;
	after->status = bridge ? VDC_HOST_NETWORK_UP : VDC_HOST_NETWORK_MISSING;
	after->bridge = keep(apply, bridge);
	if (bridge)
		after->seen = apply->now;
	return vdc_apply_write(apply, &vdc_host_network_kind, before, after, err);
}

static bool is_known(const struct vdc_apply *apply, const char *name, const char *bridge)
{
	for (size_t i = 0; i < apply->networks.n; i++) {
		const struct vdc_network *network = apply->networks.objects[i];

		if (strcmp(network->name, name) == 0 ||
		    (network->bridge && strcmp(network->bridge, bridge ?: name) == 0))
			return true;
	}
	return false;
}

static int add_network(struct vdc_apply *apply, const char *name, const char *bridge,
		       struct vdc_err *err)
{
	struct vdc_network *network;
	void **grown;
	int r;

	if (is_known(apply, name, bridge))
		return 0;
	network = vdc_object_new(&vdc_network_kind, apply->arena);
	network->data_center.id = apply->cluster->data_center.id;
	network->name = keep(apply, name);
	network->bridge = keep(apply, bridge);
	network->required = 0;
	r = vdc_apply_write(apply, &vdc_network_kind, NULL, network, err);
	if (r)
		return r;
	grown = vdc_arena_alloc(apply->arena, (apply->networks.n + 1) * sizeof(*grown));
	if (apply->networks.n)
		memcpy(grown, apply->networks.objects, apply->networks.n * sizeof(*grown));
	grown[apply->networks.n++] = network;
	apply->networks.objects = grown;
	return 0;
}

/* What hosts have and nobody named yet becomes a network that nobody requires. */
static int add_networks(struct vdc_apply *apply, struct vdc_err *err)
{
	const struct vdc_look *look = apply->input->look;
	const char *words = look->has_facts ? look->facts.bridges : "", *word;
	size_t len;
	int r = 0;

	for (size_t i = 0; !r && i < look->virt.n_networks; i++) {
		const struct vdc_virt_network *network = &look->virt.networks[i];

		if (network->active)
			r = add_network(apply, network->name, network->bridge, err);
	}
	while (!r && (word = vdc_word_next(&words, &len))) {
		char *name = vdc_arena_strndup(apply->arena, word, len);

		r = add_network(apply, name, name, err);
	}
	return r;
}

int vdc_apply_networks(struct vdc_apply *apply, const char **missing, struct vdc_err *err)
{
	const struct vdc_look *look = apply->input->look;
	vdc_autobuf words = { 0 };
	struct vdc_objects known;
	int r = 0;

	*missing = "";
	/* A host that can show no network at all does not say that it lacks any. */
	if (!apply->cluster->data_center.id || (!look->has_facts && !look->virt.n_networks))
		return 0;
	r = add_networks(apply, err);
	if (!r)
		r = vdc_gather(apply->db, &vdc_host_network_kind, "host", apply->host->id,
			       apply->arena, &known, err);
	for (size_t i = 0; !r && i < apply->networks.n; i++) {
		const struct vdc_network *network = apply->networks.objects[i];
		const char *bridge = bridge_of(look, network->bridge ?: network->name);

		if (!bridge && vdc_is_true(network->required))
			vdc_buf_printf(&words, "%s%s", words.len ? " " : "", network->name);
		r = write_host_network(apply, &known, network, bridge, err);
	}
	*missing = keep(apply, vdc_buf_str(&words));
	return r;
}
