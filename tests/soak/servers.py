"""What the tests of servers share: nginx and redis, each in a folder of its own; how they start and end, and clients whose
requests come one after the other.

SPDX-License-Identifier: MIT"""
import http.client
import grp
import os
import pwd
import signal
import socket
import subprocess
import time

# In the background of a shell SIGINT is ignored, and so it would be in the servers.
signal.signal(signal.SIGINT, signal.default_int_handler)

# nginx, for an ordinary user on Debian.
os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def wait_for(seconds, condition):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


class Server:
    """One server, which is started again and again. `before` is what stands before its command: a recorder, a filter."""

    name = needs = process = None
    recorded = False

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        os.makedirs(folder)
        self.configure()

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, before=()):
        self.recorded = "record" in before
        with open(self.path("output"), "w", encoding="utf-8") as output:
            self.process = subprocess.Popen([*before, *self.command()], cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)
        if not wait_for(60, lambda: self.process.poll() is not None or self.up()) or self.process.poll() is not None:
            self.process.kill()
            raise RuntimeError(f"{self.name} does not start: {self.said()}")

    def said(self):
        with open(self.path("output"), encoding="utf-8", errors="replace") as output:
            return output.read()

    def pid(self):
        """The server's own id: a recorder is its parent, a filter's installer becomes it."""
        return children(self.process.pid)[0] if self.recorded else self.process.pid

    def stop(self, number=signal.SIGTERM):
        """The exit status of what was started."""
        if self.process.poll() is None:
            os.kill(self.pid(), number)
        return self.process.wait(timeout=120)

    def up(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0


class Web(Server):
    """A server of pages."""

    def configure(self):
        os.makedirs(self.path("pages"))
        with open(self.path("pages/small"), "w", encoding="ascii") as file:
            file.write("small\n")
        with open(self.path("pages/large"), "w", encoding="ascii") as file:
            file.writelines(f"{i}\n" for i in range(20000))

    def get(self, path, connection=None, **headers):
        """Status and body."""
        c = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.request("GET", path, headers=headers)
        answer = c.getresponse()
        result = answer.status, answer.read()
        if connection is None:
            c.close()
        return result


class Nginx(Web):
    name = "nginx"
    needs = ("nginx",)
    workers = 2

    def configure(self):
        user = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        paths = "".join(f"{name}_temp_path {self.path(name)}; " for name in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        super().configure()
        with open(self.path("nginx.conf"), "w", encoding="utf-8") as file:
            file.write(f"user {' '.join(user)}; worker_processes {self.workers}; daemon off; pid {self.path('pid')};\n"
                       f"error_log {self.path('error.log')};\n"
                       "events { worker_connections 256; }\n"
                       f"http {{ access_log {self.path('access.log')}; {paths} sendfile on; default_type text/plain;\n"
                       f"server {{ listen 127.0.0.1:{self.port}; root {self.path('pages')};\n"
                       "location /hello { return 200 hello\\n; }\n"
                       f"location /proxied/ {{ proxy_pass http://127.0.0.1:{self.port}/; }} }} }}\n")

    def command(self):
        return ["nginx", "-p", self.folder + "/", "-e", self.path("error.log"), "-c", self.path("nginx.conf")]

    def reload(self):
        """Has other workers take over, and waits until the former ones are gone."""
        master = self.pid()
        before = set(children(master))
        os.kill(master, signal.SIGHUP)
        return wait_for(60, lambda: len(children(master)) == self.workers and not before & set(children(master)))

    def complaints(self):
        """What the error log says of deaths."""
        with open(self.path("error.log"), encoding="utf-8", errors="replace") as file:
            return [line.strip() for line in file if "[alert]" in line or "[emerg]" in line or "exited on signal" in line]


class Redis(Server):
    name = "redis"
    needs = ("redis-server",)
    options = ("--appendonly", "yes", "--save", "")

    def configure(self):
        os.makedirs(self.path("data"), exist_ok=True)

    def command(self):
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.path("data"), "--logfile",
                self.path("log"), *self.options]

    def up(self):
        try:
            with RedisClient(self.port) as ask:
                return ask("PING") == "PONG"
        except OSError:
            return False

    def saved(self):
        """Waits until nothing is saved in the background."""
        with RedisClient(self.port) as ask:
            return wait_for(60, lambda: not any(f"{what}_in_progress:1" in ask("INFO", "persistence") for what in
                                                ("rdb_bgsave", "aof_rewrite")))

    def complaints(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as file:
            return [line.strip() for line in file if "crashed by signal" in line or "terminated by signal" in line]


class RedisClient:
    """redis.io/docs/reference/protocol-spec, as far as it is needed: a command's words to its answer. Errors are OSError."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def __call__(self, *words):
        encoded = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in encoded))
        return self.read()

    def read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("redis closed the connection")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise OSError(rest)
        if kind == b"$":
            n = int(rest)
            return None if n < 0 else self.file.read(n + 2)[:-2].decode(errors="replace")
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest
