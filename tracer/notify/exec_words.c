/* The command line that a thread is about to execute. SPDX-License-Identifier: MIT */
#include "tracer/notify/exec_words.h"

#include <string.h>

#include "tracer/process/memory.h"

enum { MOST_WORDS = 1024 };

/* Copies a word with its NUL. Returns its length with the NUL; 0: it cannot be read, or does not fit. */
static size_t copy_word(pid_t tid, uint64_t address, char *out, size_t room)
{
	size_t n = 0;
	while (n < room) {
		size_t page = MEMORY_PAGE - (address + n) % MEMORY_PAGE, part = page < room - n ? page : room - n;
		if (!memory_read_once(tid, address + n, out + n, part))
			return 0;
		const char *end = memchr(out + n, '\0', part);
		if (end != NULL)
			return (size_t)(end - out) + 1;
		n += part;
	}
	return 0;
}

/* The argument that is the list of words; -1: it is no exec. */
static int words_argument(const struct call *call)
{
	const struct syscall_desc *desc = call->arch == ARCH_NATIVE ? abi_by_nr(call->arch, call->nr) : NULL;
	if (desc == NULL)
		return -1;
	return strcmp(desc->name, "execve") == 0 ? 1 : strcmp(desc->name, "execveat") == 0 ? 2 : -1;
}

size_t exec_words(pid_t tid, const struct call *call, char *out, size_t room)
{
	int list = words_argument(call);
	size_t length = 0;
	for (size_t i = 0; list >= 0 && i < MOST_WORDS; i++) {
		uint64_t word = 0;
		if (!memory_read_once(tid, call->args[list] + i * sizeof(word), &word, sizeof(word)) || word == 0)
			break;
		size_t n = copy_word(tid, word, out + length, room - length);
		if (n == 0)
			break;
		length += n;
	}
	return length;
}
