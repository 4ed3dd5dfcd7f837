/* Converts YAML to JSON, as far as Kubernetes' tools write it (sigs.k8s.io/yaml): block mappings
 * and sequences, plain and quoted scalars, empty and one-line flow collections, comments.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_YAML_H
#define PINHOLE_POLICIES_IMPORT_YAML_H

#include "policies/import/import.h"

/* Appends the file's single document as JSON, with each value on the line where it stands in the
 * file. Block scalars are left out. Returns 0, or ERR_INPUT with the line: anchors, tags, scalars
 * of several lines and further documents are not supported. */
int yaml_to_json(const struct import_file *file, struct text *out, struct error *e);

#endif
