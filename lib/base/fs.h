/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kind of file system something lies on. */
#pragma once

/*
 * TYPE is f_type of statfs(2). The name of the network or cluster file system that it is, NULL for
 * a local one. FUSE counts as local: it says nothing about what is behind it.
 */
const char *vdc_fs_network(long type);
