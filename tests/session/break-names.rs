// Functions by every name that a Rust programmer gives them: bare, by suffix, by type or trait, every instance at once. gdb knows only full paths.
//@ only-oxdb
//@ typed
//@ compile-flags: -g
//@ edition: 2021

mod shapes {
    pub trait Shape {
        fn area(&self) -> f64;
    }
    pub struct Square(pub f64);
    pub struct Circle(pub f64);
    impl Square {
        pub fn grown(&self, by: f64) -> Square {
            Square(self.0 + by)
        }
    }
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
}

use shapes::{Circle, Shape, Square};

fn show<T: std::fmt::Debug>(t: T) -> usize {
    format!("{t:?}").len()
}

fn main() {
    let n = show(1u8) + show("two");
    let s = Square(2.0).grown(1.0);
    println!("{n} {} {}", s.area(), Circle(1.0).area());
}

// oxdb-command: break show
// oxdb-check: Breakpoint 1 at [...]: show. (2 locations)
// oxdb-command: break Square::grown
// oxdb-check: Breakpoint 2 at [...]: file [...]break-names.rs, line 15.
// oxdb-command: break <Square as Shape>::area
// oxdb-check: Breakpoint 3 at [...]: file [...]break-names.rs, line 20.
// oxdb-command: break shapes::Square::grown
// oxdb-check: Note: breakpoint 2 also set at pc [...].
// oxdb-check: Breakpoint 4 at [...]: file [...]break-names.rs, line 15.
// oxdb-command: break area
// oxdb-check: Breakpoint 5 at [...]: area. (2 locations)
// oxdb-command: break main
// oxdb-check: Breakpoint 6 at [...]: file [...]break-names.rs, line 37.
// oxdb-command: delete 4
// oxdb-command: run
// oxdb-check: Breakpoint 6, break_names::main () at [...]break-names.rs:37
// oxdb-command: continue
// oxdb-check: Breakpoint 1[...], break_names::show<u8> (t=1) at [...]break-names.rs:33
// oxdb-command: continue
// oxdb-check: Breakpoint 1[...], break_names::show<&str> (t=[...]) at [...]break-names.rs:33
// oxdb-command: continue
// oxdb-check: Breakpoint 2, [...]grown (self=[...], by=1) at [...]break-names.rs:15
// oxdb-command: continue
// oxdb-check: Breakpoint 3[...]area (self=[...]) at [...]break-names.rs:20
// oxdb-command: continue
// oxdb-check: Breakpoint 5[...]area (self=[...]) at [...]break-names.rs:25
// oxdb-command: disable 5.1
// oxdb-command: info breakpoints
// oxdb-check: 1       breakpoint     keep y   <MULTIPLE>
// oxdb-check: 	breakpoint already hit 2 times
// oxdb-check: 1.1                         y   [...]show<[...]
// oxdb-check: 5.1                         n[...]area[...]
// oxdb-command: continue
// oxdb-check: [...]exited normally]
