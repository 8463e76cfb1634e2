/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "doc/bind.h"
#include "doc/doc.h"
#include "edge/json.h"
#include "edge/xml.h"

struct reader {
	const struct vdc_doc_options *options;
	vdc_doc_fn *fn;
	void *ctx;
	struct vdc_binder *binder;
	struct vdc_arena *arena;
	bool known;		      /* something in the document was ours */
	struct vdc_place place;	      /* of the object, or of the one around it */
	const struct vdc_node *about; /* what an error is about */
};

static bool is_document(const char *name)
{
	return !strcmp(name, "vdc");
}

static int check_version(const struct vdc_node *node, struct vdc_err *err)
{
	const char *version = vdc_node_text(node, "version");

	if (!version || !strcmp(version, "1"))
		return 0;
	return vdc_err_at(err, -EBADMSG, node->line, node->column,
			  "the document is of version %.20s; this program reads version 1",
			  version);
}

/* Also a kind that no database holds, where the caller asked for it. */
static const struct vdc_kind *find_kind(const struct reader *r, const char *name)
{
	for (size_t i = 0; r->options->kinds && r->options->kinds[i]; i++) {
		const struct vdc_kind *kind = r->options->kinds[i];

		if (vdc_word_equal(name, kind->name) || vdc_word_equal(name, kind->plural))
			return kind;
	}
	return vdc_kind_find(name);
}

/* "hosts" and not "host". */
static bool is_collection(const struct vdc_kind *kind, const char *name)
{
	return !vdc_word_equal(name, kind->name) && !vdc_word_equal(name, kind->word);
}

/* The kind of an object under NAME; where the document gives no name it is what the reader expects. */
static const struct vdc_kind *kind_of(const struct reader *r, const char *name)
{
	return *name ? find_kind(r, name) : r->options->hint;
}

static bool is_ours(const struct reader *r, const char *name)
{
	return is_document(name) || find_kind(r, name);
}

/* A JSON object without a name: an object of the kind that is expected, or what holds others. */
static int begin_nameless(struct reader *r, const struct vdc_node_head *head, struct vdc_err *err)
{
	if (!head->first) {
		r->known = true; /* {} is how the API writes an empty collection */
		return VDC_TAKE_NOT;
	}
	if (is_ours(r, head->first) && !head->first_is_plain) {
		r->known = true;
		return VDC_TAKE_INSIDE;
	}
	if (r->options->hint)
		return VDC_TAKE_WHOLE;
	if (!head->first_is_plain)
		return VDC_TAKE_INSIDE;
	return vdc_err_at(err, -EBADMSG, head->node->line, head->node->column,
			  "an object that does not say what it is; write {\"host\":{...}}");
}

static int begin_document(struct reader *r, const struct vdc_node_head *head, struct vdc_err *err)
{
	int failed = check_version(head->node, err);

	r->known = true;
	if (failed)
		return failed;
	/* JSON has the version in it, and XML all the rest. */
	return head->first ? VDC_TAKE_WHOLE : VDC_TAKE_INSIDE;
}

static int decide(struct reader *r, const struct vdc_node_head *head, struct vdc_err *err)
{
	const char *name = head->node->name;
	const struct vdc_kind *kind;

	if (!*name)
		return begin_nameless(r, head, err);
	if (is_document(name))
		return begin_document(r, head, err);
	kind = find_kind(r, name);
	if (!kind && head->depth == 0)
		return vdc_err_at(err, -EBADMSG, head->node->line, head->node->column,
				  "<%.40s> is not a document of this kind: it begins with <vdc>, a "
				  "collection like <hosts>, or an object like <host>",
				  name);
	if (!kind) {
		vdc_debug("%s: line %u: ignored: %s", r->options->name, head->node->line, name);
		return VDC_TAKE_NOT;
	}
	r->known = true;
	if (!is_collection(kind, name) || head->in_array)
		return VDC_TAKE_WHOLE;
	return !head->first || find_kind(r, head->first) ? VDC_TAKE_INSIDE : VDC_TAKE_WHOLE;
}

/* The nodes of what is taken whole stay until it was taken. */
static int on_begin(void *ctx, const struct vdc_node_head *head, struct vdc_err *err)
{
	struct reader *r = ctx;
	int take = decide(r, head, err);

	if (take != VDC_TAKE_WHOLE)
		vdc_arena_reset(r->arena);
	return take;
}

