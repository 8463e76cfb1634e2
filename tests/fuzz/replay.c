/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In place of libFuzzer's main(): gives the harness every file of its corpus, and TAP out.
 * fuzz_NAME reads $VDC_TEST_SRC/tests/fuzz/corpus/NAME, or the files that it is called with.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fuzz.h"

/* Exactly as large as the input, so that ASan sees a read behind its end. */
static int replay(const char *path)
{
	vdc_autofree uint8_t *data = NULL;
	FILE *file = fopen(path, "rb");
	size_t size, got;

	if (!file)
		return -1;
	fseek(file, 0, SEEK_END);
	size = (size_t)ftell(file);
	rewind(file);
	data = size ? vdc_alloc(size) : NULL;
	got = fread(data, 1, size, file);
	fclose(file);
	if (got != size)
		return -1;
	LLVMFuzzerTestOneInput(data, size);
	return 0;
}

static int replay_all(char *const *paths, size_t count)
{
	int failed = 0;

	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		int r = replay(paths[i]);

		failed |= r < 0;
		printf("%sok %zu - %s\n", r < 0 ? "not " : "", i + 1, basename(paths[i]));
		fflush(stdout);
	}
	return failed;
}

int main(int argc, char **argv)
{
	const char *name = strstr(program_invocation_short_name, "fuzz_");
	const char *tree = getenv("VDC_TEST_SRC");
	vdc_autofree char *pattern = NULL;
	glob_t found;
	int failed;

	if (argc > 1)
		return replay_all(argv + 1, (size_t)argc - 1);
	if (!name || !tree)
		return 1;
	pattern = vdc_format("%s/tests/fuzz/corpus/%s/*", tree, name + strlen("fuzz_"));
	if (glob(pattern, 0, NULL, &found) != 0) {
		fprintf(stderr, "no inputs: %s\n", pattern);
		return 1;
	}
	failed = replay_all(found.gl_pathv, found.gl_pathc);
	globfree(&found);
	return failed;
}
