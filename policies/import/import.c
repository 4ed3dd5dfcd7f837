/* The table of formats, and functions that their readers share. SPDX-License-Identifier: MIT */
#include "policies/import/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/file.h"
#include "policies/import/importers.h"
#include "policies/import/policy_builder.h"

static int import_oci(const struct import_file *files, size_t n, const struct import_options *options,
		      struct import_result *out, struct text *warnings, struct error *e)
{
	(void)n;
	out->policy = policy_from_oci(files, options->arch, warnings, e);
	return out->policy != NULL ? 0 : e->code;
}

static int import_spo(const struct import_file *files, size_t n, const struct import_options *options,
		      struct import_result *out, struct text *warnings, struct error *e)
{
	(void)n;
	out->policy = policy_from_spo(files, options->arch, warnings, e);
	return out->policy != NULL ? 0 : e->code;
}

static int import_firecracker(const struct import_file *files, size_t n, const struct import_options *options,
			      struct import_result *out, struct text *warnings, struct error *e)
{
	(void)n;
	out->policy = policy_from_firecracker(files, options->arch, warnings, e);
	return out->policy != NULL ? 0 : e->code;
}

static int import_systemd(const struct import_file *files, size_t n, const struct import_options *options,
			  struct import_result *out, struct text *warnings, struct error *e)
{
	out->policy = policy_from_systemd(files, n, options->arch, warnings, e);
	return out->policy != NULL ? 0 : e->code;
}

static int import_minijail(const struct import_file *files, size_t n, const struct import_options *options,
			   struct import_result *out, struct text *warnings, struct error *e)
{
	(void)n;
	out->policy = policy_from_minijail(files, options->arch, file_read, warnings, e);
	return out->policy != NULL ? 0 : e->code;
}

static int import_kafel(const struct import_file *files, size_t n, const struct import_options *options,
			struct import_result *out, struct text *warnings, struct error *e)
{
	(void)n;
	out->policy = policy_from_kafel(files, options->arch, warnings, e);
	return out->policy != NULL ? 0 : e->code;
}

static const struct import_format formats[] = {
	{"strace", "logs of strace, to a profile", false, true, import_strace},
	{"oci", "a container's seccomp profile (OCI, Docker, Podman), to a policy", true, false, import_oci},
	{"spo", "a SeccompProfile of the Security Profiles Operator, to a policy", true, false, import_spo},
	{"firecracker", "a filter of Firecracker's seccompiler-bin, to a policy", true, false, import_firecracker},
	{"systemd", "a service's unit file and drop-ins, to a policy", true, true, import_systemd},
	{"minijail", "a policy file of minijail0 -S, to a policy", true, false, import_minijail},
	{"kafel", "a policy in Kafel's language, to a policy", true, false, import_kafel},
	{"rows", "rows of export, or of a database that keeps them, to a profile", false, true, import_rows},
	{"audit", "denials in the kernel's, the audit or the journal's log, to a profile", false, true, import_audit},
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

const struct import_format *import_format_at(size_t i)
{
	return i < FORMATS ? &formats[i] : NULL;
}

const struct import_format *import_format(const char *name, struct error *e)
{
	struct text known = {0};
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	for (size_t i = 0; i < FORMATS; i++)
		text_add(&known, "%s%s", i > 0 ? ", " : "", formats[i].name);
	error_set(e, ERR_INPUT, "-f %.40s: one of %s", name, text_string(&known));
	text_free(&known);
	return NULL;
}

bool lines_next(struct lines *l)
{
	if (l->at >= l->file->n || l->text.failed)
		return false;
	const char *from = l->file->bytes + l->at, *end = memchr(from, '\n', l->file->n - l->at);
	size_t n = end != NULL ? (size_t)(end - from) : l->file->n - l->at;
	l->at += n + 1;
	l->number++;
	n -= n > 0 && from[n - 1] == '\r';
	l->text.count = 0;
	text_add_bytes(&l->text, from, n);
	if (l->text.failed)
		return false;
	/* A log has NULs where a machine crashed while writing: replace them by blanks for string
	 * functions. */
	for (char *nul = l->text.bytes; (nul = memchr(nul, '\0', (size_t)(l->text.bytes + n - nul))) != NULL;)
		*nul = ' ';
	return true;
}

/* At most this many different remarks are kept; further ones are counted. */
enum { REMARKS = 40 };

void remark(struct remarks *r, const struct lines *at, const char *format, ...)
{
	char text[300];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < r->list.count; i++)
		if (strcmp(r->list.items[i].text, text) == 0) {
			r->list.items[i].lines++;
			return;
		}
	if (r->list.count == REMARKS) {
		r->others++;
		return;
	}
	struct remark new = {strdup(text), at->file->name, at->number, 1};
	if (new.text == NULL || !vec_push(&r->list, new)) {
		free(new.text);
		r->failed = true;
	}
}

void remarks_tell(const struct remarks *r, struct text *out)
{
	for (size_t i = 0; i < r->list.count; i++) {
		const struct remark *m = &r->list.items[i];
		text_add(out, "%s: line %zu: %s", m->file, m->line, m->text);
		if (m->lines > 1)
			text_add(out, " (so are %zu lines)", m->lines);
		text_add(out, "\n");
	}
	if (r->others > 0)
		text_add(out, "and %zu more line%s of other kinds\n", r->others, plural_s(r->others));
	out->failed |= r->failed;
}

void remarks_free(struct remarks *r)
{
	for (size_t i = 0; i < r->list.count; i++)
		free(r->list.items[i].text);
	vec_free(&r->list);
}

/* FNV-1a (Fowler, Noll, Vo) of 128 bits: http://www.isthe.com/chongo/tech/comp/fnv/. */
void digest_add(struct digest *d, const void *bytes, size_t n)
{
	unsigned __int128 hash = ((unsigned __int128)0x6c62272e07bb0142u << 64) | 0x62b821756295c58du;
	unsigned __int128 prime = ((unsigned __int128)1 << 88) | 0x13b;
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ ((const unsigned char *)bytes)[i]) * prime;
	d->sum += hash;
}

void digest_label(struct digest *d, const char *label)
{
	struct text named = {0};
	if (label == NULL)
		return;
	text_add(&named, "label %s", label);
	digest_add(d, text_string(&named), named.count);
	text_free(&named);
}

void digest_text(const struct digest *d, char out[33])
{
	snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, (uint64_t)(d->sum >> 64), (uint64_t)d->sum);
}
