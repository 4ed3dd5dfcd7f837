      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, kill            ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jlt   #0x1d8, L6                   ; number < 472 (the first newer one)
      4: jge   #0x40000000, kill            ; number >= 0x40000000 (the first x32 one)

; x86_64: calls newer than any known here
      5: ret   #0x00050026                  ; errno:ENOSYS

     L6: jne   #0x27, L8                    ; number != getpid

; x86_64: getpid
      7: ret   #0x7fff0000                  ; allow

     L8: jne   #0x66, L10                   ; number != getuid

; x86_64: getuid → kill-thread
      9: ret   #0x00000000                  ; kill-thread

    L10: jne   #0x68, L12                   ; number != getgid

; x86_64: getgid → log
     11: ret   #0x7ffc0000                  ; log

    L12: jne   #0x6b, L14                   ; number != geteuid

; x86_64: geteuid → errno:4095
     13: ret   #0x00050fff                  ; errno:4095

    L14: jne   #0x6c, L16                   ; number != getegid

; x86_64: getegid → errno:EPERM
     15: ret   #0x00050001                  ; errno:EPERM

    L16: jne   #0x6e, kill                  ; number != getppid

; x86_64: getppid → trap
     17: ret   #0x00030000                  ; trap

; x86_64: every known call but getpid, getuid, getgid, geteuid, getegid, getppid;
;    and numbers that are none
; i386
; aarch64
; other architectures
kill:
     18: ret   #0x80000000                  ; kill
