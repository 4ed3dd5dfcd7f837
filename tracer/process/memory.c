/* Reading the memory of a process that does not run. SPDX-License-Identifier: MIT */
#include "tracer/process/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

void memory_begin(struct memory *m, pid_t pid, bool same_mappings)
{
	unsigned before = m->era;
	m->pid = pid;
	m->era++;
	for (size_t i = 0; same_mappings && i < MEMORY_SLOTS; i++)
		if (m->slots[i].lasting && m->slots[i].era == before)
			m->slots[i].era = m->era;
}

/* Whether a page is present or swapped out (Documentation/admin-guide/mm/pagemap.rst); true also where /proc does not
 * tell. */
static bool is_there(pid_t pid, uint64_t address)
{
	char path[64];
	uint64_t entry = 0;
	snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	off_t at = (off_t)(address / (uint64_t)sysconf(_SC_PAGESIZE) * sizeof(entry));
	bool told = pread(fd, &entry, sizeof(entry), at) == (ssize_t)sizeof(entry);
	close(fd);
	return !told || entry >> 62 != 0;
}

/* Returns the bytes of the page at that address, from the cache or the process; or NULL. */
static const unsigned char *find_page(struct memory *m, uint64_t address, enum memory_kind kind)
{
	if (m->bytes == NULL && (m->bytes = calloc(MEMORY_SLOTS, sizeof(*m->bytes))) == NULL)
		return NULL;
	size_t i = address / MEMORY_PAGE % MEMORY_SLOTS;
	if (m->slots[i].address == address && m->slots[i].era == m->era)
		return m->bytes[i];
	m->slots[i].era = 0;
	if (kind == MEMORY_OF_ITS_OWN && !is_there(m->pid, address))
		return NULL;
	struct iovec here = {.iov_base = m->bytes[i], .iov_len = MEMORY_PAGE},
		     there = {.iov_base = (void *)(uintptr_t)address, .iov_len = MEMORY_PAGE};
	if (process_vm_readv(m->pid, &here, 1, &there, 1, 0) != MEMORY_PAGE)
		return NULL;
	m->slots[i].address = address;
	m->slots[i].era = m->era;
	m->slots[i].lasting = kind == MEMORY_LASTING;
	return m->bytes[i];
}

bool memory_read(struct memory *m, uint64_t address, void *out, size_t n, enum memory_kind kind)
{
	while (n > 0) {
		size_t at = address % MEMORY_PAGE, part = MEMORY_PAGE - at < n ? MEMORY_PAGE - at : n;
		const unsigned char *page = find_page(m, address - at, kind);
		if (page == NULL)
			return false;
		memcpy(out, page + at, part);
		out = (char *)out + part;
		address += part;
		n -= part;
	}
	return true;
}

bool memory_read_once(pid_t pid, uint64_t address, void *out, size_t n)
{
	struct iovec here = {.iov_base = out, .iov_len = n}, there = {.iov_base = (void *)(uintptr_t)address, .iov_len = n};
	return n > 0 && is_there(pid, address) && is_there(pid, address + n - 1) &&
	       process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

void memory_free(struct memory *m)
{
	free(m->bytes);
	*m = (struct memory){0};
}
