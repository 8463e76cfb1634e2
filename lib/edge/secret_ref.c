/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/secret_ref.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/time.h"
#include "base/words.h"
#include "edge/secret_file.h"

#define SECRETS_DIRECTORY "/etc/vdc/secrets"

enum { MOST_WORDS = 64, LIMIT = 30 * 1000 * 1000 };

/* N bytes were read into SECRET. */
static int take(struct vdc_secret *secret, ssize_t n, const char *from, struct vdc_err *err)
{
	size_t len = n > 0 ? (size_t)n : 0;

	if (n < 0)
		return vdc_err_set(err, (int)n, "secret %s: %s", from, strerror((int)-n));
	if (len && secret->text[len - 1] == '\n')
		len--;
	if (len && secret->text[len - 1] == '\r')
		len--;
	if (!len)
		return vdc_err_set(err, -EINVAL, "secret %s: there is nothing in it", from);
	if (len >= sizeof(secret->text))
		return vdc_err_set(err, -EINVAL, "secret %s: longer than %d bytes", from,
				   VDC_SECRET_SIZE - 1);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)secret->text[i] < ' ' && secret->text[i] != '\t')
			return vdc_err_set(err, -EINVAL,
					   "secret %s: more than one line, or a control character "
					   "in it",
					   from);
	explicit_bzero(secret->text + len, sizeof(secret->text) - len);
	secret->len = len;
	return 0;
}

static int read_file(const char *path, mode_t forbidden, struct vdc_secret *ret,
		     struct vdc_err *err)
{
	int fd = vdc_secret_file_open(path, forbidden, err);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = vdc_secret_file_read(fd, false, LIMIT, ret);
	close(fd);
	return take(ret, n, path, err);
}

/* Its words, the last one NULL. */
static int split(const char *words, struct vdc_arena *arena, const char *argv[MOST_WORDS + 1],
		 struct vdc_err *err)
{
	const char *word;
	size_t len, n = 0;

	for (; (word = vdc_word_next(&words, &len)); n++) {
		if (n == MOST_WORDS)
			return vdc_err_set(err, -EINVAL, "secret cmd:%s: more than %d words",
					   argv[0], MOST_WORDS);
		argv[n] = vdc_arena_strndup(arena, word, len);
	}
	argv[n] = NULL;
	return n ? 0 : vdc_err_set(err, -EINVAL, "secret cmd: there is no program in it");
}

/* What it says goes from a pipe into the secret and no other memory. */
static int run(const char *const *argv, struct vdc_secret *ret, struct vdc_err *err)
{
	struct vdc_proc proc = {
		.argv = argv, .limit_us = LIMIT, .most_output = BUFSIZ, .keep_end = true
	};
	vdc_autoend end = { 0 };
	int fds[2], r;
	ssize_t n = 0;

	if (pipe2(fds, O_CLOEXEC))
		return vdc_err_set(err, -errno, "cannot make a pipe: %m");
	proc.output_fd = fds[1];
	r = vdc_proc_run(&proc, &end, err);
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	if (r)
		vdc_err_prefix(err, "secret cmd: ");
	else if (end.status)
		r = vdc_err_set(err, -EIO,
				"secret cmd:%s: the program ended with exit code %d; run it by "
				"hand to see why",
				argv[0], end.status);
	else
		n = vdc_secret_file_read(fds[0], false, 0, ret);
	close(fds[0]);
	/* Something it left behind may hold the pipe. */
	if (n == -ETIMEDOUT || n == -EAGAIN)
		n = (ssize_t)strnlen(ret->text, sizeof(ret->text));
	return r ? r : take(ret, n, argv[0], err);
}

static int read_command(const char *words, struct vdc_secret *ret, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *argv[MOST_WORDS + 1] = { 0 };
	int r = split(words, arena, argv, err);

	return r ? r : run(argv, ret, err);
}

static int read_credential(const char *name, struct vdc_secret *ret, struct vdc_err *err)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	vdc_autofree char *path = NULL;

	if (!*name || strchr(name, '/') || *name == '.')
		return vdc_err_set(err, -EINVAL, "secret cred:%s: not the name of a credential",
				   name);
	path = vdc_format("%s/%s", directory ? directory : "", name);
	/* The manager guards its directory; an access list there shows as permissions of the group. */
	if (directory && *directory == '/' && access(path, F_OK) == 0)
		return read_file(path, S_IRWXO, ret, err);
	free(path);
	path = vdc_format(SECRETS_DIRECTORY "/%s", name);
	return read_file(path, S_IRWXG | S_IRWXO, ret, err);
}

static const struct {
	const char *scheme;
	int (*read)(const char *rest, struct vdc_secret *ret, struct vdc_err *err);
} schemes[] = {
	{ "cmd:", read_command },
	{ "cred:", read_credential },
};

int vdc_secret_read(const char *reference, struct vdc_secret *ret, struct vdc_err *err)
{
	vdc_secret_wipe(ret);
	if (strncmp(reference, "file:/", 6) == 0)
		return read_file(reference + 5, S_IRWXG | S_IRWXO, ret, err);
	for (size_t i = 0; i < VDC_COUNT(schemes); i++)
		if (strncmp(reference, schemes[i].scheme, strlen(schemes[i].scheme)) == 0)
			return schemes[i].read(reference + strlen(schemes[i].scheme), ret, err);
	if (strncmp(reference, "file:", 5) == 0)
		return vdc_err_set(err, -EINVAL, "secret %s: not an absolute path", reference);
	return vdc_err_set(err, -EINVAL,
			   "not a reference to a secret: say file:PATH, cmd:COMMAND or cred:NAME");
}
