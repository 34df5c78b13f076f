//! Hand-written machine code that does not restore rbx.
//!
//! The code, a hash function of seven instructions, lives in a page of its own, made executable by mprotect. `apply` (apply.c) calls it.
//!
//! The fault: the code counts its rounds in rbx, which belongs to its caller (System V: rbx, rbp and r12 to r15 are callee-saved), and does not
//! restore it. `apply` keeps its `item` there, finds a zero behind the call, and ends in SIGSEGV.
//!
//! `--thread` runs it in a spawned thread.

use std::ffi::c_void;

#[repr(C)]
pub struct Item {
    key: u64,
    value: u64,
}

extern "C" {
    fn apply(item: *const Item, key: u64, code: *const c_void) -> u64;
    fn mmap(addr: *mut c_void, len: usize, prot: i32, flags: i32, fd: i32, offset: i64) -> *mut c_void;
    fn mprotect(addr: *mut c_void, len: usize, prot: i32) -> i32;
}
const PROT_READ_WRITE: i32 = 3;
const PROT_READ_EXEC: i32 = 5;
const MAP_PRIVATE_ANONYMOUS: i32 = 0x22;

/// hash(rdi): eight rounds of rotate and multiply; rbx is the counter.
const HASH: &[u8] = &[
    0xbb, 0x08, 0x00, 0x00, 0x00, // mov ebx, 8
    0x48, 0x89, 0xf8, // mov rax, rdi
    0x48, 0xc1, 0xc0, 0x07, // again: rol rax, 7
    0x48, 0x6b, 0xc0, 0x1f, // imul rax, rax, 31
    0xff, 0xcb, // dec ebx
    0x75, 0xf4, // jnz again
    0xc3, // ret
];

fn install(code: &[u8]) -> *const c_void {
    unsafe {
        let page = mmap(std::ptr::null_mut(), 4096, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        assert_ne!(page as isize, -1);
        page.cast::<u8>().copy_from(code.as_ptr(), code.len());
        assert_eq!(mprotect(page, 4096, PROT_READ_EXEC), 0);
        page
    }
}

fn run() {
    let hash = install(HASH);
    let item = Item { key: 7, value: 35 };
    println!("{}", unsafe { apply(&item, item.key, hash) });
}

fn main() {
    if std::env::args().any(|arg| arg == "--thread") {
        std::thread::Builder::new().name("hasher".into()).spawn(run).unwrap().join().unwrap();
    } else {
        run();
    }
}
