/* A call in strace's log: its arguments, its result, and the fact that it becomes.
 * SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policies/import/strace/strace.h"

/* Splitting. ------------------------------------------------------------------------------------------------------ */

/* Returns the text after a string, comment or decoration that begins at s; NULL: it is cut off. */
static const char *skip_string(const char *s)
{
	for (s++; *s != '\0' && *s != '"'; s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
	return *s == '"' ? s + 1 : NULL;
}

const char *strace_comment(const char *s, const char *end)
{
	for (size_t depth = 0; end - s >= 2;) {
		bool opens = s[0] == '/' && s[1] == '*', closes = s[0] == '*' && s[1] == '/';
		depth += opens;
		depth -= closes;
		s += opens || closes ? 2 : 1;
		if (depth == 0)
			return s;
	}
	return NULL;
}

/* "</etc/passwd>", "<TCP:[127.0.0.1:1->127.0.0.1:2]>", "<UNIX:[12,\"/run/x\"]>", "</dev/null<char 1:3>>": strace
 * escapes
 * "<" and ">" of paths, so that in "</tmp/x->" there is no arrow, but not of what it has in quotes. */
static const char *skip_decoration(const char *s)
{
	bool path = s[1] == '/';
	for (int depth = 0; s != NULL && *s != '\0';) {
		bool arrow = !path && (*s == '-' || *s == '=') && s[1] == '>';
		depth += (*s == '<') - (*s == '>');
		if (depth == 0)
			return s + 1;
		s = *s == '"' && !path ? skip_string(s) : arrow || (*s == '\\' && s[1] != '\0') ? s + 2 : s + 1;
	}
	return NULL;
}

/* Whether "<" at s begins a decoration of the text before it; "1<<21" is a number. */
static bool is_decoration(const char *s, const char *from)
{
	return *s == '<' && s > from && (isalnum((unsigned char)s[-1]) || s[-1] == '_') && s[1] != '<' && s[1] != '=';
}

static void add_piece(struct strace_call *c, const char *from, const char *end)
{
	while (from < end && *from == ' ')
		from++;
	while (end > from && end[-1] == ' ')
		end--;
	if (c->count == STRACE_PIECES)
		return;
	c->pieces[c->count].text = from;
	c->pieces[c->count++].n = (size_t)(end - from);
}

void strace_call_split(const char *text, bool unfinished, struct strace_call *out)
{
	const char *from = text, *s = text, *end = text + strlen(text);
	int depth = 0;
	out->count = 0;
	out->whole = false;
	out->result = NULL;
	while (*s != '\0') {
		if (depth == 0 && (*s == ',' || *s == ')')) {
			if (*s == ',' || out->count > 0 || strspn(from, " ") != (size_t)(s - from))
				add_piece(out, from, s);
			from = s + 1;
			out->whole = *s == ')';
		}
		if (out->whole)
			break;
		const char *next = *s == '"'			? skip_string(s)
				   : s[0] == '/' && s[1] == '*' ? strace_comment(s, end)
				   : *s == '<' && s[1] == '<'	? s + 2
				   : is_decoration(s, text)	? skip_decoration(s)
								: s + 1;
		if (next == NULL)
			return; /* it is cut off here */
		depth += (*s == '(' || *s == '[' || *s == '{') - (*s == ')' || *s == ']' || *s == '}');
		s = next;
	}
	if (out->whole) {
		s++;
		s += strspn(s, " ");
		out->result = *s == '=' ? s + 1 + strspn(s + 1, " ") : NULL;
	} else if (unfinished && depth == 0 && strspn(from, " ") < strlen(from)) {
		add_piece(out, from, from + strlen(from));
	}
}

unsigned strace_call_error(const struct strace_call *c)
{
	char name[24];
	if (c->result == NULL || strncmp(c->result, "-1 ", 3) != 0)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)strspn(c->result + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
		 c->result + 3);
	int error = errno_by_name(name);
	const char *number = strstr(c->result, "(errno ");
	if (error < 0 && number != NULL)
		error = atoi(number + strlen("(errno "));
	return error > 0 && error <= 4095 ? (unsigned)error : 0;
}

