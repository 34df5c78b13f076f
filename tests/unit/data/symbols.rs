// What test_symbols.c asks the symbols layer about; built by meson in two forms when rustc is there.
#![allow(dead_code)]

pub mod shapes {
    pub trait Area {
        fn area(&self) -> f64;
    }
    pub struct Square(pub f64);
    impl Area for Square {
        #[inline(never)]
        fn area(&self) -> f64 {
            self.0 * self.0
        }
    }
    pub enum Token {
        Number(u64),
        Word { text: String, line: u32 },
        End,
    }
    #[repr(u8)]
    #[derive(Clone, Copy)]
    pub enum Color {
        Red = 1,
        Blue = 200,
    }
    #[repr(i8)]
    #[derive(Clone, Copy)]
    pub enum Sign {
        Minus = -1,
        Plus = 1,
    }
    #[repr(C, packed)]
    #[derive(Clone, Copy)]
    pub struct Packed {
        pub a: u8,
        pub b: u64,
    }
    pub enum Wide {
        Big(i128),
        Small,
    }
    pub union Bits {
        pub int: u32,
        pub float: f32,
    }
}
use shapes::*;

pub mod inner_module {
    pub static mut COUNTER: u32 = 7;
    pub static COUNTER_NAME: &str = "counter";
}

thread_local! {
    pub static DEPTH: std::cell::Cell<u32> = const { std::cell::Cell::new(3) };
}

#[inline(never)]
fn scopes(text: &str) -> usize {
    let (alpha, beta, gamma, delta) = (text.len(), 2usize, 3u8, 4i16); // line: four names
    let alpha = alpha + beta;
    // line: no code

    let sum = alpha + gamma as usize + delta as usize; // line: after a gap
    DEPTH.with(|d| d.set(d.get() + 1));
    unsafe { inner_module::COUNTER += 1 };
    std::hint::black_box(&alpha); // line: all in scope
    sum + unsafe { inner_module::COUNTER as usize } + inner_module::COUNTER_NAME.len()
}

#[repr(C)]
pub struct Event {
    pub kind: u64,
    pub data: *const u8,
    pub len: usize,
}

#[no_mangle]
#[inline(never)]
pub extern "C" fn next_event(parser: *mut Token, input: *const u8) -> Event {
    Event { kind: parser as u64, data: input, len: 3 }
}

#[inline(always)]
fn inner(a: u32) -> u32 {
    a.wrapping_mul(7) ^ std::env::args().count() as u32 // line: inlined
}

#[inline(always)]
fn middle(a: u32) -> u32 {
    inner(a) + 1
}

#[no_mangle]
#[inline(never)]
pub fn inline_chain(a: u32) -> u32 {
    middle(a)
}

#[inline(never)]
fn generic<T: Copy, const N: usize>(x: [T; N]) -> (T, usize) {
    (x[0], N)
}

#[inline(never)]
fn holds(token: &Token, color: Color, sign: Sign, packed: Packed, bits: Bits, wide: &Wide, name: &str, maybe: Option<u32>,
         boxed: Box<dyn Area>) -> f64 {
    let n = match token {
        Token::Number(n) => *n as u32,
        Token::Word { text, line } => text.len() as u32 + line,
        Token::End => 0,
    };
    let w = match wide {
        Wide::Big(x) => *x as u32,
        Wide::Small => 1,
    };
    let float = unsafe { bits.float };
    let m = n as f64 + w as f64 + color as u8 as f64 + sign as i8 as f64 + packed.a as f64 + float as f64;
    boxed.area() + m + name.len() as f64 + maybe.unwrap_or(1) as f64
}

#[inline(never)]
fn joins(a: u32) -> u32 {
    let b = if a > 2 { // line: if
        a + 1
    } else {
        a / 2
    };
    std::hint::black_box(b) // line: behind the if
}

fn main() {
    std::hint::black_box(joins(std::hint::black_box(3)));
    let count = std::env::args().count();
    let token = match count {
        1 => Token::Number(3),
        2 => Token::End,
        _ => Token::Word { text: String::new(), line: 1 },
    };
    let wide = if count > 1 { Wide::Small } else { Wide::Big(-1) };
    let sum = holds(&token, if count > 1 { Color::Red } else { Color::Blue }, if count > 1 { Sign::Minus } else { Sign::Plus },
                    Packed { a: 1, b: 2 }, Bits { float: 1.0 }, &wide, "text", Some(count as u32), Box::new(Square(2.0)));
    let event = next_event(std::ptr::null_mut(), b"abc".as_ptr());
    println!("{} {} {} {} {}", scopes("text"), sum, event.len, inline_chain(3), generic([1u16, 2]).1 + generic(["a"]).1);
}
