//! A parser compiled at run time whose helper returns a structure of three words.
//!
//! `parse_document` is made with cranelift-jit. It calls `next_event`, a Rust function, until the document ends.
//!
//! The fault: System V returns a structure of more than 16 bytes through memory that the caller provides, and passes its address as
//! a hidden first argument. The signature declared to Cranelift has one word as its result and no such argument. So the
//! helper takes the parser for the place of its result, the text for the parser, the length (18, 0x12) for the text, and the limit for the
//! length.
//!
//! What is seen of it:
//! - by default, in a release build, SIGSEGV at 0x12 inside an iterator; in a debug build the panic "unsafe precondition(s) violated",
//!   which cannot unwind, and SIGABRT;
//! - `--index`: the helper is driven by a table and its index, read from what it takes for the parser, is out of range: a panic that
//!   cannot unwind out of an `extern "C"` function, and SIGABRT;
//! - `--index --resume`: the same, but the helper catches the panic and `main` resumes it behind the JIT frame: exit code 101.
//!
//! `--thread` runs it all in a spawned thread.

use cranelift_codegen::ir::{condcodes::IntCC, types::I64, AbiParam, InstBuilder};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{default_libcall_names, Linkage, Module};
use std::any::Any;
use std::cell::RefCell;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

#[repr(C)]
pub struct Parser {
    position: usize,
    state: usize,
    events: usize,
    depth: usize,
}

#[repr(C)]
pub struct Event {
    kind: u64,
    start: usize,
    length: usize,
}

const END: u64 = 0;
const STRUCTURE: u64 = 1;
const SCALAR: u64 = 2;
const NO_LIMIT: i64 = -1;

/// The bytes that can be looked at: at most `limit`.
fn window(input: &[u8], limit: usize) -> &[u8] {
    &input[..input.len().min(limit)]
}

/// Finds the next event of a document: a bracket, or what stands between brackets and commas.
pub extern "C" fn next_event(parser: &mut Parser, input: *const u8, len: usize, limit: usize) -> Event {
    let text = window(unsafe { std::slice::from_raw_parts(input, len) }, limit);
    let Some(first) = text.iter().position(|b| !b.is_ascii_whitespace() && *b != b',') else {
        return Event { kind: END, start: 0, length: 0 };
    };
    let rest = &text[first.max(parser.position)..];
    let Some(length) = rest.iter().position(|b| matches!(b, b',' | b'{' | b'}' | b'[' | b']')) else {
        return Event { kind: END, start: first, length: 0 };
    };
    let event = Event {
        kind: if length == 0 { STRUCTURE } else { SCALAR },
        start: text.len() - rest.len(),
        length: length.max(1),
    };
    parser.position = event.start + event.length;
    parser.events += 1;
    event
}

/// What each state of the table-driven parser does with a byte.
const STATES: [fn(u8) -> u64; 4] = [
    |byte| if byte.is_ascii_whitespace() { 0 } else { 1 },
    |byte| if byte == b'"' { 2 } else { 1 },
    |byte| if byte == b'"' { 1 } else { 2 },
    |_| 3,
];

fn step(parser: &mut Parser, byte: u8) -> u64 {
    let state = STATES[parser.state](byte);
    parser.state = state as usize;
    state
}

pub extern "C" fn next_event_by_table(parser: &mut Parser, _input: *const u8, len: usize, _limit: usize) -> Event {
    let kind = step(parser, b' ');
    Event { kind, start: parser.position, length: len }
}

thread_local! {
    static CAUGHT: RefCell<Option<Box<dyn Any + Send>>> = const { RefCell::new(None) };
}

/// Keeps a panic for `main` to resume, since it could not pass the JIT frame.
pub extern "C" fn next_event_caught(parser: &mut Parser, _input: *const u8, len: usize, _limit: usize) -> Event {
    let kind = catch_unwind(AssertUnwindSafe(|| step(parser, b' '))).unwrap_or_else(|panic| {
        CAUGHT.set(Some(panic));
        END
    });
    Event { kind, start: parser.position, length: len }
}

/// `fn parse_document(parser, input, len) -> events`.
fn compile(module: &mut JITModule) -> *const u8 {
    let mut helper = module.make_signature();
    helper.params.extend([AbiParam::new(I64); 4]);
    helper.returns.push(AbiParam::new(I64)); // the fault: Event is three words
    let helper = module.declare_function("next_event", Linkage::Import, &helper).unwrap();

    let mut context = module.make_context();
    context.func.signature.params.extend([AbiParam::new(I64); 3]);
    context.func.signature.returns.push(AbiParam::new(I64));
    let function = module.declare_function("parse_document", Linkage::Export, &context.func.signature).unwrap();

    let mut builder_context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let (entry, again, end) = (b.create_block(), b.create_block(), b.create_block());
    b.append_block_params_for_function_params(entry);
    b.append_block_param(again, I64);
    b.switch_to_block(entry);
    let &[parser, input, len] = b.block_params(entry) else { unreachable!() };
    let none = b.ins().iconst(I64, 0);
    b.ins().jump(again, &[none.into()]);
    b.switch_to_block(again);
    let count = b.block_params(again)[0];
    let helper = module.declare_func_in_func(helper, b.func);
    let limit = b.ins().iconst(I64, NO_LIMIT);
    let call = b.ins().call(helper, &[parser, input, len, limit]);
    let kind = b.inst_results(call)[0];
    let more = b.ins().iadd_imm_s(count, 1);
    let go_on = b.ins().icmp_imm_s(IntCC::NotEqual, kind, END as i64);
    let enough = b.ins().icmp_imm_s(IntCC::UnsignedLessThan, more, 100);
    let go_on = b.ins().band(go_on, enough);
    b.ins().brif(go_on, again, &[more.into()], end, &[]);
    b.switch_to_block(end);
    b.ins().return_(&[count]);
    b.seal_all_blocks();
    b.finalize(module.target_config());

    module.define_function(function, &mut context).unwrap();
    module.finalize_definitions().unwrap();
    module.get_finalized_function(function)
}

fn run(helper: *const u8) {
    let mut builder = JITBuilder::new(default_libcall_names()).unwrap();
    builder.symbol("next_event", helper);
    let mut module = JITModule::new(builder);
    let parse_document = compile(&mut module);
    let parse_document: extern "C" fn(*mut Parser, *const u8, usize) -> i64 =
        unsafe { std::mem::transmute(parse_document) };

    let document = String::from(r#"{"id":1,"tag":"x"}"#);
    let mut parser = Parser { position: 0, state: 0, events: 0, depth: 0 };
    let events = parse_document(&mut parser, document.as_ptr(), document.len());
    if let Some(panic) = CAUGHT.take() {
        resume_unwind(panic);
    }
    println!("{events} events, depth {}", parser.depth);
}

fn main() {
    let has = |name| std::env::args().any(|arg| arg == name);
    let helper = match (has("--index"), has("--resume")) {
        (false, _) => next_event as *const u8,
        (true, false) => next_event_by_table as *const u8,
        (true, true) => next_event_caught as *const u8,
    } as usize;
    if has("--thread") {
        let worker = std::thread::Builder::new().name("parser".into()).spawn(move || run(helper as *const u8)).unwrap();
        if let Err(panic) = worker.join() {
            resume_unwind(panic);
        }
    } else {
        run(helper as *const u8);
    }
}
