/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory add, inventory set */
#include <errno.h>
#include <string.h>

#include "base/uuid.h"
#include "change.h"

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
static int take_name(struct vdc_call *call, const struct vdc_kind *kind, const char *const **words,
		     int *n, void *object, struct vdc_err *err)
{
	const struct vdc_field *name = vdc_kind_field(kind, "name");

	if (*n == 0 || strchr((*words)[0], '='))
		return name ? vdc_err_set(err, -EINVAL, "which name is the new %s to have?",
					  kind->word) :
			      0;
	if (!name)
		return vdc_err_set(err, -EINVAL, "a %s has no name; give its fields", kind->word);
	(*n)--;
	return vdc_value_parse(name, *(*words)++, object, vdc_call_arena(call), err);
}

/* With an id of its own, so that a name that is taken is an error and not a change. */
static int give_id(struct vdc_call *call, void *object, struct vdc_err *err)
{
	char **id = object; /* the id is the first member of every kind */

	if (*id)
		return 0;
	*id = vdc_arena_alloc(vdc_call_arena(call), VDC_UUID_LEN + 1);
	return vdc_uuid_random(*id) < 0 ? vdc_err_set(err, -EIO, "the kernel gives no random bytes") :
					  0;
}

static int refuse_known_id(struct vdc_db *db, struct change *change, struct vdc_err *err)
{
	void *known;
	int r = vdc_store_get(db, change->kind, vdc_object_id(change->ctx), 0,
			      vdc_call_arena(change->call), &known, NULL);

	if (r == 0)
		return vdc_err_set(err, -EEXIST, "%s %s has that id already", change->kind->word,
				   vdc_object_name(change->kind, known));
	return r == -ENOENT ? 0 : r;
}

static int add_object(struct vdc_db *db, struct change *change, struct vdc_err *err)
{
	int r = refuse_known_id(db, change, err);

	if (r == 0)
		r = vdc_store_put(db, change->kind, change->ctx, vdc_call_arena(change->call), err);
	if (r == 0)
		r = change_note(db, change, change->kind, change->ctx, "added", err);
	return r;
}

int inventory_add(struct vdc_call *call, struct vdc_err *err)
{
	struct change change = { .call = call, .apply = add_object };
	struct assignment *assignments;
	const char *const *words;
	int n = vdc_call_operands(call, &words);
	int r = inventory_kind(words[0], &change.kind, err);

	if (r < 0)
		return r;
	words++;
	n--;
	change.ctx = vdc_object_new(change.kind, vdc_call_arena(call));
	r = take_name(call, change.kind, &words, &n, change.ctx, err);
	if (r == 0)
		r = inventory_assignments(call, change.kind, words, n, &assignments, err);
	if (r == 0)
		r = parse_values(call, change.ctx, assignments, n, err);
	if (r == 0)
		r = give_id(call, change.ctx, err);
	return r ? r : change_run(&change, err);
}

struct settings {
	const char *name;
	struct assignment *assignments;
	int n;
	void *values; /* an object with what the assignments say */
	void *object; /* the one that is changed */
};

static int refuse(struct vdc_call *call, const struct vdc_kind *kind,
		  const struct assignment *assignment, struct vdc_err *err)
{
	const struct vdc_field *f = assignment->field;

	if (f == &kind->fields[0])
		return vdc_err_set(err, -EPERM, "an id is never changed; remove the object and add "
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

static int set_fields(struct vdc_db *db, struct change *change, struct vdc_err *err)
{
	struct settings *s = change->ctx;
	int r = vdc_store_get(db, change->kind, s->name, 0, vdc_call_arena(change->call),
			      &s->object, err);

	for (int i = 0; i < s->n && r == 0; i++)
		r = vdc_store_set(db, change->kind, vdc_object_id(s->object),
				  s->assignments[i].field, s->values, err);
	return r ? r : change_note(db, change, change->kind, s->object, "changed", err);
}

int inventory_set(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;
	struct settings s = { .n = vdc_call_operands(call, &words) - 2 };
	struct change change = { .call = call, .ctx = &s, .apply = set_fields };
	int r = inventory_kind(words[0], &change.kind, err);

	if (r < 0)
		return r;
	s.name = words[1];
	r = inventory_assignments(call, change.kind, words + 2, s.n, &s.assignments, err);
	for (int i = 0; i < s.n && r == 0; i++)
		r = refuse(call, change.kind, &s.assignments[i], err);
	s.values = vdc_object_new(change.kind, vdc_call_arena(call));
	if (r == 0)
		r = parse_values(call, s.values, s.assignments, s.n, err);
	return r ? r : change_run(&change, err);
}
