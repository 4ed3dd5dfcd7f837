   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 34         ; arch x86_64
   2: ld    [0]                        ; number
   3: jge   #0x1d8, 4, 5               ; newer than known
   4: jge   #0x40000000, 34, 33        ; x32
   5: jeq   #0xb, 6, 18                ; munmap
   6: ld    [28]                       ; args[1] high: munmap length
   7: jge   #0x6, 8, 11
   8: jge   #0xffffffff, 9, 34
   9: ld    [24]                       ; args[1] low: munmap length
  10: jge   #0xffffffff, 31, 34
  11: jeq   #0x0, 12, 14
  12: ld    [24]                       ; args[1] low: munmap length
  13: jge   #0xfffff000, 31, 34
  14: jeq   #0x1, 15, 17
  15: ld    [24]                       ; args[1] low: munmap length
  16: jge   #0x1001, 34, 31
  17: jeq   #0x2, 34, 31
  18: jeq   #0x19, 19, 28              ; mremap
  19: ld    [28]                       ; args[1] high: mremap old_size
  20: and   #0xf0000000
  21: jge   #0xf0000000, 22, 24
  22: ld    [24]                       ; args[1] low: mremap old_size
  23: jset  #0xf, 34, 31
  24: jeq   #0x0, 25, 34
  25: ld    [24]                       ; args[1] low: mremap old_size
  26: and   #0xf
  27: jeq   #0x1, 31, 34
  28: jeq   #0x38, 29, 32              ; clone
  29: ld    [16]                       ; args[0] low: clone flags
  30: jset  #0x7e020000, 34, 31
  31: ret   #0x7fff0000                ; allow
  32: jeq   #0x1b3, 33, 34             ; clone3
  33: ret   #0x00050026                ; errno:ENOSYS
  34: ret   #0x00050012                ; errno:EXDEV
