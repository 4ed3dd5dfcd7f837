      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, EXDEV           ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jne   #0x29, L20                   ; number != socket

; x86_64: socket with domain AF_UNIX
;    or socket with domain AF_INET or AF_INET6, type SOCK_STREAM (SOCK_CLOEXEC|SOCK_NONBLOCK aside) and protocol 0 or IPPROTO_TCP
;    or socket with domain AF_NETLINK, type SOCK_RAW (of the bits 0xf) and protocol NETLINK_ROUTE
      4: ld    [16]                         ; domain
      5: jeq   #0x1, allow                  ; domain == AF_UNIX
      6: jeq   #0x2, L8                     ; domain == AF_INET
      7: jne   #0xa, L14                    ; domain != AF_INET6
     L8: ld    [24]                         ; type
      9: and   #0xfff7f7ff                  ; type & ~(SOCK_CLOEXEC|SOCK_NONBLOCK)
     10: jne   #0x1, EXDEV                  ; (type & ~(SOCK_CLOEXEC|SOCK_NONBLOCK)) != SOCK_STREAM
     11: ld    [32]                         ; protocol
     12: jeq   #0x0, allow                  ; protocol == 0
     13: jeq   #0x6, allow, EXDEV           ; protocol == IPPROTO_TCP
    L14: jne   #0x10, EXDEV                 ; domain != AF_NETLINK
     15: ld    [24]                         ; type
     16: and   #0xf                         ; type & 0xf
     17: jne   #0x3, EXDEV                  ; (type & 0xf) != SOCK_RAW
     18: ld    [32]                         ; protocol
     19: jeq   #0x0, allow, EXDEV           ; protocol == NETLINK_ROUTE

    L20: jne   #0x36, L30                   ; number != setsockopt

; x86_64: setsockopt with level SOL_SOCKET and optname SO_REUSEADDR or SO_KEEPALIVE
;    or setsockopt with level SOL_TCP and optname TCP_NODELAY
     21: ld    [24]                         ; level
     22: jne   #0x1, L26                    ; level != SOL_SOCKET
     23: ld    [32]                         ; optname
     24: jeq   #0x2, allow                  ; optname == SO_REUSEADDR
     25: jeq   #0x9, allow, EXDEV           ; optname == SO_KEEPALIVE
    L26: jne   #0x6, EXDEV                  ; level != SOL_TCP
     27: ld    [32]                         ; optname
     28: jne   #0x1, EXDEV                  ; optname != TCP_NODELAY

; x86_64: socket, setsockopt
allow:
     29: ret   #0x7fff0000                  ; allow

    L30: jlt   #0x1d8, EXDEV                ; number < 472 (the first newer one)
     31: jge   #0x40000000, EXDEV           ; number >= 0x40000000 (the first x32 one)

; x86_64: calls newer than any known here
     32: ret   #0x00050026                  ; errno:ENOSYS

; x86_64: every known call, and numbers that are none
; i386
; aarch64
; other architectures
EXDEV:
     33: ret   #0x00050012                  ; errno:EXDEV
