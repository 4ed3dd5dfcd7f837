      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, EXDEV           ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jlt   #0x6, L15                    ; number < 6 (lstat)
      4: jlt   #0x1d8, L7                   ; number < 472 (the first newer one)
      5: jge   #0x40000000, EXDEV           ; number >= 0x40000000 (the first x32 one)

; x86_64: calls newer than any known here
      6: ret   #0x00050026                  ; errno:ENOSYS

     L7: jeq   #0x8, allow                  ; number == lseek
      8: jeq   #0xf, allow                  ; number == rt_sigreturn
      9: jeq   #0x27, allow                 ; number == getpid
     10: jeq   #0x3c, allow                 ; number == exit
     11: jeq   #0x66, allow                 ; number == getuid
     12: jeq   #0x68, allow                 ; number == getgid
     13: jeq   #0xdb, allow                 ; number == restart_syscall
     14: jeq   #0xe7, allow, EXDEV          ; number == exit_group
    L15: jeq   #0x2, EXDEV                  ; number == open
     16: jeq   #0x4, EXDEV                  ; number == stat

; x86_64: read, write, close, fstat, lseek, rt_sigreturn, getpid, exit, getuid, getgid,
;    restart_syscall, exit_group
allow:
     17: ret   #0x7fff0000                  ; allow

; x86_64: every known call but read, write, close, fstat, lseek, rt_sigreturn, getpid, exit, getuid,
;    getgid, restart_syscall, exit_group; and numbers that are none
; i386
; aarch64
; other architectures
EXDEV:
     18: ret   #0x00050012                  ; errno:EXDEV
