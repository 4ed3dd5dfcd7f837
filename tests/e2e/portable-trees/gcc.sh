# needs: gcc
# A compiler, which is five programs, without make. SPDX-License-Identifier: MIT
printf 'int puts(const char *);\nint main(void) { puts("hello"); return 0; }\n' >program.c
gcc -O2 -g -o program program.c && ./program
