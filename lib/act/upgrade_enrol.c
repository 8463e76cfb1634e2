/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host that has a new image is made known again: its ssh key to us and to the other hosts, its host
 * id to itself, and to its libvirt the VMs that are defined there and do not run.
 */
#include <errno.h>
#include <string.h>

#include "act/errand.h"
#include "act/look.h"
#include "act/upgrade_work.h"
#include "base/buf.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/host_daemon.h"
#include "edge/known_host.h"
#include "edge/shell.h"
#include "store/store.h"

#define SHELL_TIME (20 * VDC_SECOND)
#define ERRAND_TIME (60 * VDC_SECOND)
#define DAEMON_TIME (30 * VDC_SECOND)
/* Between two definitions in the state of the step. */
#define BORDER "\n\x1e\n"

static int shell(const struct upgrade_host *host, const char *script, const struct vdc_buf *input,
		 struct vdc_proc_end *end, struct vdc_err *err)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	const struct vdc_target target = vdc_target_of(host->host, SHELL_TIME, host->run->arena);
	const struct vdc_shell shell = {
		.address = target.shell,
		.argv = argv,
		.input = input ? input->data : NULL,
		.input_len = input ? input->len : 0,
		.limit_us = SHELL_TIME,
	};

	return target.shell ? vdc_shell_run(&shell, end, err)
			    : vdc_err_set(err, -EOPNOTSUPP, "it has no remote shell");
}

/* The other hosts of the cluster, which reach this one by ssh when they send it VMs. */
static void tell_peer(const struct vdc_host *peer, const char *name, const struct vdc_buf *lines)
{
	static const char script[] =
		"f=$HOME/.ssh/known_hosts; [ -e \"$f\" ] || exit 0\n"
		"while read -r name key; do\n"
		"	ssh-keygen -F \"$name\" -f \"$f\" 2>/dev/null | grep -q '[*?,]' ||\n"
		"		ssh-keygen -R \"$name\" -f \"$f\" >/dev/null 2>&1\n"
		"	echo \"$name $key\" >>\"$f\"\n"
		"done\n";
	vdc_autoarena *arena = vdc_arena_new();
	const char *const argv[] = { "sh", "-c", script, NULL };
	const struct vdc_target target = vdc_target_of(peer, SHELL_TIME, arena);
	const struct vdc_shell call = {
		.address = target.shell,
		.argv = argv,
		.input = lines->data,
		.input_len = lines->len,
		.limit_us = SHELL_TIME,
	};
	vdc_autoend end = { 0 };

	if (target.shell && strcmp(peer->name, name) != 0 && peer->status == VDC_HOST_UP)
		vdc_shell_run(&call, &end, NULL);
}

struct telling {
	const struct upgrade_host *host;
	const struct vdc_buf *lines;
	struct vdc_buf peers;
};

static int add_peer(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		    struct vdc_err *err vdc_unused)
{
	vdc_buf_add(&((struct telling *)ctx)->peers, &object, sizeof(object));
	return 0;
}

static int tell_peers(const struct upgrade_host *host, const struct vdc_buf *lines,
		      struct vdc_err *err)
{
	struct telling telling = { .host = host, .lines = lines };
	struct upgrade_run *run = host->run;
	int r = vdc_store_each_of(run->db, &vdc_host_kind,
				  vdc_kind_field(&vdc_host_kind, "cluster"), run->cluster->id, 0,
				  run->arena, add_peer, &telling, err);
	struct vdc_host *const *peers = (const void *)telling.peers.data;

	for (size_t i = 0; i < telling.peers.len / sizeof(*peers) && !r; i++)
		tell_peer(peers[i], host->host->name, lines);
	vdc_buf_free(&telling.peers);
	return r;
}

/* The database remembers by which key it is known. */
static int note_key(struct upgrade_host *host, const struct vdc_buf *lines, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	struct vdc_host *part = vdc_object_new(&vdc_host_kind, run->arena);
	int r = vdc_known_host_fingerprint(lines, run->arena, &part->ssh_fingerprint, err);

	part->id = host->row->id;
	return r ? r : vdc_store_put(run->db, &vdc_host_kind, part, run->arena, err);
}

