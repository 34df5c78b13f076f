// What a bare name means in an expression, and a static that the linker left out.
//@ typed
//@ compile-flags: -g -C codegen-units=16
//@ edition: 2021

static LIMIT: u32 = 7;
static mut COUNTER: i64 = -3;

mod stock {
    pub fn total(items: &[u32]) -> u32 {
        items.iter().sum()
    }
}

#[inline(always)]
fn clamp(value: u32) -> u32 {
    if value > LIMIT { LIMIT } else { value }
}

fn main() {
    let value = stock::total(&[1, 2, 3]);
    unsafe { COUNTER += clamp(value) as i64 }; // #break
    println!("{}", unsafe { COUNTER });
}

// A word of the standard library's is not what a word means here; one of this crate's, in whatever module, is.
// gdb finds neither, and no LIMIT: the compiler puts its value into the code, and the linker drops it.
// oxdb-command: run
// oxdb-command: print total
// oxdb-check: $1 = {fn (&[u32]) -> u32} 0x[...] <bare_names::stock::total>
// oxdb-command: print from_utf8
// oxdb-check: No symbol 'from_utf8' in current context
// oxdb-command: print LIMIT
// oxdb-check: $2 = <optimized out>
// oxdb-command: print COUNTER
// oxdb-check: $3 = -3
// oxdb-command: info variables LIMIT$
// oxdb-check: All variables matching regular expression "LIMIT$":
// oxdb-absent: LIMIT: u32
// oxdb-command: kill
