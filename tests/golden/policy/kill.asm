   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 18         ; arch x86_64
   2: ld    [0]                        ; number
   3: jge   #0x1d8, 4, 6               ; newer than known
   4: jge   #0x40000000, 18, 5         ; x32
   5: ret   #0x00050026                ; errno:ENOSYS
   6: jeq   #0x27, 7, 8                ; getpid
   7: ret   #0x7fff0000                ; allow
   8: jeq   #0x66, 9, 10               ; getuid
   9: ret   #0x00000000                ; kill-thread
  10: jeq   #0x68, 11, 12              ; getgid
  11: ret   #0x7ffc0000                ; log
  12: jeq   #0x6b, 13, 14              ; geteuid
  13: ret   #0x00050fff                ; errno:4095
  14: jeq   #0x6c, 15, 16              ; getegid
  15: ret   #0x00050001                ; errno:EPERM
  16: jeq   #0x6e, 17, 18              ; getppid
  17: ret   #0x00030000                ; trap
  18: ret   #0x80000000                ; kill
