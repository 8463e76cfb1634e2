/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/extend_watch_part.h"

void extend_watch_wire(struct vdc_wire *wire, struct vdc_thin_news *news)
{
	vdc_wire_int(wire, &news->what);
	vdc_wire_text(wire, &news->vm_id);
	vdc_wire_text(wire, &news->vm);
	vdc_wire_text(wire, &news->target);
	vdc_wire_text(wire, &news->path);
	vdc_wire_text(wire, &news->text);
	vdc_wire_int(wire, &news->from);
	vdc_wire_int(wire, &news->to);
	vdc_wire_int(wire, &news->took);
}

int extend_watch_tell(struct extend_watch *watch, enum vdc_thin_news_what what,
		      const struct watched_guest *guest, const struct watched_disk *disk,
		      const struct vdc_thin_news *more, struct vdc_err *err)
{
	struct vdc_thin_news news = more ? *more : (struct vdc_thin_news){ 0 };
	vdc_autobuf out = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&out);

	news.what = what;
	if (guest) {
		news.vm_id = guest->uuid;
		news.vm = guest->name;
	}
	if (disk) {
		news.target = disk->target;
		news.path = disk->path;
	}
	extend_watch_wire(&wire, &news);
	return vdc_errand_tell(watch->errand, out.data, out.len, err);
}
