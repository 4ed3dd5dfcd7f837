      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, EXDEV           ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jlt   #0x1d8, L6                   ; number < 472 (the first newer one)
      4: jge   #0x40000000, EXDEV           ; number >= 0x40000000 (the first x32 one)

; x86_64: calls newer than any known here
      5: ret   #0x00050026                  ; errno:ENOSYS

     L6: jne   #0x29, L23                   ; number != socket

; x86_64: socket with domain AF_UNIX
;    or socket with domain AF_INET or AF_INET6, type SOCK_STREAM (SOCK_CLOEXEC|SOCK_NONBLOCK aside) and protocol 0 or IPPROTO_TCP
;    or socket with domain AF_NETLINK, type SOCK_RAW (of the bits 0xf) and protocol NETLINK_ROUTE
      7: ld    [16]                         ; domain
      8: jeq   #0x1, allow                  ; domain == AF_UNIX
      9: jeq   #0x2, L11                    ; domain == AF_INET
     10: jne   #0xa, L17                    ; domain != AF_INET6
    L11: ld    [24]                         ; type
     12: and   #0xfff7f7ff                  ; type & ~(SOCK_CLOEXEC|SOCK_NONBLOCK)
     13: jne   #0x1, EXDEV                  ; (type & ~(SOCK_CLOEXEC|SOCK_NONBLOCK)) != SOCK_STREAM
     14: ld    [32]                         ; protocol
     15: jeq   #0x0, allow                  ; protocol == 0
     16: jeq   #0x6, allow, EXDEV           ; protocol == IPPROTO_TCP
    L17: jne   #0x10, EXDEV                 ; domain != AF_NETLINK
     18: ld    [24]                         ; type
     19: and   #0xf                         ; type & 0xf
     20: jne   #0x3, EXDEV                  ; (type & 0xf) != SOCK_RAW
     21: ld    [32]                         ; protocol
     22: jeq   #0x0, allow, EXDEV           ; protocol == NETLINK_ROUTE

    L23: jne   #0x36, EXDEV                 ; number != setsockopt

; x86_64: setsockopt with level SOL_SOCKET and optname SO_REUSEADDR or SO_KEEPALIVE
;    or setsockopt with level SOL_TCP and optname TCP_NODELAY
     24: ld    [24]                         ; level
     25: jne   #0x1, L29                    ; level != SOL_SOCKET
     26: ld    [32]                         ; optname
     27: jeq   #0x2, allow                  ; optname == SO_REUSEADDR
     28: jeq   #0x9, allow, EXDEV           ; optname == SO_KEEPALIVE
    L29: jne   #0x6, EXDEV                  ; level != SOL_TCP
     30: ld    [32]                         ; optname
     31: jne   #0x1, EXDEV                  ; optname != TCP_NODELAY

; x86_64: socket, setsockopt
allow:
     32: ret   #0x7fff0000                  ; allow

; x86_64: every known call, and numbers that are none
; i386
; aarch64
; other architectures
EXDEV:
     33: ret   #0x00050012                  ; errno:EXDEV
