   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 14         ; arch x86_64
   2: ld    [0]                        ; number
   3: jeq   #0xa, 4, 6                 ; mprotect
   4: ld    [36]                       ; args[2] high: mprotect prot
   5: jeq   #0x0, 32, 39
   6: jeq   #0xb, 7, 9                 ; munmap
   7: ld    [28]                       ; args[1] high: munmap length
   8: jeq   #0x0, 22, 39
   9: jeq   #0x48, 17, 10              ; fcntl
  10: jeq   #0x4d, 11, 13              ; ftruncate
  11: ld    [28]                       ; args[1] high: ftruncate length
  12: jeq   #0x0, 26, 39
  13: jeq   #0x5b, 29, 36              ; fchmod
  14: jeq   #0x40000003, 15, 39        ; arch i386
  15: ld    [0]                        ; number
  16: jeq   #0x37, 17, 21              ; fcntl
  17: ld    [24]                       ; args[1] low
  18: jeq   #0x1, 35, 19
  19: jeq   #0x3, 35, 20
  20: jeq   #0x5, 35, 39
  21: jeq   #0x5b, 22, 25              ; munmap
  22: ld    [24]                       ; args[1] low
  23: jge   #0x1000, 24, 39
  24: jge   #0x1ffff001, 39, 35
  25: jeq   #0x5d, 26, 28              ; ftruncate
  26: ld    [24]                       ; args[1] low
  27: jge   #0x1001, 39, 35
  28: jeq   #0x5e, 29, 31              ; fchmod
  29: ld    [24]                       ; args[1] low
  30: jset  #0xc00, 39, 35
  31: jeq   #0x7d, 32, 36              ; mprotect
  32: ld    [32]                       ; args[2] low
  33: jeq   #0x2, 39, 34
  34: jge   #0x4, 39, 35
  35: ret   #0x7fff0000                ; allow
  36: jge   #0x1d8, 37, 39
  37: jge   #0x40000000, 39, 38        ; x32
  38: ret   #0x00050026                ; errno:ENOSYS
  39: ret   #0x00050012                ; errno:EXDEV
