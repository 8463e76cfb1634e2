/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts print about their updates; the first byte chooses who printed it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "plan/update_offer.h"

/* Whatever is believed has a version, and as many packages as it says. */
static void check(const struct vdc_update_offers *offers)
{
	for (size_t i = 0; i < offers->n; i++) {
		const struct vdc_update_offer *offer = &offers->items[i];
		size_t lines = 0;

		for (const char *at = offer->packages; at; at = strchr(at, '\n')) {
			at += lines > 0;
			lines++;
		}
		if (!offer->version || !*offer->version || lines != offer->n_packages)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct vdc_offer_host host = { "12", NULL };
	vdc_autofree char *text =
		size > 1 ? vdc_strndup((const char *)data + 1, size - 1) : vdc_strdup("");
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_update_offers offers;
	struct vdc_err err = { 0 };
	int r = size && data[0] == 'c'
			? vdc_plan_offers_of_command(text, arena, &offers, &err)
			: vdc_plan_offers_of_packages(text, &host, arena, &offers, &err);

	if (r == 0)
		check(&offers);
	return 0;
}
