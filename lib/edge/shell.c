/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/shell.h"

#include <errno.h>
#include <string.h>

#include "base/words.h"

enum { SSH_FAILED = 255 }; /* ssh(1): it did not get as far as the command */

void vdc_shell_quote(struct vdc_buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:@%,";

	if (*word && word[strspn(word, plain)] == '\0') {
		vdc_buf_puts(out, word);
		return;
	}
	vdc_buf_putc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			vdc_buf_puts(out, "'\\''");
		else
			vdc_buf_putc(out, *word);
	}
	vdc_buf_putc(out, '\'');
}

static const char *command_of(const char *const *argv, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	for (size_t i = 0; argv[i]; i++) {
		if (i)
			vdc_buf_putc(&out, ' ');
		vdc_shell_quote(&out, argv[i]);
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

int vdc_shell_split(enum vdc_setting setting, const char *text, struct vdc_arena *arena,
		    const char *argv[VDC_SHELL_WORDS + 1], size_t *n, struct vdc_err *err)
{
	const char *word;
	size_t len;

	for (*n = 0; (word = vdc_word_next(&text, &len)); (*n)++) {
		if (*n == VDC_SHELL_WORDS)
			return vdc_err_set(err, -EINVAL, "setting %s: more than %d words",
					   vdc_setting_name(setting), VDC_SHELL_WORDS);
		argv[*n] = vdc_arena_strndup(arena, word, len);
	}
	argv[*n] = NULL;
	return *n ? 0
		  : vdc_err_set(err, -EINVAL, "setting %s: no program in it",
				vdc_setting_name(setting));
}

/* What ssh says when it could not get through (misc.c, sshconnect.c of OpenSSH). */
static const struct {
	const char *words;
	int code;
} failures[] = {
	{ "Connection refused", -ECONNREFUSED },
	{ "timed out", -ETIMEDOUT },
	{ "Permission denied", -EACCES },
	{ "Host key verification failed", -EACCES },
	{ "Too many authentication failures", -EACCES },
};

/* A changed key is announced by a banner of many lines: the reason is the last of them. */
static int why_not(struct vdc_proc_end *end, const char *address, struct vdc_err *err)
{
	const char *words = NULL, *complaint;
	int code = -EHOSTUNREACH;

	for (size_t i = 0; i < VDC_COUNT(failures) && !words; i++) {
		if (!strstr(end->err.data, failures[i].words))
			continue;
		words = failures[i].words;
		code = failures[i].code;
	}
	complaint = vdc_proc_complaint(end); /* cuts the text at the end of its first line */
	if (words && !strstr(complaint, words))
		complaint = words;
	return vdc_err_set(err, code, "%s: %s", address,
			   *complaint ? complaint : "the remote shell failed");
}

int vdc_shell_words(const char *address, const char *const *argv, struct vdc_arena *arena,
		    const char *words[VDC_SHELL_WORDS + 3], struct vdc_err *err)
{
	size_t n;
	int r;

	if (!*address || *address == '-')
		return vdc_err_set(err, -EINVAL, "%s: not an address", address);
	r = vdc_shell_split(VDC_SETTING_RSH, vdc_setting_text(VDC_SETTING_RSH), arena, words, &n,
			    err);
	if (r)
		return r;
	words[n] = address;
	words[n + 1] = command_of(argv, arena);
	words[n + 2] = NULL;
	return 0;
}

static struct vdc_proc proc_of(const struct vdc_shell *shell, const char *const *argv)
{
	return (struct vdc_proc){
		.argv = argv,
		.input = shell->input,
		.input_len = shell->input_len,
		.secret = shell->secret,
		.limit_us = shell->limit_us,
		.most_output = shell->most_output,
		.keep_end = shell->keep_end,
	};
}

static int run_remote(const struct vdc_shell *shell, struct vdc_proc_end *ret, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *argv[VDC_SHELL_WORDS + 3] = { 0 };
	const struct vdc_proc proc = proc_of(shell, argv);
	vdc_autoend end = { 0 };
	int r = vdc_shell_words(shell->address, shell->argv, arena, argv, err);

	if (r)
		return r;
	r = vdc_proc_run(&proc, &end, err);
	if (r)
		return vdc_err_prefix(err, "%s: ", shell->address);
	if (end.status == SSH_FAILED)
		return why_not(&end, shell->address, err);
	*ret = end;
	end = (struct vdc_proc_end){ 0 };
	return 0;
}

int vdc_shell_run(const struct vdc_shell *shell, struct vdc_proc_end *ret, struct vdc_err *err)
{
	const struct vdc_proc proc = proc_of(shell, shell->argv);

	return shell->address ? run_remote(shell, ret, err) : vdc_proc_run(&proc, ret, err);
}
