/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users and groups of this machine. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/*
 * The person behind this process: a name of getpwuid(3), or the number where it has none. It is the
 * real user; for root whoever logged in (/proc/self/loginuid, which survives sudo and su and cannot
 * be changed), else whoever called sudo.
 */
const char *vdc_user_caller(void);
uid_t vdc_user_caller_id(void);

/* The same from evidence that is given, for tests. */
struct vdc_user_evidence {
	uid_t real;
	long long login; /* of the log-in; negative or 4294967295: not known */
	const char
		*sudo_uid; /* $SUDO_UID and $SUDO_USER: count together only, as a user there is */
	const char *sudo_user;
};
uid_t vdc_user_judge(const struct vdc_user_evidence *evidence);

/* Whether WORDS ("root %sudo") have the user, or a %group that has it. */
bool vdc_user_listed(const char *user, const char *words);
