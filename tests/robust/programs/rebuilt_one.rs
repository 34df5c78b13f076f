use std::fmt::Debug;
use std::io::Read;

static mut TOTAL: i32 = 1;

#[derive(Debug)]
struct Point {
    x: i32,
    y: i32,
}

fn show<T: Debug>(what: &T) -> usize {
    format!("{what:?}").len()
}

fn count(n: i32) -> i32 {
    let p = Point { x: n, y: 2 * n };
    let len = show(&p);
    unsafe { TOTAL += p.x + p.y + len as i32 }; // #marked
    len as i32
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
