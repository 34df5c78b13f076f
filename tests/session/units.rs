// Types of several units, what a function without named parameters is given, gdb's version, and debug information in a folder that is named later.
//@ typed
//@ compile-flags: -g -C codegen-units=16
//@ edition: 2021

use std::hint::black_box;

#[derive(Clone, Copy)]
pub struct Colour {
    pub red: u8,
}

pub mod one {
    #[inline(never)]
    pub fn look(c: super::Colour) -> u8 {
        std::hint::black_box(c).red
    }
}

pub mod two {
    #[inline(never)]
    pub fn look(c: &super::Colour) -> u8 {
        std::hint::black_box(c).red
    }
}

fn main() {
    let c = Colour { red: 3 };
    println!("{}", one::look(c) + two::look(&c)); // #break
    black_box(c);
}

// gdb-command: run
// gdb-command: info types ^units::Colour$
// gdb-check: All types matching regular expression "^units::Colour$":
// gdb-check: units::Colour;
// gdb-check: units::Colour;
// gdb-command: print $_gdb_major * 100 + $_gdb_minor
// gdb-check: $1 = 1301
// gdb-command: bt -past-main -frame-arguments presence 2
// gdb-check: #0  units::main () at [...]
// gdb-check: #1  0x[...] in core::ops::function::FnOnce::call_once<fn(), ()> () at [...]
// gdb-command: kill
// gdb-command: shell mkdir -p "%dir%/late%dir%" && objcopy --only-keep-debug "%exe%" "%dir%/late%dir%/stripped.debug"
// gdb-command: shell cd "%dir%/late%dir%" && objcopy --strip-debug --remove-section=.note.gnu.build-id --add-gnu-debuglink=stripped.debug "%exe%" "%dir%/stripped"
// gdb-command: file "%dir%/stripped"
// gdb-check: (No debugging symbols found in [...]stripped)
// gdb-command: set debug-file-directory %dir%/late
// gdb-command: file "%dir%/stripped"
// gdb-command: info line units::one::look
// gdb-check: Line [...] of "[...]units.rs" starts at address 0x[...]
