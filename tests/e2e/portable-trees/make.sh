# needs: make gcc
# Two programs are compiled at a time, and run. SPDX-License-Identifier: MIT
printf 'int puts(const char *);\nint main(void) { puts("hello"); return 0; }\n' >program.c
printf 'all: one two\n\t./one; ./two\none: program.c\n\tgcc -O1 -o one program.c\ntwo: program.c\n\tgcc -o two program.c\n' >Makefile
make -s -j2
