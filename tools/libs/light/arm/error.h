/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * How the guest machine room says what went wrong.  It owns no log: the
 * caller logs the message once, at its own boundary, and picks its own code
 * from the kind of fault.
 */
#ifndef ARM_ERROR_H
#define ARM_ERROR_H

enum arm_fault {
    ARM_FAULT_NONE,
    ARM_FAULT_CONFIG, /* the guest's configuration: the user can mend it */
    ARM_FAULT_NOMEM,  /* this process ran out of memory */
    ARM_FAULT_BUG,    /* our own mistake, or a broken library below us */
};

/*
 * Functions of this room return 0, or -1 with the fault and one line of
 * text set: lower case, no newline at its end.  The first error stays.
 */
struct arm_error {
    enum arm_fault fault;
    char message[500];
};

/* Keeps the first error only.  Always returns -1, for `return`. */
int arm_error_set(struct arm_error *error, enum arm_fault fault,
                  const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * A name for an error, which must have room for the rest.  Of a long path the
 * middle is left out.  Returns name or text.
 */
#define ARM_NAME_SIZE 120
const char *arm_name_text(const char *name, char text[ARM_NAME_SIZE]);

#endif
