      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, L14             ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jne   #0xa, L6                     ; number != mprotect

; x86_64: mprotect with prot PROT_NONE, PROT_READ or PROT_READ|PROT_WRITE
      4: ld    [36]                         ; high half of prot
      5: jeq   #0x0, mprotect, EXDEV        ; high half of prot == 0

     L6: jne   #0xb, L9                     ; number != munmap

; x86_64: munmap with length 4096 to 536866816
      7: ld    [28]                         ; high half of length
      8: jeq   #0x0, munmap, EXDEV          ; high half of length == 0

     L9: jeq   #0x48, fcntl                 ; number == fcntl
     10: jne   #0x4d, L13                   ; number != ftruncate

; x86_64: ftruncate with length 0 to 4096
     11: ld    [28]                         ; high half of length
     12: jeq   #0x0, ftruncate, EXDEV       ; high half of length == 0

    L13: jeq   #0x5b, fchmod, L36           ; number == fchmod
    L14: jne   #0x40000003, EXDEV           ; arch != i386

; i386
     15: ld    [0]                          ; number
     16: jne   #0x37, L21                   ; number != fcntl

; x86_64: fcntl with cmd F_GETFD, F_GETFL or F_GETLK
; i386: fcntl with cmd F_GETFD, F_GETFL or F_GETLK
fcntl:
     17: ld    [24]                         ; cmd
     18: jeq   #0x1, allow                  ; cmd == F_GETFD
     19: jeq   #0x3, allow                  ; cmd == F_GETFL
     20: jeq   #0x5, allow, EXDEV           ; cmd == F_GETLK

    L21: jne   #0x5b, L25                   ; number != munmap

; x86_64: munmap with length 4096 to 536866816
; i386: munmap with length 4096 to 536866816
munmap:
     22: ld    [24]                         ; low half of length
     23: jlt   #0x1000, EXDEV               ; low half of length < 0x1000
     24: jge   #0x1ffff001, EXDEV, allow    ; low half of length >= 0x1ffff001

    L25: jne   #0x5d, L28                   ; number != ftruncate

; x86_64: ftruncate with length 0 to 4096
; i386: ftruncate with length 0 to 4096
ftruncate:
     26: ld    [24]                         ; low half of length
     27: jge   #0x1001, EXDEV, allow        ; low half of length >= 0x1001 (unsigned)

    L28: jne   #0x5e, L31                   ; number != fchmod

; x86_64: fchmod with mode without 0xc00
; i386: fchmod with mode without 0xc00
fchmod:
     29: ld    [24]                         ; mode
     30: jset  #0xc00, EXDEV, allow         ; mode & 0xc00

    L31: jne   #0x7d, L36                   ; number != mprotect

; x86_64: mprotect with prot PROT_NONE, PROT_READ or PROT_READ|PROT_WRITE
; i386: mprotect with prot PROT_NONE, PROT_READ or PROT_READ|PROT_WRITE
mprotect:
     32: ld    [32]                         ; low half of prot
     33: jeq   #0x2, EXDEV                  ; low half of prot == PROT_WRITE
     34: jge   #0x4, EXDEV                  ; low half of prot >= 0x4

; x86_64: mprotect, munmap, fcntl, ftruncate, fchmod
; i386: fcntl, munmap, ftruncate, fchmod, mprotect
allow:
     35: ret   #0x7fff0000                  ; allow

    L36: jlt   #0x1d8, EXDEV                ; number < 472
     37: jge   #0x40000000, EXDEV           ; number >= 0x40000000

; x86_64: calls newer than any known here
; i386: calls newer than any known here
     38: ret   #0x00050026                  ; errno:ENOSYS

; x86_64: every known call, and numbers that are none
; i386: every known call, and numbers that are none
; aarch64
; other architectures
EXDEV:
     39: ret   #0x00050012                  ; errno:EXDEV
