/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

struct vdc_secret *vdc_secret_new(void)
{
	struct vdc_secret *secret = mmap(NULL, sizeof(*secret), PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (secret == MAP_FAILED)
		vdc_out_of_memory();
	/* Where a limit forbids it, the password is still no worse off than elsewhere. */
	mlock(secret, sizeof(*secret));
	madvise(secret, sizeof(*secret), MADV_DONTDUMP);
	return secret;
}

void vdc_secret_wipe(struct vdc_secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}

void vdc_secret_free(struct vdc_secret *secret)
{
	if (!secret)
		return;
	vdc_secret_wipe(secret);
	munmap(secret, sizeof(*secret));
}
