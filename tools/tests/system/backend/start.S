/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The beginning of the bare backend: the header of a Linux arm64 Image, a
 * stack away from it, and the call into the hypervisor.
 */
#include "scratch.h"

    .section .text.start, "ax"
    b start
    nop
    .quad 0                     /* text offset */
    .quad _end                  /* image size */
    .quad 0xa                   /* 4 KiB pages, placed anywhere */
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .long 0

start:
    ldr x0, =SCRATCH_BASE       /* the stack grows down from there */
    mov sp, x0
    bl backend_main
    b .

    /* long hypercall(long number, long a, long b, long c) */
    .global hypercall
hypercall:
    mov x16, x0
    mov x0, x1
    mov x1, x2
    mov x2, x3
    hvc #0xea1
    ret
