// The parts of an `if` end in a jump that has the line of the whole: next does not go back there.
//@ compile-flags: -g
//@ edition: 2021
use std::hint::black_box;

fn value(a: u32) -> u32 {
    let b = if a > 2 { // #if
        black_box(a) // #then
    } else {
        black_box(7) // #else
    };
    black_box(b) // #behind
}

fn nested(a: u32) -> u32 {
    if a > 1 { // #outer
        if a > 2 { // #inner
            black_box(a) // #tail
        } else {
            2
        }
    } else {
        1
    }
} // #end

fn looped(n: u32) -> u32 {
    let mut i = 0;
    let mut t = 0;
    while i < n { // #while
        if i == 0 { // #even
            t |= 1; // #add
        }
        i |= black_box(3); // #more
    }
    t // #result
}

fn forever() -> u32 {
    let mut i = 0;
    loop {
        i += black_box(1); // #next
        if i > 2 { // #done
            return i; // #return
        }
        black_box(i); // #once-more
    }
}

fn main() {
    black_box(value(3) + value(1) + nested(3));
    black_box(looped(1));
    black_box(forever());
}

// oxdb-command: break zigzag::value
// oxdb-command: break zigzag::nested
// oxdb-command: break zigzag::looped
// oxdb-command: break zigzag::forever
// oxdb-command: run
// oxdb-check: Breakpoint 1, zigzag::value (a=3) at [...]zigzag.rs:%if%
// oxdb-command: next
// oxdb-check: %then%	        black_box(a) // #then
// oxdb-command: next
// oxdb-check: %behind%	    black_box(b) // #behind
// oxdb-command: continue
// oxdb-check: Breakpoint 1, zigzag::value (a=1) at [...]zigzag.rs:%if%
// oxdb-command: step
// oxdb-check: %else%	        black_box(7) // #else
// oxdb-command: step
// oxdb-check: %behind%	    black_box(b) // #behind
// oxdb-command: continue
// oxdb-check: Breakpoint 2, zigzag::nested (a=3) at [...]zigzag.rs:%outer%
// oxdb-command: next
// oxdb-check: %inner%	        if a > 2 { // #inner
// oxdb-command: next
// oxdb-check: %tail%	            black_box(a) // #tail
// oxdb-command: next
// oxdb-check: %end%	} // #end
// oxdb-command: continue
// oxdb-check: Breakpoint 3, zigzag::looped (n=1) at [...]zigzag.rs:[...]
// oxdb-command: until %even%
// oxdb-check: zigzag::looped (n=1) at [...]zigzag.rs:%even%
// oxdb-command: next
// oxdb-check: %add%	            t |= 1; // #add
// oxdb-command: next
// oxdb-check: %more%	        i |= black_box(3); // #more
// The way back to the condition is one to stop at.
// oxdb-command: next
// oxdb-check: %while%	    while i < n { // #while
// oxdb-command: continue
// oxdb-check: Breakpoint 4, zigzag::forever () at [...]zigzag.rs:[...]
// oxdb-command: until %once-more%
// oxdb-check: zigzag::forever () at [...]zigzag.rs:%once-more%
// oxdb-command: next
// oxdb-check: %next%	        i += black_box(1); // #next
// oxdb-command: next
// oxdb-check: %done%	        if i > 2 { // #done
// oxdb-command: next
// oxdb-check: %once-more%	        black_box(i); // #once-more
