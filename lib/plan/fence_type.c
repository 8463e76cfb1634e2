/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_type.h"

#include <string.h>

#define IPMI_PPC "lanplus=1\ncipher=1\nprivlvl=operator\npower_wait=4\nretry_on=2\n"
#define ILO_PPC "cipher=1\nprivlvl=operator\npower_wait=4\nretry_on=2\n"

#define TCP .port = "ipport"
#define SSH .secure = "secure", TCP
#define SSL .secure = "ssl", TCP
#define PLUG .slot = "port"

/* Privilege levels are small letters here: agents since 4.5 accept no others, older ones any. */
const struct vdc_fence_type vdc_fence_types[] = {
	{ "amt_ws", "fence_amt_ws", "Intel AMT over WS-Management", TCP, .defaults = "" },
	{ "apc", "fence_apc", "APC power switch, telnet or SSH", SSH, PLUG, .defaults = "",
	  .note = "a switch with firmware 5.x is driven by apc_snmp" },
	{ "apc_snmp", "fence_apc_snmp", "APC power switch, SNMP", TCP, PLUG, .port_is_slot = true,
	  .defaults = "" },
	{ "bladecenter", "fence_bladecenter", "IBM BladeCenter", SSH, PLUG, .defaults = "" },
	{ "cisco_ucs", "fence_cisco_ucs", "Cisco UCS Manager", SSL, PLUG, .defaults = "" },
	{ "drac5", "fence_drac5", "Dell DRAC 5 and Dell CMC, telnet or SSH", SSH, PLUG,
	  .defaults = "" },
	{ "drac7", "fence_idrac", "Dell iDRAC 7 and later, IPMI", TCP,
	  .defaults = "privlvl=operator\nlanplus=1\ndelay=10\n" },
	{ "eps", "fence_eps", "ePowerSwitch", TCP, PLUG, .defaults = "" },
	{ "hpblade", "fence_hpblade", "HP BladeSystem", SSH, PLUG, .port_is_slot = true,
	  .defaults = "" },
	{ "idrac", "fence_idrac", "Dell iDRAC, IPMI", TCP, .defaults = "lanplus=1\n" },
	{ "ilo", "fence_ilo", "HP iLO", SSL, .defaults = "" },
	{ "ilo2", "fence_ilo2", "HP iLO 2", SSL, .defaults = "" },
	{ "ilo3", "fence_ilo3", "HP iLO 3, IPMI", TCP, .defaults = "power_wait=4\n",
	  .ppc_defaults = ILO_PPC },
	{ "ilo4", "fence_ilo4", "HPE iLO 4 and later, IPMI", TCP, .defaults = "power_wait=4\n",
	  .ppc_defaults = ILO_PPC },
	{ "ilo_ssh", "fence_ilo_ssh", "HPE iLO over SSH", SSH, .defaults = "secure=1\n" },
	{ "ipmilan", "fence_ipmilan", "IPMI: most management boards, Lenovo and IBM IMM", TCP,
	  .defaults = "", .ppc_defaults = IPMI_PPC },
	{ "redfish", "fence_redfish", "Redfish: current management boards, HTTPS", SSL,
	  .defaults = "ssl_insecure=1\n",
	  .note = "the certificate of the device is not verified unless ssl_insecure=0 is given" },
	{ "rsa", "fence_rsa", "IBM RSA II, telnet or SSH", SSH, .defaults = "" },
	{ "rsb", "fence_rsb", "Fujitsu Siemens RSB, telnet or SSH", SSH, .defaults = "" },
	{ "wti", "fence_wti", "WTI power switch, telnet or SSH", SSH, PLUG, .defaults = "" },
	{ 0 },
};

const struct vdc_fence_type *vdc_fence_type_find(const char *name)
{
	for (const struct vdc_fence_type *type = vdc_fence_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	return NULL;
}

const char *vdc_fence_program(const char *type, struct vdc_arena *arena)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-";
	const struct vdc_fence_type *known = vdc_fence_type_find(type);

	if (known)
		return known->program;
	if (!*type || type[strspn(type, plain)])
		return NULL;
	if (strncmp(type, "fence_", 6) == 0)
		return type[6] ? vdc_arena_strdup(arena, type) : NULL;
	return vdc_arena_format(arena, "fence_%s", type);
}

/* What the firmware calls itself (dmidecode -s system-manufacturer). */
static const struct {
	const char *vendor;  /* begins so */
	const char *product; /* and has that in its product; NULL: any */
	const char *type;
} makers[] = {
	{ "HPE", NULL, "ilo4" },
	{ "HP", "G6", "ilo2" },
	{ "HP", "G7", "ilo3" },
	{ "HP", NULL, "ilo4" },
	{ "Hewlett", "G6", "ilo2" },
	{ "Hewlett", "G7", "ilo3" },
	{ "Hewlett", NULL, "ilo4" },
	{ "Dell", "PowerEdge 1950", "drac5" },
	{ "Dell", "PowerEdge 2950", "drac5" },
	{ "Dell", NULL, "idrac" },
	{ "IBM", NULL, "ipmilan" },
	{ "Lenovo", NULL, "ipmilan" },
};

const char *vdc_fence_type_of_vendor(const char *vendor, const char *product)
{
	for (size_t i = 0; vendor && i < VDC_COUNT(makers); i++) {
		if (strncasecmp(vendor, makers[i].vendor, strlen(makers[i].vendor)) != 0)
			continue;
		if (!makers[i].product || (product && strstr(product, makers[i].product)))
			return makers[i].type;
	}
	return NULL;
}
