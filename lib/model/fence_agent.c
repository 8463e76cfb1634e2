/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fence_agent.h"

#include <string.h>

#include "model/fields.h"
#include "model/host.h"

/* No key: two plugs of one switch differ only in their options. */
#define NOUN struct vdc_fence_agent
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(host, vdc_host_kind, VDC_REQUIRED | VDC_LISTED | VDC_PART,
		  .help = "host whose power it switches"),
	VDC_F_INT(agent_order, VDC_REQUIRED | VDC_LISTED, .path = "order", .preset = "1",
		  .title = "ORDER", VDC_RANGE(1, 1000),
		  .help = "groups are tried in this order; agents with the same number together"),
	VDC_F_TEXT(type, VDC_REQUIRED | VDC_LISTED,
		   .help = "kind of device: ipmilan, drac5, apc_snmp, ..."),
	VDC_F_TEXT(address, VDC_LISTED, .help = "where the device is"),
	VDC_F_INT(port, 0, VDC_RANGE(1, 65535),
		  .help = "its TCP or UDP port; without one: the agent's own"),
	VDC_F_TEXT(username, 0, .help = "who logs in"),
	VDC_F_TEXT(password, VDC_SECRET_REF,
		   .help = "where the password is: file:PATH, cmd:COMMAND or cred:NAME"),
	VDC_F_TEXT(plug, 0, .older = "slot", .help = "outlet, blade or slot of the host"),
	VDC_F_BOOL(encrypt_options, 0, .help = "the options travel encrypted"),
	VDC_F_PROPERTIES(options, "option", 0, .help = "options of the agent"),
	VDC_F_TEXT(raw_option, 0, .help = "lines that are handed to the agent as they are"),
};

/* Python trims all white space of Unicode: whatever is not ASCII is taken for such. */
const char *vdc_fence_line_name(const char *line, size_t *len)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-.";

	while (*line && *line != '\n' && *line != '\r' &&
	       ((unsigned char)*line <= ' ' || (unsigned char)*line >= 0x7f))
		line++;
	*len = strspn(line, name);
	return line;
}

bool vdc_fence_line_names_action(const char *line)
{
	size_t len;
	const char *name = vdc_fence_line_name(line, &len);

	return len == 6 && strncasecmp(name, "action", len) == 0;
}

const struct vdc_kind vdc_fence_agent_kind =
	VDC_KIND("agent", "agents", "fence-agent", "a device that switches the power of a host");
