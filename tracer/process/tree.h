/* Ending a process with its descendants. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_TREE_H
#define PINHOLE_TRACER_PROCESS_TREE_H

#include <sys/types.h>

/* Kills a process and its descendants, as /proc/PID/task/TID/children names them (Linux 3.5, CONFIG_PROC_CHILDREN). They are stopped
 * first, so that none of them starts another one meanwhile. One file is open at a time, however deep the tree is. Not found: a
 * process whose parent has ended before, and descendants that there is no memory to note. */
void tree_kill(pid_t pid);

#endif
