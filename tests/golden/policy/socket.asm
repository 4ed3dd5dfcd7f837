   0: ld    [4]                        ; architecture
   1: jeq   #0xc000003e, 2, 33         ; arch x86_64
   2: ld    [0]                        ; number
   3: jeq   #0x29, 4, 20               ; socket
   4: ld    [16]                       ; args[0] low: socket domain
   5: jeq   #0x1, 29, 6                ; AF_UNIX
   6: jeq   #0x2, 8, 7                 ; AF_INET
   7: jeq   #0xa, 8, 14                ; AF_INET6
   8: ld    [24]                       ; args[1] low: socket type
   9: and   #0xfff7f7ff
  10: jeq   #0x1, 11, 33               ; SOCK_STREAM
  11: ld    [32]                       ; args[2] low: socket protocol
  12: jeq   #0x0, 29, 13               ; 0
  13: jeq   #0x6, 29, 33               ; IPPROTO_TCP
  14: jeq   #0x10, 15, 33              ; AF_NETLINK
  15: ld    [24]                       ; args[1] low: socket type
  16: and   #0xf
  17: jeq   #0x3, 18, 33               ; SOCK_RAW
  18: ld    [32]                       ; args[2] low: socket protocol
  19: jeq   #0x0, 29, 33               ; 0
  20: jeq   #0x36, 21, 30              ; setsockopt
  21: ld    [24]                       ; args[1] low: setsockopt level
  22: jeq   #0x1, 23, 26               ; SOL_SOCKET
  23: ld    [32]                       ; args[2] low: setsockopt optname
  24: jeq   #0x2, 29, 25
  25: jeq   #0x9, 29, 33
  26: jeq   #0x6, 27, 33               ; SOL_TCP
  27: ld    [32]                       ; args[2] low: setsockopt optname
  28: jeq   #0x1, 29, 33
  29: ret   #0x7fff0000                ; allow
  30: jge   #0x1d8, 31, 33             ; newer than known
  31: jge   #0x40000000, 33, 32        ; x32
  32: ret   #0x00050026                ; errno:ENOSYS
  33: ret   #0x00050012                ; errno:EXDEV
