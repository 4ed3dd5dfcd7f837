"""Cuts a log of `strace -f -n --decode-pids=pidns -o`: leaves the calls that a filter judged which a program loaded for the one that it starts, from
the filter to that program's first instruction. SPDX-License-Identifier: MIT"""
import re

LINE = re.compile(r"^(\d+) +(?:\[ *\d+\] *)?(.*)$")
LOADED = re.compile(r"(seccomp\(SECCOMP_SET_MODE_FILTER,|prctl\(PR_SET_SECCOMP, SECCOMP_MODE_FILTER).*\) += \d+$")
STARTED = re.compile(r"(execve(at)?\(|<\.\.\. execve(at)? resumed>).*\) += 0$")
CHILD = re.compile(r"^(?:clone3?|fork|vfork)\(.*\) += (?:\d+ /\* )?(\d+)(?: |$)")
RESUMED = re.compile(r"^<\.\.\. \S+ resumed>(.*)$")
UNFINISHED = " <unfinished ...>"


class Call:
    """A call: who made it, the positions in the log where it began and ended, its words, the line that it is in a log."""

    def __init__(self, thread, at, words, line):
        self.thread, self.begun, self.ended, self.words, self.line = thread, at, at, words, line


def calls(lines):
    """All calls of a log; one that calls of other threads interrupt is whole."""
    open_calls, out = {}, []
    for at, line in enumerate(lines):
        found = LINE.match(line)
        if not found or found[2].startswith(("+++", "---")):
            continue
        thread, words = int(found[1]), found[2]
        rest = RESUMED.match(words)
        if rest and thread in open_calls:
            call = open_calls.pop(thread)
            call.ended = at
            call.words = call.words.replace(UNFINISHED, rest[1])
            call.line = call.line.replace(UNFINISHED, rest[1])
            continue
        out.append(Call(thread, at, words, line))
        if words.endswith(UNFINISHED):
            open_calls[thread] = out[-1]
    return out


def threads_of(all_calls):
    """The thread that each thread was made by."""
    made = ((CHILD.match(call.words), call) for call in all_calls if "CLONE_THREAD" in call.words)
    return {int(found[1]): call.thread for found, call in made if found}


def cut(lines):
    """The lines of the calls in question: what a bound process and its children ask for. A filter binds a process with all its
    threads and later children; none is of interest any more when it has started a program."""
    all_calls = calls(line.rstrip("\n") for line in lines)
    threads = threads_of(all_calls)
    states, kept = {}, []

    def process_of(thread):
        while thread in threads:
            thread = threads[thread]
        return thread

    events = sorted([(call.begun, 0, i) for i, call in enumerate(all_calls)] + [(call.ended, 1, i) for i, call in enumerate(all_calls)])
    for _, ended, i in events:
        call = all_calls[i]
        process = process_of(call.thread)
        state = states.get(process, "free")
        if not ended:
            child = CHILD.match(call.words)
            if child and int(child[1]) not in threads:
                states[int(child[1])] = state
            if state == "bound" and not RESUMED.match(call.words):
                kept.append(call.line + "\n")
        elif state == "free" and LOADED.search(call.words):
            states[process] = "bound"
        elif state == "bound" and STARTED.match(call.words):
            states[process] = "started"
    return kept
