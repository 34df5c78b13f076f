// The program of docs/guide/session.md, and what that page shows of it.
//@ compile-flags: -g
//@ edition: 2021

use std::thread;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Size {
    Small,
    Large,
}

#[derive(Debug)]
struct Line {
    article: &'static str,
    size: Size,
    count: u32,
    cents: i64,
}

struct Order {
    number: u32,
    lines: [Line; 2],
}

impl Order {
    fn total(&self) -> i64 {
        let mut sum = 0;
        for line in &self.lines {
            sum += price(line);
        }
        sum
    }
}

#[inline(always)]
fn discount(line: &Line) -> i64 {
    let percent = if line.size == Size::Large { 10 } else { 0 };
    100 - percent
}

fn price(line: &Line) -> i64 {
    let full = line.cents * i64::from(line.count);
    full * discount(line) / 100
}

fn biggest<T: PartialOrd + Copy>(values: &[T]) -> T {
    let mut best = values[0];
    for &value in values {
        if value > best {
            best = value;
        }
    }
    best
}

fn per_piece(total: i64, pieces: u32) -> i64 {
    if pieces == 0 {
        panic!("no pieces to share {total} among");
    }
    total / i64::from(pieces)
}

fn main() {
    let order = Order {
        number: 7,
        lines: [
            Line { article: "rope", size: Size::Large, count: 2, cents: 450 },
            Line { article: "nail", size: Size::Small, count: 12, cents: 5 },
        ],
    };
    let total = order.total();
    let counts = order.lines.each_ref().map(|line| line.count);
    println!("order {}: {} cents, at most {} pieces", order.number, total, biggest(&counts));
    println!("dearest line: {} cents", biggest(&[price(&order.lines[0]), price(&order.lines[1])]));
    let worker = thread::spawn(move || per_piece(total, 14));
    println!("{} cents a piece, {}", worker.join().unwrap(), order.lines[0].article);
    let failed = thread::spawn(move || per_piece(total, 0)).join();
    println!("and none at all: {}", failed.is_err());
}

// oxdb-command: break biggest
// oxdb-check: Breakpoint 1 at [...]: biggest. (2 locations)
// oxdb-command: info breakpoints
// oxdb-check: 1       breakpoint     keep y   <MULTIPLE>
// oxdb-check: 1.1                         y   [...] in orders::biggest<[...]> at [...]orders.rs:48
// oxdb-check: 1.2                         y   [...] in orders::biggest<[...]> at [...]orders.rs:48
// oxdb-command: break discount if line.count > 10
// oxdb-check: Breakpoint 2 at [...]
// oxdb-command: run
// oxdb-check: Breakpoint 2, orders::discount (line=[...]) at [...]orders.rs:38
// oxdb-command: bt
// oxdb-check: #0  orders::discount (line=[...]) at [...]orders.rs:38
// oxdb-check: #1  orders::price (line=[...]) at [...]orders.rs:44
// oxdb-check: #2  [...] in orders::Order::total (self=[...]) at [...]orders.rs:30
// oxdb-check: #3  [...] in orders::main () at [...]orders.rs:72
// oxdb-command: print *line
// oxdb-check: $1 = orders::Line {article: "nail", size: orders::Size::Small, count: 12, cents: 5}
// oxdb-command: up
// oxdb-check: #1  orders::price (line=[...]) at [...]orders.rs:44
// oxdb-command: info locals
// oxdb-check: full = 60
// oxdb-command: print full * 2 + line.cents
// oxdb-check: $2 = 125
// oxdb-command: finish
// oxdb-check: Value returned is $3 = 60
// oxdb-command: watch sum
// oxdb-check: Hardware watchpoint 3: sum
// oxdb-command: continue
// oxdb-check: Hardware watchpoint 3: sum
// oxdb-check: Old value = 810
// oxdb-check: New value = 870
// oxdb-command: delete 3
// oxdb-command: continue
// oxdb-check: Breakpoint 1.[...], orders::biggest<u32> (values=...) at [...]orders.rs:48
// oxdb-command: delete
// oxdb-command: catch panic
// oxdb-check: Catchpoint 4 (panic)
// oxdb-command: continue
// oxdb-check: Thread 3 "orders" hit Catchpoint 4 (panic: no pieces to share 870 among), [...] in orders::per_piece (total=870, pieces=0) at [...]orders.rs:59
