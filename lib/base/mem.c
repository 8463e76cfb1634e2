/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_BLOCK_SIZE = 2 * 1024, BLOCK_SIZE = 16 * 1024 };

struct block {
	struct block *next;
	size_t size;
	size_t used;
	_Alignas(max_align_t) char data[];
};

struct vdc_arena {
	struct block *blocks; /* the one being filled first */
	size_t used;
};

_Noreturn void vdc_out_of_memory(void)
{
	static const char text[] = "out of memory\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	_exit(n < 0 ? 1 : 1);
}

void *vdc_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		vdc_out_of_memory();
	return p;
}

void *vdc_realloc(void *p, size_t count, size_t size)
{
	void *q = reallocarray(p, count ? count : 1, size ? size : 1);

	if (!q)
		vdc_out_of_memory();
	return q;
}

char *vdc_strdup(const char *s)
{
	return s ? vdc_strndup(s, strlen(s)) : NULL;
}

char *vdc_strndup(const char *s, size_t len)
{
	char *copy = vdc_alloc(len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *vdc_format(const char *fmt, ...)
{
	va_list args;
	char *s;
	int n;

	va_start(args, fmt);
	n = vasprintf(&s, fmt, args);
	va_end(args);
	if (n < 0)
		vdc_out_of_memory();
	return s;
}

struct vdc_arena *vdc_arena_new(void)
{
	return vdc_alloc(sizeof(struct vdc_arena));
}

static void free_blocks(struct block *block)
{
	while (block) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
}

void vdc_arena_free(struct vdc_arena *arena)
{
	if (!arena)
		return;
	free_blocks(arena->blocks);
	free(arena);
}

void vdc_arena_reset(struct vdc_arena *arena)
{
	struct block *keep = arena->blocks;

	arena->used = 0;
	if (!keep)
		return;
	free_blocks(keep->next);
	keep->next = NULL;
	if (keep->size > 4 * BLOCK_SIZE) { /* one huge object must not stay for ever */
		free(keep);
		arena->blocks = NULL;
		return;
	}
	memset(keep->data, 0, keep->used);
	keep->used = 0;
}

size_t vdc_arena_used(const struct vdc_arena *arena)
{
	return arena->used;
}

static struct block *add_block(struct vdc_arena *arena, size_t need)
{
	size_t usual = arena->blocks ? BLOCK_SIZE : FIRST_BLOCK_SIZE;
	size_t size = need > usual ? need : usual;
	struct block *block = vdc_alloc(sizeof(*block) + size);

	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *vdc_arena_alloc(struct vdc_arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct block *block = arena->blocks;
	void *p;

	if (size > SIZE_MAX / 2)
		vdc_out_of_memory();
	size = (size + align - 1) & ~(align - 1);
	if (!block || block->size - block->used < size)
		block = add_block(arena, size);
	p = block->data + block->used;
	block->used += size;
	arena->used += size;
	return p;
}

char *vdc_arena_strndup(struct vdc_arena *arena, const char *s, size_t len)
{
	char *copy = vdc_arena_alloc(arena, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *vdc_arena_strdup(struct vdc_arena *arena, const char *s)
{
	return s ? vdc_arena_strndup(arena, s, strlen(s)) : NULL;
}

char *vdc_arena_format(struct vdc_arena *arena, const char *fmt, ...)
{
	va_list args;
	char *copy;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		vdc_out_of_memory();
	copy = vdc_arena_alloc(arena, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(copy, (size_t)len + 1, fmt, args);
	va_end(args);
	return copy;
}
