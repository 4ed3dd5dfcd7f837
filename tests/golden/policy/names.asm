   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 18         ; arch x86_64
   2: ld    [0]                        ; number
   3: jge   #0x6, 4, 15                ; lstat
   4: jge   #0x1d8, 5, 7               ; newer than known
   5: jge   #0x40000000, 18, 6         ; x32
   6: ret   #0x00050026                ; errno:ENOSYS
   7: jeq   #0x8, 17, 8                ; lseek
   8: jeq   #0xf, 17, 9                ; rt_sigreturn
   9: jeq   #0x27, 17, 10              ; getpid
  10: jeq   #0x3c, 17, 11              ; exit
  11: jeq   #0x66, 17, 12              ; getuid
  12: jeq   #0x68, 17, 13              ; getgid
  13: jeq   #0xdb, 17, 14              ; restart_syscall
  14: jeq   #0xe7, 17, 18              ; exit_group
  15: jeq   #0x2, 18, 16               ; open
  16: jeq   #0x4, 18, 17               ; stat
  17: ret   #0x7fff0000                ; allow
  18: ret   #0x00050012                ; errno:EXDEV
