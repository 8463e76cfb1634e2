/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/apply.h"

#include <string.h>

#include "act/treat.h"
#include "base/time.h"
#include "model/network.h"
#include "model/storage_domain.h"
#include "plan/host_fit.h"
#include "plan/upgrade_policy.h"
#include "store/seen.h"

static int add_object(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	(void)kind;
	(void)err;
	vdc_buf_add(ctx, &object, sizeof(object));
	return 0;
}

int vdc_gather(struct vdc_db *db, const struct vdc_kind *kind, const char *field, const char *id,
	       struct vdc_arena *arena, struct vdc_objects *ret, struct vdc_err *err)
{
	vdc_autobuf list = { 0 };
	int r = field ? vdc_store_each_of(db, kind, vdc_kind_field(kind, field), id, VDC_WITH_LONG,
					  arena, add_object, &list, err)
		      : vdc_store_each(db, kind, 0, arena, add_object, &list, err);

	if (r)
		return r;
	ret->n = list.len / sizeof(void *);
	ret->objects = vdc_arena_alloc(arena, list.len + sizeof(void *));
	if (list.len)
		memcpy(ret->objects, list.data, list.len);
	return 0;
}

int vdc_apply_write(struct vdc_apply *apply, const struct vdc_kind *kind, const void *before,
		    void *after, struct vdc_err *err)
{
	bool changed = false;
	int r = vdc_update(apply->db, kind, before, after, apply->arena, &changed, err);

	apply->result.changes += changed;
	return r;
}

/* The host, its cluster, and what they refer to. */
static int load(struct vdc_apply *apply, struct vdc_err *err)
{
	void *host, *cluster;
	int r = vdc_store_get(apply->db, &vdc_host_kind, apply->input->host_id, VDC_WITH_LONG,
			      apply->arena, &host, err);

	if (!r)
		r = vdc_store_get(apply->db, &vdc_cluster_kind,
				  ((struct vdc_host *)host)->cluster.id, 0, apply->arena, &cluster,
				  err);
	if (r)
		return r;
	apply->before = host;
	apply->host = vdc_object_copy(&vdc_host_kind, host, apply->arena);
	apply->cluster = cluster;
	apply->result.status = (enum vdc_host_status)apply->before->status;
	if (apply->input->seen != VDC_UNSET)
		apply->host->seen = apply->input->seen;
	if (!apply->input->look)
		return 0;
	r = vdc_gather(apply->db, &vdc_storage_domain_kind, NULL, NULL, apply->arena,
		       &apply->domains, err);
	if (!r && apply->cluster->data_center.id)
		r = vdc_gather(apply->db, &vdc_network_kind, "data_center",
			       apply->cluster->data_center.id, apply->arena, &apply->networks, err);
	return r;
}

/* A host of the cluster that is up, to hold the operating system against. */
static int find_other_system(struct vdc_apply *apply, struct vdc_fit_input *input,
			     struct vdc_err *err)
{
	struct vdc_objects hosts;
	int r;

	input->other_os_major = VDC_UNSET;
	if (vdc_is_true(apply->cluster->upgrade_in_progress) ||
	    vdc_policy_is_upgrade(apply->cluster) || !apply->host->os_type)
		return 0;
	r = vdc_gather(apply->db, &vdc_host_kind, "cluster", apply->cluster->id, apply->arena,
		       &hosts, err);
	for (size_t i = 0; !r && i < hosts.n; i++) {
		const struct vdc_host *other = hosts.objects[i];

		if (strcmp(other->id, apply->host->id) != 0 && other->status == VDC_HOST_UP &&
		    other->os_type && strcmp(other->os_type, apply->host->os_type) == 0 &&
		    other->os_major != VDC_UNSET) {
			input->other_os_major = other->os_major;
			input->other_name = other->name;
		}
	}
	return r;
}

static int judge_fitness(struct vdc_apply *apply, struct vdc_fit *fit, struct vdc_err *err)
{
	struct vdc_fit_input input = {
		.host = apply->host,
		.cluster = apply->cluster,
		.is_up = apply->before->status == VDC_HOST_UP,
	};
	int r = vdc_apply_networks(apply, &input.missing_networks, err);

	if (apply->options->catalogue)
		input.family = vdc_catalogue_family(apply->options->catalogue,
						    apply->cluster->level_family);
	if (!r)
		r = find_other_system(apply, &input, err);
	if (!r)
		*fit = vdc_host_fits(&input, apply->arena);
	return r;
}

static bool is_ready(const struct vdc_apply *apply)
{
	const char *type = apply->input->look->virt.type;

	return !type || strcmp(type, "QEMU") != 0 || apply->host->machine_types;
}

