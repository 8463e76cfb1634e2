/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Remote commands: the one template for all of them. It is the setting "rsh", split at white space,
 * then the address, then the command as one argument in which every word is quoted for the shell at
 * the other end. No shell runs here.
 */
#pragma once

#include "base/proc.h"
#include "base/setting.h"

struct vdc_shell {
	const char *address;	 /* NULL: this machine; then no template is used */
	const char *const *argv; /* ends with NULL */
	const void *input;	 /* standard input; NULL: nothing */
	size_t input_len;
	const struct vdc_secret *secret; /* read after that; NULL: nothing */
	int64_t limit_us;		 /* 0: a minute */
	size_t most_output;		 /* as in struct vdc_proc */
	bool keep_end;
};

/*
 * Runs it. That the remote command fails is no error (RET->status). -EHOSTUNREACH, -ECONNREFUSED,
 * -ETIMEDOUT: the host was not reached; -EACCES: it does not let us in; -EINVAL: an address that ssh
 * would take for an option. The message names the address.
 */
int vdc_shell_run(const struct vdc_shell *shell, struct vdc_proc_end *ret, struct vdc_err *err);

/* For conditions of scripts, also within single quotes: the system's packages are those of apt-get,
 * which is there for Fedora and its kin, too. */
#define VDC_SHELL_USES_APT                                                   \
	"command -v apt-get >/dev/null && ! { command -v dnf >/dev/null && " \
	"grep -Eqs \"^ID(_LIKE)?=.*(fedora|rhel)\" /etc/os-release; }"

enum { VDC_SHELL_WORDS = 64 };

/* The program and its arguments that run ARGV at ADDRESS: WORDS, ended by NULL, in ARENA. */
int vdc_shell_words(const char *address, const char *const *argv, struct vdc_arena *arena,
		    const char *words[VDC_SHELL_WORDS + 3], struct vdc_err *err);

/* WORD as one word of a POSIX shell, added to OUT. */
void vdc_shell_quote(struct vdc_buf *out, const char *word);

/* The words of TEXT, the value of SETTING, ended by NULL; *N: how many. -EINVAL: none or too many. */
int vdc_shell_split(enum vdc_setting setting, const char *text, struct vdc_arena *arena,
		    const char *argv[VDC_SHELL_WORDS + 1], size_t *n, struct vdc_err *err);
