// What printf, x, print and ptype say about values that a format does not fit, and about memory that is not there.
//@ typed
//@ compile-flags: -g
//@ edition: 2021

use std::hint::black_box;

static NAME: &str = "name";

struct Point {
    x: i32,
    y: u8,
}

fn main() {
    let point = Point { x: 1, y: 2 };
    let wide = 1i128 << 100;
    let huge = 1e100f64;
    let byte = 200u8;
    let letter = 'é';
    let text = "\u{1b}[31m\u{80}end";
    let words = [9u32, 8, 0x0707_0707, 0];
    black_box((&point, &wide, &huge, &byte, &letter, &text, &words, NAME)); // #break
    println!("{} {}", point.x, point.y);
}

// gdb-command: whatis
// gdb-check: The history is empty.
// Its text is where the pointer will point once the program runs; gdb finds no length either.
// oxdb-command: print odd_values::NAME
// oxdb-check: $1 = <error: Cannot access memory at address 0x0>
// gdb-command: run
// gdb-command: printf "%d\n", point
// gdb-check: Value can't be converted to integer.
// gdb-command: printf "%ld\n", wide
// gdb-check: That operation is not available on integers of more than 8 bytes.
// gdb-command: printf "%ld\n", huge
// gdb-check: 9223372036854775807
// A character is one; gdb puts out its lowest byte.
// oxdb-command: printf "<%c>\n", letter
// oxdb-check: <é>
// gdb-command: x/s text.data_ptr
// gdb-check: 0x[...]:[...]"\033[31m\302\200end[...]
// gdb-command: x/2s 0
// gdb-check: 0x0:[...]<error: Cannot access memory at address 0x0>
// gdb-check: 0x0:[...]<error: Cannot access memory at address 0x0>
// gdb-command: x/3ws &words
// gdb-check: 0x[...]:[...]U"\t\b\x7070707"
// gdb-command: x/2xwm &words
// gdb-check: 0x[...]:[...]0x00000009[...]0x00000008
// gdb-command: x/y &words
// gdb-check: 0x[...]:[...]Undefined output format "y".
// gdb-command: print/x words
// gdb-check: $[...] = [0x9, 0x8, 0x7070707, 0x0]
// The last letter holds until another is given, in x, too.
// gdb-command: print/r 17
// gdb-check: $[...] = 0x11
// gdb-command: print/d 17
// gdb-check: $[...] = 17
// gdb-command: x/w &words
// gdb-check: 0x[...]:[...]9
// gdb-command: ptype/ox point
// gdb-check: /* offset      |    size */  type = struct odd_values::Point {
// gdb-check: /* 0x0000      |  0x0004 */    [...]x: i32,
// gdb-check: /* 0x0004      |  0x0001 */    [...]y: u8,
// gdb-command: kill
