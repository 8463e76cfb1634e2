/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/known_host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/setting.h"
#include "base/time.h"
#include "base/words.h"

#define LIMIT (15 * VDC_SECOND)
enum { MOST_WORDS = 64 };

static int run(const char *const *argv, const struct vdc_buf *input, struct vdc_proc_end *end,
	       struct vdc_err *err)
{
	const struct vdc_proc proc = {
		.argv = argv,
		.input = input ? input->data : NULL,
		.input_len = input ? input->len : 0,
		.limit_us = LIMIT,
	};

	return vdc_proc_run(&proc, end, err);
}

static int check_address(const char *address, struct vdc_err *err)
{
	return *address && *address != '-'
		       ? 0
		       : vdc_err_set(err, -EINVAL, "%s: not an address", address);
}

/* The remote shell's own words with -G: what it would do, without doing it. */
static int ask_ssh(const char *address, struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const char *template = vdc_setting_text(VDC_SETTING_RSH), *word;
	const char *argv[MOST_WORDS + 3] = { 0 };
	vdc_autoend end = { 0 };
	size_t len, n = 0;
	int r;

	while ((word = vdc_word_next(&template, &len)) && n < MOST_WORDS)
		argv[n++] = vdc_arena_strndup(arena, word, len);
	word = n ? strrchr(argv[0], '/') : NULL;
	if (!n || strcmp(word ? word + 1 : argv[0], "ssh") != 0)
		return vdc_err_set(err, -EOPNOTSUPP,
				   "the remote shell is not ssh: its keys are your own business");
	argv[n++] = "-G";
	argv[n] = address;
	r = run(argv, NULL, &end, err);
	if (!r && end.status != 0)
		r = vdc_err_set(err, -EIO, "%s -G: %s", argv[0], vdc_proc_complaint(&end));
	if (!r)
		*ret = vdc_arena_strdup(arena, end.out.data);
	return r;
}

/* The first word of the line "NAME value..." of what ssh -G prints. */
static char *setting_of(const char *text, const char *name, struct vdc_arena *arena)
{
	size_t len = strlen(name);

	while (*text) {
		size_t line = strcspn(text, "\n");

		if (strncmp(text, name, len) == 0 && text[len] == ' ')
			return vdc_arena_strndup(arena, text + len + 1,
						 strcspn(text + len + 1, " \n"));
		text += line + (text[line] == '\n');
	}
	return NULL;
}

static const char *home_path(const char *path, struct vdc_arena *arena)
{
	const char *home = getenv("HOME");

	return strncmp(path, "~/", 2) == 0 && home
		       ? vdc_arena_format(arena, "%s/%s", home, path + 2)
		       : path;
}

/* Where ssh looks ADDRESS up, and under which name. */
static int find_file(const char *address, struct vdc_arena *arena, const char **file,
		     const char **name, const char **host, struct vdc_err *err)
{
	char *text;
	int r = ask_ssh(address, arena, &text, err);

	if (r)
		return r;
	*file = setting_of(text, "userknownhostsfile", arena);
	*host = setting_of(text, "hostname", arena) ?: address;
	*name = setting_of(text, "hostkeyalias", arena) ?: *host;
	if (!*file || strcmp(*file, "none") == 0 || strcmp(*file, "/dev/null") == 0)
		return vdc_err_set(err, -EOPNOTSUPP, "ssh keeps no keys of host %s", address);
	*file = home_path(*file, arena);
	return 0;
}

/* ssh-keyscan writes "HOST TYPE KEY"; the host is named as ssh looks it up. */
static void take_keys(const char *text, const char *name, struct vdc_buf *lines)
{
	while (*text) {
		size_t line = strcspn(text, "\n");
		const char *key = memchr(text, ' ', line);

		if (*text != '#' && key)
			vdc_buf_printf(lines, "%s%.*s\n", name, (int)(line - (size_t)(key - text)),
				       key);
		text += line + (text[line] == '\n');
	}
}

int vdc_known_host_scan(const char *address, struct vdc_buf *lines, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *file, *name, *host;
	vdc_autoend end = { 0 };
	int r = check_address(address, err);

	if (!r)
		r = find_file(address, arena, &file, &name, &host, err);
	if (!r)
		r = run((const char *const[]){ "ssh-keyscan", "-T", "5", host, NULL }, NULL, &end,
			err);
	if (r)
		return r;
	take_keys(end.out.data, name, lines);
	return lines->len ? 0
			  : vdc_err_set(err, -EHOSTUNREACH, "host %s shows no ssh key", address);
}

static int list_keys(const struct vdc_buf *lines, struct vdc_proc_end *end, struct vdc_err *err)
{
	int r = run((const char *const[]){ "ssh-keygen", "-lf", "-", NULL }, lines, end, err);

	return r || end->status == 0
		       ? r
		       : vdc_err_set(err, -EBADMSG, "ssh-keygen: %s", vdc_proc_complaint(end));
}

int vdc_known_host_has(const struct vdc_buf *lines, const char *fingerprint, bool *ret,
		       struct vdc_err *err)
{
	vdc_autofree char *word = vdc_format(" %s ", fingerprint);
	vdc_autoend end = { 0 };
	int r = list_keys(lines, &end, err);

	if (!r)
		*ret = strstr(end.out.data, word);
	return r;
}

/* "256 SHA256:... host (ED25519)" */
int vdc_known_host_fingerprint(const struct vdc_buf *lines, struct vdc_arena *arena, char **ret,
			       struct vdc_err *err)
{
	vdc_autoend end = { 0 };
	const char *word;
	int r = list_keys(lines, &end, err);

	if (r)
		return r;
	word = strchr(end.out.data, ' ');
	if (!word)
		return vdc_err_set(err, -EBADMSG, "ssh-keygen gave no fingerprint");
	*ret = vdc_arena_strndup(arena, word + 1, strcspn(word + 1, " \n"));
	return 0;
}

static int append(const char *file, const struct vdc_buf *lines, struct vdc_err *err)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	ssize_t n = fd < 0 ? -1 : write(fd, lines->data, lines->len);
	int r = n == (ssize_t)lines->len ? 0 : vdc_err_set(err, -errno, "%s: %m", file);

	if (fd >= 0)
		close(fd);
	return r;
}

/* A line with a pattern makes other hosts known too, and a further line is enough for this one. */
static bool is_shared(const char *name, const char *file)
{
	vdc_autoend end = { 0 };

	return run((const char *const[]){ "ssh-keygen", "-F", name, "-f", file, NULL }, NULL, &end,
		   NULL) == 0 &&
	       strpbrk(end.out.data, "*?,");
}

int vdc_known_host_replace(const char *address, const struct vdc_buf *lines, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *file, *name, *host;
	vdc_autoend end = { 0 };
	int r = check_address(address, err);

	if (!r)
		r = find_file(address, arena, &file, &name, &host, err);
	/* A file that is not there has no key to be removed. */
	if (!r && access(file, F_OK) == 0 && !is_shared(name, file))
		r = run((const char *const[]){ "ssh-keygen", "-R", name, "-f", file, NULL }, NULL,
			&end, err);
	return r ? r : append(file, lines, err);
}
