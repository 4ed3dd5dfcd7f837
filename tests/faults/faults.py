"""What the tests of faults share: processes that were left behind, and whether a profile still holds what it held.

SPDX-License-Identifier: MIT"""
import ctypes
import filecmp
import json
import os
import signal
import time

PR_SET_CHILD_SUBREAPER = 36

# Orphans of what is started from here become this process's children.
assert ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def same(one, other):
    return filecmp.cmp(one, other, shallow=False)


def left_behind(seconds):
    """Waits until no child is left, reaps those that end, and tells (and kills) what has not ended by then: its id, state
    and name."""
    until = time.monotonic() + seconds
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if pid == 0:
            if time.monotonic() > until:
                break
            time.sleep(0.002)
    left = []
    for pid in descendants(os.getpid()):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                name, rest = file.read().rsplit(")", 1)
            os.kill(pid, signal.SIGKILL)
            left.append((pid, rest.split()[0], name.split("(", 1)[1]))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return left


def descendants(pid):
    """The ids of all processes below one."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(entry))
    found, look = [], [pid]
    while look:
        below = children.get(look.pop(), [])
        found += below
        look += below
    return found


def status_of(task):
    with open(f"{task}/status", encoding="utf-8", errors="replace") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def untouched(pid, filters, seconds=5):
    """What is wrong with a process that was watched and is not any more, or None: nobody traces its threads, none has got a
    filter or is stopped, and it goes on."""
    tasks = [f"/proc/{pid}/task/{tid}" for tid in os.listdir(f"/proc/{pid}/task")]
    until = time.monotonic() + seconds

    def switches():
        return sum(int(status_of(task)["voluntary_ctxt_switches"]) for task in tasks)

    def wrong():
        for task in tasks:
            status = status_of(task)
            if (status["TracerPid"], status["Seccomp"]) != ("0", filters) or status["State"][0] in "tTZX":
                return f"{task}: traced by {status['TracerPid']}, state {status['State']}, Seccomp {status['Seccomp']}"
        return None if switches() > before else "it does nothing any more"

    before = switches()
    while wrong() and time.monotonic() < until:
        time.sleep(0.005)
    return wrong()


# Whether a thread has to wait for another is chance.
CHANCE = {"futex"}


class Profile:
    """Runs by their ids, and facts by what identifies them: with the programs, and the counts by the runs' ids."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            profile = json.load(file)
        self.runs = {run["id"]: run for run in profile["runs"]}
        ids = [run["id"] for run in profile["runs"]]
        programs = [(program["path"], program.get("build_id")) for program in profile["programs"]]
        self.facts = {}
        for fact in profile["facts"]:
            key = tuple(fact.get(k) if k != "args" else tuple(fact.get(k, {}).items())
                        for k in ("phase", "arch", "syscall", "nr", "args")) + ("wide" in fact,)
            self.facts[key] = ({programs[i] for i in fact["programs"]},
                               {ids[int(i)]: n for i, n in fact["runs"].items()},
                               sorted(fact["failed"]) if "failed" in fact else None)

    def joined(self, other):
        """The union of the two, counts as far as they are another's."""
        both = object.__new__(Profile)
        both.runs = self.runs | other.runs
        both.facts = dict(self.facts)
        for key, (programs, counts, failed) in other.facts.items():
            mine = self.facts.get(key, (set(), {}, failed))
            ends = sorted({*failed, *mine[2]}) if failed and mine[2] else None
            both.facts[key] = (programs | mine[0], counts | mine[1], ends)
        return both

    def lacks(self, other):
        """What of another profile is not in this one, as text; or None."""
        for run in other.runs:
            if self.runs.get(run) != other.runs[run]:
                return f"run {run} is missing or another"
        for key, (programs, counts, _) in other.facts.items():
            if key not in self.facts:
                return f"the fact {key} is missing"
            mine = self.facts[key]
            if programs - mine[0]:
                return f"the fact {key} lacks the programs {programs - mine[0]}"
            if any(mine[1].get(run) != n for run, n in counts.items()):
                return f"the fact {key} lacks counts: {mine[1]}, {counts}"
        return None

    def lacks_facts(self, other):
        """As lacks, but without counts: for another run of the same program. And what this one has too much."""
        for key in self.facts.keys() ^ other.facts.keys():
            if key[2] not in CHANCE:
                return f"the fact {key} is {'too much' if key in self.facts else 'missing'}"
        for key, (programs, _, failed) in other.facts.items():
            if key[2] not in CHANCE and (programs, failed) != (self.facts[key][0], self.facts[key][2]):
                return f"the fact {key} differs: {self.facts[key]}, {(programs, failed)}"
        if len(self.runs) != len(other.runs):
            return f"{len(self.runs)} runs, not {len(other.runs)}"
        ends = [sorted(str(run.get("exit")) for run in p.runs.values()) for p in (self, other)]
        return None if ends[0] == ends[1] else f"ends {ends[0]}, not {ends[1]}"
