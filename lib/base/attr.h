/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attributes and scope-bound cleanup. These few macros are all there are.
 */
#pragma once

#include <stddef.h>
#include <stdlib.h>

#define vdc_printf(fmt, args) __attribute__((format(printf, fmt, args)))
#define vdc_must_check __attribute__((warn_unused_result))
#define vdc_unused __attribute__((unused))
#define vdc_public __attribute__((visibility("default")))

#define VDC_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Frees the pointer that a `vdc_autofree char *p = NULL;` holds when it goes out of scope. */
static inline void vdc_cleanup_free(void *p)
{
	free(*(void **)p);
}
#define vdc_autofree __attribute__((cleanup(vdc_cleanup_free)))
#define vdc_cleanup(fn) __attribute__((cleanup(fn)))

/* Returns the pointer and forgets it, so that a cleanup attribute leaves it alone. */
#define vdc_steal(p)                   \
	({                             \
		__typeof__(p) p_ = (p); \
		(p) = NULL;            \
		p_;                    \
	})
