/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-pam: one conversation with libpam. */
#include <errno.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "edge/pam_ops.h"

struct talk {
	const struct vdc_secret *password;
	char complaint[160]; /* what a module said was wrong */
};

static void free_replies(struct pam_response *replies, int n)
{
	for (int i = 0; i < n; i++) {
		if (!replies[i].resp)
			continue;
		explicit_bzero(replies[i].resp, strlen(replies[i].resp));
		free(replies[i].resp);
	}
	free(replies);
}

/* What is asked with echo is a name, a code, a choice: nothing that the password answers. */
static int answer(struct talk *talk, const struct pam_message *message, struct pam_response *reply)
{
	switch (message->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
		reply->resp = vdc_strdup(talk->password->text);
		return PAM_SUCCESS;
	case PAM_ERROR_MSG:
		snprintf(talk->complaint, sizeof(talk->complaint), ": %s", message->msg);
		return PAM_SUCCESS;
	case PAM_TEXT_INFO:
		return PAM_SUCCESS;
	default:
		snprintf(talk->complaint, sizeof(talk->complaint),
			 ": it asks for more than a password");
		return PAM_CONV_ERR;
	}
}

static int converse(int n, const struct pam_message **messages, struct pam_response **ret,
		    void *ctx)
{
	struct pam_response *replies;

	if (n <= 0 || n > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	replies = vdc_alloc((size_t)n * sizeof(*replies));
	for (int i = 0; i < n; i++) {
		int r = answer(ctx, messages[i], &replies[i]);

		if (r != PAM_SUCCESS) {
			free_replies(replies, n);
			return r;
		}
	}
	*ret = replies;
	return PAM_SUCCESS;
}

static int errno_of(int status)
{
	switch (status) {
	case PAM_SUCCESS:
		return 0;
	case PAM_AUTH_ERR:
	case PAM_MAXTRIES:
		return -EKEYREJECTED;
	case PAM_AUTHINFO_UNAVAIL:
		return -EHOSTUNREACH;
	case PAM_USER_UNKNOWN:
	case PAM_ACCT_EXPIRED:
	case PAM_NEW_AUTHTOK_REQD:
	case PAM_PERM_DENIED:
	case PAM_CRED_INSUFFICIENT:
		return -EACCES;
	default:
		return -EIO;
	}
}

static int translate(pam_handle_t *pam, int status, const char *user, const struct talk *talk,
		     struct vdc_err *err)
{
	int r = errno_of(status);

	if (r == -EKEYREJECTED)
		return vdc_err_set(err, r, "wrong password");
	return r ? vdc_err_set(err, r, "PAM, service %s, user %s: %s%s", VDC_PAM_SERVICE, user,
			       pam_strerror(pam, status), talk->complaint)
		 : 0;
}

static int check(const char *user, const struct vdc_secret *password, struct vdc_err *err)
{
	struct talk talk = { .password = password };
	const struct pam_conv conversation = { .conv = converse, .appdata_ptr = &talk };
	pam_handle_t *pam = NULL;
	int status = pam_start(VDC_PAM_SERVICE, user, &conversation, &pam);
	int r;

	if (status != PAM_SUCCESS)
		return translate(pam, status, user, &talk, err);
	pam_set_item(pam, PAM_RUSER, user);
	status = pam_authenticate(pam, PAM_DISALLOW_NULL_AUTHTOK);
	if (status == PAM_SUCCESS)
		status = pam_acct_mgmt(pam, PAM_DISALLOW_NULL_AUTHTOK);
	r = translate(pam, status, user, &talk, err);
	pam_end(pam, status);
	return r;
}

const struct vdc_pam_ops vdc_pam_ops = { .check = check };
