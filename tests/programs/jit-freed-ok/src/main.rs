//! The innocent twin of jit-freed: one module is freed, but what crashes is not its code.
//!
//! Two modules hold a JIT function each, `scale` and `first_word`. The first is freed and not called again.
//!
//! The fault: `first_word` is given an address where nothing is and reads from it: SIGSEGV in JIT code that is alive.
//!
//! - `--wild`: jumps to an address that never held code;
//! - `--thread`: in a spawned thread.

use cranelift_codegen::ir::{types::I64, AbiParam, InstBuilder, MemFlagsData, Value};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, Linkage, Module};

type Function = extern "C" fn(i64) -> i64;

/// A module with one function, whose body `emit` writes.
fn compile(name: &str, emit: impl FnOnce(&mut FunctionBuilder, Value) -> Value) -> (JITModule, Function) {
    let mut module = JITModule::new(JITBuilder::new(default_libcall_names()).unwrap());
    let mut context = module.make_context();
    context.func.signature.params.push(AbiParam::new(I64));
    context.func.signature.returns.push(AbiParam::new(I64));
    let function = module.declare_function(name, Linkage::Export, &context.func.signature).unwrap();
    let mut builder_context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let argument = b.block_params(entry)[0];
    let ret = emit(&mut b, argument);
    b.ins().return_(&[ret]);
    b.seal_all_blocks();
    b.finalize(module.target_config());
    module.define_function(function, &mut context).unwrap();
    module.finalize_definitions().unwrap();
    let code = unsafe { std::mem::transmute::<*const u8, Function>(module.get_finalized_function(function)) };
    (module, code)
}

#[inline(never)]
fn call(function: Function, argument: i64) -> i64 {
    function(argument) + 1
}

fn run(wild: bool) {
    let (first, scale) = compile("scale", |b, value| b.ins().imul_imm_s(value, 3));
    let (_second, first_word) = compile("first_word", |b, address| b.ins().load(I64, MemFlagsData::new(), address, 8));
    println!("scale: {}", call(scale, 14));
    println!("first_word: {}", call(first_word, [0u64, 41].as_ptr() as i64));
    unsafe { first.free_memory() };
    if wild {
        let nowhere = unsafe { std::mem::transmute::<usize, Function>(0x4141_4141_4000) };
        println!("wild: {}", call(nowhere, 14));
    }
    println!("first_word: {}", call(first_word, 0x4242_4242_4000));
}

fn main() {
    let has = |name| std::env::args().any(|arg| arg == name);
    let wild = has("--wild");
    if has("--thread") {
        std::thread::Builder::new().name("query".into()).spawn(move || run(wild)).unwrap().join().unwrap();
    } else {
        run(wild);
    }
}
