//@ compile-flags:-g
//@ edition:2021

// gdb-command: run
// gdb-check: Breakpoint 1, structs::main () at [...]structs.rs:%break%
// gdb-command: print x
// gdb-check: $1 = 5
// gdb-command: print p
// gdb-check: $2 = structs::Point {x: 3, y: 1.5}
// gdb-command: print t
// gdb-check: $3 = (1, -2, "hi")

struct Point {
    x: i32,
    y: f64,
}

fn main() {
    let x = 5;
    let p = Point { x: 3, y: 1.5 };
    let t = (1u8, -2i16, "hi");
    println!("{x} {} {} {:?}", p.x, p.y, t); // #break
}
