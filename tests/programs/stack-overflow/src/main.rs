//! Recursion without an end.
//!
//! std's handler for SIGSEGV finds that the address is in the guard page, prints a message and aborts: SIGABRT, long after the fault.
//!
//! - `--jit`: the recursion is in a function made with cranelift-jit;
//! - `--thread`: in a spawned thread.

use cranelift_codegen::ir::{types::I64, AbiParam, InstBuilder, StackSlotData, StackSlotKind};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, Linkage, Module};
use std::hint::black_box;

#[allow(unconditional_recursion)] // the fault
#[inline(never)]
fn depth_of(tree: u64) -> u64 {
    let path = black_box([tree; 8]);
    // No end: the caller of a tree that contains itself.
    black_box(depth_of(path[3] + 1)) + path[5]
}

/// `fn count_down(n) -> n == 0 ? … : count_down(n - 1) + 1`, with the test forgotten.
fn compile() -> extern "C" fn(i64) -> i64 {
    let mut module = JITModule::new(JITBuilder::new(default_libcall_names()).unwrap());
    let mut context = module.make_context();
    context.func.signature.params.push(AbiParam::new(I64));
    context.func.signature.returns.push(AbiParam::new(I64));
    let function = module.declare_function("count_down", Linkage::Export, &context.func.signature).unwrap();
    let mut builder_context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let n = b.block_params(entry)[0];
    let slot = b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 64, 3));
    b.ins().stack_store(I64, n, slot, 0);
    let less = b.ins().iadd_imm_s(n, -1);
    let itself = module.declare_func_in_func(function, b.func);
    let call = b.ins().call(itself, &[less]);
    let deeper = b.inst_results(call)[0];
    let kept = b.ins().stack_load(I64, I64, slot, 0);
    let sum = b.ins().iadd(deeper, kept);
    b.ins().return_(&[sum]);
    b.seal_all_blocks();
    b.finalize(module.target_config());
    module.define_function(function, &mut context).unwrap();
    module.finalize_definitions().unwrap();
    unsafe { std::mem::transmute(module.get_finalized_function(function)) }
}

fn run(jit: bool) {
    println!("{}", if jit { compile()(1000) } else { depth_of(0) as i64 });
}

fn main() {
    let has = |name| std::env::args().any(|arg| arg == name);
    let jit = has("--jit");
    if has("--thread") {
        std::thread::Builder::new().name("walker".into()).spawn(move || run(jit)).unwrap().join().unwrap();
    } else {
        run(jit);
    }
}
