// A breakpoint that lies in code of std's, which was inlined into the user's function, is about the user's function.
//@ compile-flags: -g -O
//@ edition: 2021
//@ typed
use std::hint::black_box;

struct Stack {
    items: Vec<u64>,
}

impl Stack {
    #[inline(never)]
    fn put(&mut self, x: u64) { // #function
        self.items.push(x); // #push
        black_box(&self.items); // #after
    }
}

fn main() {
    let mut s = Stack { items: Vec::with_capacity(black_box(16)) };
    s.put(1);
    s.put(2); // #second
    s.put(3);
    s.put(4);
    s.put(5); // #fifth
    s.put(6);
    println!("{}", s.items.len());
}

// Where it is, and what x is.
// oxdb-command: break library_code::Stack::put if x > 1
// oxdb-check: Breakpoint 1 at 0x[...]: file [...]library-code.rs, line %push%.
// oxdb-command: run
// oxdb-check: Breakpoint 1, library_code::Stack::put (self=0x[...], x=2) at [...]library-code.rs:%push%
// oxdb-check: %push%	        self.items.push(x); // #push
// oxdb-command: print x
// oxdb-check: $1 = 2
// The frames are all there.
// oxdb-command: backtrace
// oxdb-check: #0  alloc::vec::[...] at /rustc/[...]
// oxdb-check: [...]library_code::Stack::put (self=0x[...], x=2) at [...]library-code.rs:%push%
// oxdb-check: [...] in library_code::main () at [...]library-code.rs:%second%
// oxdb-command: next
// oxdb-check: %after%	        black_box(&self.items); // #after
// oxdb-command: continue
// oxdb-check: Breakpoint 1, library_code::Stack::put (self=0x[...], x=3) at [...]library-code.rs:%push%
// oxdb-command: step
// oxdb-check: %after%	        black_box(&self.items); // #after
// oxdb-command: delete
// oxdb-command: finish
// oxdb-command: advance library_code::Stack::put
// oxdb-check: library_code::Stack::put (self=0x[...], x=4) at [...]library-code.rs:%push%
// oxdb-check: %push%	        self.items.push(x); // #push
// oxdb-command: until
// oxdb-check: %after%	        black_box(&self.items); // #after
// To step into such a function is to be in it.
// oxdb-command: finish
// oxdb-command: next
// oxdb-check: %fifth%	    s.put(5); // #fifth
// oxdb-command: step
// oxdb-check: library_code::Stack::put (self=0x[...], x=5) at [...]library-code.rs:%push%
// oxdb-check: %push%	        self.items.push(x); // #push
// oxdb-command: next
// oxdb-check: %after%	        black_box(&self.items); // #after
// A line that begins with the function is the same. In std's own frame its lines are stepped, and so they are for who wants that everywhere.
// oxdb-command: break %function%
// oxdb-check: Breakpoint 2 at 0x[...]: file [...]library-code.rs, line %push%.
// oxdb-command: info breakpoints
// oxdb-check: 2       breakpoint     keep y   0x[...] in library_code::Stack::put at [...]library-code.rs:%push%
// oxdb-command: continue
// oxdb-check: Breakpoint 2, library_code::Stack::put (self=0x[...], x=6) at [...]library-code.rs:%push%
// oxdb-command: frame 0
// oxdb-check: #0  alloc::vec::[...] at /rustc/[...]
// oxdb-command: next
// oxdb-check: [...]/library/[...]
// oxdb-command: set step-std on
// oxdb-command: run
// oxdb-check: Breakpoint 2, alloc::vec::[...] at /rustc/[...]
