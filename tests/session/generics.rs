// One breakpoint on a generic's bare name has a location for each instance.
//@ compile-flags: -g
//@ edition: 2021

use std::fmt::Debug;

struct Holder<T> {
    item: T,
}

impl<T: Debug> Holder<T> {
    fn describe(&self) -> usize {
        let text = format!("{:?}", self.item);
        text.len()
    }
}

fn show<T: Debug>(t: T) -> usize {
    let n = 1;
    format!("{:?}", t).len() + n
}

trait Shape {
    fn area(&self) -> f64;
}
struct Square(f64);
struct Circle(f64);
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.0 * 3.0
    }
}

fn main() {
    let n = show(5u8) + show("text") + show([1, 2]);
    let h = Holder { item: 3i32 }.describe() + Holder { item: 'c' }.describe();
    let shapes: [&dyn Shape; 2] = [&Square(2.0), &Circle(1.0)];
    let sum: f64 = shapes.iter().map(|s| s.area()).sum();
    println!("{n} {h} {sum}");
}

// gdb-command: break generics::show<u8>
// gdb-check: Breakpoint 1 at [...]: file [...]generics.rs, line 19.
// gdb-command: break generics.rs:19
// gdb-check: Breakpoint 2 at [...]: [...]generics.rs:19. (3 locations)
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 1       breakpoint     keep y   [...] in generics::show<u8> at [...]generics.rs:19
// gdb-check: 2       breakpoint     keep y   <MULTIPLE>
// gdb-check: 2.1                         y   [...] in generics::show<[i32; 2]> at [...]generics.rs:19
// gdb-check: 2.2                         y   [...] in generics::show<u8> at [...]generics.rs:19
// gdb-check: 2.3                         y   [...] in generics::show<&str> at [...]generics.rs:19
// gdb-command: run
// gdb-check: Breakpoint 1, generics::show<u8> (t=5) at [...]generics.rs:19
// gdb-check: 19	    let n = 1;
// gdb-command: print t
// gdb-check: $1 = 5
// gdb-command: whatis t
// gdb-check: type = u8
// gdb-command: set backtrace past-main on
// gdb-command: backtrace 3
// gdb-check: #0  generics::show<u8> (t=5) at [...]generics.rs:19
// gdb-check: #1  [...] in generics::main () at [...]generics.rs:40
// gdb-check: #2  [...] in core::ops::function::FnOnce::call_once<fn(), ()> () at [...]function.rs:[...]
// gdb-command: continue
// gdb-check: Breakpoint 2.3, generics::show<&str> (t=...) at [...]generics.rs:19
// gdb-check: 19	    let n = 1;
// gdb-command: continue
// gdb-check: Breakpoint 2.1, generics::show<[i32; 2]> (t=...) at [...]generics.rs:19
// gdb-check: 19	    let n = 1;
// gdb-command: print t
// gdb-check: $2 = [1, 2]
// gdb-command: delete 1
// gdb-command: disable 2
// gdb-command: break generics.rs:13
// gdb-check: Breakpoint 3 at [...]: [...]generics.rs:13. (2 locations)
// gdb-command: continue
// gdb-check: Breakpoint 3.1, generics::Holder<i32>::describe<i32> (self=[...]) at [...]generics.rs:13
// gdb-check: 13	        let text = format!("{:?}", self.item);
// gdb-command: print self.item
// gdb-check: $3 = 3
// gdb-command: print *self
// gdb-check: $4 = generics::Holder<i32> {item: 3}
// gdb-command: continue
// gdb-check: Breakpoint 3.2, generics::Holder<char>::describe<char> (self=[...]) at [...]generics.rs:13
// gdb-check: 13	        let text = format!("{:?}", self.item);
// gdb-command: print self.item
// gdb-check: $5 = 99 'c'
// gdb-command: finish
// gdb-check: [...] in generics::main () at [...]generics.rs:41
// gdb-check: 41	    let h = Holder { item: 3i32 }.describe() + Holder { item: 'c' }.describe();
// gdb-check: Value returned is $6 = 3
// gdb-command: break generics.rs:29
// gdb-check: Breakpoint 4 at [...]: file [...]generics.rs, line 30.
// gdb-command: continue
// gdb-check: Breakpoint 4, generics::{impl#1}::area (self=[...]) at [...]generics.rs:30
// gdb-check: 30	        self.0 * self.0
// gdb-command: print *self
// gdb-check: $7 = generics::Square (2)
// gdb-command: finish
// gdb-check: [...] in generics::main::{closure#0} (s=[...]) at [...]generics.rs:43
// gdb-check: 43	    let sum: f64 = shapes.iter().map(|s| s.area()).sum();
// gdb-check: Value returned is $8 = 4
// gdb-command: continue
// gdb-check: 16 4 7
// gdb-check: [Inferior 1 (process [...]) exited normally]
