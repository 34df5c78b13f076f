//! Reads through a null pointer.
//!
//! In a release build this is SIGSEGV; in a debug build the compiler's own check finds it first: a panic that cannot unwind ("null pointer
//! dereference occurred"), and SIGABRT.
//!
//! - `--field`: a field at some distance from the (null) start of a structure;
//! - `--write`: writes instead, in a way that the compiler does not check (SIGSEGV in all builds).

use std::hint::black_box;

#[repr(C)]
struct Order {
    id: u64,
    lines: [u32; 6],
    total: u64,
}

#[inline(never)]
fn id_of(order: *const Order) -> u64 {
    unsafe { (*order).id }
}

#[inline(never)]
fn total_of(order: *const Order) -> u64 {
    unsafe { (*order).total }
}

#[inline(never)]
fn clear(order: *mut Order) {
    unsafe { std::arch::asm!("mov qword ptr [{}], 0", in(reg) order) };
}

fn main() {
    let has = |name| std::env::args().any(|arg| arg == name);
    let none: *mut Order = black_box(std::ptr::null_mut());
    if has("--write") {
        clear(none);
    }
    println!("{}", if has("--field") { total_of(none) } else { id_of(none) });
    let some = Order { id: 1, lines: [0; 6], total: 2 };
    println!("{} {:?}", id_of(&some), some.lines);
}