/* "fingerprint SHA256:..." in what the image command said: then no other key is believed. */
static const char *announced(const struct upgrade_host *host)
{
	static const char word[] = "\nfingerprint ";
	const char *state = host->steps[VDC_UPGRADE_UPDATE].state;
	const char *at = state ? strstr(state, word) : NULL;

	if (!at)
		return NULL;
	at += sizeof(word) - 1;
	return vdc_arena_strndup(host->run->arena, at, strcspn(at, " \n\r"));
}

static int learn(struct upgrade_host *host, const char *address, struct vdc_err *err)
{
	const char *fingerprint = announced(host);
	vdc_autobuf lines = { 0 };
	bool known = true;
	int r = vdc_known_host_scan(address, &lines, err);

	if (!r && fingerprint)
		r = vdc_known_host_has(&lines, fingerprint, &known, err);
	if (!r && !known)
		r = vdc_err_set(err, -EPERM,
				"its ssh key is not the one that the image command announced (%s)",
				fingerprint);
	if (!r)
		r = vdc_known_host_replace(address, &lines, err);
	if (!r)
		r = note_key(host, &lines, err);
	if (!r)
		upgrade_say(host->run, host->row->name,
			    "host %s has a new ssh key, as is expected of a new image",
			    host->row->name);
	return r ? r : tell_peers(host, &lines, err);
}

bool upgrade_answers(const struct upgrade_host *host)
{
	vdc_autoend end = { 0 };

	return shell(host, "exit 0", NULL, &end, NULL) == 0;
}

void upgrade_enrol_key(struct upgrade_host *host)
{
	const struct vdc_target target = vdc_target_of(host->host, SHELL_TIME, host->run->arena);
	vdc_autoend end = { 0 };
	struct vdc_err err = { 0 };

	if (!target.shell || shell(host, "exit 0", NULL, &end, &err) != -EACCES)
		return;
	if (learn(host, target.shell, &err))
		host->silence = vdc_arena_strdup(host->run->arena, vdc_err_text(&err));
}

struct gathering {
	struct upgrade_run *run;
	struct vdc_buf xml;
	const char *text; /* of all definitions */
};

static int gather_one(void *ctx, const struct vdc_virt_domain *domain,
		      struct vdc_err *err vdc_unused)
{
	struct gathering *gathering = ctx;
	const char *xml = domain->next_xml ? domain->next_xml : domain->xml;

	if (domain->persistent && xml)
		vdc_buf_printf(&gathering->xml, "%s%s", xml, BORDER);
	return 0;
}

/* In the child. */
static int gather(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, struct vdc_err *err)
{
	struct gathering *gathering = ctx;
	int r = vdc_virt_domains(virt, gather_one, gathering, err);

	return r || !gathering->xml.len
		       ? r
		       : vdc_errand_tell(errand, gathering->xml.data, gathering->xml.len, err);
}

static int take_text(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct gathering *gathering = ctx;

	gathering->text = vdc_arena_strndup(gathering->run->arena, data, len);
	return 0;
}

static struct vdc_errand_call call_of(const struct upgrade_host *host,
				      const struct vdc_target *target)
{
	return (struct vdc_errand_call){
		.host = host->row->name,
		.uri = target->uri,
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = ERRAND_TIME,
		.db = host->run->db,
		.lease = host->run->lease,
	};
}

static int keep_definitions(struct upgrade_host *host, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	const struct vdc_target target = vdc_target_of(host->host, ERRAND_TIME, run->arena);
	struct gathering gathering = { .run = run, .text = "" };
	struct vdc_errand_call call = call_of(host, &target);
	struct vdc_job_step *step = &host->steps[VDC_UPGRADE_ENROL];
	int r;

	call.ctx = &gathering;
	call.run = gather;
	call.told = take_text;
	r = vdc_errand_run(&call, err);
	if (r)
		return r;
	step->status = VDC_JOB_QUEUED;
	return upgrade_keep(host, VDC_UPGRADE_ENROL, gathering.text, err);
}

