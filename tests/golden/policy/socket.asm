   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 33         ; arch x86_64
   2: ld    [0]                        ; number
   3: jge   #0x1d8, 4, 6               ; newer than known
   4: jge   #0x40000000, 33, 5         ; x32
   5: ret   #0x00050026                ; errno:ENOSYS
   6: jeq   #0x29, 7, 23               ; socket
   7: ld    [16]                       ; args[0] low: socket domain
   8: jeq   #0x1, 32, 9                ; AF_UNIX
   9: jeq   #0x2, 11, 10               ; AF_INET
  10: jeq   #0xa, 11, 17               ; AF_INET6
  11: ld    [24]                       ; args[1] low: socket type
  12: and   #0xfff7f7ff
  13: jeq   #0x1, 14, 33               ; SOCK_STREAM
  14: ld    [32]                       ; args[2] low: socket protocol
  15: jeq   #0x0, 32, 16               ; 0
  16: jeq   #0x6, 32, 33               ; IPPROTO_TCP
  17: jeq   #0x10, 18, 33              ; AF_NETLINK
  18: ld    [24]                       ; args[1] low: socket type
  19: and   #0xf
  20: jeq   #0x3, 21, 33               ; SOCK_RAW
  21: ld    [32]                       ; args[2] low: socket protocol
  22: jeq   #0x0, 32, 33               ; 0
  23: jeq   #0x36, 24, 33              ; setsockopt
  24: ld    [24]                       ; args[1] low: setsockopt level
  25: jeq   #0x1, 26, 29               ; SOL_SOCKET
  26: ld    [32]                       ; args[2] low: setsockopt optname
  27: jeq   #0x2, 32, 28
  28: jeq   #0x9, 32, 33
  29: jeq   #0x6, 30, 33               ; SOL_TCP
  30: ld    [32]                       ; args[2] low: setsockopt optname
  31: jeq   #0x1, 32, 33
  32: ret   #0x7fff0000                ; allow
  33: ret   #0x00050012                ; errno:EXDEV
