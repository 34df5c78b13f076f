// Trait objects and what is behind them, fat pointers, enums with data, empty registers of frames further up.
//@ compile-flags: -g
//@ edition: 2021
#![allow(dead_code)]

trait Shape {
    fn area(&self) -> f64;
}
struct Square {
    side: f64,
}
struct Circle(f32);
impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * f64::from(self.0)
    }
}
enum Event {
    Nothing,
    Key(u8, char),
    Moved { x: i16, y: i16 },
}
struct Label(i32, &'static str);

fn main() {
    let square = Square { side: 2.5 };
    let shape: &dyn Shape = &square;
    let boxed: Box<dyn Shape> = Box::new(Circle(1.5));
    let numbers: Box<[i64]> = vec![5, 6].into();
    let mut owned = String::from("text");
    let text: &mut str = &mut owned;
    let events = [Event::Nothing, Event::Key(7, 'k'), Event::Moved { x: -1, y: 2 }];
    let found: Option<&Square> = Some(&square);
    let missing: Option<Box<u8>> = None;
    let array = [4u16, 5, 6];
    let label = Label(1, "one");
    let unit = ();
    println!("{} {} {numbers:?} {text} {} {}", shape.area(), boxed.area(), found.is_some(), missing.is_none()); // #break
    println!("{} {:?} {} {:?}", events.len(), array, label.1, unit);
}

// gdb-command: run
// gdb-command: print *shape
// gdb-check: $1 = objects::Square {side: 2.5}
// gdb-command: print (*shape).side
// gdb-check: $2 = 2.5
// gdb-command: print *boxed
// gdb-check: $3 = objects::Circle (1.5)
// gdb-command: print shape
// gdb-check: $4 = &dyn objects::Shape {pointer: 0x[...], vtable: 0x[...]}
// gdb-command: print text
// gdb-check: $5 = "text"
// gdb-command: print events
// gdb-check: $6 = [objects::Event::Nothing, objects::Event::Key(7, 107 'k'), objects::Event::Moved{x: -1, y: 2}]
// gdb-command: print/x events
// gdb-check: $7 = [objects::Event::Nothing, objects::Event::Key(0x7, 0x6b), objects::Event::Moved{x: 0xffff, y: 0x2}]
// gdb-command: print missing
// gdb-check: $8 = core::option::Option<alloc::boxed::Box<u8, alloc::alloc::Global>>::None
// gdb-command: print *array
// gdb-check: $9 = 4
// gdb-command: print *array@2
// gdb-check: $10 = [4, 5]
// gdb-command: print/c square
// gdb-check: $11 = objects::Square {side: 2 '\002'}
// gdb-command: print/d unit
// gdb-check: $12 = 0
// gdb-command: print numbers.length
// gdb-check: $13 = 2
// gdb-command: print numbers
// gdb-check: $14 = alloc::boxed::Box<[i64], alloc::alloc::Global> [5, 6]
// gdb-command: print label = Label(2, "two")
// gdb-check: $15 = ()
// gdb-command: print label
// gdb-check: $16 = objects::Label (2, "two")
// gdb-command: print *square
// gdb-check: Attempt to take contents of a non-pointer value.
