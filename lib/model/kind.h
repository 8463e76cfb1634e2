/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kinds of objects, described as data. A noun is a plain C struct (model/host.h) and a table of its
 * fields (model/host.c). Everything that treats all nouns alike works from that table: the XML and
 * JSON reader and writer, the database, `list --select --output --sort`, `set`, completions. A new
 * attribute is a member of the struct, a row of the table and a column of a migration.
 *
 * An object and all that it points to lives in one arena (base/mem.h); nobody frees it alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

/* Integers, sizes, times and booleans that have no value. */
#define VDC_UNSET INT64_MIN

/* What the member in the struct is, and how the value is written. */
enum vdc_type {
	VDC_TEXT,	/* char *; NULL is no value */
	VDC_UUID,	/* char *, 36 characters, lower case */
	VDC_INT,	/* int64_t */
	VDC_BYTES,	/* int64_t; bytes in documents, "64 GiB" in tables */
	VDC_BOOL,	/* int64_t 0 or 1 */
	VDC_TIME,	/* int64_t microseconds; ISO 8601 in documents */
	VDC_ENUM,	/* int64_t index in values->words; the word in documents and database */
	VDC_LEVEL,	/* struct vdc_level; <version major="4" minor="7"/>; "4.7" in the database */
	VDC_REF,	/* struct vdc_ref to another kind; <cluster id="..."/>; the column is
			   the field's name with "_id" */
	VDC_WORDS,	/* char *: words separated by one space; repeated elements in documents */
	VDC_LEVELS,	/* char *: levels separated by one space; <version major="4" minor="7"/>
			   each in documents, "" as an element that is empty */
	VDC_PROPERTIES, /* char *: lines "name=value"; <option name="" value=""/> in documents */
};

/* What the member is in C, for code that does not care for more. */
enum vdc_shape { VDC_SHAPE_TEXT, VDC_SHAPE_INT, VDC_SHAPE_LEVEL, VDC_SHAPE_REF };
enum vdc_shape vdc_type_shape(enum vdc_type type);

struct vdc_level {
	int major; /* -1: no value */
	int minor;
};

/* A reference. In documents by id or by name; the database holds the id. */
struct vdc_ref {
	char *id;
	char *name; /* NULL where nobody asked for it */
};

/*
 * Words of an enumeration; index 0 is no value, and words[0] is "". Aliases are older spellings
 * that are read and never written, "alias=word". Reading ignores case, '_' and '-', so that oVirt's
 * three spellings are one: non_responsive, NON_RESPONSIVE, NonResponsive.
 */
struct vdc_enum {
	const char *name; /* "host status"; for messages */
	const char *const *words; /* NULL-terminated */
	const char *const *aliases; /* NULL-terminated, may be NULL */
};

enum vdc_field_flags {
	VDC_REQUIRED = 1 << 0, /* NOT NULL: refused without a value */
	VDC_KEY = 1 << 1,      /* the key fields together are unique (a name in its scope) */
	VDC_OBSERVED = 1 << 2, /* read from the real thing by sync; `set` refuses it */
	VDC_LISTED = 1 << 3,   /* a default column of `list` */
	VDC_LONG = 1 << 4,     /* too long for a table unless asked for (domain XML, machine types) */
	VDC_CASCADE = 1 << 5,  /* a reference whose target's removal takes this object along
				  (only with --cascade, unless VDC_PART) */
	VDC_PART = 1 << 6,     /* this object is a part of the target and goes with it unasked */
	VDC_SECRET_REF = 1 << 7, /* a reference to a secret (file:, cmd:, cred:), never the secret;
				    anything else is refused and not repeated */
};

struct vdc_kind;

struct vdc_field {
	const char *name; /* column, JSON key of flat output, word in --select and --output */
	/*
	 * Place in documents: "spm/priority", "version@full_version"; NULL = name. What is written
	 * as attribute is read as child element too, and the other way round.
	 */
	const char *path;
	const char *older; /* further paths that are read, separated by spaces; may be NULL */
	enum vdc_type type;
	unsigned flags;
	size_t offset;
	const struct vdc_enum *values;	/* VDC_ENUM */
	int64_t least, most;		/* VDC_INT, VDC_BYTES: range; 0, 0 = any */
	const struct vdc_kind *target;	/* VDC_REF */
	/*
	 * VDC_WORDS: place of one word below PATH, whose first step is repeated: "feature",
	 * "host@id", "pm_proxy/type". VDC_LEVELS: the repeated element. VDC_PROPERTIES: the repeated element, and what name and
	 * value are called in it where they are not "name" and "value": "vcpu_pin vcpu cpu_set".
	 */
	const char *item;
	const char *preset;	/* value of a new object where none is given; NULL = none */
	const char *title;	/* heading of the table column; NULL = name in capitals */
	const char *help;	/* one line */
};

