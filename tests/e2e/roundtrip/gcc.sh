# A compiler driven by make, two jobs at once. SPDX-License-Identifier: MIT
requires="gcc make"
exact=no

workload() {
	local i
	for i in 1 2 3 4 5; do
		printf '#include <stdio.h>\n#include "all.h"\nint part%d(int n) { return printf("part %d: %%d\\n", n * %d); }\n' \
			$i $i $i >part$i.c
		echo "int part$i(int n);" >>all.h
	done
	printf '#include "all.h"\nint main(void)\n{\n\treturn %s;\n}\n' \
		"(part1(1) + part2(2) + part3(3) + part4(4) + part5(5)) != 52" >main.c
	cat >Makefile <<-'MAKE'
		objects := main.o $(patsubst %,part%.o,1 2 3 4 5)
		all: program libparts.a
		program: $(objects); gcc -o $@ $^
		libparts.a: $(objects); ar rcsD $@ $^
		%.o: %.c all.h; gcc -O2 -g -Wall -c -o $@ $<
	MAKE
	"$@" make -s -j2
	echo "make ended with $?"
	./program
	echo "program ended with $?"
	cksum ./*.o libparts.a
}