/* One that nobody carries out any more holds up nothing. */
static int find_treatment(struct vdc_apply *apply, enum vdc_host_treatment *ret,
			  struct vdc_err *err)
{
	char *job = NULL, *owner = NULL;
	int r;

	*ret = VDC_HOST_GIVEN_UP;
	if (apply->options->gives_up)
		return 0;
	r = vdc_job_open_about(apply->db, VDC_TREAT_ACTION, apply->host->id, NULL, apply->arena,
			       &job, err);
	if (!r && job)
		r = vdc_job_owner(apply->db, job, apply->arena, &owner, err);
	*ret = owner ? VDC_HOST_TREATED : VDC_HOST_UNTREATED;
	return r;
}

static int judge_host(struct vdc_apply *apply, const struct vdc_objects *vms,
		      struct vdc_host_verdict *verdict, struct vdc_err *err)
{
	const struct vdc_look *look = apply->input->look;
	struct vdc_host before = *apply->before;
	struct vdc_host_look seen = { .now = apply->now, .answered = look };
	struct vdc_fit fit = { 0 };
	int r = 0;

	for (size_t i = 0; i < vms->n; i++)
		seen.vms += vdc_vm_is_active(((const struct vdc_vm *)vms->objects[i])->status);
	if (look) {
		r = vdc_apply_host_facts(apply, err);
		if (!r)
			r = judge_fitness(apply, &fit, err);
		if (r)
			return r;
		seen.boot_id = look->has_facts ? look->facts.boot_id : NULL;
		seen.ready = is_ready(apply);
		seen.unfit = fit.reason;
		seen.unfit_detail = fit.detail;
	} else {
		seen.failure = vdc_err_text(apply->input->failure);
		r = find_treatment(apply, &seen.treatment, err);
		if (r)
			return r;
	}
	before.seen = apply->host->seen;
	*verdict = vdc_host_judge(&before, &seen, &apply->options->grace);
	return 0;
}

static int write_host(struct vdc_apply *apply, const struct vdc_host_verdict *verdict,
		      struct vdc_err *err)
{
	struct vdc_host *host = apply->host;
	int r;

	if (verdict->status != (enum vdc_host_status)host->status)
		host->status_since = apply->now;
	host->status = verdict->status;
	host->reason = verdict->reason;
	host->status_detail = vdc_arena_strdup(apply->arena, verdict->detail);
	host->failures = verdict->failures;
	if (apply->input->look)
		host->seen = apply->now;
	r = vdc_apply_write(apply, &vdc_host_kind, apply->before, host, err);
	if (!r)
		r = vdc_apply_host_news(apply, verdict, err);
	apply->result.status = verdict->status;
	apply->result.detail = host->status_detail;
	return r;
}

static int write_sample(struct vdc_apply *apply, struct vdc_err *err)
{
	const struct vdc_look *look = apply->input->look;
	int64_t available = look->has_facts && look->facts.memory_available >= 0
				    ? look->facts.memory_available
				    : look->virt.memory_free;
	struct vdc_sample sample = {
		.time = apply->now,
		.cpu = look->cpu,
		.memory_free = available,
		.memory_used = available < 0 ? -1 : look->virt.memory - available,
		.vms = (int64_t)apply->result.vms,
	};

	return vdc_store_host_sample(apply->db, apply->host->id, &sample, err);
}

static bool shows(const struct vdc_look *look, const char *id)
{
	for (size_t i = 0; i < look->n_domains; i++)
		if (strcmp(look->domains[i].virt.uuid, id) == 0)
			return true;
	return false;
}

/* Whoever was here before: what the host shows, and what it does not show. */
static int apply_vms(struct vdc_apply *apply, const struct vdc_objects *vms, struct vdc_err *err)
{
	const struct vdc_look *look = apply->input->look;
	int r = 0;

	for (size_t i = 0; !r && i < look->n_domains; i++)
		r = vdc_apply_domain(apply, &look->domains[i], err);
	for (size_t i = 0; !r && look->has_host && i < vms->n; i++) {
		const struct vdc_vm *vm = vms->objects[i];

		if (!shows(look, vm->id))
			r = vdc_apply_absence(apply, vm, VDC_VM_MISSING, false, err);
	}
	return r;
}

static int hide_vms(struct vdc_apply *apply, const struct vdc_objects *vms, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < vms->n; i++)
		r = vdc_apply_absence(apply, vms->objects[i], VDC_VM_HIDDEN, false, err);
	return r;
}

