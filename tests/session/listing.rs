// list in all its forms, search, info source and info line.
//@ compile-flags: -g
//@ edition: 2021

fn first() -> i32 {
    1
}

fn second() -> i32 {
    let a = first();
    let b = a + 1;
    let c = b + 1;
    let d = c + 1;
    let e = d + 1;
    let f = e + 1;
    let g = f + 1;
    let h = g + 1;
    let i = h + 1;
    i
}

fn main() {
    let x = second(); // #break
    println!("{x}");
}

// gdb-command: list listing::first
// gdb-check: 2	//@ compile-flags: -g
// gdb-check: 3	//@ edition: 2021
// gdb-check: 4
// gdb-check: 5	fn first() -> i32 {
// gdb-check: 6	    1
// gdb-check: 7	}
// gdb-check: 8
// gdb-check: 9	fn second() -> i32 {
// gdb-check: 10	    let a = first();
// gdb-check: 11	    let b = a + 1;
// gdb-command: run
// gdb-check: Breakpoint 1, listing::main () at [...]listing.rs:23
// gdb-check: 23	    let x = second(); // #break
// gdb-command: list
// gdb-check: 18	    let i = h + 1;
// gdb-check: 19	    i
// gdb-check: 20	}
// gdb-check: 21
// gdb-check: 22	fn main() {
// gdb-check: 23	    let x = second(); // #break
// gdb-check: 24	    println!("{x}");
// gdb-check: 25	}
// gdb-check: 26
// gdb-check: 27	// gdb-command: list listing::first
// gdb-command: list -
// gdb-check: 8
// gdb-check: 9	fn second() -> i32 {
// gdb-check: 10	    let a = first();
// gdb-check: 11	    let b = a + 1;
// gdb-check: 12	    let c = b + 1;
// gdb-check: 13	    let d = c + 1;
// gdb-check: 14	    let e = d + 1;
// gdb-check: 15	    let f = e + 1;
// gdb-check: 16	    let g = f + 1;
// gdb-check: 17	    let h = g + 1;
// gdb-command: list listing.rs:5,8
// gdb-check: 5	fn first() -> i32 {
// gdb-check: 6	    1
// gdb-check: 7	}
// gdb-check: 8
// gdb-command: list listing::second
// gdb-check: 4
// gdb-check: 5	fn first() -> i32 {
// gdb-check: 6	    1
// gdb-check: 7	}
// gdb-check: 8
// gdb-check: 9	fn second() -> i32 {
// gdb-check: 10	    let a = first();
// gdb-check: 11	    let b = a + 1;
// gdb-check: 12	    let c = b + 1;
// gdb-check: 13	    let d = c + 1;
// gdb-command: list
// gdb-check: 14	    let e = d + 1;
// gdb-check: 15	    let f = e + 1;
// gdb-check: 16	    let g = f + 1;
// gdb-check: 17	    let h = g + 1;
// gdb-check: 18	    let i = h + 1;
// gdb-check: 19	    i
// gdb-check: 20	}
// gdb-check: 21
// gdb-check: 22	fn main() {
// gdb-check: 23	    let x = second(); // #break
// gdb-command: list 10,
// gdb-check: 10	    let a = first();
// gdb-check: 11	    let b = a + 1;
// gdb-check: 12	    let c = b + 1;
// gdb-check: 13	    let d = c + 1;
// gdb-check: 14	    let e = d + 1;
// gdb-check: 15	    let f = e + 1;
// gdb-check: 16	    let g = f + 1;
// gdb-check: 17	    let h = g + 1;
// gdb-check: 18	    let i = h + 1;
// gdb-check: 19	    i
// gdb-command: list ,20
// gdb-check: 11	    let b = a + 1;
// gdb-check: 12	    let c = b + 1;
// gdb-check: 13	    let d = c + 1;
// gdb-check: 14	    let e = d + 1;
// gdb-check: 15	    let f = e + 1;
// gdb-check: 16	    let g = f + 1;
// gdb-check: 17	    let h = g + 1;
// gdb-check: 18	    let i = h + 1;
// gdb-check: 19	    i
// gdb-check: 20	}
// gdb-command: list listing.rs:12
// gdb-check: 7	}
// gdb-check: 8
// gdb-check: 9	fn second() -> i32 {
// gdb-check: 10	    let a = first();
// gdb-check: 11	    let b = a + 1;
// gdb-check: 12	    let c = b + 1;
// gdb-check: 13	    let d = c + 1;
// gdb-check: 14	    let e = d + 1;
// gdb-check: 15	    let f = e + 1;
// gdb-check: 16	    let g = f + 1;
// gdb-command: list listing::first,listing::second
// gdb-check: 7	}
// gdb-check: 8
// gdb-check: 9	fn second() -> i32 {
// gdb-command: list *$pc
// gdb-check: [...] is in listing::main ([...]listing.rs:23).
// gdb-check: 18	    let i = h + 1;
// gdb-check: 19	    i
// gdb-check: 20	}
// gdb-check: 21
// gdb-check: 22	fn main() {
// gdb-check: 23	    let x = second(); // #break
// gdb-check: 24	    println!("{x}");
// gdb-check: 25	}
// gdb-check: 26
// gdb-check: 27	// gdb-command: list listing::first
// gdb-command: set listsize 3
// gdb-command: list 15
// gdb-check: 14	    let e = d + 1;
// gdb-check: 15	    let f = e + 1;
// gdb-check: 16	    let g = f + 1;
// gdb-command: show listsize
// gdb-check: Number of source lines gdb will list by default is 3.
// gdb-command: search let f
// gdb-check: 15	    let f = e + 1;
// gdb-command: reverse-search let b
// gdb-check: 11	    let b = a + 1;
// gdb-command: info line 11
// gdb-check: Line 11 of "[...]listing.rs" starts at address [...] <[...]+13> and ends at [...] <[...]+28>.
// gdb-command: list 400
// gdb-check: [...]script:[...]: Error in sourced command file:
// gdb-check: Line number 399 out of range; [...]listing.rs has [...] lines.
