//! The innocent twin of jit-clobber: the code restores rbx.
//!
//! The code, a hash function, lives in a page of its own, made executable by mprotect. `apply` (jit-clobber/apply.c) calls it. It counts its
//! rounds in rbx, too, but saves it before and restores it after.
//!
//! The fault: the `item` that `main` hands to `apply` was bad from the start: SIGSEGV at the same instruction of `apply`.
//!
//! - `--clean`: the item is good and the program exits with 0;
//! - `--thread` runs it in a spawned thread.

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
    0x53, // push rbx
    0xbb, 0x08, 0x00, 0x00, 0x00, // mov ebx, 8
    0x48, 0x89, 0xf8, // mov rax, rdi
    0x48, 0xc1, 0xc0, 0x07, // again: rol rax, 7
    0x48, 0x6b, 0xc0, 0x1f, // imul rax, rax, 31
    0xff, 0xcb, // dec ebx
    0x75, 0xf4, // jnz again
    0x5b, // pop rbx
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

fn run(clean: bool) {
    let hash = install(HASH);
    let item = Item { key: 7, value: 35 };
    let handed = if clean { &item as *const Item } else { 0x4141_4141_4000 as *const Item };
    println!("{}", unsafe { apply(handed, item.key, hash) });
}

fn main() {
    let has = |name| std::env::args().any(|arg| arg == name);
    let clean = has("--clean");
    if has("--thread") {
        std::thread::Builder::new().name("hasher".into()).spawn(move || run(clean)).unwrap().join().unwrap();
    } else {
        run(clean);
    }
}
