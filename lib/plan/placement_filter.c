/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filters that look at a host's state and room, and the table of all. */
#include <inttypes.h>
#include <string.h>

#include "base/words.h"
#include "plan/placement_part.h"

bool place_next_word(const char **words, char out[PLACE_WORD])
{
	size_t len;
	const char *word = *words ? vdc_word_next(words, &len) : NULL;

	if (!word)
		return false;
	len = len < PLACE_WORD ? len : PLACE_WORD - 1;
	memcpy(out, word, len);
	out[len] = '\0';
	return true;
}

static enum place_answer status(struct place_ask *ask)
{
	const struct vdc_host *host = ask->host->host;

	if (host->status == VDC_HOST_UP)
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "it is %s",
			  host->status ? vdc_enum_word(&vdc_host_status_values, host->status)
				       : "of unknown status");
}

static enum place_answer here(struct place_ask *ask)
{
	if (ask->query->start || ask->from != ask->host)
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "the VM runs there");
}

static enum place_answer banned(struct place_ask *ask)
{
	for (size_t i = 0; i < ask->query->n_bans; i++)
		if (strcmp(ask->query->bans[i].host_id, ask->host->host->id) == 0)
			return place_says(ask, PLACE_NO, "%s", ask->query->bans[i].reason);
	return PLACE_YES;
}

/* The upgrade policy does without it. */
static enum place_answer pinned(struct place_ask *ask)
{
	const struct vdc_vm *vm = ask->vm->vm;

	if (!vm->pinned_hosts || !*vm->pinned_hosts || ask->host->cluster->upgrade ||
	    vdc_words_have(vm->pinned_hosts, ask->host->host->id))
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "the VM may only run on hosts that it names");
}

static enum place_answer storage(struct place_ask *ask)
{
	const struct vdc_vm *vm = ask->vm->vm;
	const char *home = vm->host.id ? vm->host.id : vm->home_host.id;

	if (!vdc_is_true(vm->local_storage) ||
	    (ask->query->start && home && strcmp(home, ask->host->host->id) == 0))
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "the VM has a disk on storage of its own host");
}

static enum place_answer networks(struct place_ask *ask)
{
	const char *words = ask->vm->networks;
	char id[PLACE_WORD];

	while (place_next_word(&words, id)) {
		if (vdc_words_have(ask->host->networks, id))
			continue;
		if (!vdc_words_have(ask->host->known_networks, id))
			return place_says(ask, PLACE_UNKNOWN,
					  "nobody has looked whether it has the VM's network %s",
					  place_network_name(ask->placement, id));
		return place_says(ask, PLACE_NO, "it has no network %s",
				  place_network_name(ask->placement, id));
	}
	return PLACE_YES;
}

static enum place_answer cores(struct place_ask *ask)
{
	int64_t vcpus = ask->vm->vm->vcpus;

	if (vcpus == VDC_UNSET || vcpus <= 1)
		return PLACE_YES;
	if (ask->host->cpus == VDC_UNSET)
		return place_says(ask, PLACE_UNKNOWN, "its CPUs were never counted");
	if (ask->host->cpus >= vcpus)
		return PLACE_YES;
	return place_says(ask, PLACE_NO, "it has %" PRId64 " CPUs, the VM %" PRId64,
			  ask->host->cpus, vcpus);
}

static int64_t mib(int64_t bytes)
{
	return bytes / (1024 * 1024);
}

static enum place_answer memory(struct place_ask *ask)
{
	int64_t limit = place_memory_limit(ask->host, ask->query->memory_percent);
	int64_t need = ask->vm->vm->memory;
	bool counted = place_counts_at(ask->placement, ask->vm, ask->host);

	if (limit == VDC_UNSET)
		return place_says(ask, PLACE_UNKNOWN, "its memory was never read");
	if (need == VDC_UNSET)
		return place_says(ask, PLACE_UNKNOWN, "the VM's memory is unknown");
	if (counted || ask->host->memory + need <= limit)
		return PLACE_YES;
	return place_says(ask, PLACE_NO,
			  "no room: %" PRId64 " MiB of %" PRId64
			  " MiB are taken, the VM has %" PRId64 " MiB",
			  mib(ask->host->memory), mib(limit), mib(need));
}

static enum place_answer load(struct place_ask *ask)
{
	const struct place_load *l = &ask->host->load;
	const struct place_cluster *cluster = ask->host->cluster;

	if (ask->query->any_load)
		return PLACE_YES;
	if (!l->known)
		return place_says(ask, PLACE_UNKNOWN, "its load was not measured lately");
	if (l->over_since == VDC_UNSET || ask->placement->now - l->over_since < cluster->load_us)
		return PLACE_YES;
	return place_says(ask, PLACE_NO,
			  "over-loaded: its CPUs are busy to %" PRId64 " %%, and to %" PRId64
			  " %% or more for %" PRId64 " minutes",
			  l->percent, cluster->load_percent,
			  (ask->placement->now - l->over_since) / INT64_C(60000000));
}

/* The cheap ones first; what is static is remembered. */
const struct place_filter place_filters[] = {
	{ .name = "here", .fn = here, .passing = true },
	{ .name = "status", .fn = status, .passing = true },
	{ .name = "failed", .fn = banned, .passing = true },
	{ .name = "architecture", .fn = place_architecture, .is_static = true },
	{ .name = "cpu", .fn = place_cpu, .is_static = true },
	{ .name = "machine", .fn = place_machine, .is_static = true },
	{ .name = "level", .fn = place_level, .is_static = true },
	{ .name = "policy", .fn = place_policy, .is_static = true },
	{ .name = "maintenance", .fn = place_maintenance, .passing = true },
	{ .name = "pinned", .fn = pinned },
	{ .name = "host_affinity", .fn = place_host_affinity },
	{ .name = "storage", .fn = storage },
	{ .name = "reach", .fn = place_reach, .unknown_passes = true, .passing = true },
	{ .name = "networks", .fn = networks },
	{ .name = "cores", .fn = cores },
	{ .name = "vm_affinity", .fn = place_vm_affinity, .passing = true },
	{ .name = "memory", .fn = memory, .passing = true },
	{ .name = "load", .fn = load, .unknown_passes = true, .passing = true },
};
const size_t place_n_filters = VDC_COUNT(place_filters);

const char *const vdc_placement_filters[] = {
	"here",	  "status",	 "failed", "architecture",  "cpu",     "machine", "level",
	"policy", "maintenance", "pinned", "host_affinity", "storage", "reach",	  "networks",
	"cores",  "vm_affinity", "memory", "load",	    NULL,
};

const struct place_filter *place_ask_all(struct vdc_placement *placement, struct place_ask *ask,
					 const char **note)
{
	bool static_pass = !ask->query->accept_unknown && place_passes_static(placement, ask);

	for (size_t i = 0; i < place_n_filters; i++) {
		const struct place_filter *filter = &place_filters[i];
		enum place_answer answer;

		if (static_pass && filter->is_static)
			continue;
		ask->reason = NULL;
		answer = filter->fn(ask);
		if (answer == PLACE_NO)
			return filter;
		if (answer == PLACE_UNKNOWN) {
			if (!filter->unknown_passes && !ask->query->accept_unknown)
				return filter;
			if (note && ask->arena)
				*note = *note ? vdc_arena_format(ask->arena, "%s; %s", *note,
								 ask->reason)
					      : ask->reason;
		}
	}
	return NULL;
}
