/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/words.h"

static char *copy(const struct channel_world *w, const char *s)
{
	return vdc_arena_strdup(w->arena, s);
}

struct channel_world channel_world_new(struct vdc_arena *arena)
{
	struct channel_world w = { .arena = arena, .world = vdc_world_new(arena) };

	w.cluster = vdc_object_new(&vdc_cluster_kind, arena);
	vdc_object_preset(&vdc_cluster_kind, w.cluster, arena);
	w.cluster->id = w.cluster->name = copy(&w, "c");
	vdc_world_add(w.world, &vdc_cluster_kind, w.cluster);
	return w;
}

/* What stands behind MARK, up to the next mark. */
static char *part(const struct channel_world *w, const char *text, const char *mark)
{
	const char *begin = strpbrk(text, mark);

	return begin ? vdc_arena_strndup(w->arena, begin + 1, strcspn(begin + 1, "<!@")) : NULL;
}

void channel_add(struct channel_world *w, enum vdc_component component, const char *releases)
{
	const char *word;
	size_t len;

	while ((word = vdc_word_next(&releases, &len))) {
		struct vdc_channel_release *release =
			vdc_object_new(&vdc_channel_release_kind, w->arena);
		char *text = vdc_arena_strndup(w->arena, word, len);

		release->id = release->name = text;
		release->channel = copy(w, "stable");
		release->component = component;
		release->version = vdc_arena_strndup(w->arena, text, strcspn(text, "<!@"));
		release->replaces = part(w, text, "<");
		release->skips = part(w, text, "!");
		release->platform = part(w, text, "@");
		for (char *c = release->skips; c && *c; c++)
			*c = *c == ',' ? ' ' : *c;
		vdc_world_add(w->world, &vdc_channel_release_kind, release);
	}
}

struct vdc_host *channel_host(struct channel_world *w, const char *name, const char *os_version,
			      const char *qemu_version)
{
	struct vdc_host *host = vdc_object_new(&vdc_host_kind, w->arena);

	vdc_object_preset(&vdc_host_kind, host, w->arena);
	host->id = host->name = copy(w, name);
	host->cluster.id = w->cluster->id;
	host->os_version = copy(w, os_version);
	host->qemu_version = copy(w, qemu_version);
	if (os_version) {
		host->os_type = copy(w, "Debian");
		host->os_major = strtol(os_version, NULL, 10);
	}
	vdc_world_add(w->world, &vdc_host_kind, host);
	return host;
}

struct vdc_update *channel_update(struct channel_world *w, const struct vdc_host *host,
				  enum vdc_component component, const char *installed,
				  const char *version, enum vdc_update_status status)
{
	struct vdc_update *update = vdc_object_new(&vdc_update_kind, w->arena);

	update->id = update->name =
		vdc_arena_format(w->arena, "%s-%s-%s", host->name,
				 vdc_enum_word(&vdc_component_values, component), version);
	update->host.id = host->id;
	update->component = component;
	update->installed = copy(w, installed);
	update->version = copy(w, version);
	update->status = status;
	vdc_world_add(w->world, &vdc_update_kind, update);
	return update;
}
