/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cluster of a data centre is planned, as its turn comes, by the options of the whole run. */
#include <errno.h>
#include <string.h>

#include "run.h"
#include "store/store.h"

static const char hosts_option[] = "--hosts=";

struct narrowing {
	struct vdc_call *call;
	const struct vdc_cluster *cluster;
	struct vdc_buf options; /* lines */
	bool any, some;		/* hosts are named; some of them are in the cluster */
};

static int add_host(struct narrowing *n, const char *name, struct vdc_err *err)
{
	void *found;
	const struct vdc_host *host;
	int r = vdc_store_get(vdc_call_db(n->call), &vdc_host_kind, name, 0,
			      vdc_call_arena(n->call), &found, err);

	if (r)
		return r;
	host = found;
	n->any = true;
	if (!host->cluster.id || strcmp(host->cluster.id, n->cluster->id) != 0)
		return 0;
	n->some = true;
	vdc_buf_printf(&n->options, "%s%s\n", hosts_option, name);
	return 0;
}

static int add_hosts(struct narrowing *n, const char *names, size_t len, struct vdc_err *err)
{
	int r = 0;

	for (size_t at = 0; at < len && !r;) {
		size_t name = strcspn(names + at, ",\n");

		if (name > len - at)
			name = len - at;
		if (name)
			r = add_host(n,
				     vdc_arena_strndup(vdc_call_arena(n->call), names + at, name),
				     err);
		at += name + 1;
	}
	return r;
}

/* Of --hosts those of the cluster; all else as it is. */
static int narrow(struct narrowing *n, const char *options, struct vdc_err *err)
{
	int r = 0;

	for (const char *line = options; *line && !r;) {
		size_t len = strcspn(line, "\n"), key = strlen(hosts_option);

		if (strncmp(line, hosts_option, key) == 0)
			r = add_hosts(n, line + key, len - key, err);
		else
			vdc_buf_printf(&n->options, "%.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
	return r;
}

static int count(void *ctx, const struct vdc_kind *kind vdc_unused, void *object vdc_unused,
		 struct vdc_err *err vdc_unused)
{
	++*(size_t *)ctx;
	return 0;
}

static int plan(struct vdc_call *call, struct vdc_data_center_turn *turn, struct vdc_err *err)
{
	struct cluster_upgrade_beginning b = {
		.scene = { .call = call, .arena = turn->arena, .name = turn->cluster->id },
	};
	int r = cluster_upgrade_prepare(&b, &turn->how, err);

	if (r == -EINVAL && b.scene.snapshot.cluster && !cluster_upgrade_any_selected(&b.scene)) {
		turn->nothing = "no host of it is known to have an update";
		r = 0;
	}
	turn->rows = b.rows;
	cluster_upgrade_close(&b.scene);
	return r;
}

int cluster_upgrade_plan_turn(struct vdc_call *call, struct vdc_data_center_turn *turn,
			      bool dry_run, struct vdc_err *err)
{
	struct narrowing narrowing = { .call = call, .cluster = turn->cluster };
	struct vdc_call *again = NULL;
	size_t n_hosts = 0;
	int r = narrow(&narrowing, turn->options, err);

	if (dry_run)
		vdc_buf_puts(&narrowing.options, "--dry-run\n");
	if (!r)
		r = vdc_call_again(call, "run", turn->cluster->id, vdc_buf_str(&narrowing.options),
				   turn->arena, &again, err);
	vdc_buf_free(&narrowing.options);
	if (!r)
		r = vdc_store_each_of(vdc_call_db(call), &vdc_host_kind,
				      vdc_kind_field(&vdc_host_kind, "cluster"), turn->cluster->id,
				      0, NULL, count, &n_hosts, err);
	if (r)
		return r;
	turn->any_host = n_hosts > 0;
	turn->how.raise_level = vdc_given(again, "raise-level");
	turn->how.no_reserve = vdc_given(again, "accept-no-reserve");
	if (!turn->any_host)
		turn->nothing = "it has no host";
	else if (narrowing.any && !narrowing.some)
		turn->nothing = "none of the hosts that are named is in it";
	turn->left_out = turn->nothing;
	return turn->nothing ? 0 : plan(again, turn, err);
}
