/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/look.h"
#include "act/spm_command.h"
#include "act/spm_member.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/shell_talk.h"

/* At the manager's host a check gives up after 3 s (act/spm_state.h). */
#define CHECK_TIME (5 * VDC_SECOND)

struct vdc_spm_token {
	struct vdc_talk *talk;
	const char *host; /* that of the manager */
};

static int ask(struct vdc_spm_token *token, const char *line, int64_t limit_us,
	       const char *expected, struct vdc_err *err)
{
	vdc_autobuf answer = { 0 };
	int status = 0, r = vdc_talk_ask(token->talk, line, limit_us, &answer, &status, err);

	if (r == -EPIPE) {
		r = vdc_spm_command_code(status);
		if (r == 0 || r == -EIO)
			r = -EPERM;
		if (err)
			err->code = r;
	} else if (!r && strncmp(vdc_buf_str(&answer), expected, strlen(expected)) != 0) {
		r = vdc_err_set(err, -EBADMSG, "spm-elect work says '%.100s'",
				vdc_buf_str(&answer));
	}
	if (r)
		vdc_err_prefix(err, "host %s, the storage pool manager: ", token->host);
	return r;
}

static int begin(const struct vdc_host *manager, const char *domain, struct vdc_arena *arena,
		 struct vdc_spm_token **ret, struct vdc_err *err)
{
	const char *const argv[] = { "spm-elect", "work", "--local", domain, NULL };
	const int64_t limit = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT);
	const struct vdc_target target = vdc_target_of(manager, limit, arena);
	struct vdc_spm_token *token;
	struct vdc_talk *talk;
	int r;

	if (!target.shell && !target.local)
		return vdc_err_set(err, -EHOSTUNREACH,
				   "host %s, the storage pool manager, has no address for the "
				   "remote shell",
				   manager->name);
	r = vdc_talk_begin(target.shell, argv, &talk, err);
	if (r)
		return r;
	token = vdc_alloc(sizeof(*token));
	*token = (struct vdc_spm_token){ talk, manager->name };
	r = ask(token, NULL, limit + CHECK_TIME, "lver ", err);
	if (r)
		vdc_spm_token_give(token);
	else
		*ret = token;
	return r;
}

int vdc_spm_token_take(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
		       struct vdc_spm_token **ret, struct vdc_err *err)
{
	const struct vdc_host *const *hosts;
	struct vdc_spm_storage storage;
	const char *data_center;
	struct vdc_err why = { 0 };
	size_t n;
	int r = vdc_spm_data_center(db, host, arena, &data_center, &why);

	*ret = NULL;
	if (r == -ENOENT)
		return 0;
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	r = vdc_spm_storage(db, data_center, arena, &storage, err);
	if (!r)
		r = vdc_spm_hosts(db, data_center, arena, &hosts, &n, err);
	if (r || !storage.master)
		return r;
	for (size_t i = 0; i < n; i++)
		if (hosts[i]->spm_status == VDC_SPM_SPM)
			return begin(hosts[i], storage.master->id, arena, ret, err);
	return vdc_err_set(err, -EPERM,
			   "data center %s has no storage pool manager, under whose lease its "
			   "storage is changed: spm-elect elect %s",
			   storage.data_center->name, storage.data_center->name);
}

int vdc_spm_token_check(struct vdc_spm_token *token, struct vdc_err *err)
{
	return token ? ask(token, "check", CHECK_TIME, "held", err) : 0;
}

void vdc_spm_token_give(struct vdc_spm_token *token)
{
	if (!token)
		return;
	vdc_talk_end(token->talk);
	free(token);
}
