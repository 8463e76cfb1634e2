/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence configure */
#include <errno.h>
#include <string.h>

#include "act/fence_catalogue.h"
#include "act/secret_check.h"
#include "base/log.h"
#include "cli/change.h"
#include "fence.h"
#include "model/fence_agent.h"
#include "model/host.h"
#include "plan/fence_setup.h"
#include "plan/fence_type.h"
#include "store/events.h"
#include "store/store.h"

/* What one call asks for. */
struct request {
	struct vdc_call *call;
	const char *host_name;
	struct vdc_fence_agent *wish; /* what was given; the rest has no value */
	const struct vdc_fence_metadata *metadata;
	struct vdc_host *host;
	struct vdc_fence_agent **agents; /* of the host */
	size_t n;
};

static const struct {
	const char *option, *field;
} texts[] = {
	{ "address", "address" },
	{ "agent", "type" },
	{ "order", "agent_order" },
	{ "plug", "plug" },
	{ "port", "port" },
	{ "secret", "password" },
	{ "user", "username" },
};

static int parse(struct vdc_call *call, const char *field, const char *text,
		 struct vdc_fence_agent *agent, struct vdc_err *err)
{
	return vdc_value_parse(vdc_kind_field(&vdc_fence_agent_kind, field), text, agent,
			       vdc_call_arena(call), err);
}

static int parse_options(struct vdc_call *call, struct vdc_fence_agent *agent, struct vdc_err *err)
{
	vdc_autobuf lines = { 0 };
	const char *const *options;
	size_t n = vdc_repeated_option(call, "option", &options);

	for (size_t i = 0; i < n; i++) {
		if (!strchr(options[i], '=') || strpbrk(options[i], "\r\n"))
			return vdc_err_set(err, -EINVAL,
					   "--option '%.60s' is not of the form NAME=VALUE",
					   options[i]);
		vdc_buf_printf(&lines, "%s\n", options[i]);
	}
	return n ? parse(call, "options", vdc_buf_str(&lines), agent, err) : 0;
}

/* Nothing in them is looked at: a line each, as the agent will read it. */
static int parse_raw_options(struct vdc_call *call, struct vdc_fence_agent *agent,
			     struct vdc_err *err)
{
	vdc_autobuf lines = { 0 };
	const char *const *options;
	size_t n = vdc_repeated_option(call, "raw-option", &options);

	for (size_t i = 0; i < n; i++) {
		if (!*options[i] || strpbrk(options[i], "\r\n"))
			return vdc_err_set(err, -EINVAL,
					   "--raw-option '%.60s': each is one line for the agent; "
					   "give the option once for each of them",
					   options[i]);
		vdc_buf_printf(&lines, "%s%s", i ? "\n" : "", options[i]);
	}
	return n ? parse(call, "raw_option", vdc_buf_str(&lines), agent, err) : 0;
}

static int parse_wish(struct vdc_call *call, struct vdc_fence_agent *agent, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < VDC_COUNT(texts) && !r; i++)
		if (vdc_given(call, texts[i].option))
			r = parse(call, texts[i].field, vdc_text_option(call, texts[i].option),
				  agent, err);
	if (!r)
		r = parse_options(call, agent, err);
	return r ? r : parse_raw_options(call, agent, err);
}

static int gather(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		  struct vdc_err *err vdc_unused)
{
	struct request *request = ctx;
	struct vdc_arena *arena = vdc_call_arena(request->call);
	struct vdc_fence_agent **more = vdc_arena_alloc(arena, (request->n + 1) * sizeof(*more));

	if (request->n)
		memcpy(more, request->agents, request->n * sizeof(*more));
	more[request->n++] = object;
	request->agents = more;
	return 0;
}

