/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands against a level on the side of the hosts of a cluster. */
#include "plan/host_fit.h"
#include "plan/level_check_part.h"

#define FOUND(code, kind, object, ...) \
	vdc_findings_add(findings, &vdc_level_codes[code], kind, object, __VA_ARGS__)

static void check_level(const struct level_case *c, const struct vdc_host_state *state,
			struct vdc_findings *findings)
{
	const struct vdc_host *host = state->host;
	struct vdc_level to = c->question->to, top;

	if (!level_host_counts(host->status))
		FOUND(HOST_UNREACHABLE, &vdc_host_kind, host,
		      "host %s does not count for level %d.%d: %s", host->name, to.major, to.minor,
		      state->levels.reason);
	if (state->levels.can & level_bit(c->to))
		return;
	if (state->levels.newest < 0) {
		FOUND(HOST_LEVEL_TOO_LOW, &vdc_host_kind, host,
		      "host %s cannot run level %d.%d: what is known of it reaches no level of "
		      "family %s",
		      host->name, to.major, to.minor, c->family->name);
		return;
	}
	top = c->family->levels[state->levels.newest].level;
	FOUND(HOST_LEVEL_TOO_LOW, &vdc_host_kind, host,
	      "host %s cannot run level %d.%d: what it runs reaches %d.%d", host->name, to.major,
	      to.minor, top.major, top.minor);
}

static bool is_cpu_reason(int64_t reason)
{
	return reason == VDC_REASON_CPU_TYPE || reason == VDC_REASON_CPU_TYPE_LEVEL ||
	       reason == VDC_REASON_ARCHITECTURE;
}

static void check_cpu(const struct level_case *c, const struct vdc_host *host,
		      struct vdc_findings *findings)
{
	struct vdc_fit_input input = {
		.host = host,
		.cluster = c->cluster,
		.missing_networks = "",
		.other_os_major = VDC_UNSET,
	};
	struct vdc_fit fit = vdc_host_fits(&input, c->arena);

	if (is_cpu_reason(fit.reason))
		FOUND(HOST_CPU_TYPE, &vdc_host_kind, host, "host %s: %s", host->name, fit.detail);
	else if (is_cpu_reason(host->reason))
		FOUND(HOST_CPU_TYPE, &vdc_host_kind, host, "host %s is %s: %s", host->name,
		      vdc_enum_word(&vdc_host_status_values, host->status),
		      vdc_enum_word(&vdc_host_reason_values, host->reason));
}

/* Names of what the level has and the one before did not lose by itself. */
static void check_features(const struct level_case *c, struct vdc_findings *findings)
{
	struct level_list dropped = { .separator = ", " };
	const char *names;

	for (size_t i = 0; i < c->family->n_features; i++) {
		const struct vdc_level_feature *feature = &c->family->features[i];

		if (level_case_has(c, c->before, feature) && !level_case_has(c, c->to, feature))
			level_list_add(&dropped, "%s", feature->name);
	}
	names = level_list_text(&dropped, c->arena);
	if (names)
		FOUND(LEVEL_DROPS_FEATURES, &vdc_cluster_kind, c->cluster,
		      "level %d.%d does not have %s any more", c->question->to.major,
		      c->question->to.minor, names);
}

void level_check_hosts(const struct level_case *c, struct vdc_findings *findings)
{
	for (size_t i = 0; i < c->state.n_hosts; i++) {
		check_level(c, &c->state.hosts[i], findings);
		check_cpu(c, c->state.hosts[i].host, findings);
	}
	if (!c->state.n_hosts)
		FOUND(CLUSTER_WITHOUT_HOSTS, &vdc_cluster_kind, c->cluster,
		      "cluster %s has no hosts", c->cluster->name);
	check_features(c, findings);
}

static void check_chipset(const struct level_case *c, const struct level_chipset *chipset,
			  struct vdc_findings *findings)
{
	const struct level_machine_fact *fact = level_machine_fact(c, chipset->machine);

	for (size_t i = 0; !chipset->common && i < c->state.n_hosts; i++) {
		const struct vdc_host *host = c->state.hosts[i].host;

		if (level_host_lacks(host, chipset->machine))
			FOUND(HOST_MACHINE_TYPE, &vdc_host_kind, host,
			      "host %s does not offer machine type %s of the level", host->name,
			      chipset->machine);
	}
	if (fact->removal)
		FOUND(LEVEL_MACHINE_REMOVED, &vdc_cluster_kind, c->cluster,
		      "machine type %s of level %d.%d is removed by the QEMU that the hosts are to "
		      "get",
		      chipset->machine, c->question->to.major, c->question->to.minor);
}

void level_check_machines(const struct level_case *c, struct vdc_findings *findings)
{
	for (size_t i = 0; i < c->n_chipsets; i++)
		if (c->chipsets[i].used)
			check_chipset(c, &c->chipsets[i], findings);
}
