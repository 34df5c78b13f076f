// What Tab offers of generics and impls: names that a breakpoint takes; and files where a program's arguments are typed.
//@ compile-flags: -g

struct Heap<T> {
    items: Vec<T>,
}

impl<T: Copy> Heap<T> {
    #[inline(never)]
    fn put(&mut self, item: T) {
        self.items.push(item);
    }

    #[inline(never)]
    fn top(&self) -> T {
        self.items[self.items.len() - 1]
    }
}

trait Shape {
    fn area(&self) -> u32;
}

struct Square(u32);

impl Shape for Square {
    #[inline(never)]
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}

fn main() {
    let mut numbers = Heap { items: vec![1u32] };
    numbers.put(2);
    let mut letters = Heap { items: vec!['a'] };
    letters.put('b');
    println!("{} {} {}", numbers.top(), letters.top(), Square(3).area()); // #break
}

// oxdb-command: complete break completion_generics::He
// oxdb-check: break completion_generics::Heap::put
// oxdb-check: break completion_generics::Heap::top
// oxdb-command: complete break Heap::t
// oxdb-check: break Heap::top
// oxdb-command: complete break completion_generics::Heap<u32>::t
// oxdb-check: break completion_generics::Heap<u32>::top<u32>
// oxdb-command: complete break <completion_generics::S
// oxdb-check: break <completion_generics::Square as completion_generics::Shape>::area
// oxdb-command: complete break <completion_generics::Square as comp
// oxdb-check: break <completion_generics::Square as completion_generics::Shape>::area
// oxdb-command: break <completion_generics::Square as completion_generics::Shape>::area
// oxdb-check: Breakpoint [...], line 29.
// gdb-command: cd %dir%
// gdb-command: complete run completion-g
// gdb-check: run completion-generics
// gdb-command: complete start completion-g
// gdb-check: start completion-generics
// gdb-command: complete set args completion-g
// gdb-check: set args completion-generics
