      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, L6              ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jeq   #0x29, socket                ; number == socket
      4: jeq   #0x3e, kill                  ; number == kill
      5: jeq   #0xe7, allow, L28            ; number == exit_group

     L6: jne   #0x40000003, L31             ; arch != i386

; i386
      7: ld    [0]                          ; number
      8: jne   #0x25, L14                   ; number != kill

; x86_64: kill with sig 0 → errno:EXDEV
;    else kill with pid 1 to 100 → errno:EMLINK
; i386: kill with sig 0 → errno:EXDEV
;    else kill with pid 1 to 100 → errno:EMLINK
kill:
      9: ld    [24]                         ; sig
     10: jeq   #0x0, EXDEV                  ; sig == 0
     11: ld    [16]                         ; pid
     12: jeq   #0x0, L31                    ; pid == 0
     13: jge   #0x65, L31, EMLINK           ; pid >= 101 (unsigned)

    L14: jne   #0x167, L26                  ; number != socket

; x86_64: socket with domain AF_UNIX
;    or socket with domain AF_NETLINK and protocol NETLINK_ROUTE
;    else socket with domain AF_UNIX, AF_INET or AF_NETLINK → errno:EXDEV
;    else socket with type SOCK_STREAM (of the bits 0xf)
;    else socket → errno:EMLINK
; i386: socket with domain AF_UNIX
;    or socket with domain AF_NETLINK and protocol NETLINK_ROUTE
;    else socket with domain AF_UNIX, AF_INET or AF_NETLINK → errno:EXDEV
;    else socket with type SOCK_STREAM (of the bits 0xf)
;    else socket → errno:EMLINK
socket:
     15: ld    [16]                         ; domain
     16: jeq   #0x1, allow                  ; domain == AF_UNIX
     17: jeq   #0x2, EXDEV                  ; domain == AF_INET
     18: jne   #0x10, L22                   ; domain != AF_NETLINK
     19: ld    [32]                         ; protocol
     20: jeq   #0x0, allow                  ; protocol == NETLINK_ROUTE

; x86_64: socket, kill
; i386: kill, socket
EXDEV:
     21: ret   #0x00050012                  ; errno:EXDEV

; x86_64: socket with domain AF_UNIX
;    or socket with domain AF_NETLINK and protocol NETLINK_ROUTE
;    else socket with domain AF_UNIX, AF_INET or AF_NETLINK → errno:EXDEV
;    else socket with type SOCK_STREAM (of the bits 0xf)
;    else socket → errno:EMLINK
; i386: socket with domain AF_UNIX
;    or socket with domain AF_NETLINK and protocol NETLINK_ROUTE
;    else socket with domain AF_UNIX, AF_INET or AF_NETLINK → errno:EXDEV
;    else socket with type SOCK_STREAM (of the bits 0xf)
;    else socket → errno:EMLINK
    L22: ld    [24]                         ; type
     23: and   #0xf                         ; type & 0xf
     24: jeq   #0x1, allow                  ; (type & 0xf) == SOCK_STREAM

; x86_64: socket, kill
; i386: kill, socket
EMLINK:
     25: ret   #0x0005001f                  ; errno:EMLINK

    L26: jne   #0xfc, L28                   ; number != exit_group

; x86_64: socket, exit_group
; i386: exit_group, socket
allow:
     27: ret   #0x7fff0000                  ; allow

    L28: jlt   #0x1d8, L31                  ; number < 472
     29: jge   #0x40000000, L31             ; number >= 0x40000000

; x86_64: calls newer than any known here
; i386: calls newer than any known here
     30: ret   #0x00050026                  ; errno:ENOSYS

; x86_64: every known call but socket, exit_group; and numbers that are none
; i386: every known call but exit_group, socket; and numbers that are none
; aarch64
; other architectures
    L31: ret   #0x80000000                  ; kill
