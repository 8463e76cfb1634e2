/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host that nobody proved down and that has booted: its HA VMs are queued, and no others. */
#include "act/apply.h"
#include "act/ha_job.h"
#include "base/time.h"
#include "scratch_store.h"

#define OLD_BOOT "11111111-1111-1111-1111-111111111111"
#define NEW_BOOT "22222222-2222-2222-2222-222222222222"
#define XML                                                                                      \
	"<domain type='qemu'><name>%s</name><uuid>%s</uuid><memory>65536</memory><vcpu>1</vcpu>" \
	"<os><type arch='x86_64'>hvm</type></os></domain>"

static void add_vm(struct scratch *s, const char *name, const char *status, const char *ha)
{
	put(s->db, &vdc_vm_kind,
	    OBJECT(&vdc_vm_kind, "name", name, "cluster", "c1", "host", "h1", "status", status,
		   "high_availability", ha));
}

static void begin(struct scratch *s)
{
	populate(s->db);
	script(s->db, "UPDATE vms SET status = 'down', host_id = NULL;"
		      "UPDATE hosts SET status = 'non_responsive', seen = 1, failures = 5, "
		      "boot_id = '" OLD_BOOT "' WHERE name = 'h1'");
	add_vm(s, "ha", "unknown", "true");
	add_vm(s, "leaving", "migrating", "true");
	add_vm(s, "plain", "unknown", "false");
	add_vm(s, "stopped", "down", "true");
	add_vm(s, "autostarted", "unknown", "true");
	add_vm(s, "saved", "unknown", "true");
}

static struct vdc_look_domain domain(struct scratch *s, const char *name, enum vdc_virt_state state,
				     const char *reason)
{
	const struct vdc_vm *vm = get(s->db, &vdc_vm_kind, name);

	return (struct vdc_look_domain){
		.virt = {
			.uuid = vm->id,
			.name = name,
			.xml = vdc_arena_format(arena, XML, name, vm->id),
			.state = state,
			.reason = reason,
			.managed_save = strcmp(reason, "saved") == 0,
		},
		.cpu = -1,
	};
}

/* h1 answers: it knows two of them, one runs and one was saved, and the definition of another. */
static void look(struct scratch *s, const char *boot_id)
{
	struct vdc_look_domain domains[] = {
		domain(s, "autostarted", VDC_VIRT_RUNNING, "booted"),
		domain(s, "saved", VDC_VIRT_SHUTOFF, "saved"),
		domain(s, "ha", VDC_VIRT_SHUTOFF, "unknown"),
	};
	struct vdc_look look = {
		.arena = arena,
		.at = vdc_time_now(),
		.virt = { .capabilities = "<capabilities/>",
			  .domain_capabilities = "<domainCapabilities/>" },
		.facts = { .boot_id = boot_id,
			   .bridges = "",
			   .packages = "",
			   .memory_available = -1 },
		.has_facts = true,
		.domains = domains,
		.n_domains = VDC_COUNT(domains),
		.cpu = -1,
		.has_host = true,
		.complete = true,
	};
	const struct vdc_host *h1 = get(s->db, &vdc_host_kind, "h1");
	const struct vdc_claims claims = { 0 };
	const struct vdc_apply_input input = {
		.host_id = h1->id,
		.look = &look,
		.seen = VDC_UNSET,
		.claims = &claims,
	};
	const struct vdc_apply_options options = { .begun = vdc_time_now() };
	struct vdc_applied applied;
	struct vdc_err err = { 0 };

	must(vdc_apply(s->db, &options, &input, arena, &applied, &err), &err);
}

static void queued_when_it_has_booted(void **state)
{
	SCRATCH(s);

	begin(s);
	look(s, NEW_BOOT);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM jobs WHERE action = 'ha-restart'"),
			 1);
	assert_int_equal(number_of(s->db,
				   "SELECT COUNT(*) FROM steps WHERE action = 'ha_start' AND "
				   "status = 'queued' AND object_name IN ('ha', 'leaving')"),
			 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM steps"), 2);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM vms WHERE name = 'ha' AND status = "
					  "'down' AND exit_status = 'error'"),
			 1);
	/* Seen again it is the same boot. */
	look(s, NEW_BOOT);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM steps"), 2);
}

static void and_not_when_it_was_silent(void **state)
{
	SCRATCH(s);

	begin(s);
	look(s, OLD_BOOT);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM jobs WHERE action = 'ha-restart'"),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(queued_when_it_has_booted),
		on_both(and_not_when_it_was_silent),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
