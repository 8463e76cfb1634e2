/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fence_device.h"

#include "model/fields.h"

const struct vdc_enum vdc_fence_option_type_values = {
	.name = "type of option",
	VDC_WORD_LIST("string", "boolean", "integer", "second", "select"),
};

#define NOUN struct vdc_fence_device
static const struct vdc_field device_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "its type"),
	VDC_F_TEXT(type, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "what a host is given"),
	VDC_F_TEXT(program, VDC_REQUIRED | VDC_LISTED, .title = "AGENT",
		   .help = "the program that drives it"),
	VDC_F_TEXT(description, VDC_LISTED, .help = "what it is"),
	VDC_F_WORDS(actions, "action", 0, .help = "what its agent can do"),
	VDC_F_PROPERTIES(defaults, "option", 0, .help = "options that are sent unless given"),
	VDC_F_TEXT(note, 0, .help = "what to think of when it is chosen"),
};
#undef NOUN

#define NOUN struct vdc_fence_option
static const struct vdc_field option_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "type of the device, and name"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .title = "OPTION",
		   .help = "its name"),
	VDC_F_ENUM(type, vdc_fence_option_type_values, VDC_LISTED, .help = "what it takes"),
	VDC_F_BOOL(required, 0, .help = "the agent wants it, under this or its older name"),
	{ .name = "default", /* no name for a member */
	  .type = VDC_TEXT,
	  .flags = VDC_LISTED,
	  .offset = offsetof(NOUN, preset),
	  .help = "what counts without it" },
	VDC_F_TEXT(choices, 0, .help = "the values that it can have, between '|'"),
	VDC_F_TEXT(older, 0, .help = "its former name"),
	VDC_F_TEXT(description, VDC_LISTED, .help = "what it is for"),
	VDC_F_BOOL(deprecated, 0, .help = "it is a former name of another option"),
};

const struct vdc_kind vdc_fence_device_kind = {
	.name = "fence_device",
	.plural = "fence_devices",
	.word = "fence-device",
	.help = "a device that the fence agents of this machine can drive",
	.size = sizeof(struct vdc_fence_device),
	.fields = device_fields,
	.n_fields = VDC_COUNT(device_fields),
};

const struct vdc_kind vdc_fence_option_kind = {
	.name = "fence_option",
	.plural = "fence_options",
	.word = "fence-option",
	.help = "an option of a fence agent",
	.size = sizeof(struct vdc_fence_option),
	.fields = option_fields,
	.n_fields = VDC_COUNT(option_fields),
};
