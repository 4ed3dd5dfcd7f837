      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, EXDEV           ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jne   #0x8, L6                     ; number != lseek

; x86_64: lseek with whence 0xfffffff8, 0xfffffff9, 0xfffffffa, 0xfffffffb, 0xfffffffc, 0xfffffffd, 0xfffffffe or 0xffffffff
      4: ld    [32]                         ; whence
      5: jge   #0xfffffff8, allow, EXDEV    ; whence >= 0xfffffff8

     L6: jne   #0xa, L11                    ; number != mprotect

; x86_64: mprotect with prot PROT_WRITE|PROT_EXEC|PROT_SEM|PROT_GROWSDOWN|PROT_GROWSUP|0xfffffffffcfffff0 or PROT_READ|PROT_WRITE|PROT_EXEC|PROT_SEM|PROT_GROWSDOWN|PROT_GROWSUP|0xfffffffffcfffff0
      7: ld    [36]                         ; high half of prot
      8: jlt   #0xffffffff, EXDEV           ; high half of prot < 0xffffffff
      9: ld    [32]                         ; low half of prot
     10: jge   #0xfffffffe, allow, EXDEV    ; low half of prot >= 0xfffffffe

    L11: jne   #0xb, L19                    ; number != munmap

; x86_64: munmap with length 0 or 0xfffffffffffffff1 and above
     12: ld    [28]                         ; high half of length
     13: jne   #0x0, L16                    ; high half of length != 0
     14: ld    [24]                         ; low half of length
     15: jeq   #0x0, allow, EXDEV           ; length == 0
    L16: jlt   #0xffffffff, EXDEV           ; high half of length < 0xffffffff
     17: ld    [24]                         ; low half of length
     18: jge   #0xfffffff1, allow, EXDEV    ; low half of length >= 0xfffffff1

    L19: jne   #0x38, L23                   ; number != clone

; x86_64: clone with flags 0xfffffffe00000000 and above (CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_PIDFD|CLONE_PTRACE|CLONE_VFORK|CLONE_PARENT|CLONE_THREAD|CLONE_NEWNS|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID|CLONE_DETACHED|CLONE_UNTRACED|CLONE_CHILD_SETTID|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET|CLONE_IO|0xff aside)
     20: ld    [20]                         ; high half of flags
     21: jlt   #0xfffffffe, EXDEV           ; high half of flags < 0xfffffffe

; x86_64: lseek, mprotect, munmap, clone
allow:
     22: ret   #0x7fff0000                  ; allow

    L23: jlt   #0x1d8, EXDEV                ; number < 472 (the first newer one)
     24: jge   #0x40000000, EXDEV           ; number >= 0x40000000 (the first x32 one)

; x86_64: calls newer than any known here
     25: ret   #0x00050026                  ; errno:ENOSYS

; x86_64: every known call, and numbers that are none
; i386
; aarch64
; other architectures
EXDEV:
     26: ret   #0x00050012                  ; errno:EXDEV