/* What is around a part: the part's reference to it, and what it is. */
struct owner {
	const struct vdc_field *field;
	char *id;
	char *name;
	bool same_id; /* the part has no id of its own but this one */
};

static struct owner owner_of(const struct vdc_kind *kind, const void *object)
{
	const struct vdc_field *name = vdc_kind_field(kind, "name");

	return (struct owner){
		.id = *vdc_text_of(&kind->fields[0], object),
		.name = name ? *vdc_text_of(name, object) : NULL,
	};
}

/* A part belongs to what is around it, unless it says otherwise. */
static void set_owner(const struct owner *owner, const struct vdc_kind *kind, void *part)
{
	if (!vdc_value_is_set(owner->field, part))
		*vdc_ref_of(owner->field, part) = (struct vdc_ref){ owner->id, owner->name };
	if (owner->same_id)
		*vdc_text_of(&kind->fields[0], part) = owner->id;
}

static int hand_out(struct reader *r, const struct vdc_kind *kind, const struct vdc_node *node,
		    const struct owner *owner, struct vdc_err *err)
{
	struct vdc_part *parts;
	struct owner own;
	void *object;
	int failed;

	failed = vdc_bind(r->binder, kind, node, r->arena, &object, &parts, &r->about, err);
	if (failed < 0)
		return failed;
	if (owner)
		set_owner(owner, kind, object);
	if (node->line)
		r->place = (struct vdc_place){ node->line, node->column };
	r->about = node;
	failed = r->fn(r->ctx, kind, object, r->place, r->arena, err);
	own = owner_of(kind, object); /* as the receiver left it: it may have given an id */
	for (; parts && failed >= 0; parts = parts->next) {
		own.field = parts->owner;
		own.same_id = parts->flat;
		failed = hand_out(r, parts->kind, parts->node, &own, err);
	}
	return failed;
}

static int on_node(void *ctx, struct vdc_node *node, const struct vdc_node **about,
		   struct vdc_err *err)
{
	struct reader *r = ctx;
	int failed;

	r->known = true;
	r->about = NULL;
	if (is_document(node->name))
		failed = check_version(node, err);
	else
		failed = hand_out(r, kind_of(r, node->name), node, NULL, err);
	if (failed < 0) {
		*about = r->about ? r->about : node;
		return failed;
	}
	vdc_arena_reset(r->arena);
	return 0;
}

static int read_document(struct reader *r, struct vdc_source *source, struct vdc_err *err)
{
	const struct vdc_node_taker taker = {
		.ctx = r,
		.arena = r->arena,
		.begin = on_begin,
		.node = on_node,
	};
	int first;
	int failed = vdc_source_first(source, &first, err);

	if (failed < 0)
		return failed;
	if (first == EOF)
		return vdc_err_at(err, -EBADMSG, source->line, source->column,
				  "the document is empty");
	if (first == '<')
		return vdc_xml_read(source, &taker, err);
	if (first == '{' || first == '[')
		return vdc_json_read(source, &taker, err);
	return vdc_err_at(err, -EBADMSG, source->line, source->column,
			  "neither XML nor JSON: it does not begin with '<', '{' or '['");
}

int vdc_doc_read(FILE *in, const struct vdc_doc_options *options, vdc_doc_fn *fn, void *ctx,
		 struct vdc_err *err)
{
	struct reader r = {
		.options = options,
		.fn = fn,
		.ctx = ctx,
		.binder = vdc_binder_new(VDC_BIND_READ),
		.arena = vdc_arena_new(),
	};
	struct vdc_err own = { 0 };
	struct vdc_source source;
	int failed;

	err = err ? err : &own;
	*err = own;
	vdc_source_of_file(&source, in);
	failed = read_document(&r, &source, err);
	if (!failed && !r.known)
		failed = vdc_err_at(err, -EBADMSG, 1, 1, "nothing in the document is known here");
	if (failed < 0 && err->line)
		vdc_err_prefix(err, "%s:%u:%u: ", options->name, err->line, err->column);
	else if (failed < 0)
		vdc_err_prefix(err, "%s: ", options->name);
	vdc_binder_free(r.binder);
	vdc_arena_free(r.arena);
	return failed;
}
