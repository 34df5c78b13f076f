// Rust's values and types in C's notation, as a frame of C's or `set language c` has them.
//@ compile-flags: -g
use std::hint::black_box;

struct Point {
    x: i32,
    y: f64,
}

struct Pair(u8, i8);

#[derive(Clone, Copy)]
enum Kind {
    A,
    B = 5,
}

union Word {
    i: u32,
    f: f32,
}

fn twice(x: i32) -> i32 {
    2 * x
}

fn main() {
    let p = Point { x: 1, y: 2.5 };
    let pair = Pair(65, -1);
    let kind = Kind::B;
    let w = Word { i: 0x3f800000 };
    let text = "text";
    let numbers = [[1i32, 2], [3, 4]];
    let bytes = b"bytes";
    let r = &p;
    let tuple = (1, true);
    let f: fn(i32) -> i32 = twice;
    black_box((&p, &pair, kind as u8, &w, text, &numbers, bytes, &r, &tuple, f, Kind::A as u8)); // #break
    black_box((pair.0, pair.1, p.x, p.y, unsafe { w.f }));
}

// gdb-command: run
// gdb-command: print r
// gdb-check: $1 = (*mut rust_in_c::Point) 0x[...]
// gdb-command: set language c
// gdb-check: Warning: the current language does not match this frame.
// gdb-command: print $
// gdb-check: $2 = (struct rust_in_c::Point *) 0x[...]
// gdb-command: print p
// gdb-check: $3 = {x = 1, y = 2.5}
// gdb-command: print pair
// gdb-check: $4 = {__0 = 65 'A', __1 = -1 '\377'}
// gdb-command: print kind
// gdb-check: $5 = rust_in_c::Kind::B
// gdb-command: print w
// gdb-check: $6 = {i = 1065353216, f = 1}
// gdb-command: print text
// gdb-check: $7 = {data_ptr = 0x[...] "text[...]", length = 4}
// gdb-command: print numbers
// gdb-check: $8 = {{1, 2}, {3, 4}}
// gdb-command: print *bytes
// gdb-check: $9 = "bytes"
// gdb-command: print &bytes
// gdb-check: $10 = (u8 (**)[5]) 0x[...]
// gdb-command: print tuple
// gdb-check: $11 = {__0 = 1, __1 = true}
// gdb-command: print f
// gdb-check: $12 = (i32 (*)(i32)) 0x[...] <rust_in_c::twice>
// gdb-command: whatis p
// gdb-check: type = struct rust_in_c::Point
// gdb-command: whatis numbers
// gdb-check: type = i32 [2][2]
// gdb-command: whatis kind
// gdb-check: type = enum rust_in_c::Kind
// gdb-command: ptype kind
// gdb-check: type = enum class rust_in_c::Kind {rust_in_c::Kind::A, rust_in_c::Kind::B = 5}
// gdb-command: ptype w
// gdb-check: type = union rust_in_c::Word {
// gdb-check:     u32 i;
// gdb-check:     f32 f;
// gdb-check: }
// gdb-command: whatis tuple
// gdb-check: type = struct (i32, bool)
// gdb-command: ptype text
// gdb-check: type = struct &str {
// gdb-check:     u8 *data_ptr;
// gdb-check:     usize length;
// gdb-check: }
// gdb-command: show language
// gdb-check: The current source language is "c".
// gdb-check: Warning: the current language does not match this frame.
// gdb-command: set language auto
// gdb-command: show language
// gdb-check: The current source language is "auto; currently rust".
