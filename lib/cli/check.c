/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes together on a command line. */
#include <errno.h>

#include "base/words.h"
#include "cli/call.h"

static int check_operands(const struct vdc_call *call, struct vdc_err *err)
{
	const struct vdc_verb *verb = call->verb;
	const char *name = verb->name[0] ? verb->name : call->command->name;

	if (call->n_operands < verb->min)
		return vdc_err_set(err, -EINVAL, "%s needs %s", name, verb->operands);
	if (verb->max < 0 || call->n_operands <= verb->max)
		return 0;
	if (!verb->max)
		return vdc_err_set(err, -EINVAL, "%s takes no operand, but there is '%.60s'", name,
				   call->operands[0]);
	return vdc_err_set(err, -EINVAL, "%s takes %s; '%.60s' is too much", name, verb->operands,
			   call->operands[verb->max]);
}

static int check_exclusions(const struct vdc_call *call, const struct vdc_option *option,
			    struct vdc_err *err)
{
	for (size_t i = 0; i < call->n_given; i++) {
		const char *other = call->given[i].option->name;

		if (vdc_words_have(option->excludes, other))
			return vdc_err_set(err, -EINVAL, "--%s and --%s exclude each other",
					   option->name, other);
	}
	return 0;
}

int vdc_call_check(const struct vdc_call *call, struct vdc_err *err)
{
	int r = check_operands(call, err);

	for (size_t i = 0; i < call->n_given && !r; i++) {
		const struct vdc_option *option = call->given[i].option;

		if (option->needs && !vdc_given(call, option->needs))
			return vdc_err_set(err, -EINVAL, "--%s makes sense only with --%s",
					   option->name, option->needs);
		r = check_exclusions(call, option, err);
	}
	return r;
}