long strace_call_returned(const struct strace_call *c)
{
	if (c->result == NULL || !isdigit((unsigned char)c->result[0]))
		return -1;
	return strtol(c->result, NULL, 0);
}

/* Appends the byte of an escape, given the text after its backslash, and returns the text after the
 * escape. */
static const char *add_escape(const char *s, const char *end, struct text *out)
{
	static const char letters[] = "nrtvfab", bytes[] = "\n\r\t\v\f\a\b";
	const char *letter = memchr(letters, *s, sizeof(letters) - 1);
	unsigned byte = 0, n = 0;
	if (*s == 'x') {
		for (s++; n < 2 && s < end && isxdigit((unsigned char)*s); s++, n++)
			byte = byte * 16 + (unsigned)(isdigit((unsigned char)*s) ? *s - '0' : (*s | 0x20) - 'a' + 10);
	} else if (*s >= '0' && *s <= '7') {
		for (; n < 3 && s < end && *s >= '0' && *s <= '7'; s++, n++)
			byte = byte * 8 + (unsigned)(*s - '0');
	} else {
		byte = (unsigned char)(letter != NULL ? bytes[letter - letters] : *s);
		s++;
	}
	char c = (char)byte;
	if (c != '\0')
		text_add_bytes(out, &c, 1);
	return s;
}

bool strace_string(const char *piece, size_t n, struct text *out)
{
	const char *end = piece + n;
	if (n == 0 || *piece != '"')
		return false;
	for (piece++; piece < end && *piece != '"';)
		if (*piece == '\\' && piece + 1 < end)
			piece = add_escape(piece + 1, end, out);
		else
			text_add_bytes(out, piece++, 1);
	/* "…" and dots: shortened by strace -s. */
	return piece < end && !(piece + 1 < end && piece[1] == '.');
}

/* Which piece is which argument.
 * ------------------------------------------------------------------------------- */

/* strace prints a 64-bit number that takes two arguments as one piece, and the next ones move. With
 * -e raw it does not: then there are as many pieces as arguments, and no row applies. */
static const struct layout {
	const char *name;
	arch_set archs;
	unsigned pieces;
	int8_t at[6]; /* by argument: its piece */
} layouts[] = {
    {"preadv2", ARCH_ALL, 5, {0, 1, 2, 3, 3, 4}},
    {"pwritev2", ARCH_ALL, 5, {0, 1, 2, 3, 3, 4}},
    {"_llseek", ARCH_BIT(ARCH_I386), 4, {0, 1, 1, 2, 3, -1}},
    {"fadvise64", ARCH_BIT(ARCH_I386), 4, {0, 1, 1, 2, 3, -1}},
    {"fadvise64_64", ARCH_BIT(ARCH_I386), 4, {0, 1, 1, 2, 2, 3}},
    {"fanotify_mark", ARCH_BIT(ARCH_I386), 5, {0, 1, 2, 2, 3, 4}},
    {"sync_file_range", ARCH_BIT(ARCH_I386), 4, {0, 1, 1, 2, 2, 3}},
};

/* "flags=CLONE_VM|…": clone's arguments have names. Returns the length of the name and "=", or 0. */
static size_t label_length(const struct strace_call *c, unsigned piece)
{
	const char *s = c->pieces[piece].text;
	size_t n = 0;
	while (n < c->pieces[piece].n && (islower((unsigned char)s[n]) || s[n] == '_'))
		n++;
	return n > 0 && n < c->pieces[piece].n && s[n] == '=' ? n + 1 : 0;
}

