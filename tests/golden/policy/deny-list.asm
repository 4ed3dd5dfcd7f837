   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 7          ; arch x86_64
   2: ld    [0]                        ; number
   3: jeq   #0x87, 10, 4               ; personality
   4: jeq   #0x65, 17, 5               ; ptrace
   5: jeq   #0x6e, 17, 6               ; getppid
   6: jeq   #0xaa, 17, 18              ; sethostname
   7: jeq   #0x40000003, 8, 20         ; arch i386
   8: ld    [0]                        ; number
   9: jeq   #0x88, 10, 14              ; personality
  10: ld    [16]                       ; args[0] low
  11: jeq   #0x0, 19, 12
  12: jge   #0xffffffff, 19, 13
  13: ret   #0x00050012                ; errno:EXDEV
  14: jeq   #0x1a, 17, 15              ; ptrace
  15: jeq   #0x40, 17, 16              ; getppid
  16: jeq   #0x4a, 17, 18              ; sethostname
  17: ret   #0x00050001                ; errno:EPERM
  18: jge   #0x40000000, 20, 19        ; x32
  19: ret   #0x7fff0000                ; allow
  20: ret   #0x80000000                ; kill
