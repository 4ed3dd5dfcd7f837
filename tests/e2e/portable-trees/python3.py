# needs: python3
# Threads, children, a terminal, files, sockets and random numbers. SPDX-License-Identifier: MIT
import os
import pty
import select
import shutil
import socket
import subprocess
import tempfile
import termios
import threading
import time
import tty

sums = []
threads = [threading.Thread(target=lambda i=i: sums.append(sum(range(i * 1000)))) for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("threads:", sorted(sums))

print("spawned:", subprocess.run(["echo", "spoken"], capture_output=True, text=True).stdout.strip())
print("a shell ended with", subprocess.run("exit 3", shell=True).returncode)
try:
    subprocess.run(["/nonexistent"])
except FileNotFoundError as error:
    print("not there:", error.filename)
child = os.posix_spawnp("true", ["true"], {"PATH": os.environ["PATH"]})
print("posix_spawn:", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
child = os.fork()
if child == 0:
    os._exit(4)
print("fork:", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

master, slave = pty.openpty()
settings = termios.tcgetattr(slave)
settings[3] &= ~termios.ECHO
for when in termios.TCSANOW, termios.TCSADRAIN, termios.TCSAFLUSH:
    termios.tcsetattr(slave, when, settings)
tty.setraw(slave)
os.write(master, b"x")
print("a terminal:", os.read(slave, 1), os.isatty(slave))

with tempfile.TemporaryDirectory() as folder:
    with open(folder + "/file", "w") as file:
        file.write("x" * 100000)
    shutil.copy(folder + "/file", folder + "/copy")
    os.chmod(folder + "/file", 0o600)
    shutil.copytree(folder, folder + "-copy")
    shutil.rmtree(folder + "-copy")
    print("files:", os.path.getsize(folder + "/copy"), sorted(os.listdir(folder)))

left, right = socket.socketpair()
left.send(b"hello")
print("sockets:", select.select([right], [], [], 10)[0] == [right], right.recv(9))
time.sleep(0.01)
print("random:", len(os.urandom(8)))