/* Returns the piece that holds argument i, found by name if pieces have names; -1: none. */
static int find_piece(const struct strace_call *c, const struct syscall_desc *call, unsigned i)
{
	bool labels = false;
	for (unsigned k = 0; k < c->count; k++) {
		size_t n = label_length(c, k);
		labels |= n > 0;
		if (n > 0 && strlen(call->args[i].name) == n - 1 &&
		    strncmp(c->pieces[k].text, call->args[i].name, n - 1) == 0)
			return (int)k;
	}
	if (labels)
		return -1;
	for (size_t k = 0; k < sizeof(layouts) / sizeof(layouts[0]); k++)
		if (strcmp(layouts[k].name, call->name) == 0 && (layouts[k].archs & ARCH_BIT(c->arch)) &&
		    c->count <= layouts[k].pieces)
			return layouts[k].at[i] < (int)c->count ? layouts[k].at[i] : -1;
	return i < c->count ? (int)i : -1;
}

/* Facts.
 * --------------------------------------------------------------------------------------------------------------- */

/* clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, …} => {…}, 88): finds the flags in it. */
static bool pointed_flags(const char **text, size_t *n)
{
	static const char before[] = "{flags=";
	size_t skip = sizeof(before) - 1;
	if (*n < skip || strncmp(*text, before, skip) != 0)
		return false;
	*text += skip;
	*n -= skip;
	for (size_t k = 0; k < *n; k++)
		if ((*text)[k] == ',' || (*text)[k] == '}')
			*n = k;
	return true;
}

/* Reads argument i into the key's values. false: its value is unknown, and a remark says why. */
static bool read_argument(const struct strace_call *c, const struct syscall_desc *call, unsigned i, uint64_t *value,
			  const struct lines *at, struct remarks *remarks)
{
	int piece = find_piece(c, call, i);
	const char *name = call->args[i].name;
	if (piece < 0) {
		remark(remarks, at, "%s does not show %s%s: it counts as any value", call->name, name,
		       c->whole ? "" : " (the line ends before it)");
		return false;
	}
	size_t skip = label_length(c, (unsigned)piece), n = c->pieces[piece].n - skip;
	const char *text = c->pieces[piece].text + skip;
	if (call->args[i].kind == ARG_POINTED && !pointed_flags(&text, &n))
		return false; /* an address */
	int known = strace_value(call, c->arch, i, text, n, value);
	if (known != 0) {
		remarks->failed |= known < 0;
		return known > 0;
	}
	remark(remarks, at, "%s: \"%.*s\" is not a known value of %s: it counts as any value", call->name,
	       (int)(n > 80 ? 80 : n), text, name);
	return false;
}

static struct fact_key make_key(const struct strace_call *c, enum arch arch, uint32_t nr, const struct lines *at,
				struct remarks *remarks)
{
	struct fact_key key = {.phase = PHASE_MAIN, .arch = (uint8_t)arch, .nr = nr};
	const struct syscall_desc *plain = abi_by_nr(arch, nr), *call;
	struct syscall_desc room;
	uint8_t known = 0;
	for (unsigned i = 0; i < 6 && plain != NULL; i++) {
		call = abi_select(plain, arch, key.values, known, &room);
		if (!(syscall_checkable(call) >> i & 1))
			continue;
		if (read_argument(c, call, i, &key.values[i], at, remarks))
			known |= (uint8_t)(1u << i);
		else
			key.values[i] = 0;
	}
	key.args = known;
	return key;
}

/* i386 has two calls that stand for many others, and strace prints the other call: socket(…) for
 * socketcall(SYS_SOCKET, …), the same as for socket itself. */
static bool call_behind(const struct strace_call *c, struct fact_key *key)
{
	static const struct {
		const char *call, *prefix;
	} fronts[] = {{"socketcall", "SYS_"}, {"ipc", ""}};
	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
		const struct syscall_desc *front = abi_call(ARCH_I386, fronts[i].call);
		const struct name_set *set = front->args[0].set;
		size_t n = strlen(fronts[i].prefix);
		for (size_t k = 0; k < set->count; k++) {
			const struct name_value *v = &set->values[k];
			if (strncmp(v->name, fronts[i].prefix, n) != 0 || strcasecmp(v->name + n, c->name) != 0)
				continue;
			*key = (struct fact_key){.phase = PHASE_MAIN,
						 .arch = ARCH_I386,
						 .args = 1,
						 .nr = (uint32_t)front->nr[ARCH_I386],
						 .values = {v->value}};
			return true;
		}
	}
	return false;
}

/* The number of a name on the architecture that the thread seems to have; or on the other one of
 * the same processor, because the line that says that it changed may be missing. */
static int find_number(const struct strace_call *c, enum arch *arch, uint32_t *nr)
{
	static const enum arch others[ARCH_COUNT] = {
	    [ARCH_X86_64] = ARCH_I386, [ARCH_I386] = ARCH_X86_64, [ARCH_AARCH64] = ARCH_AARCH64};
	static const char unknown[] = "syscall_0x"; /* too new for that strace, but perhaps not for the tables */
	char *end;
	*arch = c->arch;
	if (strncmp(c->name, unknown, sizeof(unknown) - 1) == 0) {
		unsigned long long number = strtoull(c->name + sizeof(unknown) - 1, &end, 16);
		*nr = (uint32_t)number;
		return *end == '\0' && end > c->name + sizeof(unknown) - 1 && number <= UINT32_MAX ? 0 : ERR_INPUT;
	}
	int rc = abi_number(*arch, c->name, nr, NULL);
	if (rc == 1) {
		*arch = others[c->arch];
		rc = abi_number(*arch, c->name, nr, NULL);
	}
	return rc;
}

int strace_call_alone(const char *name)
{
	struct fact_key ignored;
	const struct strace_call c = {.name = name};
	bool wide = abi_call(ARCH_X86_64, name) != NULL,
	     narrow = abi_call(ARCH_I386, name) != NULL || call_behind(&c, &ignored);
	return wide == narrow ? -1 : wide ? ARCH_X86_64 : ARCH_I386;
}

arch_set strace_call_archs(const struct strace_call *c, arch_set open)
{
	struct fact_key behind;
	arch_set fitting = 0;
	for (int arch = 0; arch < ARCH_COUNT && c->nr >= 0; arch++) {
		const struct syscall_desc *call = abi_by_nr((enum arch)arch, (uint32_t)c->nr);
		if (arch != ARCH_X86_64 && arch != ARCH_I386)
			continue;
		if ((call != NULL && strcmp(call->name, c->name) == 0) ||
		    (arch == ARCH_I386 && call_behind(c, &behind) && behind.nr == (uint32_t)c->nr))
			fitting |= ARCH_BIT(arch);
	}
	if (fitting != 0 && (open & ~(ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_I386))) == 0)
		open = (fitting & open) != 0 ? fitting & open : fitting;
	int alone = (open & (open - 1)) != 0 ? strace_call_alone(c->name) : -1;
	return alone >= 0 ? ARCH_BIT(alone) : open;
}

unsigned strace_call_keys(const struct strace_call *c, struct fact_key keys[2], const struct lines *at,
			  struct remarks *remarks)
{
	struct fact_key behind;
	bool is_behind = c->arch == ARCH_I386 && call_behind(c, &behind);
	enum arch arch = c->arch;
	uint32_t nr;
	unsigned n = 0;
	if (is_behind && (c->nr < 0 || (uint32_t)c->nr == behind.nr))
		keys[n++] = behind;
	if (n > 0 && c->nr >= 0)
		return n;
	if (is_behind && abi_call(ARCH_I386, c->name) == NULL)
		return n;
	int rc = find_number(c, &arch, &nr);
	if (rc == 0) {
		struct strace_call own = *c;
		own.arch = arch;
		keys[n++] = make_key(&own, arch, nr, at, remarks);
	} else {
		remark(remarks, at, "%s is not a system call %s: left out", c->name,
		       rc == 1 ? "of this architecture (see --arch)" : "that pinhole knows");
	}
	return n;
}
