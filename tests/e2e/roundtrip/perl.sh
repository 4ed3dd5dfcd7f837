# A script that starts others in every way that perl has. SPDX-License-Identifier: MIT
requires=perl

workload() {
	"$@" perl -e '
		$| = 1;
		print "system: ", system("true") >> 8, " ", system("sh", "-c", "exit 3") >> 8, "\n";
		print "backticks: ", `echo a; echo b`;
		open(my $pipe, "-|", "sort", "-r", "/dev/stdin") // die; close($pipe);
		open($pipe, "|-", "cat") // die; print $pipe "through a pipe\n"; close($pipe);
		my $pid = fork(); if (!$pid) { exec("sh", "-c", "exit 4") } waitpid($pid, 0);
		print "fork: ", $? >> 8, "\n";
	' </dev/null
}
