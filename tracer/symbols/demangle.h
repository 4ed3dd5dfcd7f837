/* Turns the names that C++ and Rust compilers make into those that the programmer wrote.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_DEMANGLE_H
#define PINHOLE_TRACER_SYMBOLS_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the meaning of a mangled name (Itanium C++ ABI; Rust, its legacy scheme and v0): scopes
 * and template arguments, without parameters and hash. If it does not fit into `room` bytes (at
 * least 1), it is cut and demangling stops there, so that a name that expands to terabytes costs
 * nothing. false: not a mangled name; the content of `to` is then undefined. */
bool demangle(const char *mangled, char *to, size_t room);

#endif
