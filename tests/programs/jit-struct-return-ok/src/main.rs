//! The innocent twin of jit-struct-return: it looks the same and declares the helper rightly.
//!
//! `parse_document` is made with cranelift-jit and calls `next_event`, which returns a structure of three words. The signature declared
//! to Cranelift has the hidden pointer (StructReturn) and no result.
//!
//! The fault is one of its own, under the same JIT frame: the text that `main` hands over is at an address where nothing is, so
//! that the same iterator ends in SIGSEGV.
//!
//! - `--two-words`: the helper returns 16 bytes, which come in two registers and are declared as two results; the same fault;
//! - `--into`: the helper takes that pointer as an ordinary first argument, as a prototype in C would; the same fault;
//! - `--clean`: the text is good and the program exits with 0 (also with the two above);
//! - `--thread`: in a spawned thread.

use cranelift_codegen::ir::{
    types::I64, AbiParam, ArgumentPurpose, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, Linkage, Module};

#[repr(C)]
pub struct Parser {
    position: usize,
    events: usize,
}

#[repr(C)]
pub struct Event {
    kind: u64,
    start: usize,
    length: usize,
}

#[repr(C)]
pub struct ShortEvent {
    start: usize,
    length: usize,
}

fn find(parser: &mut Parser, input: *const u8, len: usize) -> (usize, usize) {
    let text = unsafe { std::slice::from_raw_parts(input, len) };
    let start = text.iter().position(|b| b.is_ascii_alphanumeric()).unwrap_or(len);
    let length = text[start..].iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(len - start);
    parser.position = start + length;
    parser.events += 1;
    (start, length)
}

pub extern "C" fn next_event(parser: &mut Parser, input: *const u8, len: usize) -> Event {
    let (start, length) = find(parser, input, len);
    Event { kind: 1, start, length }
}

pub extern "C" fn next_short_event(parser: &mut Parser, input: *const u8, len: usize) -> ShortEvent {
    let (start, length) = find(parser, input, len);
    ShortEvent { start, length }
}

pub extern "C" fn next_event_into(event: &mut Event, parser: &mut Parser, input: *const u8, len: usize) {
    let (start, length) = find(parser, input, len);
    *event = Event { kind: 1, start, length };
}

/// `fn parse_document(parser, input, len) -> length of the first event`.
fn compile(module: &mut JITModule, two_words: bool) -> *const u8 {
    let mut helper = module.make_signature();
    if two_words {
        helper.params.extend([AbiParam::new(I64); 3]);
        helper.returns.extend([AbiParam::new(I64); 2]);
    } else {
        helper.params.push(AbiParam::special(I64, ArgumentPurpose::StructReturn));
        helper.params.extend([AbiParam::new(I64); 3]);
    }
    let helper = module.declare_function("next_event", Linkage::Import, &helper).unwrap();

    let mut context = module.make_context();
    context.func.signature.params.extend([AbiParam::new(I64); 3]);
    context.func.signature.returns.push(AbiParam::new(I64));
    let function = module.declare_function("parse_document", Linkage::Export, &context.func.signature).unwrap();

    let mut builder_context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let &[parser, input, len] = b.block_params(entry) else { unreachable!() };
    let helper = module.declare_func_in_func(helper, b.func);
    let length = if two_words {
        let call = b.ins().call(helper, &[parser, input, len]);
        b.inst_results(call)[1]
    } else {
        let slot = b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 24, 3));
        let event = b.ins().stack_addr(I64, slot, 0);
        b.ins().call(helper, &[event, parser, input, len]);
        b.ins().load(I64, MemFlagsData::trusted(), event, 16)
    };
    b.ins().return_(&[length]);
    b.seal_all_blocks();
    b.finalize(module.target_config());

    module.define_function(function, &mut context).unwrap();
    module.finalize_definitions().unwrap();
    module.get_finalized_function(function)
}

fn run(two_words: bool, into: bool, clean: bool) {
    let mut builder = JITBuilder::new(default_libcall_names()).unwrap();
    let helper = match (two_words, into) {
        (true, _) => next_short_event as *const u8,
        (_, true) => next_event_into as *const u8,
        _ => next_event as *const u8,
    };
    builder.symbol("next_event", helper);
    let mut module = JITModule::new(builder);
    let parse_document = compile(&mut module, two_words);
    let parse_document: extern "C" fn(*mut Parser, *const u8, usize) -> i64 =
        unsafe { std::mem::transmute(parse_document) };

    let document = String::from(r#"{"id":1,"tag":"x"}"#);
    let text = if clean { document.as_ptr() } else { 0x4141_4141_4000 as *const u8 };
    let mut parser = Parser { position: 0, events: 0 };
    let length = parse_document(&mut parser, text, document.len());
    println!("{} events, the first of length {length}", parser.events);
}

fn main() {
    let has = |name| std::env::args().any(|arg| arg == name);
    let (two_words, into, clean) = (has("--two-words"), has("--into"), has("--clean"));
    if has("--thread") {
        std::thread::Builder::new().name("parser".into()).spawn(move || run(two_words, into, clean)).unwrap().join().unwrap();
    } else {
        run(two_words, into, clean);
    }
}
