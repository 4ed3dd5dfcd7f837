/* Names as the programmer wrote them, from those that C++ and Rust compilers make. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_DEMANGLE_H
#define PINHOLE_TRACER_SYMBOLS_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes what a mangled name (Itanium C++ ABI; Rust, its legacy scheme and v0) stands for: scopes and template
 * arguments, no parameters, no hash. Where it does not fit into `room` bytes (at least 1) it is cut short, and
 * demangling ends there, so that a name that stands for terabytes costs nothing. false: the name is no such one, and
 * `to` holds anything. */
bool demangle(const char *mangled, char *to, size_t room);

#endif
