/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Highly available VMs whose host failed: which of them may be tried now, and when the others. The
 * rules are those of ovirt-engine's AutoStartVmsRunner: by priority, each VM held up by others of a
 * higher one for so long at most; one that does not start is tried again in short intervals, then in
 * long ones for ever.
 */
#pragma once

#include "model/vm.h"

/*
 * Whether it is to start elsewhere when its host fails: one that is highly available, or that always
 * is to run or to run again after a failure (KubeVirt's runStrategy). One that is to be off, or to
 * run once, is not, whatever else is said of it.
 */
bool vdc_ha_wants(const struct vdc_vm *vm);
