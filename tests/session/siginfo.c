// $_siginfo: what the kernel told of the signal, with the parts of its union, in C's and in Rust's language.
#include <signal.h>

int main(void)
{
	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR1); /* #break */
	volatile int *p = (int *)16;
	return *p;
}

// gdb-command: print $_siginfo
// gdb-check: $1 = void
// gdb-command: run
// gdb-check: Breakpoint 1, main () at [...]siginfo.c:7
// gdb-command: continue
// gdb-check: Program received signal SIGUSR1, User defined signal 1.
// gdb-command: print $_siginfo.si_signo
// gdb-check: $2 = 10
// gdb-command: print $_siginfo.si_code
// gdb-check: $3 = -6
// gdb-command: continue
// gdb-check: Program received signal SIGSEGV, Segmentation fault.
// gdb-command: print $_siginfo
// gdb-check: $4 = {si_signo = 11, si_errno = 0, si_code = 1, _sifields = {_pad = {16, 0 <repeats 27 times>}, _kill = {si_pid = 16, si_uid = 0}, _timer = {si_tid = 16, si_overrun = 0, si_sigval = {sival_int = 0, sival_ptr = 0x0}}, _rt = {si_pid = 16, si_uid = 0, si_sigval = {sival_int = 0, sival_ptr = 0x0}}, _sigchld = {si_pid = 16, si_uid = 0, si_status = 0, si_utime = 0, si_stime = 0}, _sigfault = {si_addr = 0x10, _addr_lsb = 0, _addr_bnd = {_lower = 0x0, _upper = 0x0}}, _sigpoll = {si_band = 16, si_fd = 0}, _sigsys = {_call_addr = 0x10, _syscall = 0, _arch = 0}}}
// gdb-command: print $_siginfo._sifields._sigfault.si_addr
// gdb-check: $5 = (void *) 0x10
// gdb-command: print/x $_siginfo._sifields._sigfault
// gdb-check: $6 = {si_addr = 0x10, _addr_lsb = 0x0, _addr_bnd = {_lower = 0x0, _upper = 0x0}}
// gdb-command: ptype $_siginfo
// gdb-check: type = struct siginfo {
// gdb-check:     int si_signo;
// gdb-check:     int si_errno;
// gdb-check:     int si_code;
// gdb-check:     union {
// gdb-check:         int _pad __attribute__ ((vector_size(28)));
// gdb-check:         struct {...} _kill;
// gdb-check:         struct {...} _timer;
// gdb-check:         struct {...} _rt;
// gdb-check:         struct {...} _sigchld;
// gdb-check:         struct {...} _sigfault;
// gdb-check:         struct {...} _sigpoll;
// gdb-check:         struct {...} _sigsys;
// gdb-check:     } _sifields;
// gdb-command: whatis $_siginfo
// gdb-check: type = struct siginfo
// gdb-command: whatis $_siginfo._sifields
// gdb-check: type = union {...}
// gdb-command: ptype $_siginfo._sifields._sigchld
// gdb-check: type = struct {
// gdb-check:     __pid_t si_pid;
// gdb-check:     __uid_t si_uid;
// gdb-check:     int si_status;
// gdb-check:     __clock_t si_utime;
// gdb-check:     __clock_t si_stime;
// gdb-command: print sizeof($_siginfo)
// gdb-check: $7 = 128
// gdb-command: set language rust
// gdb-command: print $_siginfo._sifields._sigfault
// gdb-check: $8 = {si_addr: 0x10, _addr_lsb: 0, _addr_bnd: {_lower: 0x0, _upper: 0x0}}
// gdb-command: whatis $_siginfo
// gdb-check: type = siginfo
// gdb-command: whatis $_siginfo._sifields._timer
// gdb-check: type = struct  {
// gdb-check:   si_tid: int,
// gdb-check:   si_overrun: int,
// gdb-check:   si_sigval: sigval_t,
// gdb-command: whatis $_siginfo._sifields._pad
// gdb-check: type = [int; 28]
// gdb-command: set language c
// gdb-command: set var $_siginfo.si_code = 77
// gdb-command: print $_siginfo.si_code
// gdb-check: $[...] = 77
// gdb-command: print $_siginfo._sifields._sigfault.si_addr = 0x1234
// gdb-check: $[...] = (void *) 0x1234
// gdb-command: print/x $_siginfo._sifields._sigfault.si_addr
// gdb-check: $[...] = 0x1234
