/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/extension.h"

#include "model/fields.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "model/volume.h"

const struct vdc_enum vdc_extension_status_values = {
	.name = "status of an extension",
	VDC_WORD_LIST("waiting", "running", "done", "failed", "superseded"),
};

#define NOUN struct vdc_extension
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(volume, vdc_volume_kind, VDC_REQUIRED | VDC_LISTED | VDC_PART,
		  .help = "volume that grows"),
	VDC_F_REF(storage_domain, vdc_storage_domain_kind, VDC_REQUIRED | VDC_LISTED | VDC_PART,
		  .title = "DOMAIN", .help = "storage domain that holds it"),
	VDC_F_REF(host, vdc_host_kind, VDC_PART, .help = "host that asked"),
	VDC_F_ENUM(status, vdc_extension_status_values, VDC_REQUIRED | VDC_LISTED,
		   .preset = "waiting", .help = "how far it is"),
	VDC_F_BYTES(requested_size, VDC_REQUIRED | VDC_LISTED, .title = "WANTED",
		    .help = "size that is asked for"),
	VDC_F_BYTES(old_size, 0, .help = "size before"),
	VDC_F_BYTES(new_size, VDC_LISTED, .title = "SIZE", .help = "size after"),
	VDC_F_TIME(requested, VDC_REQUIRED, .help = "when it was asked for"),
	VDC_F_TIME(start_time, 0, .help = "when the pool manager began"),
	VDC_F_TIME(end_time, 0, .help = "when it ended"),
	VDC_F_INT(tries, 0, .help = "how often it was begun"),
	VDC_F_INT(lver, 0, .help = "version of the pool manager's lease that did it"),
	VDC_F_TEXT(message, 0, .help = "how it ended"),
};

const struct vdc_kind vdc_extension_kind =
	VDC_KIND("extension", "extensions", "extension", "a request to grow a thin volume");
