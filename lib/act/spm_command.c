/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "edge/shell.h"

enum {
	MOST_OUTPUT = 4 << 20, /* of 250 lockspaces: a tenth of it */
	FINDINGS = 1,	       /* it did its work, and found something wrong */
	NOT_FOUND = 127,       /* of the shell */
};

int vdc_spm_command_code(int status)
{
	static const int codes[] = {
		[2] = -EINVAL, [3] = -ENOENT,	    [4] = -EPERM,
		[5] = -EAGAIN, [6] = -EHOSTUNREACH, [7] = -EACCES,
	};

	if (!status)
		return 0;
	return status > 0 && status < (int)VDC_COUNT(codes) && codes[status] ? codes[status] : -EIO;
}

/* Its name stands before what it says, and where that is shown, too. */
const char *vdc_spm_complaint(struct vdc_proc_end *end)
{
	static const char name[] = "spm-elect: ";
	const char *text = vdc_proc_complaint(end);

	if (strncmp(text, name, strlen(name)) == 0)
		text += strlen(name);
	return *text ? text : "spm-elect failed there";
}

int vdc_spm_command(const struct vdc_target *target, const char *const *argv,
		    const struct vdc_buf *input, struct vdc_buf *out, int *status,
		    struct vdc_err *err)
{
	const struct vdc_shell shell = {
		.address = target->shell,
		.argv = argv,
		.input = input ? input->data : NULL,
		.input_len = input ? input->len : 0,
		.limit_us = target->limit_us,
		.most_output = MOST_OUTPUT,
	};
	vdc_autoend end = { 0 };
	int r;

	if (!target->shell && !target->local)
		return vdc_err_set(err, -EHOSTUNREACH, "it has no address for the remote shell");
	r = vdc_shell_run(&shell, &end, err);
	if (r)
		return r;
	if (end.status == NOT_FOUND)
		return vdc_err_set(err, -ENOENT, "spm-elect is not installed there");
	if (end.status <= FINDINGS || (status && end.out.len)) {
		vdc_buf_add(out, end.out.data, end.out.len);
		if (status)
			*status = end.status;
		return 0;
	}
	return vdc_err_set(err, vdc_spm_command_code(end.status), "%s", vdc_spm_complaint(&end));
}

int vdc_spm_command_read(const struct vdc_buf *text, struct vdc_arena *arena,
			 struct vdc_lockspaces *ret, struct vdc_err *err)
{
	FILE *in;
	int r;

	*ret = (struct vdc_lockspaces){ 0 };
	if (!text->len)
		return vdc_err_set(err, -EBADMSG, "spm-elect says nothing there");
	in = fmemopen(text->data, text->len, "r");
	if (!in)
		return vdc_err_set(err, -errno, "fmemopen: %m");
	r = vdc_lockspaces_read(in, "what it says", arena, ret, err);
	fclose(in);
	return r;
}
