      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, EXDEV           ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jne   #0xb, L16                    ; number != munmap

; x86_64: munmap with length 4294963200 to 0x100001000, 0x300000000 to 0x5ffffffff or 0xffffffffffffffff
      4: ld    [28]                         ; high half of length
      5: jlt   #0x2, L11                    ; high half of length < 0x2
      6: jlt   #0x6, L10                    ; high half of length < 0x6
      7: jne   #0xffffffff, EXDEV           ; high half of length != 0xffffffff
      8: ld    [24]                         ; low half of length
      9: jge   #0xffffffff, allow, EXDEV    ; length >= 0xffffffffffffffff
    L10: jeq   #0x2, EXDEV, allow           ; high half of length == 0x2
    L11: jne   #0x0, L14                    ; high half of length != 0
     12: ld    [24]                         ; low half of length
     13: jge   #0xfffff000, allow, EXDEV    ; length >= 4294963200
    L14: ld    [24]                         ; low half of length
     15: jge   #0x1001, EXDEV, allow        ; low half of length >= 0x1001

    L16: jne   #0x19, L26                   ; number != mremap

; x86_64: mremap with old_size 1 or 0xf000000000000000 (of the bits 0xf00000000000000f)
     17: ld    [28]                         ; high half of old_size
     18: and   #0xf0000000                  ; high half of old_size & 0xf0000000
     19: jne   #0x0, L23                    ; (high half of old_size & 0xf0000000) != 0
     20: ld    [24]                         ; low half of old_size
     21: and   #0xf                         ; low half of old_size & 0xf
     22: jeq   #0x1, allow, EXDEV           ; (low half of old_size & 0xf) == 0x1
    L23: jlt   #0xf0000000, EXDEV           ; (high half of old_size & 0xf0000000) < 0xf0000000
     24: ld    [24]                         ; low half of old_size
     25: jset  #0xf, EXDEV, allow           ; low half of old_size & 0xf

    L26: jne   #0x38, L30                   ; number != clone

; x86_64: clone with flags without CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET
     27: ld    [16]                         ; low half of flags
     28: jset  #0x7e020000, EXDEV           ; low half of flags & (CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET)

; x86_64: munmap, mremap, clone
allow:
     29: ret   #0x7fff0000                  ; allow

    L30: jlt   #0x1d8, L32                  ; number < 472 (the first newer one)
     31: jge   #0x40000000, EXDEV, ENOSYS   ; number >= 0x40000000 (the first x32 one)
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
