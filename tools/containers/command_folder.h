/* A folder for the files of one command that starts a container. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_COMMAND_FOLDER_H
#define PINHOLE_TOOLS_COMMAND_FOLDER_H

#include "policies/base/error.h"
#include "policies/base/text.h"

/* The files that may be in it. */
#define COMMAND_PROFILE "seccomp.json"
#define COMMAND_SOCKET "socket"

/* Makes a folder for this user alone, where the path of a socket is short: in XDG_RUNTIME_DIR, /run or /tmp. Appends its path. Removes
 * those that killed processes of this user have left there. Returns a descriptor, which holds the folder's lock and must stay open as
 * long as the folder is used; or a negative code. */
int command_folder_make(struct text *path, struct error *e);

/* Removes the folder with its files, and closes the descriptor. Does nothing with descriptor -1. */
void command_folder_remove(const char *path, int descriptor);

#endif