int upgrade_keep_identity(struct upgrade_host *host, const char **sanlock_id, struct vdc_err *err)
{
	static const char script[] = "sed -n 's/^host_id *= *\\([0-9]*\\).*/\\1/p' "
				     "/etc/libvirt/qemu-sanlock.conf 2>/dev/null; exit 0";
	vdc_autoend end = { 0 };
	struct vdc_err failure = { 0 };

	*sanlock_id = NULL;
	if (shell(host, script, NULL, &end, &failure) == 0 && end.out.len)
		*sanlock_id = vdc_arena_strndup(host->run->arena, end.out.data,
						strspn(end.out.data, "0123456789"));
	return keep_definitions(host, err);
}

/* Only where it was lost: a daemon is restarted for it. */
static int give_host_id(struct upgrade_host *host, const char *id, struct vdc_err *err)
{
	static const char script[] =
		"f=/etc/libvirt/qemu-sanlock.conf; read -r id\n"
		"grep -q \"^host_id *= *$id\\$\" \"$f\" 2>/dev/null && exit 0\n"
		"[ ! -e \"$f\" ] || sed -i '/^host_id/d' \"$f\" || exit 1\n"
		"echo \"host_id = $id\" >>\"$f\" && echo written\n";
	const struct vdc_target target = vdc_target_of(host->host, SHELL_TIME, host->run->arena);
	vdc_autobuf input = { 0 };
	vdc_autoend end = { 0 };
	const char *daemons;
	int r;

	vdc_buf_printf(&input, "%s\n", id);
	r = shell(host, script, &input, &end, err);
	if (!r && end.status != 0)
		r = vdc_err_set(err, -EIO, "its host id cannot be written: %s",
				vdc_proc_complaint(&end));
	if (!r && end.out.len)
		r = vdc_host_daemon_restart(target.shell, false, host->run->arena, &daemons, err);
	return r;
}

struct defining {
	const char *text;
};

/* In the child: libvirt refuses a definition that a domain of that name has under another UUID, and
 * takes one again that it has. */
static int define_all(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		      struct vdc_err *err)
{
	const struct defining *defining = ctx;
	const char *text = defining->text;
	int r = 0;

	for (const char *border; !r && (border = strstr(text, BORDER));
	     text = border + strlen(BORDER)) {
		vdc_autofree char *xml = vdc_strndup(text, (size_t)(border - text));

		r = vdc_errand_may(errand, err);
		if (!r)
			r = vdc_virt_define(virt, xml, err);
	}
	return r;
}

/* Its libvirt may have been restarted a moment ago. */
static int run_patiently(const struct vdc_errand_call *call, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + DAEMON_TIME;
	int r;

	while ((r = vdc_errand_run(call, err)) == -ECONNREFUSED && vdc_time_monotonic() < until)
		vdc_sleep(VDC_SECOND / 2);
	return r;
}

static void enrol(struct upgrade_host *host, struct vdc_err *err)
{
	const char *id = upgrade_memory(host, "sanlock_id");
	const struct vdc_target target = vdc_target_of(host->host, ERRAND_TIME, host->run->arena);
	struct defining defining = { host->steps[VDC_UPGRADE_ENROL].state };
	struct vdc_errand_call call = call_of(host, &target);
	int r = id && *id ? give_host_id(host, id, err) : 0;

	call.ctx = &defining;
	call.run = define_all;
	if (!r && defining.text && *defining.text)
		r = run_patiently(&call, err);
	if (r)
		host->failure = vdc_arena_strdup(host->run->arena, vdc_err_text(err));
}

int upgrade_enrol(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		  struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct vdc_err failure = { 0 };

		r = vdc_job_check(run->lease, run->db, err);
		if (!r && hosts[i]->host)
			enrol(hosts[i], &failure);
	}
	return r;
}
