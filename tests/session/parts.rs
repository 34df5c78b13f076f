// Optimised code keeps some parts of a value and not the others: those that there are can be seen, computed with and set.
//@ compile-flags: -O -g
//@ edition: 2021
//@ typed
use std::hint::black_box;

#[derive(Clone, Copy)]
struct Inner {
    a: u32,
    b: u32,
}

struct Outer {
    first: u64,
    inner: Inner,
    last: &'static str,
    marker: std::marker::PhantomData<u8>,
}

#[inline(never)]
fn seen(x: u64) {
    black_box(x);
}

#[inline(never)]
fn range(n: u64) {
    let ends = black_box(n)..black_box(n + 5);
    seen(ends.start);
    seen(1); // #range
    seen(ends.end); // #ended
}

#[inline(never)]
fn outer(n: u64) {
    let o = Outer { first: n, inner: Inner { a: black_box(3), b: black_box(4) }, last: black_box("hello"), marker: std::marker::PhantomData };
    seen(o.inner.a as u64);
    seen(o.last.as_ptr() as u64);
    seen(1); // #outer
    seen(o.first);
    seen(o.inner.b as u64);
    seen(o.last.len() as u64);
    black_box(o.marker);
}

#[inline(never)]
fn texts(text: &str, slice: &[u8]) {
    seen(text.len() as u64);
    seen(slice.as_ptr() as u64);
    seen(1); // #texts
    seen(text.as_ptr() as u64);
    seen(slice.len() as u64);
}

#[inline(never)]
fn array(n: u64) {
    let a = [black_box(n), black_box(n + 1), black_box(n + 2)];
    seen(a[0]);
    seen(1); // #array
    seen(a[1]);
    seen(a[2]);
}

fn main() {
    range(7);
    outer(9);
    texts(black_box("some"), black_box(b"bytes"));
    array(3);
}

// gdb-command: set language rust
// gdb-command: break parts.rs:%range%
// gdb-command: break parts.rs:%outer%
// gdb-command: break parts.rs:%texts%
// gdb-command: break parts.rs:%array%
// gdb-command: run
// gdb-command: info locals
// gdb-check: ends = core::ops::range::Range<u64> {start: <optimized out>, end: 12}
// gdb-command: print ends
// gdb-check: $1 = core::ops::range::Range<u64> {start: <optimized out>, end: 12}
// gdb-command: print ends.end
// gdb-check: $2 = 12
// gdb-command: print ends.end + 1
// gdb-check: $3 = 13
// gdb-command: print ends.start
// gdb-check: $4 = <optimized out>
// gdb-command: print ends.start + 1
// gdb-check: value has been optimized out
// gdb-command: print &ends.end
// gdb-check: Attempt to take address of value not located in memory.
// gdb-command: whatis ends.start
// gdb-check: type = u64
// gdb-command: print/x ends
// gdb-check: $5 = core::ops::range::Range<u64> {start: <optimized out>, end: 0xc}
//
// The history and convenience variables keep what is known:
// gdb-command: print $1
// gdb-check: $6 = core::ops::range::Range<u64> {start: <optimized out>, end: 12}
// gdb-command: print $1.end
// gdb-check: $7 = 12
// gdb-command: set $kept = ends
// gdb-command: set $part = ends.start
// gdb-command: print $kept
// gdb-check: $8 = core::ops::range::Range<u64> {start: <optimized out>, end: 12}
// gdb-command: print $kept.end
// gdb-check: $9 = 12
// gdb-command: print $part
// gdb-check: $10 = <optimized out>
// gdb-command: set $kept.start = 3
// gdb-command: print $kept.end
// gdb-check: $11 = 12
// oxdb-command: printf "%d to %d\n", $kept.start, $kept.end
// oxdb-check: 3 to 12
//
// What is there can be set; gdb says nothing where there is no place to set:
// gdb-command: set var ends.end = 20
// gdb-command: print ends
// gdb-check: $12 = core::ops::range::Range<u64> {start: <optimized out>, end: 20}
// oxdb-command: set var ends.start = 1
// oxdb-check: Left operand of assignment is not a modifiable lvalue.
// gdb-command: tbreak parts.rs:%ended%
// gdb-command: continue
// gdb-command: info locals
// gdb-check: ends = core::ops::range::Range<u64> {start: <optimized out>, end: 20}
//
// A structure within another, and a text of which both words are known. What lies behind the last piece is <synthetic pointer> to gdb.
// gdb-command: continue
// gdb-command: info locals
// gdb-check: o = parts::Outer {first: 9, inner: parts::Inner {a: <[...]>, b: <[...]>}, last: "hello", marker: core::marker::PhantomData<u8>}
// oxdb-check: o = parts::Outer {first: 9, inner: parts::Inner {a: <optimized out>, b: <optimized out>}, last: "hello", marker: core::marker::PhantomData<u8>}
// gdb-command: print o.first
// gdb-check: $13 = 9
// gdb-command: print o.last
// gdb-check: $14 = "hello"
// gdb-command: print o.marker
// gdb-check: $15 = core::marker::PhantomData<u8>
//
// Of a text the length is lost; gdb takes it for 0:
// gdb-command: continue
// gdb-command: info args
// gdb-check: slice = &[u8] [98, 121, 116, 101, 115]
// oxdb-check: text = <error reading variable: value has been optimized out>
// oxdb-check: slice = &[u8] [98, 121, 116, 101, 115]
// gdb-command: print text.data_ptr
// gdb-check: $16 = (*mut u8) 0x[...]
// gdb-command: print slice[1]
// gdb-check: $17 = 121
// oxdb-command: print text[0]
// oxdb-check: value has been optimized out
//
// gdb-command: continue
// gdb-command: info locals
// gdb-check: a = [<optimized out>, 4, 5]
// gdb-command: print a[0]
// gdb-check: $18 = <optimized out>
// gdb-command: print a[1] + a[2]
// gdb-check: $19 = 9
// gdb-command: print a[0] == 1
// gdb-check: value has been optimized out
// gdb-command: set print array-indexes on
// gdb-command: print a
// gdb-check: $20 = [[0] = <optimized out>, [1] = 4, [2] = 5]
