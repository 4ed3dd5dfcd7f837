      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, L15             ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jge   #0x1d8, L18                  ; number >= 472 (the first newer one)
      4: jne   #0xa, L7                     ; number != mprotect

; x86_64: mprotect with prot PROT_NONE, PROT_READ or PROT_READ|PROT_WRITE
      5: ld    [36]                         ; high half of prot
      6: jeq   #0x0, mprotect, EXDEV        ; high half of prot == 0

     L7: jne   #0xb, L10                    ; number != munmap

; x86_64: munmap with length 4096 to 536866816
      8: ld    [28]                         ; high half of length
      9: jeq   #0x0, munmap, EXDEV          ; high half of length == 0

    L10: jeq   #0x48, fcntl                 ; number == fcntl
     11: jne   #0x4d, L14                   ; number != ftruncate

; x86_64: ftruncate with length 0 to 4096
     12: ld    [28]                         ; high half of length
     13: jeq   #0x0, ftruncate, EXDEV       ; high half of length == 0

    L14: jeq   #0x5b, fchmod, EXDEV         ; number == fchmod
    L15: jne   #0x40000003, EXDEV           ; arch != i386

; i386
     16: ld    [0]                          ; number
     17: jlt   #0x1d8, L20                  ; number < 472 (the first newer one)
    L18: jge   #0x40000000, EXDEV           ; number >= 0x40000000

; x86_64: calls newer than any known here
; i386: calls newer than any known here
     19: ret   #0x00050026                  ; errno:ENOSYS

    L20: jne   #0x37, L25                   ; number != fcntl

; x86_64: fcntl with cmd F_GETFD, F_GETFL or F_GETLK
; i386: fcntl with cmd F_GETFD, F_GETFL or F_GETLK
fcntl:
     21: ld    [24]                         ; cmd
     22: jeq   #0x1, allow                  ; cmd == F_GETFD
     23: jeq   #0x3, allow                  ; cmd == F_GETFL
     24: jeq   #0x5, allow, EXDEV           ; cmd == F_GETLK

    L25: jne   #0x5b, L29                   ; number != munmap

; x86_64: munmap with length 4096 to 536866816
; i386: munmap with length 4096 to 536866816
munmap:
     26: ld    [24]                         ; low half of length
     27: jlt   #0x1000, EXDEV               ; low half of length < 0x1000
     28: jge   #0x1ffff001, EXDEV, allow    ; low half of length >= 0x1ffff001

    L29: jne   #0x5d, L32                   ; number != ftruncate

; x86_64: ftruncate with length 0 to 4096
; i386: ftruncate with length 0 to 4096
ftruncate:
     30: ld    [24]                         ; low half of length
     31: jge   #0x1001, EXDEV, allow        ; low half of length >= 0x1001 (unsigned)

    L32: jne   #0x5e, L35                   ; number != fchmod

; x86_64: fchmod with mode without 0xc00
; i386: fchmod with mode without 0xc00
fchmod:
     33: ld    [24]                         ; mode
     34: jset  #0xc00, EXDEV, allow         ; mode & 0xc00

    L35: jne   #0x7d, EXDEV                 ; number != mprotect

; x86_64: mprotect with prot PROT_NONE, PROT_READ or PROT_READ|PROT_WRITE
; i386: mprotect with prot PROT_NONE, PROT_READ or PROT_READ|PROT_WRITE
mprotect:
     36: ld    [32]                         ; low half of prot
     37: jge   #0x4, EXDEV                  ; low half of prot >= 0x4
     38: jeq   #0x2, EXDEV                  ; low half of prot == PROT_WRITE

; x86_64: mprotect, munmap, fcntl, ftruncate, fchmod
; i386: fcntl, munmap, ftruncate, fchmod, mprotect
allow:
     39: ret   #0x7fff0000                  ; allow

; x86_64: every known call, and numbers that are none
; i386: every known call, and numbers that are none
; aarch64
; other architectures
EXDEV:
     40: ret   #0x00050012                  ; errno:EXDEV
