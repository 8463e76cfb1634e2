/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/user.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/words.h"

enum { NOBODY_LOGGED_IN = -1, MOST_GROUPS = 65536 };

static bool sudo_caller(const struct vdc_user_evidence *evidence, uid_t *ret)
{
	const struct passwd *user = evidence->sudo_user ? getpwnam(evidence->sudo_user) : NULL;
	int64_t uid;

	if (!user || !evidence->sudo_uid || vdc_int_parse(evidence->sudo_uid, &uid, NULL))
		return false;
	*ret = user->pw_uid;
	return uid == user->pw_uid;
}

uid_t vdc_user_judge(const struct vdc_user_evidence *evidence)
{
	uid_t login = (uid_t)evidence->login, sudo;

	if (evidence->real != 0)
		return evidence->real;
	if (evidence->login >= 0 && login != (uid_t)NOBODY_LOGGED_IN && getpwuid(login))
		return login;
	return sudo_caller(evidence, &sudo) ? sudo : evidence->real;
}

static long long login_uid(void)
{
	FILE *file = fopen("/proc/self/loginuid", "re");
	char text[32] = "";
	int64_t uid = NOBODY_LOGGED_IN;

	if (!file)
		return uid;
	if (fgets(text, sizeof(text), file))
		text[strcspn(text, "\n")] = '\0';
	if (text[0])
		vdc_int_parse(text, &uid, NULL);
	fclose(file);
	return uid;
}

uid_t vdc_user_caller_id(void)
{
	const struct vdc_user_evidence evidence = {
		.real = getuid(),
		.login = login_uid(),
		.sudo_uid = secure_getenv("SUDO_UID"),
		.sudo_user = secure_getenv("SUDO_USER"),
	};

	return vdc_user_judge(&evidence);
}

const char *vdc_user_caller(void)
{
	static char name[64];
	uid_t uid = name[0] ? 0 : vdc_user_caller_id();
	const struct passwd *user = name[0] ? NULL : getpwuid(uid);

	if (user)
		snprintf(name, sizeof(name), "%s", user->pw_name);
	else if (!name[0])
		snprintf(name, sizeof(name), "%u", uid);
	return name;
}

static bool in_group(const char *user, const char *group_name)
{
	const struct passwd *entry = getpwnam(user);
	const struct group *group = getgrnam(group_name);
	vdc_autofree gid_t *groups = NULL;
	int n = 0;
	gid_t gid;

	if (!entry || !group)
		return false;
	gid = group->gr_gid;
	getgrouplist(user, entry->pw_gid, NULL, &n);
	if (n <= 0 || n > MOST_GROUPS)
		return false;
	groups = vdc_alloc((size_t)n * sizeof(*groups));
	n = getgrouplist(user, entry->pw_gid, groups, &n);
	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

bool vdc_user_listed(const char *user, const char *words)
{
	const char *w;
	size_t len;

	while ((w = vdc_word_next(&words, &len))) {
		vdc_autofree char *word = vdc_strndup(w, len);

		if (word[0] == '%' ? in_group(user, word + 1) : strcmp(user, word) == 0)
			return true;
	}
	return false;
}
