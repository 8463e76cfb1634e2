/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-xml gives to edge/xml.c; the calls are those of edge/xml.h. */
#pragma once

#include "edge/xml.h"

struct vdc_xml_ops {
	int (*read)(struct vdc_source *source, const struct vdc_node_taker *taker,
		    struct vdc_err *err);
	int (*validate)(struct vdc_source *source, const char *schema, struct vdc_err *err);
	int (*open)(FILE *out, struct vdc_xml_writer **ret, struct vdc_err *err);
	int (*begin)(struct vdc_xml_writer *writer, const struct vdc_node *head,
		     struct vdc_err *err);
	int (*node)(struct vdc_xml_writer *writer, const struct vdc_node *node,
		    struct vdc_err *err);
	int (*end)(struct vdc_xml_writer *writer, struct vdc_err *err);
	int (*close)(struct vdc_xml_writer *writer, bool whole, struct vdc_err *err);
};

/* What every writer begins with. */
struct vdc_xml_writer {
	const struct vdc_xml_ops *ops;
};

extern const struct vdc_xml_ops vdc_xml_module;

/* The parts of the module; the table stands in edge/xml_write.c. */
int vdc_xml_sax_read(struct vdc_source *source, const struct vdc_node_taker *taker,
		     struct vdc_err *err);
int vdc_xml_rng_validate(struct vdc_source *source, const char *schema, struct vdc_err *err);

struct _xmlError;
/* libxml2's words without the line feed, with its place. */
int vdc_xml_error(struct vdc_err *err, const struct _xmlError *error);
