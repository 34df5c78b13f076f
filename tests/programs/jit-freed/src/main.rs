//! Calls a JIT function whose code was freed.
//!
//! `scale` is made with cranelift-jit. `main` keeps its address in a structure, frees the module with `JITModule::free_memory`, and calls it
//! again: SIGSEGV at an address where nothing is mapped any more.
//!
//! - `--remapped`: other memory, that cannot be executed, is mapped in its place before the call;
//! - `--reused`: a second function, `offset`, lives and dies at the same address before the call, so that the pointer may be of either;
//! - `--on-stack`: `scale` calls `evict_self`, which frees the module under it, and is returned into;
//! - `--thread`: in a spawned thread;
//! - `--fork`: a child that was forked after the compilation frees and calls it; `main` waits for it and exits with 0.

use cranelift_codegen::ir::{types::I64, AbiParam, InstBuilder};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, Linkage, Module};
use std::ffi::c_void;
use std::sync::Mutex;

extern "C" {
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn mmap(addr: *mut c_void, len: usize, prot: i32, flags: i32, fd: i32, offset: i64) -> *mut c_void;
}
const PROT_READ_WRITE: i32 = 3;
const MAP_PRIVATE_ANONYMOUS_FIXED_NOREPLACE: i32 = 0x02 | 0x20 | 0x10_0000;

/// A function that was compiled for a query, kept for the next query like it.
struct Cached {
    module: Option<JITModule>,
    scale: extern "C" fn(i64) -> i64,
}

impl Cached {
    /// A function of that name; it calls `hook` first where there is one.
    fn compile(name: &str, hook: Option<extern "C" fn()>) -> Cached {
        let mut builder = JITBuilder::new(default_libcall_names()).unwrap();
        if let Some(hook) = hook {
            builder.symbol("hook", hook as *const u8);
        }
        let mut module = JITModule::new(builder);
        let mut context = module.make_context();
        context.func.signature.params.push(AbiParam::new(I64));
        context.func.signature.returns.push(AbiParam::new(I64));
        let function = module.declare_function(name, Linkage::Export, &context.func.signature).unwrap();
        let nothing = module.make_signature();
        let hook = hook.map(|_| module.declare_function("hook", Linkage::Import, &nothing).unwrap());
        let mut builder_context = FunctionBuilderContext::new();
        let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        if let Some(hook) = hook {
            let hook = module.declare_func_in_func(hook, b.func);
            b.ins().call(hook, &[]);
        }
        let value = b.block_params(entry)[0];
        let scaled = b.ins().imul_imm_s(value, 3);
        b.ins().return_(&[scaled]);
        b.seal_all_blocks();
        b.finalize(module.target_config());
        module.define_function(function, &mut context).unwrap();
        module.finalize_definitions().unwrap();
        let scale = unsafe {
            std::mem::transmute::<*const u8, extern "C" fn(i64) -> i64>(module.get_finalized_function(function))
        };
        Cached { module: Some(module), scale }
    }

    /// Gives the memory back; the fault is that `scale` stays.
    #[inline(never)]
    fn evict(&mut self) {
        if let Some(module) = self.module.take() {
            unsafe { module.free_memory() };
        }
    }

    #[inline(never)]
    fn evaluate(&self, value: i64) -> i64 {
        (self.scale)(value) + 1
    }
}

static ON_STACK: Mutex<Option<Cached>> = Mutex::new(None);

extern "C" fn evict_self() {
    ON_STACK.lock().unwrap().as_mut().unwrap().evict();
}

fn run_on_stack() {
    let cached = Cached::compile("scale", Some(evict_self));
    let scale = cached.scale;
    *ON_STACK.lock().unwrap() = Some(cached);
    println!("{}", scale(14));
}

/// `offset` comes to where `scale` was: the kernel gives the address out again.
fn reuse(address: usize) {
    for _ in 0..100 {
        let mut other = Cached::compile("offset", None);
        let same = other.scale as usize == address;
        other.evict();
        if same {
            return;
        }
    }
    panic!("the address was not given out again");
}

fn run(remapped: bool, forked: bool, reused: bool) {
    let mut cached = Cached::compile("scale", None);
    println!("before: {}", cached.evaluate(14));
    if forked {
        let pid = unsafe { fork() };
        if pid != 0 {
            unsafe { waitpid(pid, std::ptr::null_mut(), 0) };
            return;
        }
    }
    cached.evict();
    if reused {
        reuse(cached.scale as usize);
    }
    if remapped {
        let page = (cached.scale as usize & !0xfff) as *mut c_void;
        let other = unsafe { mmap(page, 4096, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_FIXED_NOREPLACE, -1, 0) };
        assert_eq!(other, page);
        unsafe { other.cast::<u8>().write_bytes(0x20, 4096) };
    }
    println!("after: {}", cached.evaluate(14));
}

fn main() {
    let has = |name| std::env::args().any(|arg| arg == name);
    let (remapped, forked, reused) = (has("--remapped"), has("--fork"), has("--reused"));
    if has("--on-stack") {
        return run_on_stack();
    }
    if has("--thread") {
        std::thread::Builder::new().name("query".into()).spawn(move || run(remapped, forked, reused)).unwrap().join().unwrap();
    } else {
        run(remapped, forked, reused);
    }
}
