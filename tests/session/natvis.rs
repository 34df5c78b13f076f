// Values as visualisers show them.
//@ typed
//@ compile-flags: -g
//@ edition: 2021
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

struct Order {
    name: String,
    lines: Vec<(u8, &'static str)>,
    size: Option<Box<u32>>,
}

fn main() {
    let numbers = vec![1, -2, 3];
    let empty: Vec<u8> = Vec::new();
    let text = String::from("a \"quoted\" text\nof zwölf");
    let borrowed = "borrowed";
    let slice = &numbers[1..];
    let order = Order { name: "nails".to_string(), lines: vec![(1, "one"), (2, "two")], size: Some(Box::new(7)) };
    let nested = vec![vec![1u8], vec![], vec![2, 3]];
    let mut deque: VecDeque<u16> = (1..=4).collect();
    deque.rotate_left(2);
    deque.push_back(9);
    let list: LinkedList<i8> = [1, 2, 3].into_iter().collect();
    let map: HashMap<String, i32> = [("one".to_string(), 1)].into_iter().collect();
    let set: HashSet<u8> = [5].into_iter().collect();
    let shared = Rc::new(5);
    let again = shared.clone();
    let atomic = Arc::new(String::from("x"));
    let cell = Cell::new(4);
    let reference = RefCell::new(6);
    let guard = reference.borrow_mut();
    let some: Option<&str> = Some("word");
    let none: Option<String> = None;
    let failed: Result<u8, String> = Err("bad".to_string());
    println!("{}", numbers.len()); // #break
    let _ = (empty, text, borrowed, slice, order.name, order.lines, order.size, nested, deque, list, map, set, shared);
    let _ = (again, atomic, cell, guard, some, none, failed);
}

// oxdb-command: run
// By itself print is gdb's.
// oxdb-command: print numbers
// oxdb-check: $1 = alloc::vec::Vec<i32, alloc::alloc::Global> {[...]
// oxdb-command: set print natvis on
// oxdb-command: show print natvis
// oxdb-check: Printing of values by visualisers is on.
// oxdb-command: print numbers
// oxdb-check: $2 = Vec(size=3) = {1, -2, 3}
// oxdb-command: print empty
// oxdb-check: $3 = Vec(size=0) = {}
// oxdb-command: print text
// oxdb-check: $4 = "a \"quoted\" text\nof zwölf"
// oxdb-command: print borrowed
// oxdb-check: $5 = "borrowed"
// oxdb-command: print slice
// oxdb-check: $6 = slice(size=2) = {-2, 3}
// oxdb-command: print order
// oxdb-check: $7 = natvis::Order {name: "nails", lines: Vec(size=2) = {(1, "one"), (2, "two")}, size: core::option::Option<alloc::boxed::Box<u32, alloc::alloc::Global>>::Some(0x[...])}
// oxdb-command: print nested
// oxdb-check: $8 = Vec(size=3) = {Vec(size=1) = {1}, Vec(size=0) = {}, Vec(size=2) = {2, 3}}
// oxdb-command: print deque
// oxdb-check: $9 = VecDeque(size=5) = {3, 4, 1, 2, 9}
// oxdb-command: print list
// oxdb-check: $10 = LinkedList(size=3) = {1, 2, 3}
// oxdb-command: print map
// oxdb-check: $11 = HashMap(size=1) = {["one"] = 1}
// oxdb-command: print set
// oxdb-check: $12 = HashSet(size=1) = {5}
// oxdb-command: print shared
// oxdb-check: $13 = Rc(strong=2, weak=0) = {value = 5}
// oxdb-command: print atomic
// oxdb-check: $14 = Arc(strong=1, weak=0) = {value = "x"}
// oxdb-command: print cell
// oxdb-check: $15 = Cell(4)
// oxdb-command: print reference
// oxdb-check: $16 = RefCell(borrow_mut=1) = {value = 6}
// oxdb-command: print some
// oxdb-check: $17 = core::option::Option<&str>::Some("word")
// oxdb-command: print none
// oxdb-check: $18 = core::option::Option<alloc::string::String>::None
// oxdb-command: print failed
// oxdb-check: $19 = core::result::Result<u8, alloc::string::String>::Err("bad")
// A format asks for gdb's form, and elements are limited.
// oxdb-command: print/x numbers.len
// oxdb-check: $20 = 0x3
// oxdb-command: print -elements 2 -- numbers
// oxdb-check: $21 = Vec(size=3) = {1, -2...}
// oxdb-command: natvis explain map
// oxdb-check: type: std::collections::hash::map::HashMap<alloc::string::String, i32, std::hash::random::RandomState[...]>
// oxdb-check: visualiser: Type std::collections::hash::map::HashMap<*>, std.natvis:[...]
// oxdb-check: $T1: alloc::string::String
// oxdb-check: $T2: i32
// oxdb-check: summary: HashMap(size=1)
// oxdb-command: natvis unload std.natvis
// oxdb-command: natvis list
// oxdb-check: No visualisers are loaded.
// oxdb-command: print numbers.len
// oxdb-check: $22 = 3
// oxdb-command: natvis unload std.natvis
// oxdb-check: No visualisers are loaded from std.natvis.
// oxdb-command: natvis load %dir%/none.natvis
// oxdb-check: %dir%/none.natvis: No such file or directory
// oxdb-command: kill
