"""The container runtimes and sandboxes that tools/dev/runtime-bases records, and the situations that it runs them in.
SPDX-License-Identifier: MIT"""
import errno, json, os, re, shlex, shutil, signal, subprocess, tempfile, time

NAMES = ("runc", "crun", "bubblewrap", "minijail", "nsjail")
CONTAINERS = ("runc", "crun")
USER, MAPPED = 1000, 100000
SECONDS = 60


class Situation:
    """`way` is what is done, `privileges` whether the program could gain some; `of` tells the rest."""

    def __init__(self, way, privileges, of, options):
        self.way, self.privileges, self.of, self.options = way, privileges, of, options
        self.label = f"{way}; {'privileges' if privileges else 'no_new_privs'}; {of}"


def process(command, privileges, user=0, terminal=False, cwd="/", all_sets=False, capabilities=True):
    names = [f"CAP_{name}" for name in ("CHOWN", "SETGID", "SETUID", "KILL", "NET_BIND_SERVICE")] if capabilities else []
    kinds = ("bounding", "effective", "permitted") + (("inheritable", "ambient") if all_sets else ())
    out = {"terminal": terminal, "args": command, "cwd": cwd, "noNewPrivileges": not privileges,
           "user": {"uid": user, "gid": user}, "env": ["PATH=/usr/bin:/bin", "TERM=xterm"],
           "capabilities": {kind: names for kind in kinds}}
    if user:
        out["user"] |= {"additionalGids": [10, 20], "umask": 0o27}
    return out


# What differs from a command of root's: the process, the rest of the configuration, who starts the container.
OCI = {
    "root": ({}, {}, False),
    "a user with a terminal": ({"user": USER, "terminal": True, "capabilities": False}, {}, False),
    "a user with ambient capabilities": ({"user": USER, "all_sets": True, "cwd": "/private"}, {"personality": {"domain": "LINUX"}}, False),
    "in a user namespace": ({}, {"userns": True}, False),
    "rootless": ({}, {"userns": True}, True),
    "started later": ({}, {"later": True}, False),
}
BWRAP = {
    "run": [], "--as-pid-1": ["--unshare-pid", "--as-pid-1"], "--unshare-pid": ["--unshare-pid"],
    "--unshare-all": ["--unshare-all", "--new-session", "--die-with-parent"], "--lock-file": ["--lock-file", "/etc/passwd"],
}
# Without -n (no_new_privs) it drops privileges under the filter.
MINIJAIL = {
    "run": ["-n", "-T", "static"], "-p": ["-n", "-p", "-T", "static"], "-p -I": ["-n", "-p", "-I", "-T", "static"],
    "-l -v -r": ["-n", "-l", "-v", "-r", "-T", "static"],
    "-u": ["-u", str(USER), "-g", str(USER), "-T", "static"],
    "-p -c": ["-p", "-c", "3", "--ambient", "-u", str(USER), "-g", str(USER), "-T", "static"],
}
NSJAIL = {
    "run": ["-Mo"], "-Me": ["-Me", "--disable_clone_newuser"], "--execute_fd": ["-Mo", "--execute_fd"], "--keep_caps": ["-Mo", "--keep_caps"],
    "--disable_no_new_privs": ["-Mo", "--disable_no_new_privs", "--keep_caps"],
}


def situations(name):
    if name in CONTAINERS:
        return [Situation(way, privileges, of, OCI[of]) for of in OCI for way in ("run", "exec") for privileges in (True, False)
                if way == "run" or of != "started later"]
    of_name = {"bubblewrap": BWRAP, "minijail": MINIJAIL, "nsjail": NSJAIL}[name]
    return [Situation(way, name == "minijail" and "-n" not in of_name[way], "root", of_name[way]) for way in of_name]


def version(name, binary):
    if name in ("minijail", "nsjail"):  # neither tells
        return os.environ.get(f"{name.upper()}_VERSION", "0")
    words = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout
    return re.search(r"\d+(\.\d+)+", words)[0]


def strace(log):
    return ["strace", "-f", "-qq", "-n", "--decode-pids=pidns", "-e", "signal=none", "-s", "64", "-o", log]


def ended(command, terminal=False, as_user=False, **more):
    """Runs the command; what it says where it fails, or nothing. A file takes its words: what it leaves running keeps that open."""
    if as_user:
        command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
    if terminal:
        command = ["script", "-qec", shlex.join(command), "/dev/null"]
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True, **more)
        try:
            status = child.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            status = f"nothing after {SECONDS} seconds"
        said.seek(0)
        words = said.read().strip()[-500:]
    return f"ended with {status}: {words}" if status else ""


