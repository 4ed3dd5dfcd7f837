# Installs filters, one after the other, and sleeps. SPDX-License-Identifier: MIT
import ctypes, struct, sys, time

class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
for name in sys.argv[2:]:
    data = open(name, "rb").read()
    memory = ctypes.create_string_buffer(data)
    program = Program(len(data) // 8, ctypes.addressof(memory))
    if libc.prctl(22, 2, ctypes.byref(program), 0, 0) != 0:  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        sys.exit("not installed: %d" % ctypes.get_errno())
print("ready", flush=True)
time.sleep(float(sys.argv[1]))
