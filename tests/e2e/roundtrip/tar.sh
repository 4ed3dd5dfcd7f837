# An archiver and its compressors. SPDX-License-Identifier: MIT
requires="tar gzip xz zstd"

workload() {
	cat >steps.sh <<-'SH'
		mkdir -p tree/deep/er
		seq 20000 >tree/numbers
		echo small >tree/deep/small
		ln -s ../numbers tree/deep/link
		ln tree/numbers tree/deep/er/hard
		printf sparse | dd of=tree/sparse bs=1 seek=1000000 status=none
		for tool in gzip xz zstd; do
		        tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c --use-compress-program=$tool -f $tool.tar tree
		        tar -t --use-compress-program=$tool -f $tool.tar
		        mkdir out
		        tar -x --use-compress-program=$tool -f $tool.tar -C out
		        diff -r tree out/tree && echo alike
		        rm -r out
		        cksum $tool.tar
		        # What a tool does about a full pipe and an empty one, it does at least once.
		        { sleep 0.2; cat $tool.tar; } | $tool -dc | { sleep 0.2; cksum; }
		done
	SH
	"$@" sh steps.sh
}