struct vdc_kind {
	const char *name;   /* "host": XML element, JSON key */
	const char *plural; /* "hosts": collection element and table */
	const char *word;   /* "storage-domain": what is typed on a command line */
	const char *help;
	size_t size;
	const struct vdc_field *fields; /* fields[0] is always "id" */
	size_t n_fields;
};

/*
 * All kinds in the order in which they are written: what is referred to comes first. Tables that
 * no document holds (samples, leases of jobs, settings, accounts) have no kind.
 */
extern const struct vdc_kind *const vdc_kinds[];
extern const size_t vdc_n_kinds;

/* Kinds that documents hold and no database does: what commands find and plan. */
extern const struct vdc_kind *const vdc_document_kinds[];
extern const size_t vdc_n_document_kinds;

/* The same word as reading sees it: ignoring case, '_' and '-'. */
bool vdc_word_equal(const char *a, const char *b);

/* By name, plural or word ("host", "hosts"), as vdc_word_equal. NULL when there is none. */
const struct vdc_kind *vdc_kind_find(const char *name);
const struct vdc_field *vdc_kind_field(const struct vdc_kind *kind, const char *name);

/* An object without any value. */
void *vdc_object_new(const struct vdc_kind *kind, struct vdc_arena *arena);
/* Gives the presets of the kind to the fields that have no value. */
void vdc_object_preset(const struct vdc_kind *kind, void *object, struct vdc_arena *arena);
/* Takes all values away; the memory may be anything. */
void vdc_object_clear(const struct vdc_kind *kind, void *object);
/* A deep copy in ARENA. */
void *vdc_object_copy(const struct vdc_kind *kind, const void *object, struct vdc_arena *arena);
const char *vdc_object_id(const void *object);	/* fields[0]; may be NULL */
/* Its name, else its id, else "(new)"; for messages. */
const char *vdc_object_name(const struct vdc_kind *kind, const void *object);

/* Typed access to a member. */
static inline char **vdc_text_of(const struct vdc_field *f, const void *object)
{
	return (char **)((uintptr_t)object + f->offset);
}
static inline int64_t *vdc_int_of(const struct vdc_field *f, const void *object)
{
	return (int64_t *)((uintptr_t)object + f->offset);
}
static inline struct vdc_level *vdc_level_of(const struct vdc_field *f, const void *object)
{
	return (struct vdc_level *)((uintptr_t)object + f->offset);
}
static inline struct vdc_ref *vdc_ref_of(const struct vdc_field *f, const void *object)
{
	return (struct vdc_ref *)((uintptr_t)object + f->offset);
}

/* A VDC_BOOL: VDC_UNSET is not true. */
static inline bool vdc_is_true(int64_t boolean)
{
	return boolean == 1;
}

bool vdc_value_is_set(const struct vdc_field *f, const void *object);
void vdc_value_clear(const struct vdc_field *f, void *object);

/*
 * Text -> member, with all checks of the type; copies into ARENA. The text is what documents, the
 * database and `set FIELD=TEXT` hold ("64G" is accepted for VDC_BYTES, an ISO time for VDC_TIME, and
 * the API's milliseconds since 1970). White space around anything but VDC_TEXT is dropped; an empty
 * text is no value. A reference is by id when the text is a UUID, else by name. Text must be UTF-8
 * that XML can hold; a key is one line of at most 255 bytes. -EINVAL names field and text, and for
 * an enumeration the words there are.
 */
int vdc_value_parse(const struct vdc_field *f, const char *text, void *object,
		    struct vdc_arena *arena, struct vdc_err *err);

/*
 * Member -> canonical text (the one of documents and of the database), NULL when there is no value.
 * SCRATCH serves what is not text already.
 */
enum { VDC_SCRATCH = 64 };
const char *vdc_value_text(const struct vdc_field *f, const void *object,
			   char scratch[VDC_SCRATCH]);

/* The same for people: sizes with units, times in seconds, references by name. */
const char *vdc_value_human(const struct vdc_field *f, const void *object,
			    char scratch[VDC_SCRATCH]);

/* Word or alias -> index, -1 when it is none of them. */
int64_t vdc_enum_find(const struct vdc_enum *values, const char *word);
const char *vdc_enum_word(const struct vdc_enum *values, int64_t index); /* never NULL */

/* "4.7"; -EINVAL names TEXT. */
int vdc_level_parse(const char *text, struct vdc_level *ret, struct vdc_err *err);
int vdc_level_compare(struct vdc_level a, struct vdc_level b); /* unset sorts first */
