/* The part of YAML that Kubernetes' tools write (sigs.k8s.io/yaml), as JSON: mappings and sequences in blocks, plain and quoted
 * scalars, empty and one-line flow collections, comments. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_YAML_H
#define PINHOLE_POLICIES_IMPORT_YAML_H

#include "policies/import/import.h"

/* Appends the file's one document as JSON, in which each value stands on its line. Texts in block scalars are left out. Returns 0
 * or ERR_INPUT with the line: anchors, tags, scalars of several lines and further documents are not read. */
int yaml_to_json(const struct import_file *file, struct text *out, struct error *e);

#endif