static int load(struct vdc_db *db, struct request *request, struct vdc_err *err)
{
	const struct vdc_field *of = vdc_kind_field(&vdc_fence_agent_kind, "host");
	struct vdc_arena *arena = vdc_call_arena(request->call);
	void *host;
	int r = vdc_store_get(db, &vdc_host_kind, request->host_name, 0, arena, &host, err);

	request->n = 0;
	if (r)
		return r;
	request->host = host;
	return vdc_store_each_of(db, &vdc_fence_agent_kind, of, request->host->id, 0, arena, gather,
				 request, err);
}

static bool same(const char *wish, const char *has)
{
	return wish ? has && strcmp(wish, has) == 0 : !has;
}

/* The agent that the wish is about: the same type at the same address with the same plug. */
static struct vdc_fence_agent *known(const struct request *request)
{
	const struct vdc_fence_agent *wish = request->wish;

	for (size_t i = 0; i < request->n; i++) {
		struct vdc_fence_agent *agent = request->agents[i];

		if (same(wish->type, agent->type) && same(wish->address, agent->address) &&
		    same(wish->plug, agent->plug))
			return agent;
	}
	return NULL;
}

static const char *called(const struct vdc_fence_agent *agent, struct vdc_arena *arena)
{
	return vdc_arena_format(arena, "%s%s%s%s%s", agent->type, agent->address ? " at " : "",
				agent->address ?: "", agent->plug ? " plug " : "",
				agent->plug ?: "");
}

static int note(struct vdc_db *db, struct vdc_change *change, const char *done,
		const struct vdc_fence_agent *agent, struct vdc_err *err)
{
	const struct request *request = change->ctx;
	const char *name = called(agent, vdc_call_arena(change->call));
	char type[64];

	vdc_change_say(change, done, "fence agent %s of host %s", name, request->host->name);
	snprintf(type, sizeof(type), "fence_agent_%s", done);
	return vdc_event_note(db, VDC_SEVERITY_NORMAL, type, &vdc_host_kind, request->host, err,
			      "Host %s: fence agent %s was %s", request->host->name, name, done);
}

static int put(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	struct request *request = change->ctx;
	struct vdc_arena *arena = vdc_call_arena(change->call);
	struct vdc_fence_agent *agent, *had;
	int r = load(db, request, err);

	if (r)
		return r;
	had = known(request);
	agent = vdc_object_copy(&vdc_fence_agent_kind, request->wish, arena);
	if (had)
		agent->id = had->id;
	agent->host.id = request->host->id;
	r = vdc_store_put(db, &vdc_fence_agent_kind, agent, arena, err);
	if (!r)
		r = note(db, change, had ? "changed" : "added", agent, err);
	if (r || vdc_given(change->call, "disabled"))
		return r;
	return fence_switch_host(db, change, request->host, true, err);
}

/* The one agent that the given values fit. */
static int chosen(const struct request *request, const struct vdc_fence_agent **ret,
		  struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(request->call);
	const struct vdc_fence_agent *wish = request->wish;
	vdc_autobuf fits = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < request->n; i++) {
		const struct vdc_fence_agent *agent = request->agents[i];

		if ((wish->type && !same(wish->type, agent->type)) ||
		    (wish->address && !same(wish->address, agent->address)) ||
		    (wish->plug && !same(wish->plug, agent->plug)) ||
		    (wish->agent_order != VDC_UNSET && wish->agent_order != agent->agent_order))
			continue;
		*ret = agent;
		vdc_buf_printf(&fits, "%s%s", n++ ? ", " : "", called(agent, arena));
	}
	if (n == 1)
		return 0;
	if (!n)
		return vdc_err_set(err, -ENOENT, "host %s has no such fence agent",
				   request->host->name);
	return vdc_err_set(err, -EINVAL,
			   "host %s has several fence agents: %s; say which by --agent, --address, "
			   "--plug or --order",
			   request->host->name, vdc_buf_str(&fits));
}

