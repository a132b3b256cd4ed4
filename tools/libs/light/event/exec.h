/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a child does between fork and exec.
 */
#ifndef LIBXL_EVENT_EXEC_H
#define LIBXL_EVENT_EXEC_H

#include "event/child.h"

/* Our own environment, with the variables of add added or replaced. */
const char **libxl__exec_environment(libxl__gc *gc, const char *const *add);

/*
 * Runs the program, or forks the service, of spec.  If exec fails, error_fd
 * gets the errno value.
 */
_Noreturn void libxl__exec_become(const libxl__child_spec *spec,
                                  const char **env, int error_fd);

#endif
