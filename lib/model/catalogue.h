/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The catalogue of compatibility levels, as man page vdc-levels(5) describes its files: families of
 * levels, what a host must run for each, what comes with it. It is read from files (doc/catalogue.h),
 * never from the database, and does not change while a command runs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/kind.h"

/* Levels in one family, so that a set of them is a word. */
enum { VDC_FAMILY_LEVELS_MAX = 64 };
typedef uint64_t vdc_level_set; /* bit I: levels[I] of the family */

/*
 * What a host must have, all of it. Releases as vdc_release_parse gives them, 0 = does not matter;
 * "from" is included, "below" is not. Several of these are alternatives.
 */
struct vdc_level_support {
	uint64_t agent_from, agent_below;
	uint64_t os_from, os_below; /* only with os_ids */
	uint64_t libvirt_from, libvirt_below;
	uint64_t qemu_from, qemu_below;
	const char *os_ids;	  /* words: ID of os-release: "rhel centos rocky"; NULL = any */
	const char *architecture; /* NULL = any */
	bool machine; /* it must offer one of the level's machine types of its architecture */
};

/* Machine types of a level on one architecture. */
struct vdc_level_machine {
	const char *architecture; /* as libvirt names it: x86_64 */
	const char *chipset;	  /* what `bios_type` chooses between: "q35", "i440fx", "" */
	const char *name; /* pc-q35-rhel8.3.0; the first one of a chipset is the level's own */
};

/* VDC_UNSET = no limit known. */
struct vdc_level_limits {
	int64_t vcpus, sockets, cores_per_socket, threads_per_core;
	int64_t memory; /* bytes */
};

struct vdc_level_arch_limits {
	const char *architecture;
	struct vdc_level_limits limits;
};

/* What a level brings or takes away; one that a lower level has and no higher one drops is kept. */
struct vdc_level_feature {
	const char *name;	   /* stable word: "incremental_backup" */
	const char *title;	   /* one line for people */
	const char *architectures; /* words; NULL = all */
	vdc_level_set levels;	   /* that have it */
};

struct vdc_level_entry {
	struct vdc_level level;
	const char *label;	/* as its makers call it: "6.0.0 R5"; never NULL */
	const char *since;	/* product that brought it: "RHV 4.4.3"; may be NULL */
	int64_t storage_format; /* enum vdc_storage_format; VDC_UNSET = says nothing */
	const struct vdc_level_support *supports;
	size_t n_supports;
	const struct vdc_level_machine *machines;
	size_t n_machines;
	const struct vdc_level_arch_limits *limits;
	size_t n_limits;
	vdc_level_set
		enters; /* levels that a running VM of this one may enter in another cluster */
	const char *enters_architectures; /* words: only there; NULL = all */
};

/* A machine type that QEMU stops offering. */
struct vdc_level_removal {
	const char *machine;
	const char *architecture;
	uint64_t qemu; /* first release without it */
};

struct vdc_level_family {
	const char *name; /* "rhv" */
	const char *title;
	const char *file;		      /* where it was read, for messages */
	const struct vdc_level_entry *levels; /* ascending */
	size_t n_levels;
	const struct vdc_level_feature *features;
	size_t n_features;
	const struct vdc_level_removal *removals;
	size_t n_removals;
};

struct vdc_catalogue {
	const struct vdc_level_family *families;
	size_t n_families;
};

/* NULL when there is none; NAME may be NULL. */
const struct vdc_level_family *vdc_catalogue_family(const struct vdc_catalogue *catalogue,
						    const char *name);
/* Index in family->levels, -1 when the family has no such level. */
int vdc_family_level(const struct vdc_level_family *family, struct vdc_level level);
const struct vdc_level_feature *vdc_family_feature(const struct vdc_level_family *family,
						   const char *name);
/* Of the level itself, on that architecture; members are VDC_UNSET where nothing is said. */
struct vdc_level_limits vdc_level_limits_of(const struct vdc_level_entry *entry,
					    const char *architecture);
/* Whether MACHINE (a versioned type) is one of the level's; NULL as architecture: on any. */
bool vdc_level_has_machine(const struct vdc_level_entry *entry, const char *architecture,
			   const char *machine);
/* Index of the newest level that MACHINE belongs to, -1 for none. Several levels can share a type:
 * ask the level that a VM should have first. */
int vdc_family_machine_level(const struct vdc_level_family *family, const char *architecture,
			     const char *machine);
/* By which entry QEMU does not offer MACHINE any more; NULL: it does, or QEMU is 0, unknown. */
const struct vdc_level_removal *vdc_family_removal(const struct vdc_level_family *family,
						   const char *architecture, const char *machine,
						   uint64_t qemu);
/* The level's own machine type of that chipset (NULL: of its first), NULL for none. */
const char *vdc_level_machine_of(const struct vdc_level_entry *entry, const char *architecture,
				 const char *chipset);