static int take_away(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	struct request *request = change->ctx;
	const struct vdc_fence_agent *agent = NULL;
	int r = load(db, request, err);

	if (!r)
		r = chosen(request, &agent, err);
	if (!r)
		r = vdc_store_remove(db, &vdc_fence_agent_kind, agent->id, false, NULL, NULL, err);
	if (!r)
		r = note(db, change, "removed", agent, err);
	if (!r && request->n == 1)
		r = fence_switch_host(db, change, request->host, false, err);
	return r;
}

/* -EINVAL names the agent that fits the host's maker. */
static int which_agent(struct vdc_db *db, const struct request *request, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(request->call);
	const struct vdc_host *host;
	const char *fits;
	void *object;
	int r = vdc_store_get(db, &vdc_host_kind, request->host_name, 0, arena, &object, err);

	if (r)
		return r;
	host = object;
	fits = vdc_fence_type_of_vendor(host->hardware_vendor, host->hardware_product);
	if (fits)
		return vdc_err_set(
			err, -EINVAL,
			"which type of device? Host %s is made by %s: --agent %s would fit",
			host->name, host->hardware_vendor, fits);
	return vdc_err_set(err, -EINVAL,
			   "which type of device has host %s? 'fence agents' lists what there is",
			   host->name);
}

static int check(struct request *request, struct vdc_fence_program *program, struct vdc_err *err)
{
	const char *type = request->wish->type;
	int r = fence_program(type, vdc_call_arena(request->call), program, err);

	if (r == 0)
		request->metadata = &program->metadata;
	if ((r == -ENOENT || r == -EBADMSG) && vdc_given(request->call, "not-checked"))
		r = 0;
	else if (r == -ENOENT)
		return vdc_err_set(
			err, r, "%s; --not-checked stores it all the same",
			vdc_arena_strdup(vdc_call_arena(request->call), vdc_err_text(err)));
	return r ? r : vdc_fence_setup_check(request->wish, request->metadata, err);
}

/* It is sent, for that is what raw options are for. */
static void advise_raw(const struct request *request)
{
	const char *text = request->wish->raw_option, *line, *doubt;
	struct vdc_arena *arena = vdc_call_arena(request->call);

	while ((line = vdc_fence_next_line(&text, arena)))
		if ((doubt = vdc_fence_setup_doubt(line, arena)))
			vdc_log(VDC_LOG_WARNING, "a raw option is sent as it is, but: %s", doubt);
}

static void advise(const struct request *request)
{
	const struct vdc_fence_type *type = vdc_fence_type_find(request->wish->type);
	struct vdc_err why = { 0 };

	if (type && type->note)
		vdc_log(VDC_LOG_NOTICE, "%s: %s", type->name, type->note);
	if (request->wish->password && !vdc_given(request->call, "dry-run") &&
	    vdc_secret_check(request->wish->password, &why))
		vdc_log(VDC_LOG_WARNING, "the password cannot be read now: %s", vdc_err_text(&why));
	advise_raw(request);
	if (!request->metadata)
		vdc_log(VDC_LOG_WARNING, "%s: its options were not checked", request->wish->type);
}

int fence_configure(struct vdc_call *call, struct vdc_err *err)
{
	struct request request = { .call = call };
	struct vdc_change change = { .call = call, .ctx = &request, .apply = put };
	struct vdc_fence_program program;
	const char *const *names;
	int r;

	vdc_call_operands(call, &names);
	request.host_name = names[0];
	request.wish = vdc_object_new(&vdc_fence_agent_kind, vdc_call_arena(call));
	r = parse_wish(call, request.wish, err);
	if (r)
		return r;
	if (vdc_given(call, "remove")) {
		change.apply = take_away;
		return vdc_change_run(&change, err);
	}
	if (!request.wish->type)
		return which_agent(vdc_call_db(call), &request, err);
	r = check(&request, &program, err);
	if (!r)
		r = vdc_change_run(&change, err);
	if (!r)
		advise(&request);
	return r;
}
