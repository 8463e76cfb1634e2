/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory. Commands are short-lived: when memory runs out they say so and end, so nobody checks for
 * NULL (HACKING.md, "Memory"). Long-lived data sits in an arena that is freed as a whole: an object
 * of the model and everything it points to lives in one arena.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/attr.h"

/* Where another library reports that there is none. */
_Noreturn void vdc_out_of_memory(void);

void *vdc_alloc(size_t size);			/* zeroed */
void *vdc_realloc(void *p, size_t count, size_t size); /* COUNT x SIZE, overflow ends the program */
char *vdc_strdup(const char *s);		/* NULL gives NULL */
char *vdc_strndup(const char *s, size_t len);
char *vdc_format(const char *fmt, ...) vdc_printf(1, 2);

struct vdc_arena;

struct vdc_arena *vdc_arena_new(void);
void vdc_arena_free(struct vdc_arena *arena);	/* NULL is fine */
void vdc_arena_reset(struct vdc_arena *arena);	/* forgets all, keeps one block for reuse */
size_t vdc_arena_used(const struct vdc_arena *arena);

void *vdc_arena_alloc(struct vdc_arena *arena, size_t size); /* zeroed, aligned for any type */
char *vdc_arena_strdup(struct vdc_arena *arena, const char *s);
char *vdc_arena_strndup(struct vdc_arena *arena, const char *s, size_t len);
char *vdc_arena_format(struct vdc_arena *arena, const char *fmt, ...) vdc_printf(2, 3);

static inline void vdc_cleanup_arena(struct vdc_arena **arena)
{
	vdc_arena_free(*arena);
}
#define vdc_autoarena vdc_cleanup(vdc_cleanup_arena) struct vdc_arena
