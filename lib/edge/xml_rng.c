/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdbool.h>

#include "edge/xml_ops.h"

struct first_error {
	struct vdc_err *err;
	bool there;
};

#if LIBXML_VERSION < 21200
static void keep_first(void *ctx, xmlError *error)
#else
static void keep_first(void *ctx, const xmlError *error)
#endif
{
	struct first_error *first = ctx;

	if (!first->there)
		vdc_xml_error(first->err, error);
	first->there = true;
}

static int read_source(void *ctx, char *out, int size)
{
	ssize_t n = vdc_source_read(ctx, out, (size_t)size, NULL);

	return n < 0 ? -1 : (int)n;
}

static xmlRelaxNG *load_schema(const char *file, struct first_error *first)
{
	xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(file);
	xmlRelaxNG *schema;

	if (!parser)
		return NULL;
	xmlRelaxNGSetParserStructuredErrors(parser, keep_first, first);
	schema = xmlRelaxNGParse(parser);
	xmlRelaxNGFreeParserCtxt(parser);
	return schema;
}

static xmlDoc *load_document(struct vdc_source *source, struct first_error *first)
{
	xmlParserCtxt *parser = xmlNewParserCtxt();
	xmlDoc *doc;

	if (!parser)
		return NULL;
	xmlSetStructuredErrorFunc(first, keep_first);
	doc = xmlCtxtReadIO(parser, read_source, NULL, source, "document", NULL, XML_PARSE_NONET);
	xmlSetStructuredErrorFunc(NULL, NULL);
	xmlFreeParserCtxt(parser);
	return doc;
}

static bool holds(xmlDoc *doc, xmlRelaxNG *schema, struct first_error *first)
{
	xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(schema);
	bool good;

	if (!valid)
		return false;
	xmlRelaxNGSetValidStructuredErrors(valid, keep_first, first);
	good = xmlRelaxNGValidateDoc(valid, doc) == 0;
	xmlRelaxNGFreeValidCtxt(valid);
	return good;
}

int vdc_xml_rng_validate(struct vdc_source *source, const char *schema_file, struct vdc_err *err)
{
	struct first_error first = { .err = err };
	xmlRelaxNG *schema = load_schema(schema_file, &first);
	xmlDoc *doc = schema ? load_document(source, &first) : NULL;
	bool good = doc && holds(doc, schema, &first);

	xmlFreeDoc(doc);
	xmlRelaxNGFree(schema);
	if (good)
		return 0;
	if (!schema)
		return vdc_err_set(err, -EINVAL, "%s: not a RELAX NG schema", schema_file);
	if (!first.there)
		vdc_err_set(err, -EBADMSG, "not as the schema %s says", schema_file);
	return -EBADMSG;
}
