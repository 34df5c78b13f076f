// The program as it is after its author has gone on.
use std::fmt::Debug;
use std::io::Read;

static BEFORE: [u8; 64] = [7; 64];
static mut TOTAL: i64 = 2;

#[derive(Debug)]
struct Point {
    z: u8,
    y: i64,
    x: i32,
}

fn show<T: Debug>(what: &T) -> usize {
    format!("{what:?}").len()
}

fn count(n: i32) -> i32 {
    let first = n * 10;
    let p = Point { x: n + 100, y: 2 * n as i64, z: BEFORE[3] };
    let len = show(&p);
    unsafe { TOTAL += p.x as i64 + p.y + p.z as i64 + len as i64 }; // #marked
    len as i32 + first
}

fn main() {
    if std::env::args().count() > 1 {
        println!("ready");
        std::io::stdin().read(&mut [0]).unwrap();
    }
    for i in 0..3 {
        count(i);
    }
}
