# A program of Rust that starts others, by std::process, ends one by a signal, and copies a file. SPDX-License-Identifier: MIT
requires=rustc
exact=no

prepare() {
	cat >main.rs <<-'RUST'
		use std::io::{Read, Write};
		use std::process::{Command, Stdio};

		fn main() {
		    let output = Command::new("sh").args(["-c", "echo out; exit 3"]).output().unwrap();
		    println!("{:?} {:?}", output.status.code(), String::from_utf8_lossy(&output.stdout));
		    let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
		    cat.stdin.as_mut().unwrap().write_all(b"line\n").unwrap();
		    let mut text = [0; 5];
		    cat.stdout.as_mut().unwrap().read_exact(&mut text).unwrap();
		    cat.kill().unwrap();
		    println!("{:?} {}", text, cat.wait().unwrap());
		    println!("{:?}", Command::new("true").current_dir("/").status().unwrap().code());
		    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| Command::new("true").status().unwrap())).collect();
		    for thread in threads {
		        println!("{}", thread.join().unwrap().success());
		    }
		    std::fs::write("from", "text").unwrap();
		    println!("{:?}", std::fs::copy("from", "to").unwrap());
		    std::process::exit(6);
		}
	RUST
	rustc -O -o rust-program main.rs
}

workload() { "$@" ../rust-program; }
