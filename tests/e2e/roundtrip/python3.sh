# An interpreter at work: json, sqlite3, ssl, subprocess, threads, sockets of the loopback interface.
# SPDX-License-Identifier: MIT
requires=python3
exact=no

workload() {
	cat >work.py <<-'PYTHON'
		import json, os, sqlite3, socket, ssl, subprocess, sys, tempfile, threading, time, zlib

		print(json.dumps(json.loads('{"b": [1, 2.5, null], "a": "\u00e9"}'), sort_keys=True))

		database = sqlite3.connect("work.db")
		database.execute("CREATE TABLE t (a, b)")
		with database:
		    database.executemany("INSERT INTO t VALUES (?, ?)", [(i, str(i)) for i in range(1000)])
		print(database.execute("SELECT sum(a), max(b) FROM t").fetchone())
		database.close()

		context = ssl.create_default_context()
		print(context.verify_mode, ssl.HAS_TLSv1_3)

		print(subprocess.run(["sort", "-r"], input="a\nc\nb\n", capture_output=True, text=True, check=True).stdout.split())
		print(subprocess.run("echo out; echo err >&2; exit 3", shell=True, capture_output=True))
		pid = os.fork()
		if pid == 0:
		    os._exit(9)
		print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

		total, lock = 0, threading.Lock()
		def add(n):
		    global total
		    for i in range(n):
		        with lock:
		            total += i
		threads = [threading.Thread(target=add, args=(1000,)) for _ in range(8)]
		for thread in threads: thread.start()
		for thread in threads: thread.join()
		print(total)

		server = socket.create_server(("127.0.0.1", 0))
		def serve():
		    for _ in range(3):
		        connection, _ = server.accept()
		        with connection:
		            connection.sendall(connection.recv(100).upper())
		answers = threading.Thread(target=serve)
		answers.start()
		for word in (b"one", b"two", b"three"):
		    with socket.create_connection(server.getsockname()) as client:
		        client.settimeout(10)
		        client.sendall(word)
		        print(client.recv(100))
		answers.join()
		datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		datagrams.bind(("127.0.0.1", 0))
		datagrams.sendto(b"datagram", datagrams.getsockname())
		print(datagrams.recv(100))

		with tempfile.NamedTemporaryFile() as file:
		    file.write(zlib.compress(b"x" * 100000))
		    file.flush()
		    print(os.stat(file.name).st_size)
		time.sleep(0.01)
		print(sorted(os.listdir(".")))
		sys.exit(5)
	PYTHON
	"$@" python3 work.py
}
