/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/image_dump.h"

#include <errno.h>
#include <string.h>

#include "doc/image_dump_volume.h"
#include "edge/json.h"
#include "model/storage_domain.h"

/* What the objects below the one that was opened last are. */
enum place { NOWHERE, TOP, VOLUMES, CHAIN, LEASES, VM_LEASES, FILES, METADATA };

enum { NAME_SIZE = 64 };

struct reader {
	const struct vdc_image_dump_sink *sink;
	struct vdc_arena *arena; /* of one record */
	struct vdc_arena *kept;	 /* of the domain's metadata */
	struct vdc_storage_self self;
	unsigned top;	  /* depth of the members of the dump */
	enum place place; /* of the members of that one */
	char image[NAME_SIZE];
	char strange[NAME_SIZE]; /* the first name that is not known */
	bool known;		 /* something of it is a dump */
};

/* What a later version wrote, or another document. */
static int pass(struct reader *r, const struct vdc_node_head *head)
{
	if (!*r->strange)
		memcpy(r->strange, head->node->name, strlen(head->node->name) + 1);
	return VDC_TAKE_NOT;
}

static bool is_image(const char *name)
{
	struct vdc_uuid uuid;

	return vdc_uuid_read(name, &uuid) || !strcmp(name, "unknown-image") ||
	       !strncmp(name, "_remove_me_", 11);
}

/* A member of the dump begins. */
static int begin_member(struct reader *r, const struct vdc_node_head *head)
{
	const char *name = head->node->name;

	r->place = NOWHERE;
	if (!strcmp(name, "result")) {
		r->top++;
		return VDC_TAKE_INSIDE;
	}
	if (!strcmp(name, "metadata"))
		r->place = METADATA;
	else if (!strcmp(name, "volumes"))
		r->place = VOLUMES;
	else if (!strcmp(name, "leases"))
		r->place = LEASES;
	else if (!strcmp(name, "xleases"))
		r->place = VM_LEASES;
	else if (!strcmp(name, "files"))
		r->place = FILES;
	else if (is_image(name))
		r->place = CHAIN;
	if (r->place == NOWHERE)
		return pass(r, head);
	r->known = true;
	r->self.whole = r->self.whole || r->place == LEASES || r->place == VM_LEASES;
	memcpy(r->image, name, strlen(name) + 1);
	if (r->place == VOLUMES || r->place == CHAIN || r->place == VM_LEASES)
		return VDC_TAKE_INSIDE;
	return VDC_TAKE_WHOLE;
}

static int begin(void *ctx, const struct vdc_node_head *head, struct vdc_err *err)
{
	struct reader *r = ctx;
	bool in_list = head->in_array && head->depth > r->top;

	(void)err;
	if (head->depth < r->top) {
		if (!head->first)
			r->known = true; /* {}: a domain without volumes */
		return VDC_TAKE_INSIDE;
	}
	vdc_arena_reset(r->arena);
	if (head->depth == r->top || in_list)
		return begin_member(r, head);
	return VDC_TAKE_WHOLE;
}

/* The device that LVM's metadata is on and that of the volumes', which must be one. */
static bool areas_are_wrong(const struct vdc_node *node)
{
	const char *volumes = vdc_dump_text(node, "metadataDevice");
	const char *lvm = vdc_dump_text(node, "vgMetadataDevice");

	return volumes && (!lvm || strcmp(volumes, lvm) != 0);
}

static int take_self(struct reader *r, const struct vdc_node *node)
{
	struct vdc_storage_self *self = &r->self;
	const char *state = vdc_dump_text(node, "state");
	const char *role = vdc_dump_text(node, "role");
	const char *id = vdc_dump_text(node, "uuid");
	const char *version = vdc_dump_text(node, "version");
	bool odd = false;

	self->has_id = id && vdc_uuid_read(id, &self->id);
	self->name = vdc_arena_strdup(r->kept, vdc_dump_text(node, "name"));
	self->pool = vdc_arena_strdup(r->kept, vdc_dump_text(node, "pool"));
	self->type = vdc_dump_word(node, "type", &vdc_storage_type_values, &odd);
	self->class = vdc_dump_word(node, "class", &vdc_storage_class_values, &odd);
	self->format = version ? vdc_storage_format_of(version) : 0;
	self->block_size = vdc_dump_number(node, "block_size", &odd);
	self->alignment = vdc_dump_number(node, "alignment", &odd);
	self->metadata_size = vdc_dump_number(node, "lvm_metadata_size", &odd);
	self->metadata_free = vdc_dump_number(node, "lvm_metadata_free", &odd);
	self->checksum_wrong = vdc_dump_true(node, "checksum_wrong");
	self->pool_map = vdc_arena_strdup(r->kept, vdc_dump_text(node, "pool_map"));
	self->master_version = vdc_dump_number(node, "master_version", &odd);
	self->vm_lease_index = (uint8_t)(vdc_dump_number(node, "vm_lease_index", &odd) & 7);
	self->areas_wrong = vdc_dump_true(node, "areas_wrong") || areas_are_wrong(node);
	self->nameless = vdc_dump_true(node, "nameless");
	self->master = role && vdc_word_equal(role, "master");
	self->unwell = state && !vdc_word_equal(state, "ok");
	self->block = vdc_dump_text(node, "vguuid") || vdc_dump_true(node, "block") ||
		      self->type == VDC_STORAGE_FCP || self->type == VDC_STORAGE_ISCSI;
	self->whole = self->whole || vdc_dump_true(node, "whole");
	return 0;
}

