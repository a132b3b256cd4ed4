/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Where the bare backend keeps what does not fit into its image: 8 MiB into
 * RAM, where the toolstack puts nothing.
 */
#define SCRATCH_BASE 0x40800000
