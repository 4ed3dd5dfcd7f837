// needs: node
// Files, threads, children, servers, random numbers, compression. SPDX-License-Identifier: MIT
const fs = require("fs"), os = require("os"), net = require("net"), http = require("http"), zlib = require("zlib");
const { spawn, spawnSync, execFileSync } = require("child_process");
const { Worker } = require("worker_threads");
const crypto = require("crypto");

const once = (from, what) => new Promise((done, fail) => { from.once(what, done); from.once("error", fail); });

async function files() {
	fs.writeFileSync("file", "x".repeat(100000));
	fs.copyFileSync("file", "copy");
	fs.chmodSync("copy", 0o600);
	await fs.promises.rename("copy", "moved");
	await fs.promises.mkdir("folder/inner", { recursive: true });
	await fs.promises.symlink("../file", "folder/link");
	await fs.promises.cp("folder", "again", { recursive: true });
	fs.accessSync("file", fs.constants.R_OK);
	const out = fs.createWriteStream("streamed");
	fs.createReadStream("file").pipe(out);
	await once(out, "finish");
	const watched = fs.watch(".");
	setTimeout(() => fs.appendFileSync("streamed", "y"), 50);
	await once(watched, "change");
	watched.close();
	fs.truncateSync("streamed", 10);
	fs.utimesSync("streamed", 1, 1);
	console.log("files:", fs.statSync("moved").size, fs.realpathSync("folder/link") === fs.realpathSync("file"), fs.readdirSync("folder").sort().join());
	fs.rmSync("again", { recursive: true });
}

async function children() {
	console.log("a child said", execFileSync("echo", ["spoken"]).toString().trim());
	console.log("a shell ended with", spawnSync("exit 3", { shell: true }).status);
	console.log("not there:", spawnSync("/nonexistent").error.code);
	const cat = spawn("cat");
	cat.stdin.end("through a pipe");
	let said = "";
	cat.stdout.on("data", part => said += part);
	await once(cat, "close");
	console.log("cat said", said);
	const sleeper = spawn("sleep", ["100"]);
	sleeper.kill();
	console.log("killed by", await new Promise(done => sleeper.once("exit", (status, signal) => done(signal))));
}

async function servers() {
	const server = http.createServer((asked, answer) => answer.end("asked for " + asked.url)).listen(0, "127.0.0.1");
	await once(server, "listening");
	const answer = await fetch(`http://127.0.0.1:${server.address().port}/page`, { headers: { connection: "close" } });
	console.log("a server:", await answer.text());
	server.close();
	const local = net.createServer(other => other.end("hello")).listen("socket");
	await once(local, "listening");
	const client = net.connect("socket");
	console.log("a local one:", (await once(client, "data")).toString());
	client.destroy();
	local.close();
}

async function main() {
	await files();
	await children();
	await servers();
	const workers = [1, 2, 3].map(n => new Worker("require('worker_threads').parentPort.postMessage(" + n + " * 7)", { eval: true }));
	console.log("threads:", (await Promise.all(workers.map(worker => once(worker, "message")))).join());
	console.log("random:", crypto.randomBytes(8).length, crypto.pbkdf2Sync("a", "b", 1000, 16, "sha256").toString("hex"));
	console.log("compressed:", zlib.gunzipSync(zlib.gzipSync("text")).toString(), zlib.brotliDecompressSync(zlib.brotliCompressSync("more")).toString());
	const told = new Promise(done => process.once("SIGUSR2", done));
	const beat = setInterval(() => {}, 20);
	process.kill(process.pid, "SIGUSR2");
	console.log("a signal:", await told);
	clearInterval(beat);
	let kept = [];
	for (let i = 0; i < 200; i++)
		kept = kept.concat(new Array(1000).fill(i)).slice(-50000);
	console.log("memory:", kept.length, os.cpus().length > 0, os.totalmem() > 0, process.memoryUsage().rss > 0);
}
main();
