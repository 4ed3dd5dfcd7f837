      0: ld    [4]                          ; architecture
      1: jne   #0xc000003e, L7              ; arch != x86_64

; x86_64
      2: ld    [0]                          ; number
      3: jeq   #0x87, personality           ; number == personality
      4: jeq   #0x65, EPERM                 ; number == ptrace
      5: jeq   #0x6e, EPERM                 ; number == getppid
      6: jeq   #0xaa, EPERM, L18            ; number == sethostname

     L7: jne   #0x40000003, kill            ; arch != i386

; i386
      8: ld    [0]                          ; number
      9: jne   #0x88, L14                   ; number != personality

; x86_64: personality with persona 1 to UNAME26|ADDR_NO_RANDOMIZE|FDPIC_FUNCPTRS|MMAP_PAGE_ZERO|ADDR_COMPAT_LAYOUT|READ_IMPLIES_EXEC|ADDR_LIMIT_32BIT|SHORT_INODE|WHOLE_SECONDS|STICKY_TIMEOUTS|ADDR_LIMIT_3GB|0xf001fffe → errno:EXDEV
; i386: personality with persona 1 to UNAME26|ADDR_NO_RANDOMIZE|FDPIC_FUNCPTRS|MMAP_PAGE_ZERO|ADDR_COMPAT_LAYOUT|READ_IMPLIES_EXEC|ADDR_LIMIT_32BIT|SHORT_INODE|WHOLE_SECONDS|STICKY_TIMEOUTS|ADDR_LIMIT_3GB|0xf001fffe → errno:EXDEV
personality:
     10: ld    [16]                         ; persona
     11: jeq   #0x0, allow                  ; persona == PER_LINUX
     12: jge   #0xffffffff, allow           ; persona >= 0xffffffff
     13: ret   #0x00050012                  ; errno:EXDEV

    L14: jeq   #0x1a, EPERM                 ; number == ptrace
     15: jeq   #0x40, EPERM                 ; number == getppid
     16: jne   #0x4a, L18                   ; number != sethostname

; x86_64: ptrace, getppid, sethostname
; i386: ptrace, getppid, sethostname
EPERM:
     17: ret   #0x00050001                  ; errno:EPERM

    L18: jge   #0x40000000, kill            ; number >= 0x40000000

; x86_64: every known call but ptrace, getppid, sethostname; and numbers that are none
; i386: every known call but ptrace, getppid, sethostname; and numbers that are none
allow:
     19: ret   #0x7fff0000                  ; allow

; x86_64: x32 calls and other numbers from 0x40000000 up
; i386: numbers from 0x40000000 up
; aarch64
; other architectures
kill:
     20: ret   #0x80000000                  ; kill
