// needs: java
// Files, threads, children, sockets, random numbers and much memory. SPDX-License-Identifier: MIT
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

class Case {
	static void files() throws Exception {
		Path file = Path.of("file"), folder = Files.createDirectories(Path.of("folder/inner"));
		Files.writeString(file, "x".repeat(100000));
		Files.copy(file, Path.of("copy"));
		Files.move(Path.of("copy"), Path.of("moved"), StandardCopyOption.ATOMIC_MOVE);
		Files.createSymbolicLink(Path.of("folder/link"), Path.of("../file"));
		try (FileChannel from = FileChannel.open(file); FileChannel to = FileChannel.open(Path.of("channel"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
		     var lock = to.lock()) {
			from.transferTo(0, from.size(), to);
			to.force(true);
			System.out.println("mapped: " + (char)from.map(FileChannel.MapMode.READ_ONLY, 0, 10).get(3));
		}
		try (var listed = Files.walk(Path.of("folder"))) {
			System.out.println("files: " + Files.size(Path.of("channel")) + " " + listed.sorted().collect(Collectors.toList()));
		}
		Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
		Files.delete(folder);
		System.out.println("rights: " + Files.isReadable(file) + " " + Files.isExecutable(file));
	}

	static void children() throws Exception {
		Process echo = new ProcessBuilder("echo", "spoken").start();
		System.out.println("a child said " + new String(echo.getInputStream().readAllBytes()).strip());
		System.out.println("a shell ended with " + new ProcessBuilder("sh", "-c", "exit 3").inheritIO().start().waitFor());
		Process sleeper = new ProcessBuilder("sleep", "100").start();
		sleeper.destroy();
		System.out.println("ended: " + sleeper.waitFor(100, TimeUnit.SECONDS));
	}

	static void sockets() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			Thread one = new Thread(() -> {
				try (Socket client = server.accept()) {
					client.getInputStream().read();
					client.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\nhello".getBytes());
				} catch (Exception error) {
					System.out.println(error);
				}
			});
			one.start();
			try (InputStream answer = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/").toURL().openStream()) {
				System.out.println("a server: " + new String(answer.readAllBytes()));
			}
			one.join();
		}
	}

	public static void main(String[] arguments) throws Exception {
		files();
		children();
		sockets();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		List<Future<Long>> sums = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			long n = i * 1000;
			sums.add(threads.submit(() -> LongStream.range(0, n).parallel().sum()));
		}
		long sum = 0;
		for (Future<Long> one : sums)
			sum += one.get();
		threads.shutdown();
		System.out.println("threads: " + sum);
		System.out.println("random: " + new SecureRandom().generateSeed(8).length);
		Thread.sleep(10);
		List<byte[]> kept = new ArrayList<>();
		for (int i = 0; i < 400; i++) {
			kept.add(new byte[500000]);
			if (kept.size() > 40)
				kept.remove(0);
		}
		System.gc();
		System.out.println("memory: " + kept.size() + " " + (Runtime.getRuntime().availableProcessors() > 0));
	}
}
