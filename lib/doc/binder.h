/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "doc/bind.h"
#include "doc/layout.h"

const struct vdc_layout *vdc_binder_layout(struct vdc_binder *binder, const struct vdc_kind *kind);
enum vdc_binder_use vdc_binder_use(const struct vdc_binder *binder);
