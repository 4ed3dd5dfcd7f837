   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 8          ; arch x86_64
   2: ld    [0]                        ; number
   3: jge   #0x40000000, 21, 4         ; x32
   4: jeq   #0x87, 12, 5               ; personality
   5: jeq   #0x65, 19, 6               ; ptrace
   6: jeq   #0x6e, 19, 7               ; getppid
   7: jeq   #0xaa, 19, 20              ; sethostname
   8: jeq   #0x40000003, 9, 21         ; arch i386
   9: ld    [0]                        ; number
  10: jge   #0x40000000, 21, 11        ; x32
  11: jeq   #0x88, 12, 16              ; personality
  12: ld    [16]                       ; args[0] low
  13: jge   #0xffffffff, 20, 14
  14: jeq   #0x0, 20, 15
  15: ret   #0x00050012                ; errno:EXDEV
  16: jeq   #0x1a, 19, 17              ; ptrace
  17: jeq   #0x40, 19, 18              ; getppid
  18: jeq   #0x4a, 19, 20              ; sethostname
  19: ret   #0x00050001                ; errno:EPERM
  20: ret   #0x7fff0000                ; allow
  21: ret   #0x80000000                ; kill
