// Registers by name, as parts, and set; $pc and $sp in expressions; stepi, nexti, x/i.
//@ compile-flags: -g
//@ edition: 2021

#[inline(never)]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

fn main() {
    let f = 1.5f64 * std::env::args().count() as f64;
    println!("{} {f}", add(0x1122334455667788, 1));
}

// gdb-command: break *registers::add
// gdb-check: Breakpoint 1 at [...]: file [...]registers.rs, line 6.
// gdb-command: run
// gdb-check: Breakpoint 1, registers::add (a=[...], b=[...]) at [...]registers.rs:6
// gdb-check: 6	fn add(a: u64, b: u64) -> u64 {
// gdb-command: print/x $rdi
// gdb-check: $1 = 0x1122334455667788
// gdb-command: print $rsi
// gdb-check: $2 = 1
// gdb-command: print/x $edi
// gdb-check: $3 = 0x55667788
// gdb-command: print/x $di
// gdb-check: $4 = 0x7788
// gdb-command: print/x $dil
// gdb-check: $5 = 0x88
// gdb-command: info registers rdi rsi
// gdb-check: rdi            0x1122334455667788  1234605616436508552
// gdb-check: rsi            0x1                 1
// gdb-command: print $pc
// gdb-check: $6 = (*mut fn ()) [...] <registers::add>
// gdb-command: print $sp == $rsp
// gdb-check: $7 = true
// gdb-command: set var $rsi = 5
// gdb-command: print $rsi
// gdb-check: $8 = 5
// gdb-command: x/2i $pc
// gdb-check: => [...] <[...]>:	sub    $0x18,%rsp
// gdb-check:    [...] <[...]+4>:	mov    %rdi,%rax
// gdb-command: stepi
// gdb-check: [...]	6	fn add(a: u64, b: u64) -> u64 {
// gdb-command: nexti
// gdb-check: [...]	6	fn add(a: u64, b: u64) -> u64 {
// gdb-command: info registers eflags
// gdb-check: eflags         0x2[...] IF ]
// gdb-command: print $eflags
// gdb-check: $9 = [[...]IF ]
// gdb-command: finish
// gdb-check: [...] in registers::main () at [...]registers.rs:12
// gdb-check: 12	    println!("{} {f}", add(0x1122334455667788, 1));
// gdb-check: Value returned is $10 = 1234605616436508557
// gdb-command: print/x $rax
// gdb-check: $11 = 0x112233445566778d
// gdb-command: p $xmm0.v2_double
// gdb-check: $12 = [1.5, 0]
// gdb-command: p $cs
// gdb-check: $13 = 51
// gdb-command: set var $xmm0.v4_int32[1] = 7
// gdb-command: p $xmm0.v4_int32
// gdb-check: $14 = [0, 7, 0, 0]
// gdb-command: set language c
// gdb-command: p $xmm1.v4_int32 = {1, -2, 3, 4}
// gdb-check: $15 = {1, -2, 3, 4}
// gdb-command: p $xmm1.v2_int64
// gdb-check: $16 = {-8589934591, 17179869187}
// gdb-command: set language auto
// gdb-command: stepi
// gdb-command: p $xmm1.v4_int32
// gdb-check: $17 = [1, -2, 3, 4]
// The system call that a thread is in; it is only read.
// gdb-command: print $orig_rax
// gdb-check: $[...] = -1
// gdb-command: whatis $orig_rax
// gdb-check: type = long
// gdb-command: info registers system
// gdb-check: fs_base[...]
// gdb-check: gs_base[...]
// gdb-check: orig_rax       0xffffffffffffffff  -1
// oxdb-command: set var $orig_rax = 1
// oxdb-check: $orig_rax is not written[...]
