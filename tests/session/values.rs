// Scalars, text, structs, tuples, arrays, C-like enums and pointers, as print shows them.
//@ typed
//@ compile-flags: -g
//@ edition: 2021
#![allow(dead_code)]

struct Point {
    x: i32,
    y: f64,
}
struct Pair(u8, char);
struct Unit;
#[derive(Clone, Copy)]
enum Color {
    Red,
    Green = 5,
}
struct Outer {
    inner: Point,
    pairs: [Pair; 2],
    color: Color,
}
static GREETING: &str = "hello";
static mut COUNTER: u32 = 7;

fn main() {
    let b = true;
    let c = 'x';
    let accent = 'é';
    let i = -5i8;
    let byte = 200u8;
    let word = 0xbeefu16;
    let long = -1_000_000_000_000i64;
    let big = u64::MAX;
    let wide = 1u128 << 100;
    let narrow = -3i128;
    let single = 1.5f32;
    let double = -0.1f64;
    let point = Point { x: 3, y: 2.5 };
    let pair = Pair(9, 'q');
    let unit = Unit;
    let empty = ();
    let tuple = (1u8, -2i16, "three");
    let one = (7i32,);
    let array = [1, 2, 3, 4];
    let nested = [[1u8, 2], [3, 4]];
    let zeros = [0i32; 300];
    let floats = [1.0f64, 2.5];
    let none: [i32; 0] = [];
    let color = Color::Green;
    let outer = Outer { inner: Point { x: 1, y: 0.0 }, pairs: [Pair(1, 'a'), Pair(2, 'b')], color: Color::Red };
    let reference = &point;
    let raw = &i as *const i8;
    let text = "it's \"quoted\"\n\ttab";
    let slice = &array[1..3];
    let function: fn() = other;
    unsafe { COUNTER += 1 };
    println!("{b}{c}{accent}{i}{byte}{word}{long}{big}{wide}{narrow}{single}{double}"); // #break
    println!("{}{}{}{}{:?}{:?}{:?}{:?}{:?}", point.x, point.y, pair.0, pair.1, empty, tuple, one, array, nested);
    println!("{:?}{:?}{:?}{}{}{}{:?}{:?}", zeros, floats, none, color as u8, outer.inner.x, reference.x, raw, text);
    println!("{:?}{:?}{}{}", slice, function, outer.pairs[0].0, outer.color as u8);
    println!("{GREETING}");
    let _ = unit;
}

fn other() {}

// gdb-command: run
// gdb-check: Starting program: [...]values
// gdb-check: Breakpoint 1, values::main () at [...]values.rs:58
// gdb-check: 58	    println!("{b}{c}{accent}{i}{byte}{word}{long}{big}{wide}{narrow}{single}{double}"); // #break
// gdb-command: print b
// gdb-check: $1 = true
// gdb-command: print c
// gdb-check: $2 = 120 'x'
// gdb-command: print accent
// gdb-check: $3 = 233 '\xe9'
// gdb-command: print i
// gdb-check: $4 = -5
// gdb-command: print byte
// gdb-check: $5 = 200
// gdb-command: print word
// gdb-check: $6 = 48879
// gdb-command: print long
// gdb-check: $7 = -1000000000000
// gdb-command: print big
// gdb-check: $8 = 18446744073709551615
// gdb-command: print wide
// gdb-check: $9 = 1267650600228229401496703205376
// gdb-command: print narrow
// gdb-check: $10 = -3
// gdb-command: print single
// gdb-check: $11 = 1.5
// gdb-command: print double
// gdb-check: $12 = -0.10000000000000001
// gdb-command: print point
// gdb-check: $13 = values::Point {x: 3, y: 2.5}
// gdb-command: print pair
// gdb-check: $14 = values::Pair (9, 113 'q')
// gdb-command: print unit
// gdb-check: $15 = values::Unit
// gdb-command: print empty
// gdb-check: $16 = ()
// gdb-command: print tuple
// gdb-check: $17 = (1, -2, "three")
// gdb-command: print one
// gdb-check: $18 = (7)
// gdb-command: print array
// gdb-check: $19 = [1, 2, 3, 4]
// gdb-command: print nested
// gdb-check: $20 = [[1, 2], [3, 4]]
// gdb-command: print zeros
// gdb-check: $21 = [0 <repeats 300 times>]
// gdb-command: print floats
// gdb-check: $22 = [1, 2.5]
// gdb-command: print none
// gdb-check: $23 = []
// gdb-command: print color
// gdb-check: $24 = values::Color::Green
// gdb-command: print outer
// gdb-check: $25 = values::Outer {inner: values::Point {x: 1, y: 0}, pairs: [values::Pair (1, 97 'a'), values::Pair (2, 98 'b')], color: values::Color::Red}
// gdb-command: print *reference
// gdb-check: $26 = values::Point {x: 3, y: 2.5}
// gdb-command: print *raw
// gdb-check: $27 = -5
// gdb-command: print text
// gdb-check: $28 = "it's \"quoted\"\n\ttab"
// gdb-command: print values::GREETING
// gdb-check: $29 = "hello"
// gdb-command: print values::COUNTER
// gdb-check: $30 = 8
// gdb-command: print COUNTER
// gdb-check: $31 = 8
// gdb-command: print slice
// gdb-check: $32 = &[i32] [2, 3]
// gdb-command: print function
// gdb-check: $33 = (*mut fn ()) [...] <values::other>
// gdb-command: print point.x
// gdb-check: $34 = 3
// gdb-command: print reference.y
// gdb-check: $35 = 2.5
// gdb-command: print pair.1
// gdb-check: $36 = 113 'q'
// gdb-command: print tuple.2
// gdb-check: $37 = "three"
// gdb-command: print outer.pairs[1].0
// gdb-check: $38 = 2
// gdb-command: print nested[1][0]
// gdb-check: $39 = 3
// gdb-command: print $
// gdb-check: $40 = 3
// gdb-command: print $$2
// gdb-check: $41 = 2
// gdb-command: print $3
// gdb-check: $42 = 233 '\xe9'
// gdb-command: print nosuch
// gdb-check: No symbol 'nosuch' in current context
// gdb-command: print point.z
// gdb-check: There is no member named z.
// gdb-command: print array[1] +
// gdb-check: unexpected token
