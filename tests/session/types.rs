// ptype and whatis.
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
struct Wrapper<T> {
    value: T,
    list: [T; 3],
}
enum Color {
    Red,
    Green = 5,
}
impl Point {
    fn sum(&self, more: f64) -> f64 {
        self.x as f64 + self.y + more
    }
}

fn main() {
    let p = Point { x: 1, y: 2.0 };
    let pair = Pair(1, 'a');
    let unit = Unit;
    let w = Wrapper { value: 1u16, list: [1, 2, 3] };
    let color = Color::Green;
    let t = (1u8, 2.5f32);
    let a = [1u8; 4];
    let r = &p;
    let text = "text";
    let s = &a[..2];
    let f: fn(i32) -> i32 = double;
    let n = 5i64;
    println!("{} {} {} {:?} {:?} {text} {:?} {n} {}", p.sum(1.0), pair.0, w.value, t, a, s, f(1)); // #break
    let _ = (unit, color as u8, r);
}

fn double(x: i32) -> i32 {
    x * 2
}

// gdb-command: run
// gdb-check: Starting program: [...]types
// gdb-check: Breakpoint 1, types::main () at [...]types.rs:40
// gdb-check: 40	    println!("{} {} {} {:?} {:?} {text} {:?} {n} {}", p.sum(1.0), pair.0, w.value, t, a, s, f(1)); // #break
// gdb-command: whatis p
// gdb-check: type = types::Point
// gdb-command: ptype p
// gdb-check: type = struct types::Point {
// gdb-check:   x: i32,
// gdb-check:   y: f64,
// gdb-check: }
// gdb-command: whatis pair
// gdb-check: type = types::Pair
// gdb-command: ptype pair
// gdb-check: type = struct types::Pair (
// gdb-check:   u8,
// gdb-check:   char,
// gdb-check: )
// gdb-command: ptype unit
// gdb-check: type = struct types::Unit
// gdb-command: whatis w
// gdb-check: type = types::Wrapper<u16>
// gdb-command: ptype w
// gdb-check: type = struct types::Wrapper<u16> {
// gdb-check:   value: u16,
// gdb-check:   list: [u16; 3],
// gdb-check: }
// gdb-command: whatis color
// gdb-check: type = types::Color
// gdb-command: ptype color
// gdb-check: type = enum types::Color {
// gdb-check:   Red,
// gdb-check:   Green,
// gdb-check: }
// gdb-command: whatis t
// gdb-check: type = (u8, f32)
// gdb-command: ptype t
// gdb-check: type = (u8, f32)
// gdb-command: ptype a
// gdb-check: type = [u8; 4]
// gdb-command: whatis r
// gdb-check: type = *mut types::Point
// gdb-command: ptype r
// gdb-check: type = *mut types::Point
// gdb-command: whatis text
// gdb-check: type = &str
// gdb-command: ptype text
// gdb-check: type = struct &str {
// gdb-check:   data_ptr: *mut u8,
// gdb-check:   length: usize,
// gdb-check: }
// gdb-command: ptype s
// gdb-check: type = struct &[u8] {
// gdb-check:   data_ptr: *mut u8,
// gdb-check:   length: usize,
// gdb-check: }
// gdb-command: whatis f
// gdb-check: type = *mut fn (i32) -> i32
// gdb-command: whatis n
// gdb-check: type = i64
// gdb-command: ptype n
// gdb-check: type = i64
// gdb-command: whatis p.x
// gdb-check: type = i32
// gdb-command: whatis p.x as u8
// gdb-check: type = u8
// gdb-command: whatis a[0]
// gdb-check: type = u8
// gdb-command: whatis types::double
// gdb-check: type = fn (i32) -> i32
// gdb-command: ptype types::Point
// gdb-check: type = struct types::Point {
// gdb-check:   x: i32,
// gdb-check:   y: f64,
// gdb-check: }
// gdb-command: whatis types::Point
// gdb-check: type = types::Point
// gdb-command: ptype i32
// gdb-check: type = i32
// gdb-command: whatis 5
// gdb-check: type = i32
// gdb-command: whatis 5.0
// gdb-check: type = f64
// gdb-command: whatis p.x == 1
// gdb-check: type = bool
// gdb-command: ptype nosuch
// gdb-check: No symbol 'nosuch' in current context
// gdb-command: info line types::double
// gdb-check: Line 44 of "[...]types.rs" starts at address [...] <[...]> and ends at [...] <[...]+5>.
// gdb-command: info scope types::double
// gdb-check: Scope for types::double:
// gdb-check: Symbol x is a variable at frame base reg $rsp offset 0+4, length 4.
// gdb-command: info address types::double
// gdb-check: Symbol "types::double" is a function at address [...].
// gdb-command: info symbol types::double
// gdb-check: types::double::[...] in section .text of [...]types