static int apply_all(struct vdc_apply *apply, struct vdc_err *err)
{
	const struct vdc_look *look = apply->input->look;
	struct vdc_host_verdict verdict;
	struct vdc_objects vms;
	int r = load(apply, err);

	if (!r)
		r = vdc_gather(apply->db, &vdc_vm_kind, "host", apply->host->id, apply->arena, &vms,
			       err);
	/* Some domains that changed: the host itself was not read. */
	if (!r && look && !look->has_host)
		return apply_vms(apply, &vms, err);
	if (!r)
		r = judge_host(apply, &vms, &verdict, err);
	if (!r)
		r = write_host(apply, &verdict, err);
	apply->rebooted = !r && verdict.rebooted;
	if (apply->rebooted)
		r = vdc_apply_reboot(apply, &vms, err);
	if (!r && look)
		r = apply_vms(apply, &vms, err);
	if (!r && look)
		r = write_sample(apply, err);
	if (!r && verdict.status == VDC_HOST_NON_RESPONSIVE)
		r = hide_vms(apply, &vms, err);
	return r;
}

static void give_claims(struct vdc_apply *given, const struct vdc_buf *claims)
{
	size_t n = claims->len / sizeof(struct vdc_vm_claim);
	struct vdc_vm_claim *copies = vdc_arena_alloc(given->arena, claims->len + 1);

	if (n)
		memcpy(copies, claims->data, claims->len);
	for (size_t i = 0; i < n; i++) {
		copies[i].host = vdc_arena_strdup(given->arena, copies[i].host);
		copies[i].ask = vdc_arena_strdup(given->arena, copies[i].ask);
	}
	given->result.claims = copies;
	given->result.n_claims = n;
}

/* The transaction may run again: nothing of an earlier attempt may be left. */
static int in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_apply *given = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_apply apply = {
		.db = db,
		.options = given->options,
		.input = given->input,
		.arena = arena,
		.now = given->now,
	};
	int r = apply_all(&apply, err);

	given->result = apply.result;
	given->result.detail = vdc_arena_strdup(given->arena, apply.result.detail);
	if (apply.news.len)
		given->result.news = vdc_arena_strdup(given->arena, apply.news.data);
	vdc_buf_free(&apply.news);
	give_claims(given, &apply.claims);
	vdc_buf_free(&apply.claims);
	return r;
}

int vdc_apply(struct vdc_db *db, const struct vdc_apply_options *options,
	      const struct vdc_apply_input *input, struct vdc_arena *arena, struct vdc_applied *ret,
	      struct vdc_err *err)
{
	struct vdc_apply apply = {
		.options = options,
		.input = input,
		.arena = arena,
		.now = input->look && input->look->at ? input->look->at : vdc_time_now(),
	};
	int r = vdc_db_transaction(db, in_transaction, &apply, err);

	if (!r)
		*ret = apply.result;
	return r;
}

struct losses {
	const struct vdc_apply_options *options;
	const char *cluster_id;
	size_t changes;
};

/*
 * Off, and seen so on a host after it stopped: it was defined there, and every host that answers
 * sees it again. One that was never defined is gone when it stops, and that is no loss.
 */
static bool was_defined(const struct vdc_vm *vm, int64_t before)
{
	return !vdc_vm_is_active(vm->status) && vm->lost_since == VDC_UNSET &&
	       vm->seen != VDC_UNSET && vm->seen > vm->stop_time && vm->seen < before;
}

static bool is_lost(const struct vdc_vm *vm, int64_t before)
{
	return vdc_vm_is_active(vm->status) && vm->lost_since != VDC_UNSET &&
	       vm->lost_since < before;
}

static int losses_in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct losses *losses = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_apply_input input = { .seen = VDC_UNSET };
	struct vdc_apply apply = {
		.db = db,
		.options = losses->options,
		.input = &input,
		.arena = arena,
		.now = vdc_time_now(),
	};
	struct vdc_objects vms;
	void *cluster;
	int r = vdc_store_get(db, &vdc_cluster_kind, losses->cluster_id, 0, arena, &cluster, err);

	if (!r)
		r = vdc_gather(db, &vdc_vm_kind, "cluster", losses->cluster_id, arena, &vms, err);
	if (r)
		return r;
	apply.cluster = cluster;
	for (size_t i = 0; !r && i < vms.n; i++) {
		const struct vdc_vm *vm = vms.objects[i];

		if (is_lost(vm, losses->options->begun) || was_defined(vm, losses->options->begun))
			r = vdc_apply_absence(&apply, vm, VDC_VM_MISSING, true, err);
	}
	losses->changes = apply.result.changes;
	vdc_buf_free(&apply.news);
	return r;
}

int vdc_apply_losses(struct vdc_db *db, const struct vdc_apply_options *options,
		     const char *cluster_id, size_t *changes, struct vdc_err *err)
{
	struct losses losses = { .options = options, .cluster_id = cluster_id };
	int r = vdc_db_transaction(db, losses_in_transaction, &losses, err);

	*changes += losses.changes;
	return r;
}
