#!/usr/bin/env python3
"""The scenarios of tests/survival/programs: reads them, runs them, and keeps a profile of each under build/survival.

A file is a program, by the name of its command. `[needs]` names other commands, `[setup]` is shell that runs first and is never
recorded, `[shell]` is shell put before each scenario, and every line (an open quotation goes on to the next) of `[scenarios]` is
one. A scenario that does not say what of it is watched, by $UNDER in [shell], is watched whole.

SPDX-License-Identifier: MIT"""
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
PINHOLE = os.path.abspath(os.environ.get('PINHOLE', SOURCE + '/build/pinhole'))
CACHE = os.environ.get('SURVIVAL', SOURCE + '/build/survival')
TIMEOUT = 120

# A python3 that is a version manager's script would be recorded as the shell that it is.
os.environ['PATH'] = os.path.dirname(sys.executable) + ':' + os.environ['PATH'] + ':/usr/local/sbin:/usr/sbin:/sbin'


def all_programs():
    return sorted(name for name in os.listdir(HERE + '/programs'))


class Program:
    """What a file says of a program."""

    def __init__(self, name):
        self.name = name
        parts = {'needs': '', 'setup': '', 'shell': '', 'scenarios': ''}
        part = None
        with open(f'{HERE}/programs/{name}', encoding='utf-8') as file:
            for line in file:
                head = re.fullmatch(r'\[(\w+)\]\n', line)
                if head:
                    part = head[1]
                elif part:
                    parts[part] += line
        self.needs = [name, *parts['needs'].split()]
        self.setup, self.shell = parts['setup'], parts['shell']
        self.scenarios = []
        for line in parts['scenarios'].splitlines():
            if self.scenarios and is_open(self.scenarios[-1]):
                self.scenarios[-1] += '\n' + line
            else:
                self.scenarios.append(line)

    def missing(self):
        """The first command that is not there, or None."""
        return next((command for command in self.needs if not shutil.which(command)), None)

    def script(self, i):
        line = self.scenarios[i]
        if '$UNDER' in self.shell:
            return self.shell + line
        return f'{self.shell}$UNDER sh -c {quoted("exec " + line)}'

    def key(self, i):
        """Changes when the profile has to be made anew."""
        real = os.path.realpath(shutil.which(self.name))
        status = os.stat(real)
        return hashlib.sha256(f'{self.setup}\0{self.script(i)}\0{real} {status.st_size} {int(status.st_mtime)}'.encode()).hexdigest()


def is_open(text):
    """Whether shell ends within a quotation or a here-document."""
    return subprocess.run(['bash', '-n', '-c', text], check=False, capture_output=True).returncode != 0


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


class Place:
    """A folder in which a scenario can run: made by [setup], the same path each time for one name."""

    def __init__(self, program):
        self.program = program
        self.top = tempfile.mkdtemp(prefix='pinhole-survival.')
        self.ready = self.top + '/ready'
        os.mkdir(self.ready)
        self.env = {**os.environ, 'LC_ALL': 'C', 'GIT_CONFIG_NOSYSTEM': '1', 'PYTHONDONTWRITEBYTECODE': '1', 'UNDER': ''}
        self.work = self.top + '/work'
        if program.setup:
            os.rename(self.ready, self.work)
            done = subprocess.run(['sh', '-ec', program.setup], cwd=self.work, env=self.environment(), check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                sys.exit(f'survival: {program.name}: its [setup] fails: {done.stdout.decode(errors="replace")[-500:]}')
            os.rename(self.work, self.ready)

    def environment(self, **more):
        return {**self.env, 'HOME': self.work, 'TMPDIR': self.work, **more}

    # By this the kernel's log tells what is ours (auid); where it can't be set, it has another.
    MARK = 1000000 + os.getpid()

    @classmethod
    def be_marked(cls):
        try:
            with open('/proc/self/loginuid', 'w', encoding='ascii') as file:
                file.write(str(cls.MARK))
        except OSError:
            pass

    def run(self, i, under='', wrap=(), **streams):
        """Runs a scenario in a fresh folder. Returns its exit status, negative for a signal."""
        shutil.rmtree(self.work, ignore_errors=True)
        subprocess.run(['cp', '-a', self.ready, self.work], check=True)
        streams = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, **streams}
        process = subprocess.Popen([*wrap, 'sh', '-c', self.program.script(i)], cwd=self.work, env=self.environment(UNDER=under),
                                   start_new_session=True, preexec_fn=self.be_marked, **streams)
        try:
            return process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            return 'no end'
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def remove(self):
        subprocess.run(['chmod', '-R', 'u+rwX', self.top], check=False)
        shutil.rmtree(self.top, ignore_errors=True)


def profiles(program):
    """Paths of a profile for each scenario, recorded where the cache has none."""
    folder = f'{CACHE}/{program.name}'
    os.makedirs(folder, exist_ok=True)
    paths, place = [], None
    for i in range(len(program.scenarios)):
        path, key = f'{folder}/{i + 1:02}.json', program.key(i)
        paths.append(path)
        try:
            with open(path[:-5] + '.key', encoding='utf-8') as file:
                if file.read() == key and os.path.exists(path):
                    continue
        except FileNotFoundError:
            pass
        place = place or Place(program)
        remove_if_there(path)
        place.run(i, f'{PINHOLE} record -q --mode=exact --stacks=none -o {path} --')
        if not os.path.exists(path):
            sys.exit(f'survival: {program.name}: this was not recorded: {program.scenarios[i]}')
        with open(path[:-5] + '.key', 'w', encoding='utf-8') as file:
            file.write(key)
    if place:
        place.remove()
    return paths


def remove_if_there(path):
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def main():
    """scenarios.py record [PROGRAM…]: fills the cache."""
    for name in sys.argv[2:] or all_programs():
        program = Program(name)
        missing = program.missing()
        if missing:
            print(f'survival: {name}: no {missing} here', file=sys.stderr)
            continue
        print(f'survival: {name}: {len(profiles(program))} profiles', file=sys.stderr)


if __name__ == '__main__':
    main()
