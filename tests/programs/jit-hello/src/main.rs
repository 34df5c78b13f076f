//! Compiles twenty functions with cranelift-jit, calls them, and ends. No fault.

use cranelift_codegen::ir::{types::I64, AbiParam, InstBuilder};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, FuncId, Linkage, Module};

fn main() {
    let mut module = JITModule::new(JITBuilder::new(default_libcall_names()).unwrap());
    let mut context = module.make_context();
    let mut builder_context = FunctionBuilderContext::new();
    let mut functions: Vec<FuncId> = Vec::new();
    for i in 0..20 {
        context.func.signature = module.make_signature();
        context.func.signature.params.push(AbiParam::new(I64));
        context.func.signature.returns.push(AbiParam::new(I64));
        let function = module.declare_function(&format!("step_{i}"), Linkage::Export, &context.func.signature).unwrap();
        let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        let value = b.block_params(entry)[0];
        let mut ret = b.ins().iadd_imm_s(value, i);
        if let Some(before) = functions.last() {
            let before = module.declare_func_in_func(*before, b.func);
            let call = b.ins().call(before, &[ret]);
            ret = b.inst_results(call)[0];
        }
        b.ins().return_(&[ret]);
        b.seal_all_blocks();
        b.finalize(module.target_config());
        module.define_function(function, &mut context).unwrap();
        module.clear_context(&mut context);
        functions.push(function);
    }
    module.finalize_definitions().unwrap();
    let mut sum = 0;
    for function in functions {
        let step = module.get_finalized_function(function);
        let step = unsafe { std::mem::transmute::<*const u8, extern "C" fn(i64) -> i64>(step) };
        sum += step(1);
    }
    println!("{sum}");
}
