/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory add, inventory set */
#include <errno.h>
#include <string.h>

#include "act/gate.h"
#include "base/log.h"
#include "base/uuid.h"
#include "cli/change.h"
#include "inventory.h"

static int parse_values(struct vdc_call *call, void *object, const struct assignment *assignments,
			int n, struct vdc_err *err)
{
	for (int i = 0; i < n; i++) {
		int r = vdc_value_parse(assignments[i].field, assignments[i].value, object,
					vdc_call_arena(call), err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* "add host h1 a=b": the word after the kind is the name unless it is an assignment. */
static int name_as_assignment(struct vdc_call *call, const struct vdc_kind *kind,
			      const char **words, int n, struct vdc_err *err)
{
	if (n == 0 || strchr(words[0], '='))
		return 0;
	if (!vdc_kind_field(kind, "name"))
		return vdc_err_set(err, -EINVAL, "a %s has no name; give its fields", kind->word);
	words[0] = vdc_arena_format(vdc_call_arena(call), "name=%s", words[0]);
	return 0;
}

static int check_name(const struct vdc_kind *kind, const void *object, struct vdc_err *err)
{
	const struct vdc_field *name = vdc_kind_field(kind, "name");

	if (!name || !(name->flags & VDC_REQUIRED) || vdc_value_is_set(name, object))
		return 0;
	return vdc_err_set(err, -EINVAL, "which name is the new %s to have?", kind->word);
}

/* With an id of its own, so that a name that is taken is an error and not a change. */
static int give_id(struct vdc_call *call, void *object, struct vdc_err *err)
{
	char **id = object; /* the id is the first member of every kind */

	if (*id)
		return 0;
	*id = vdc_arena_alloc(vdc_call_arena(call), VDC_UUID_LEN + 1);
	return vdc_uuid_random(*id) < 0 ? vdc_err_set(err, -EIO, "the kernel gives no random bytes")
					: 0;
}

static int refuse_known_id(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	void *known;
	int r = vdc_store_get(db, change->kind, vdc_object_id(change->ctx), 0,
			      vdc_call_arena(change->call), &known, NULL);

	if (r == 0)
		return vdc_err_set(err, -EEXIST, "%s %s has that id already", change->kind->word,
				   vdc_object_name(change->kind, known));
	return r == -ENOENT ? 0 : r;
}

static int add_object(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	int r = refuse_known_id(db, change, err);

	for (size_t i = 0; i < change->kind->n_fields && r == 0; i++)
		r = vdc_gate_field(db, change->kind, &change->kind->fields[i], change->ctx,
				   vdc_call_arena(change->call), err);
	if (r == 0)
		r = vdc_gate_change(db, change->kind, NULL, change->ctx,
				    vdc_call_arena(change->call), err);
	if (r == 0)
		r = vdc_store_put(db, change->kind, change->ctx, vdc_call_arena(change->call), err);
	if (r == 0)
		r = vdc_change_note(db, change, change->kind, change->ctx, "added", err);
	return r;
}

static void advise(const struct vdc_change *change, const struct assignment *assignments, int n,
		   const void *object)
{
	for (int i = 0; i < n; i++) {
		const char *advice = vdc_gate_advice(change->kind, assignments[i].field, object);

		if (advice)
			vdc_log(VDC_LOG_WARNING, "%s=%s: %s", assignments[i].field->name,
				assignments[i].value, advice);
	}
}

/* The object that the words after the kind describe. */
static int describe(struct vdc_call *call, const struct vdc_kind *kind, const char **words, int n,
		    struct assignment **assignments, void *object, struct vdc_err *err)
{
	int r = name_as_assignment(call, kind, words, n, err);

	if (r == 0)
		r = inventory_assignments(call, kind, words, n, assignments, err);
	if (r == 0)
		r = parse_values(call, object, *assignments, n, err);
	if (r == 0)
		r = check_name(kind, object, err);
	return r ? r : give_id(call, object, err);
}

int inventory_add(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_change change = { .call = call, .apply = add_object };
	const char *const *words;
	int n = vdc_call_operands(call, &words) - 1;
	const char **own = vdc_arena_alloc(vdc_call_arena(call), sizeof(*own) * (size_t)(n + 1));
	struct assignment *assignments;
	int r = inventory_kind(words[0], &change.kind, err);

	if (r < 0)
		return r;
	for (int i = 0; i < n; i++)
		own[i] = words[i + 1];
	change.ctx = vdc_object_new(change.kind, vdc_call_arena(call));
	r = describe(call, change.kind, own, n, &assignments, change.ctx, err);
	if (r == 0)
		r = vdc_change_run(&change, err);
	if (r == 0)
		advise(&change, assignments, n, change.ctx);
	return r;
}

struct settings {
	const char *name;
	struct assignment *assignments;
	int n;
	void *after;
};

static int refuse(struct vdc_call *call, const struct vdc_kind *kind,
		  const struct assignment *assignment, struct vdc_err *err)
{
	const struct vdc_field *f = assignment->field;

	if (f == &kind->fields[0])
		return vdc_err_set(err, -EPERM,
				   "an id is never changed; remove the object and add "
				   "another one");
	if (!*assignment->value && (f->flags & VDC_REQUIRED))
		return vdc_err_set(err, -EINVAL, "a %s must have a %s", kind->word, f->name);
	if ((f->flags & VDC_OBSERVED) && !vdc_given(call, "observed"))
		return vdc_err_set(err, -EPERM,
				   "%s is read from the real %s by 'inventory sync', which would "
				   "overwrite it; --observed sets it all the same",
				   f->name, kind->word);
	return 0;
}

static int set_fields(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(change->call);
	struct settings *s = change->ctx;
	void *before, *after = NULL;
	int r = vdc_store_get(db, change->kind, s->name, 0, arena, &before, err);

	if (r == 0) {
		after = vdc_object_copy(change->kind, before, arena);
		r = parse_values(change->call, after, s->assignments, s->n, err);
	}
	s->after = after;
	for (int i = 0; i < s->n && r == 0; i++)
		r = vdc_gate_field(db, change->kind, s->assignments[i].field, after, arena, err);
	if (r == 0)
		r = vdc_gate_change(db, change->kind, before, after, arena, err);
	for (int i = 0; i < s->n && r == 0; i++)
		r = vdc_store_set(db, change->kind, vdc_object_id(before), s->assignments[i].field,
				  after, err);
	return r ? r : vdc_change_note(db, change, change->kind, before, "changed", err);
}

int inventory_set(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;
	struct settings s = { .n = vdc_call_operands(call, &words) - 2 };
	struct vdc_change change = { .call = call, .ctx = &s, .apply = set_fields };
	int r = inventory_kind(words[0], &change.kind, err);

	if (r < 0)
		return r;
	s.name = words[1];
	r = inventory_assignments(call, change.kind, words + 2, s.n, &s.assignments, err);
	for (int i = 0; i < s.n && r == 0; i++)
		r = refuse(call, change.kind, &s.assignments[i], err);
	if (r == 0)
		r = vdc_change_run(&change, err);
	if (r == 0)
		advise(&change, s.assignments, s.n, s.after);
	return r;
}
