// gdb's own functions in expressions and conditions; rbreak; breakpoints saved to a file and made again.
//@ compile-flags: -g
//@ edition: 2021
use std::hint::black_box;

#[derive(Debug, Clone, Copy)]
enum Colour {
    Red,
    Green,
}

struct Thing {
    name: &'static str,
    owner: String,
    colour: Colour,
}

#[inline(never)]
fn weigh(thing: &Thing) -> usize {
    let n = thing.name.len(); // #weigh
    n + thing.owner.len()
}

#[inline(never)]
fn weigh_twice(thing: &Thing) -> usize {
    weigh(thing) + weigh(thing)
}

fn main() {
    let things = [
        Thing { name: "rope", owner: String::from("Ada"), colour: Colour::Red },
        Thing { name: "nail", owner: String::from("Bob"), colour: Colour::Green },
    ];
    let mut sum = 0;
    for thing in &things {
        sum += weigh_twice(black_box(thing));
        sum += weigh(black_box(thing));
    }
    println!("{sum} {:?}", things[1].colour);
}

// oxdb-command: rbreak functions.rs:weigh
// oxdb-check: Breakpoint 1 at [...]: file [...]functions.rs, line %weigh%.
// oxdb-check: static fn functions::weigh(*mut functions::Thing) -> usize;
// oxdb-check: Breakpoint 2 at [...]: file [...]functions.rs, line 26.
// oxdb-check: static fn functions::weigh_twice(*mut functions::Thing) -> usize;
// oxdb-command: condition 1 $_streq(thing.name, "nail") && $_caller_is("functions::main")
// oxdb-command: disable 2
// oxdb-command: save breakpoints %dir%/functions.breakpoints
// oxdb-command: delete
// oxdb-command: source %dir%/functions.breakpoints
// oxdb-check: Breakpoint 3 at [...]: file [...]functions.rs, line %weigh%.
// oxdb-check: Breakpoint 4 at [...]: file [...]functions.rs, line 26.
// oxdb-command: info breakpoints
// oxdb-check: 3       breakpoint     keep y   [...] in functions::weigh at [...]functions.rs:%weigh%
// oxdb-check: 	stop only if $_streq(thing.name, "nail") && $_caller_is("functions::main")
// oxdb-check: 4       breakpoint     keep n   [...] in functions::weigh_twice at [...]functions.rs:26
// oxdb-command: run
// oxdb-check: Breakpoint 3, functions::weigh (thing=[...]) at [...]functions.rs:%weigh%
// oxdb-command: print $_streq(thing.owner, "Bob")
// oxdb-check: $1 = true
// oxdb-command: print $_strlen(thing.owner)
// oxdb-check: $2 = 3
// oxdb-command: print $_regex(thing.name, "n.*l")
// oxdb-check: $3 = true
// oxdb-command: print $_regex(thing.name, "ail")
// oxdb-check: $4 = false
// oxdb-command: print $_as_string(thing.colour)
// oxdb-check: $5 = "functions::Colour::Green"
// oxdb-command: print $_any_caller_is("functions::weigh_twice", 5)
// oxdb-check: $6 = false
// oxdb-command: print $_caller_is("functions::weigh", 0)
// oxdb-check: $7 = true
// oxdb-command: print $_memeq(thing, thing, 16)
// oxdb-check: $8 = true
// gdb-command: print $_isvoid($nothing)
// oxdb-check: $9 = 1
// gdb-check: $1 = 1
// oxdb-command: print $_strlen()
// oxdb-check: You must provide 1 argument for $_strlen.
