/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-pam: one conversation with libpam. */
#include <errno.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
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

/* It goes into messages and events: what neither can hold ends it. */
static void complain(struct talk *talk, const char *what)
{
	snprintf(talk->complaint, sizeof(talk->complaint), ": %s", what);
	talk->complaint[vdc_utf8_xml_span(talk->complaint, strlen(talk->complaint))] = '\0';
}

/* What is asked with echo is a name, a code, a choice: nothing that the password answers. */
static int answer(struct talk *talk, const struct pam_message *message, struct pam_response *reply)
{
	switch (message->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
		reply->resp = vdc_strdup(talk->password->text);
		return PAM_SUCCESS;
	case PAM_ERROR_MSG:
		complain(talk, message->msg);
		return PAM_SUCCESS;
	case PAM_TEXT_INFO:
		return PAM_SUCCESS;
	default:
		complain(talk, "it asks for more than a password");
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

static int refuse(pam_handle_t *pam, int status, int code, const struct talk *talk,
		  struct vdc_err *err)
{
	return vdc_err_set(err, code, "%s%s", pam_strerror(pam, status), talk->complaint);
}

/* Behind a right password a stack that ends in pam_deny calls everything a wrong one. */
static int errno_of_account(int status)
{
	int code = errno_of(status);

	return code == -EKEYREJECTED ? -EACCES : code;
}

static int check(const char *user, const struct vdc_secret *password, struct vdc_err *err)
{
	struct talk talk = { .password = password };
	const struct pam_conv conversation = { .conv = converse, .appdata_ptr = &talk };
	pam_handle_t *pam = NULL;
	int status = pam_start(VDC_PAM_SERVICE, user, &conversation, &pam);
	int r;

	if (status != PAM_SUCCESS)
		return refuse(pam, status, -EIO, &talk, err);
	pam_set_item(pam, PAM_RUSER, user);
	status = pam_authenticate(pam, PAM_DISALLOW_NULL_AUTHTOK);
	r = status == PAM_SUCCESS ? 0 : refuse(pam, status, errno_of(status), &talk, err);
	if (!r)
		status = pam_acct_mgmt(pam, PAM_DISALLOW_NULL_AUTHTOK);
	if (!r && status != PAM_SUCCESS)
		r = refuse(pam, status, errno_of_account(status), &talk, err);
	pam_end(pam, status);
	return r;
}

const struct vdc_pam_ops vdc_pam_ops = { .check = check };
