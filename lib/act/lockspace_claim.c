/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two hosts that are told to make one volume group ready would each find nothing, and the slower one
 * would make anew what the other's hosts use by then. LVM without a lock manager has no lock between
 * hosts, but whoever writes last has the metadata, so Fischer's mutual exclusion goes: look that nobody
 * claims the group, write one's own claim, a tag, wait for longer than a write of others that began
 * before may take, and go on if the claim still stands there, alone. Whose write took longer than that
 * wait does not know what others saw meanwhile, and withdraws.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "act/lockspace_part.h"
#include "base/time.h"
#include "base/uuid.h"
#include "edge/lvm_volume.h"

#define PREFIX "VDC_INIT_BY:"
#define WAIT (2 * VDC_SECOND)

enum { TRIES = 3 };

struct vdc_lockspace_claim {
	const char *group;
	struct vdc_arena *arena;
	struct vdc_lvm *lvm;
	const char *host; /* PREFIX and the name of this one, as LVM allows it in a tag */
	const char *tag;
};

static const char *prefix_of_host(struct vdc_arena *arena)
{
	char name[HOST_NAME_MAX + 1] = "";

	gethostname(name, sizeof(name) - 1);
	for (char *at = name; *at; at++)
		if (!vdc_lvm_name_valid((const char[]){ 'x', *at, '\0' }))
			*at = '_';
	return vdc_arena_format(arena, PREFIX "%s:", name);
}

static int refuse(const struct vdc_lockspace_claim *claim, const char *tag, struct vdc_err *err)
{
	const char *host = tag + strlen(PREFIX);

	return vdc_err_set(err, -EAGAIN,
			   "host %.*s makes it ready just now; if nothing runs there any more: "
			   "vgchange --deltag %s %s",
			   (int)strcspn(host, ":"), host, tag, claim->group);
}

/* *OURS: it stands there. STALE: claims of this host, which nobody can have any more (lock_host()), are
 * taken away. */
static int read_claims(const struct vdc_lockspace_claim *claim, bool stale, bool *ours,
		       struct vdc_err *err)
{
	struct vdc_lvm_group group;
	int r = vdc_lvm_group(claim->lvm, claim->group, claim->arena, &group, err);
	char *tags = r ? NULL : vdc_arena_strdup(claim->arena, group.tags), *save = NULL;

	*ours = false;
	for (char *tag = strtok_r(tags, ",", &save); tag && !r; tag = strtok_r(NULL, ",", &save)) {
		if (strncmp(tag, PREFIX, strlen(PREFIX)) != 0)
			continue;
		if (strcmp(tag, claim->tag) == 0)
			*ours = true;
		else if (stale && strncmp(tag, claim->host, strlen(claim->host)) == 0)
			r = vdc_lvm_tag_group(claim->lvm, claim->group, "--deltag", tag, err);
		else
			r = refuse(claim, tag, err);
	}
	return r;
}

static int check(const struct vdc_lockspace_claim *claim, struct vdc_err *err)
{
	bool ours;
	int r = read_claims(claim, false, &ours, err);

	return r || ours ? r
			 : vdc_err_set(err, -EAGAIN,
				       "another host has written it meanwhile; try again");
}

/* Not *SURE: it took so long that others may have seen nothing of it. */
static int try(const struct vdc_lockspace_claim *claim, bool *sure, struct vdc_err *err)
{
	const int64_t begun = vdc_time_monotonic();
	bool ours;
	int r = read_claims(claim, true, &ours, err);

	r = r ?: vdc_lvm_tag_group(claim->lvm, claim->group, "--addtag", claim->tag, err);
	if (r)
		return r;
	*sure = vdc_time_monotonic() - begun < WAIT;
	if (*sure) {
		vdc_sleep(WAIT);
		r = check(claim, err);
	}
	if (r || !*sure)
		vdc_lvm_tag_group(claim->lvm, claim->group, "--deltag", claim->tag, NULL);
	return r;
}

int vdc_lockspace_claim(const struct vdc_lockspace *space, struct vdc_lockspace_claim **ret,
			struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_arena_new();
	struct vdc_lockspace_claim *claim = vdc_arena_alloc(arena, sizeof(*claim));
	char nonce[VDC_UUID_LEN + 1] = "";
	bool sure = false;
	const char *const *devices;
	int r = vdc_uuid_random(nonce);

	*claim = (struct vdc_lockspace_claim){
		.group = space->volume_group,
		.arena = arena,
		.host = prefix_of_host(arena),
	};
	claim->tag = vdc_arena_format(arena, "%s%s", claim->host, nonce);
	r = r ? vdc_err_set(err, r, "the kernel gives no random bytes")
	      : vdc_lockspace_open_group(space, arena, &claim->lvm, &devices, err);
	for (unsigned i = 0; !r && !sure && i < TRIES; i++)
		r = try(claim, &sure, err);
	if (!r && !sure)
		r = vdc_err_set(err, -EAGAIN,
				"changes of its tags take LVM too long to tell who else makes it "
				"ready; try again");
	if (r) {
		vdc_err_prefix(err, "volume group %s: ", claim->group);
		vdc_lvm_free(claim->lvm);
		vdc_arena_free(arena);
		return r;
	}
	*ret = claim;
	return 0;
}

int vdc_lockspace_claim_check(const struct vdc_lockspace_claim *claim, struct vdc_err *err)
{
	int r = check(claim, err);

	if (r)
		vdc_err_prefix(err, "volume group %s: ", claim->group);
	return r;
}

void vdc_lockspace_claim_end(struct vdc_lockspace_claim *claim)
{
	if (!claim)
		return;
	vdc_lvm_tag_group(claim->lvm, claim->group, "--deltag", claim->tag, NULL);
	vdc_lvm_free(claim->lvm);
	vdc_arena_free(claim->arena);
}
