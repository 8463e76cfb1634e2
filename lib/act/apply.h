/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A reading of a host put into the database, in one short transaction: what the host is, what it runs,
 * what that means for its status and theirs, and an event for each change worth telling.
 */
#pragma once

#include "act/claims.h"
#include "act/look.h"
#include "act/update.h"
#include "base/buf.h"
#include "doc/domain.h"
#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/host.h"
#include "model/vm.h"
#include "plan/host_status.h"
#include "plan/vm_status.h"

struct vdc_apply_options {
	struct vdc_grace grace;
	int64_t begun; /* wall clock: when the whole run began */
	const struct vdc_catalogue *catalogue; /* NULL: levels are not judged */
	bool gives_up; /* by the treatment of the host (act/treat.h): if it is silent, it is lost */
};

/* What became of it, for the line that a user reads. Texts live in the arena given. */
struct vdc_applied {
	enum vdc_host_status status;
	const char *detail;   /* NULL: nothing to add */
	size_t vms;	      /* that run there */
	size_t changes;	      /* objects that are not as they were */
	const char *news;     /* lines, one per event that was written; NULL: none */
	const struct vdc_vm_claim *claims; /* that are to be kept, or forgotten */
	size_t n_claims;
};

/*
 * LOOK NULL: it did not answer, FAILURE says why and SEEN when it last did (VDC_UNSET: what the
 * database knows). CLAIMS: of the run.
 */
struct vdc_apply_input {
	const char *host_id;
	const struct vdc_look *look;
	const struct vdc_err *failure;
	int64_t seen;
	const struct vdc_claims *claims;
};

int vdc_apply(struct vdc_db *db, const struct vdc_apply_options *options,
	      const struct vdc_apply_input *input, struct vdc_arena *arena, struct vdc_applied *ret,
	      struct vdc_err *err);

/* VMs of the cluster that were lost before the run began, all hosts of which answered in it. */
int vdc_apply_losses(struct vdc_db *db, const struct vdc_apply_options *options,
		     const char *cluster_id, size_t *changes, struct vdc_err *err);

/* The rest is shared by the files act/apply_*.c. */

/* Objects gathered from the database. */
struct vdc_objects {
	void **objects;
	size_t n;
};
int vdc_gather(struct vdc_db *db, const struct vdc_kind *kind, const char *field, const char *id,
	       struct vdc_arena *arena, struct vdc_objects *ret, struct vdc_err *err);

struct vdc_apply {
	struct vdc_db *db;
	const struct vdc_apply_options *options;
	const struct vdc_apply_input *input;
	struct vdc_arena *arena;
	int64_t now; /* when the reading was made */
	const struct vdc_host *before;
	struct vdc_host *host; /* as it is now */
	bool rebooted;	       /* since it was last seen */
	const struct vdc_cluster *cluster;
	struct vdc_objects networks; /* of the data centre */
	struct vdc_objects domains;  /* storage domains, all */
	struct vdc_buf news;
	struct vdc_buf claims; /* struct vdc_vm_claim */
	struct vdc_applied result;
};

/* Writes an object and counts it. */
int vdc_apply_write(struct vdc_apply *apply, const struct vdc_kind *kind, const void *before,
		    void *after, struct vdc_err *err);

/* Fills the host from the look; says why it is unfit. */
int vdc_apply_host_facts(struct vdc_apply *apply, struct vdc_err *err);
int vdc_apply_networks(struct vdc_apply *apply, const char **missing, struct vdc_err *err);

/* One domain that the look shows. */
int vdc_apply_domain(struct vdc_apply *apply, const struct vdc_look_domain *domain,
		     struct vdc_err *err);
/* A VM that is not in the look. */
int vdc_apply_absence(struct vdc_apply *apply, const struct vdc_vm *vm, enum vdc_vm_sight sight,
		      bool last_chance, struct vdc_err *err);
/*
 * The look shows VM as running: whether it has to be believed now. Sets look->rival if the VM runs
 * on another host too.
 */
bool vdc_apply_sighting(struct vdc_apply *apply, const struct vdc_virt_domain *virt,
			const struct vdc_vm *vm, struct vdc_vm_look *look);
bool vdc_apply_came_by_migration(const struct vdc_virt_domain *virt);
/* VM runs on a host of another cluster than BEFORE says: it belongs there now. */
int vdc_apply_cluster(struct vdc_apply *apply, const struct vdc_vm *before, bool live,
		      struct vdc_vm *vm, struct vdc_err *err);
/* The look shows that VM does not run there: sets look->claimed if another host showed it. */
void vdc_apply_no_sighting(struct vdc_apply *apply, const struct vdc_vm *vm,
			   struct vdc_vm_look *look);
int vdc_apply_disks(struct vdc_apply *apply, const struct vdc_look_domain *look,
		    const struct vdc_domain *domain, const struct vdc_vm *vm, bool *local,
		    struct vdc_err *err);
int vdc_apply_nics(struct vdc_apply *apply, const struct vdc_domain *domain,
		   const struct vdc_vm *vm, struct vdc_err *err);

/* The host has booted: those of VMS, which it had, that are to run and do not are to start elsewhere. */
int vdc_apply_reboot(struct vdc_apply *apply, const struct vdc_objects *vms, struct vdc_err *err);

/* Events. */
int vdc_apply_host_news(struct vdc_apply *apply, const struct vdc_host_verdict *verdict,
			struct vdc_err *err);
int vdc_apply_host_change(struct vdc_apply *apply, const char *what, const char *from,
			  const char *to, struct vdc_err *err);
int vdc_apply_vm_news(struct vdc_apply *apply, const struct vdc_vm *before, const struct vdc_vm *vm,
		      enum vdc_vm_news news, struct vdc_err *err);
/* That it entered or left compatibility mode. */
int vdc_apply_vm_mode(struct vdc_apply *apply, const struct vdc_vm *before, const struct vdc_vm *vm,
		      struct vdc_err *err);