/* Before 4.40.33 every record names its domain: the first one counts. */
static void learn_domain(struct reader *r, const struct vdc_node *node)
{
	const char *domain = vdc_dump_text(node, "domain");

	if (domain && !r->self.has_id)
		r->self.has_id = vdc_uuid_read(domain, &r->self.id);
}

static int take_volume(struct reader *r, const struct vdc_node *node, struct vdc_err *err)
{
	struct vdc_storage_volume volume;
	struct vdc_uuid id;

	if (!vdc_uuid_read(node->name, &id))
		return vdc_err_set(err, -EBADMSG, "'%.60s' is no id of a volume", node->name);
	learn_domain(r, node);
	volume = vdc_dump_volume(node, id, r->place == CHAIN ? r->image : NULL, r->self.id,
				 r->arena);
	if (r->place == CHAIN && !strncmp(r->image, "_remove_me_", 11))
		volume.status = VDC_STORAGE_VOLUME_REMOVED;
	if (volume.slot != VDC_UNSET)
		r->self.block = true;
	return r->sink->volume(r->sink->ctx, &volume, err);
}

static int take_lease(struct reader *r, const struct vdc_node *node, struct vdc_err *err)
{
	bool odd = false;
	struct vdc_storage_lease lease = {
		.offset = vdc_dump_number(node, "offset", &odd),
		.lockspace = vdc_dump_text(node, "lockspace"),
		.resource = vdc_dump_text(node, "resource"),
	};

	if (lease.offset == VDC_UNSET || !lease.resource)
		return 0;
	return r->sink->lease(r->sink->ctx, &lease, err);
}

static int take_vm_lease(struct reader *r, const struct vdc_node *node, struct vdc_err *err)
{
	bool odd = false;
	struct vdc_storage_vm_lease lease = {
		.id = node->name,
		.offset = vdc_dump_number(node, "offset", &odd),
		.updating = vdc_dump_true(node, "updating"),
		.damaged = vdc_dump_true(node, "damaged"),
		.looked = vdc_dump_true(node, "looked"),
		.resource = vdc_dump_text(node, "resource"),
	};

	return r->sink->vm_lease(r->sink->ctx, &lease, err);
}

/* Only our own dumps have them. */
static int take_file(struct reader *r, const struct vdc_node *node, struct vdc_err *err)
{
	const char *image = vdc_dump_text(node, "image"), *volume = vdc_dump_text(node, "volume");
	bool odd = false;
	struct vdc_storage_file file = {
		.path = vdc_dump_text(node, "path"),
		.is = vdc_dump_text(node, "is"),
		.should = vdc_dump_text(node, "should"),
		.problem = vdc_dump_word(node, "problem", &vdc_storage_file_problem_values, &odd),
	};

	if (!file.path || !file.problem)
		return 0;
	if (!image || !vdc_uuid_read(image, &file.image))
		file.image = (struct vdc_uuid){ 0 };
	if (!volume || !vdc_uuid_read(volume, &file.volume))
		file.volume = (struct vdc_uuid){ 0 };
	return r->sink->file(r->sink->ctx, &file, err);
}

static int take(void *ctx, struct vdc_node *node, const struct vdc_node **about,
		struct vdc_err *err)
{
	struct reader *r = ctx;

	(void)about;
	if (!node)
		return 0;
	switch (r->place) {
	case METADATA:
		return take_self(r, node);
	case VOLUMES:
	case CHAIN:
		return take_volume(r, node, err);
	case LEASES:
		return take_lease(r, node, err);
	case VM_LEASES:
		return take_vm_lease(r, node, err);
	case FILES:
		return take_file(r, node, err);
	default:
		return 0;
	}
}

int vdc_image_dump_read(struct vdc_source *source, const struct vdc_image_dump_sink *sink,
			struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autoarena *kept = vdc_arena_new();
	struct reader reader = {
		.sink = sink,
		.arena = arena,
		.kept = kept,
		.top = 1,
		.self = { .block_size = VDC_UNSET, .alignment = VDC_UNSET },
	};
	const struct vdc_node_taker taker = {
		.ctx = &reader, .arena = arena, .begin = begin, .node = take
	};
	int r = vdc_json_read(source, &taker, err);

	if (!r && !reader.known)
		r = vdc_err_at(
			err, -EBADMSG, 1, 1,
			"it is no dump of a storage domain: \"volumes\" or images by their ids "
			"are missing%s%s%s",
			*reader.strange ? ", and it has \"" : "", reader.strange,
			*reader.strange ? "\"" : "");
	return r ? r : sink->self(sink->ctx, &reader.self, err);
}
