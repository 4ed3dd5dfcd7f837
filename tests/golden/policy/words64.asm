   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 34         ; arch x86_64
   2: ld    [0]                        ; number
   3: jeq   #0xb, 4, 16                ; munmap
   4: ld    [28]                       ; args[1] high: munmap length
   5: jge   #0x2, 6, 11
   6: jge   #0x6, 7, 10
   7: jeq   #0xffffffff, 8, 34
   8: ld    [24]                       ; args[1] low: munmap length
   9: jge   #0xffffffff, 29, 34
  10: jeq   #0x2, 34, 29
  11: jeq   #0x0, 12, 14
  12: ld    [24]                       ; args[1] low: munmap length
  13: jge   #0xfffff000, 29, 34
  14: ld    [24]                       ; args[1] low: munmap length
  15: jge   #0x1001, 34, 29
  16: jeq   #0x19, 17, 26              ; mremap
  17: ld    [28]                       ; args[1] high: mremap old_size
  18: and   #0xf0000000
  19: jeq   #0x0, 20, 23
  20: ld    [24]                       ; args[1] low: mremap old_size
  21: and   #0xf
  22: jeq   #0x1, 29, 34
  23: jge   #0xf0000000, 24, 34
  24: ld    [24]                       ; args[1] low: mremap old_size
  25: jset  #0xf, 34, 29
  26: jeq   #0x38, 27, 30              ; clone
  27: ld    [16]                       ; args[0] low: clone flags
  28: jset  #0x7e020000, 34, 29
  29: ret   #0x7fff0000                ; allow
  30: jge   #0x1d8, 31, 32             ; newer than known
  31: jge   #0x40000000, 34, 33        ; x32
  32: jeq   #0x1b3, 33, 34             ; clone3
  33: ret   #0x00050026                ; errno:ENOSYS
  34: ret   #0x00050012                ; errno:EXDEV
