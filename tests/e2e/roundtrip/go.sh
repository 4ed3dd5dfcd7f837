# A program of Go that starts others, waits for them and ends one by a signal. SPDX-License-Identifier: MIT
requires=go
exact=no

prepare() {
	cat >main.go <<-'GO'
		package main

		import (
			"fmt"
			"os"
			"os/exec"
			"sync"
		)

		func main() {
			out, err := exec.Command("sh", "-c", "echo out; exit 3").Output()
			fmt.Printf("%q %v\n", out, err)
			sleep := exec.Command("sleep", "100")
			fmt.Println(sleep.Start(), sleep.Process.Signal(os.Interrupt), sleep.Wait())
			var wait sync.WaitGroup
			for i := 0; i < 4; i++ {
				wait.Add(1)
				go func() { defer wait.Done(); exec.Command("true").Run() }()
			}
			wait.Wait()
			os.Exit(6)
		}
	GO
	GOCACHE=$PWD/cache CGO_ENABLED=0 go build -o go-program main.go
}

workload() { "$@" ../go-program; }
