/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A guest that ends at once in the way ACTION names: off, reset (both by PSCI)
 * or crash (by Xen's own call).  It has the header of a Linux arm64 Image and
 * lives in one page without a stack.
 */

    .text
    b start
    nop
    .quad 0                     /* text offset */
    .quad 4096                  /* image size */
    .quad 0xa                   /* 4 KiB pages, placed anywhere */
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .long 0

start:
#if ACTION == 1                 /* PSCI SYSTEM_OFF */
    mov w0, #0x0008
    movk w0, #0x8400, lsl #16
    hvc #0
#elif ACTION == 2               /* PSCI SYSTEM_RESET */
    mov w0, #0x0009
    movk w0, #0x8400, lsl #16
    hvc #0
#else                           /* sched_op, SCHEDOP_shutdown, crash */
    mov x16, #29
    mov x0, #2
    adr x1, reason
    hvc #0xea1
#endif
forever:
    wfi
    b forever

    .balign 8
reason:
    .long 3
    .balign 4096
