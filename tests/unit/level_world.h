/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small catalogue and worlds for the tests of compatibility levels. */
#pragma once

#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "model/host.h"
#include "model/snapshot.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "model/vm_nic.h"
#include "model/world.h"

/*
 * Families: rhv 3.4 3.5 4.2 4.5 4.6 4.7, by agent, OS or libvirt; hci 6.0 6.2 6.8 6.9, by agent,
 * with pairs; qemu 7.2 8.2 9.0, by machine type.
 */
extern const struct vdc_catalogue test_catalogue;
enum { RHV_34, RHV_35, RHV_42, RHV_45, RHV_46, RHV_47, N_RHV };
enum { HCI_60, HCI_62, HCI_68, HCI_69 };
enum { QEMU_72, QEMU_82, QEMU_90 };

#define LEVELS(first, last) ((UINT64_C(2) << (last)) - (UINT64_C(1) << (first)))

struct test_world {
	struct vdc_arena *arena;
	struct vdc_world *world;
};

struct test_world test_world_new(void);

/* With id and name NAME and the presets of its kind; it is in the world. */
void *test_add(struct test_world *w, const struct vdc_kind *kind, const char *name);
struct vdc_data_center *test_data_center(struct test_world *w, const char *name, const char *level);
/* FAMILY and LEVEL may be NULL. Architecture x86_64, q35 with SeaBIOS. */
struct vdc_cluster *test_cluster(struct test_world *w, const char *name,
				 const struct vdc_data_center *dc, const char *family,
				 const char *level);
/* Up, with that agent; offers all machine types of family rhv but those of 4.7. */
struct vdc_host *test_host(struct test_world *w, const char *name,
			   const struct vdc_cluster *cluster, const char *agent);
/* Down. */
struct vdc_vm *test_vm(struct test_world *w, const char *name, const struct vdc_cluster *cluster);

/* Puts what is set in CHANGE into OBJECT, as carrying a change out does. */
void test_merge(const struct test_world *w, const struct vdc_kind *kind, void *object,
		const void *change);

char *test_text(const char *s);
struct vdc_level test_level(const char *text); /* NULL: not set */
