//! Traps of Cranelift: the code finds the fault itself, or the CPU does at an instruction that Cranelift marked as a trap.
//!
//! `evaluate(a, b)` is made with cranelift-jit and called with 6 and 0.
//!
//! - by default it divides by zero (trap int_divz, code 254);
//! - `--user`: `trapnz` with the user's code 7;
//! - `--overflow`: `uadd_overflow_trap` with int_ovf, code 252;
//! - `--unreachable`: `trap` with the user's code 1 at a place that should not be reached;
//! - `--thread`: in a spawned thread.

use cranelift_codegen::ir::{types::I64, AbiParam, InstBuilder, TrapCode};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, Linkage, Module};

type Evaluate = extern "C" fn(i64, i64) -> i64;

fn compile(kind: &str) -> Evaluate {
    let mut module = JITModule::new(JITBuilder::new(default_libcall_names()).unwrap());
    let mut context = module.make_context();
    context.func.signature.params.extend([AbiParam::new(I64); 2]);
    context.func.signature.returns.push(AbiParam::new(I64));
    let function = module.declare_function("evaluate", Linkage::Export, &context.func.signature).unwrap();
    let mut builder_context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let &[a, divisor] = b.block_params(entry) else { unreachable!() };
    match kind {
        "--user" => {
            b.ins().trapnz(a, TrapCode::unwrap_user(7));
            b.ins().return_(&[divisor]);
        }
        "--overflow" => {
            let most = b.ins().iadd_imm_s(divisor, -1);
            let sum = b.ins().uadd_overflow_trap(most, a, TrapCode::INTEGER_OVERFLOW);
            b.ins().return_(&[sum]);
        }
        "--unreachable" => {
            b.ins().trap(TrapCode::unwrap_user(1));
        }
        _ => {
            let quotient = b.ins().udiv(a, divisor);
            b.ins().return_(&[quotient]);
        }
    }
    b.seal_all_blocks();
    b.finalize(module.target_config());
    module.define_function(function, &mut context).unwrap();
    module.finalize_definitions().unwrap();
    unsafe { std::mem::transmute(module.get_finalized_function(function)) }
}

fn run(kind: &str) {
    println!("{}", compile(kind)(6, 0));
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let kind = args.iter().find(|arg| *arg != "--thread").cloned().unwrap_or_default();
    if args.iter().any(|arg| arg == "--thread") {
        std::thread::Builder::new().name("evaluator".into()).spawn(move || run(&kind)).unwrap().join().unwrap();
    } else {
        run(&kind);
    }
}
