      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, EXDEV           ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jlt   #0x1d8, L5                   ; number < 472 (the first newer one)
      4: jge   #0x40000000, EXDEV, ENOSYS   ; number >= 0x40000000 (the first x32 one)
     L5: jne   #0xb, L18                    ; number != munmap

; x86_64: munmap with length 4294963200 to 0x100001000, 0x300000000 to 0x5ffffffff or 0xffffffffffffffff
      6: ld    [28]                         ; high half of length
      7: jlt   #0x6, L11                    ; high half of length < 0x6
      8: jlt   #0xffffffff, EXDEV           ; high half of length < 0xffffffff
      9: ld    [24]                         ; low half of length
     10: jge   #0xffffffff, allow, EXDEV    ; low half of length >= 0xffffffff
    L11: jne   #0x0, L14                    ; high half of length != 0
     12: ld    [24]                         ; low half of length
     13: jge   #0xfffff000, allow, EXDEV    ; length >= 4294963200
    L14: jne   #0x1, L17                    ; high half of length != 0x1
     15: ld    [24]                         ; low half of length
     16: jge   #0x1001, EXDEV, allow        ; length >= 0x100001001
    L17: jeq   #0x2, EXDEV, allow           ; high half of length == 0x2

    L18: jne   #0x19, L28                   ; number != mremap

; x86_64: mremap with old_size 1 or 0xf000000000000000 (of the bits 0xf00000000000000f)
     19: ld    [28]                         ; high half of old_size
     20: and   #0xf0000000                  ; high half of old_size & 0xf0000000
     21: jlt   #0xf0000000, L24             ; (high half of old_size & 0xf0000000) < 0xf0000000
     22: ld    [24]                         ; low half of old_size
     23: jset  #0xf, EXDEV, allow           ; low half of old_size & 0xf
    L24: jne   #0x0, EXDEV                  ; (high half of old_size & 0xf0000000) != 0
     25: ld    [24]                         ; low half of old_size
     26: and   #0xf                         ; low half of old_size & 0xf
     27: jeq   #0x1, allow, EXDEV           ; (low half of old_size & 0xf) == 0x1

    L28: jne   #0x38, L32                   ; number != clone

; x86_64: clone with flags without CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET
     29: ld    [16]                         ; low half of flags
     30: jset  #0x7e020000, EXDEV           ; low half of flags & (CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET)

; x86_64: munmap, mremap, clone
allow:
     31: ret   #0x7fff0000                  ; allow

    L32: jne   #0x1b3, EXDEV                ; number != clone3

; x86_64: clone3, and numbers that are no known calls
ENOSYS:
     33: ret   #0x00050026                  ; errno:ENOSYS

; x86_64: every known call but clone3; and numbers that are none
; i386
; aarch64
; other architectures
EXDEV:
     34: ret   #0x00050012                  ; errno:EXDEV
