   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 15         ; arch x86_64
   2: ld    [0]                        ; number
   3: jge   #0x1d8, 18, 4              ; newer than known
   4: jeq   #0xa, 5, 7                 ; mprotect
   5: ld    [36]                       ; args[2] high: mprotect prot
   6: jeq   #0x0, 36, 40
   7: jeq   #0xb, 8, 10                ; munmap
   8: ld    [28]                       ; args[1] high: munmap length
   9: jeq   #0x0, 26, 40
  10: jeq   #0x48, 21, 11              ; fcntl
  11: jeq   #0x4d, 12, 14              ; ftruncate
  12: ld    [28]                       ; args[1] high: ftruncate length
  13: jeq   #0x0, 30, 40
  14: jeq   #0x5b, 33, 40              ; fchmod
  15: jeq   #0x40000003, 16, 40        ; arch i386
  16: ld    [0]                        ; number
  17: jge   #0x1d8, 18, 20             ; newer than known
  18: jge   #0x40000000, 40, 19        ; x32
  19: ret   #0x00050026                ; errno:ENOSYS
  20: jeq   #0x37, 21, 25              ; fcntl
  21: ld    [24]                       ; args[1] low
  22: jeq   #0x1, 39, 23
  23: jeq   #0x3, 39, 24
  24: jeq   #0x5, 39, 40
  25: jeq   #0x5b, 26, 29              ; munmap
  26: ld    [24]                       ; args[1] low
  27: jge   #0x1000, 28, 40
  28: jge   #0x1ffff001, 40, 39
  29: jeq   #0x5d, 30, 32              ; ftruncate
  30: ld    [24]                       ; args[1] low
  31: jge   #0x1001, 40, 39
  32: jeq   #0x5e, 33, 35              ; fchmod
  33: ld    [24]                       ; args[1] low
  34: jset  #0xc00, 40, 39
  35: jeq   #0x7d, 36, 40              ; mprotect
  36: ld    [32]                       ; args[2] low
  37: jge   #0x4, 40, 38
  38: jeq   #0x2, 40, 39
  39: ret   #0x7fff0000                ; allow
  40: ret   #0x00050012                ; errno:EXDEV
