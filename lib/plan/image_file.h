/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what with the files of a file domain. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vdc_image_file_rights {
	uint32_t uid, gid; /* of the file */
	uint32_t mode;	   /* its permission bits */
	uint32_t domain_uid, domain_gid; /* of the domain's own metadata */
	bool data;			 /* guests write to it: it is neither metadata nor of a template */
};

/* Files of a domain of vdsm's hosts all belong to vdsm:kvm: hosts are that user, or one of that group.
 * libvirt elsewhere gives a disk to its own user while a guest runs, which says nothing. */
bool vdc_image_owner_differs(const struct vdc_image_file_rights *rights);

/*
 * NULL: hosts can read it and write where they must, and nobody else can write. Else what the mode
 * should let be done.
 */
const char *vdc_image_mode_should(const struct vdc_image_file_rights *rights);
