/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "doc/doc.h"

/* Reads DATA; what could be read and written in FORMAT must be read and written again the same. */
void fuzz_document(const uint8_t *data, size_t size, enum vdc_doc_format format);
