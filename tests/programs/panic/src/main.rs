//! Panics of the program's own making, in many places.
//!
//! - by default: in `main`, uncaught: exit code 101;
//! - `--index`: an index out of range, the same;
//! - `--caught`: caught; exits with 0;
//! - `--many`: 10,000 caught panics; exits with 0;
//! - `--thread`: in a spawned thread, whose `join` is unwrapped: a second panic in `main`, exit code 101;
//! - `--thread-ignored`: in a spawned thread, whose result is ignored: exits with 0;
//! - `--jit`: in an `extern "C"` helper called from JIT code, which is declared rightly: cannot unwind, SIGABRT;
//! - `--jit-unwind`: in an `extern "C-unwind"` helper called from JIT code: "failed to initiate panic, error 5", SIGABRT;
//! - `--payload`: with a payload that is no text;
//! - `--in-drop`: a second one in a destructor, while the first is unwound: SIGABRT.

use cranelift_codegen::ir::{types::I64, AbiParam, InstBuilder};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, Linkage, Module};
use std::hint::black_box;

#[inline(never)]
fn withdraw(balance: u64, amount: u64) -> u64 {
    if amount > balance {
        panic!("cannot withdraw {amount} of {balance}");
    }
    balance - amount
}

struct Account;

impl Drop for Account {
    fn drop(&mut self) {
        withdraw(0, black_box(1));
    }
}

extern "C" fn helper(amount: u64) -> u64 {
    withdraw(10, amount)
}

extern "C-unwind" fn helper_unwind(amount: u64) -> u64 {
    withdraw(10, amount)
}

/// `fn pay(amount) -> helper(amount)`.
fn through_jit(helper: *const u8) -> u64 {
    let mut builder = JITBuilder::new(default_libcall_names()).unwrap();
    builder.symbol("withdraw_helper", helper);
    let mut module = JITModule::new(builder);
    let mut context = module.make_context();
    context.func.signature.params.push(AbiParam::new(I64));
    context.func.signature.returns.push(AbiParam::new(I64));
    let signature = context.func.signature.clone();
    let helper = module.declare_function("withdraw_helper", Linkage::Import, &signature).unwrap();
    let function = module.declare_function("pay", Linkage::Export, &signature).unwrap();
    let mut builder_context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let amount = b.block_params(entry)[0];
    let helper = module.declare_func_in_func(helper, b.func);
    let call = b.ins().call(helper, &[amount]);
    let left = b.inst_results(call)[0];
    b.ins().return_(&[left]);
    b.seal_all_blocks();
    b.finalize(module.target_config());
    module.define_function(function, &mut context).unwrap();
    module.finalize_definitions().unwrap();
    let pay = unsafe {
        std::mem::transmute::<*const u8, extern "C-unwind" fn(u64) -> u64>(module.get_finalized_function(function))
    };
    pay(100)
}

fn main() {
    let how = std::env::args().nth(1).unwrap_or_default();
    match how.as_str() {
        "--index" => println!("{}", black_box(&[1, 2, 3][..])[black_box(7)]),
        "--caught" => println!("{}", std::panic::catch_unwind(|| withdraw(10, 100)).is_err()),
        "--many" => {
            std::panic::set_hook(Box::new(|_| {}));
            let caught = (0..10_000).filter(|i| std::panic::catch_unwind(|| withdraw(10, 11 + i)).is_err()).count();
            println!("{caught}");
        }
        "--thread" => {
            let worker = std::thread::Builder::new().name("teller".into()).spawn(|| withdraw(10, 100)).unwrap();
            println!("{}", worker.join().unwrap());
        }
        "--thread-ignored" => {
            let worker = std::thread::Builder::new().name("teller".into()).spawn(|| withdraw(10, 100)).unwrap();
            println!("{}", worker.join().is_err());
        }
        "--jit" => println!("{}", through_jit(helper as *const u8)),
        "--jit-unwind" => println!("{}", through_jit(helper_unwind as *const u8)),
        "--payload" => std::panic::panic_any(vec![1u8, 2, 3]),
        "--in-drop" => {
            let _account = Account;
            println!("{}", withdraw(10, 100));
        }
        _ => println!("{}", withdraw(10, 100)),
    }
}
