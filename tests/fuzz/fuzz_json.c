/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON documents of all kinds. */
#include "documents.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_document(data, size, VDC_DOC_JSON);
	return 0;
}
