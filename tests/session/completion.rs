// What Tab offers, as `complete` lists it.
//@ compile-flags: -g
//@ edition: 2021

#[derive(Clone, Copy, PartialEq)]
enum Colour {
    Green,
    Grey,
}

struct Thing {
    weight: u32,
    width: u32,
    colour: Colour,
}

#[inline(never)]
fn weigh(thing: &Thing) -> u32 {
    let grey = thing.colour == Colour::Grey; // #break
    thing.weight * thing.width + u32::from(grey)
}

fn main() {
    println!("{}", weigh(&Thing { weight: 2, width: 3, colour: Colour::Green }));
    println!("{}", weigh(&Thing { weight: 4, width: 5, colour: Colour::Grey }));
}

// gdb-command: run
// gdb-command: complete print thing.w
// gdb-check: print thing.weight
// gdb-check: print thing.width
// gdb-command: complete print completion::Colour::Gr
// gdb-check: print completion::Colour::Green
// gdb-check: print completion::Colour::Grey
// gdb-command: complete info scope completion::we
// gdb-check: info scope completion::weigh
// oxdb-command: complete tbreak completion.rs:weigh
// oxdb-check: tbreak completion.rs:weigh
// gdb-command: complete handle SIGUSR
// gdb-check: handle SIGUSR1
// gdb-check: handle SIGUSR2
// gdb-command: complete catch syscall writ
// gdb-check: catch syscall write
// gdb-check: catch syscall writev
// gdb-command: complete info registers ri
// gdb-check: info registers rip
// gdb-command: complete enable o
// gdb-check: enable once
// gdb-command: complete print -el
// gdb-check: print -elements
// gdb-command: complete set print frame-arguments s
// gdb-check: set print frame-arguments scalars
// gdb-command: complete watch -
// gdb-check: watch -location
// gdb-command: complete backtrace f
// gdb-check: backtrace full
// gdb-command: complete with confirm o
// gdb-check: with confirm off
// gdb-check: with confirm on
// gdb-command: complete info frame a
// gdb-check: info frame address
// gdb-command: complete frame apply a
// gdb-check: frame apply all
// gdb-command: complete condition -f
// gdb-check: condition -force
// gdb-command: complete file /us
// gdb-check: file /usr
// gdb-command: complete skip d
// gdb-check: skip delete
// gdb-check: skip disable
// gdb-command: complete print $_stre
// oxdb-check: print $_streq
// gdb-command: complete bt -e
// gdb-check: bt -entry-values
