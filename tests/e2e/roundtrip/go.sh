# A program of Go that starts others, waits for them and ends one by a signal. SPDX-License-Identifier: MIT
requires=go
exact=no

prepare() {
	cat >main.go <<-'GO'
		package main

		import (
			"fmt"
			"io"
			"os"
			"os/exec"
			"runtime"
			"sync"
			"time"
		)

		func main() {
			out, err := exec.Command("sh", "-c", "echo out; exit 3").Output()
			fmt.Printf("%q %v\n", out, err)
			cat := exec.Command("cat")
			in, _ := cat.StdinPipe()
			back, _ := cat.StdoutPipe()
			fmt.Println(cat.Start())
			fmt.Fprintln(in, "line")
			text := make([]byte, 5)
			fmt.Println(io.ReadFull(back, text))
			fmt.Println(cat.Process.Kill(), cat.Wait())
			var wait sync.WaitGroup
			for i := 0; i < 4; i++ {
				wait.Add(1)
				go func() { defer wait.Done(); exec.Command("true").Run() }()
			}
			wait.Wait()
			runtime.GC()
			time.Sleep(20 * time.Millisecond)
			os.Exit(6)
		}
	GO
	GOCACHE=$PWD/cache CGO_ENABLED=0 go build -o go-program main.go
}

# Which calls Go's scheduler makes is chance: one processor, no preemption by signals, and several runs leave little of it.
workload() { GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 "$@" sh -c 'for i in 1 2 3 4 5 6; do ../go-program || echo $?; done'; }