def configuration(bundle, of_process, rest, answers, as_user):
    system = [at for at in ("/usr", "/etc", "/bin", "/sbin", "/lib", "/lib64") if os.path.isdir(at)]
    mounts = [{"destination": at, "source": os.path.realpath(at), "type": "bind", "options": ["rbind", "ro"]} for at in system]
    mounts += [{"destination": "/proc", "source": "/proc", "type": "bind", "options": ["rbind"]},
               {"destination": "/dev", "source": "tmpfs", "type": "tmpfs", "options": ["nosuid", "mode=755", "size=1m"]},
               {"destination": "/dev/pts", "source": "devpts", "type": "devpts", "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]}]
    linux = {"namespaces": [{"type": "mount"}]}
    if rest.get("userns"):
        outside = USER if as_user else MAPPED
        linux["namespaces"] += [{"type": "user"}]
        linux["uidMappings"] = linux["gidMappings"] = [{"containerID": 0, "hostID": outside, "size": 1}]
    if "personality" in rest:
        linux["personality"] = rest["personality"]
    if not as_user:
        linux["cgroupsPath"] = "/runtime-bases/" + os.path.basename(bundle)
    answers = answers or [("acct", "errno:EPERM")]
    linux["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
        {"names": [name], "action": "SCMP_ACT_ERRNO", "errnoRet": getattr(errno, action.split(":")[1])} for name, action in answers]}
    return {"ociVersion": "1.0.2", "root": {"path": bundle + "/root"}, "mounts": mounts, "process": of_process, "linux": linux}


def created(runtime, tracer, bundle, name):
    """A container that waits for its start, so that what its runtime does from time to time can happen meanwhile."""
    with open(os.devnull, "w") as nowhere:
        child = subprocess.Popen(tracer + runtime + ["create", "-b", bundle, name], stdin=subprocess.DEVNULL, stdout=nowhere,
                                 stderr=nowhere, start_new_session=True)
    until = time.monotonic() + SECONDS
    while ended(runtime + ["state", name]) and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(2.5)
    words = ended(runtime + ["start", name])
    try:
        child.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        words = words or f"not ended after {SECONDS} seconds"
    return words


def trace_container(binary, situation, answers, folder, log):
    of_process, rest, as_user = situation.options
    bundle = tempfile.mkdtemp(prefix="bundle.", dir=folder)
    os.chmod(bundle, 0o755)
    for part in ("root", "root/private", "state"):
        os.mkdir(f"{bundle}/{part}")
    os.chmod(f"{bundle}/root/private", 0o700)
    os.chown(f"{bundle}/root/private", USER, USER)
    outside = USER if as_user else MAPPED
    if rest.get("userns"):
        for at in (bundle, bundle + "/root", bundle + "/root/private", bundle + "/state"):
            os.chown(at, outside, outside)
    if as_user:
        open(log, "w").close()
        os.chown(log, USER, USER)
    name, runtime = os.path.basename(bundle), [binary, "--root", bundle + "/state"]
    terminal = of_process.get("terminal", False)
    first = ["true"] if situation.way == "run" else ["sleep", "1000"]
    of_first = process(first, situation.privileges, **(of_process | ({} if situation.way == "run" else {"terminal": False})))
    json.dump(configuration(bundle, of_first, rest, answers, as_user), open(bundle + "/config.json", "w"))
    try:
        if rest.get("later"):
            return created(runtime, strace(log), bundle, name)
        if situation.way == "run":
            return ended(strace(log) + runtime + ["run", "-b", bundle, name], terminal, as_user)
        words = ended(runtime + ["run", "-d", "-b", bundle, name], as_user=as_user)
        if words:
            return words
        json.dump(process(["true"], situation.privileges, **of_process), open(bundle + "/process.json", "w"))
        return ended(strace(log) + runtime + ["exec", "-p", bundle + "/process.json", name], terminal, as_user)
    finally:
        ended(runtime + ["delete", "-f", name], as_user=as_user)
        shutil.rmtree(bundle, ignore_errors=True)


def trace_bubblewrap(binary, situation, filter_file, log):
    with open(filter_file, "rb") as filter_bytes:
        os.set_inheritable(filter_bytes.fileno(), True)
        command = [binary, "--dev-bind", "/", "/", *situation.options, "--seccomp", str(filter_bytes.fileno()), "sh", "-c", "sleep 0.1 & true"]
        return ended(strace(log) + command, close_fds=False, env={"PATH": "/usr/bin:/bin"})


def trace_minijail(binary, situation, filter_file, log):
    return ended(strace(log) + [binary, *situation.options, "--seccomp-bpf-binary", filter_file, "/bin/true"])


def trace_nsjail(binary, situation, log):
    return ended(strace(log) + [binary, *situation.options, "--chroot", "/", "--rw", "--disable_clone_newcgroup", "--seccomp_string",
                                "POLICY p { ERRNO(1) { acct } } USE p DEFAULT ALLOW", "--", "/bin/true"])


def trace(name, binary, situation, answers, folder, log, filter_file):
    """Runs a binary in a situation with its log there; what went wrong, or nothing."""
    if name in CONTAINERS:
        return trace_container(binary, situation, answers, folder, log)
    if name == "nsjail":
        return trace_nsjail(binary, situation, log)
    return {"bubblewrap": trace_bubblewrap, "minijail": trace_minijail}[name](binary, situation, filter_file, log)
