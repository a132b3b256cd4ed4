/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Log files of programs.
 */
#ifndef LIBXL_BASE_LOG_FILE_H
#define LIBXL_BASE_LOG_FILE_H

#include "base/memory.h"

/* Returns the path of the log NAME.log. */
const char *libxl__log_path(libxl__gc *gc, const char *name);

/*
 * Makes room for the log NAME.log in the directory of logs: the old ones become
 * NAME.log.1, NAME.log.2 and so on.  *path_r is that of the new one, which the
 * caller creates.  Returns ERROR_FAIL or ERROR_INVAL, logged.
 */
int libxl__log_rotate(libxl__gc *gc, const char *name, const char **path_r);

#endif
