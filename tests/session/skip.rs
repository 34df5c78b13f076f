// skip: step runs through what is on the list.
//@ typed
mod shapes {
    pub fn area(w: u32, h: u32) -> u32 {
        let product = w * h;
        product
    }
    pub fn twice<T: Copy + std::ops::Add<Output = T>>(x: T) -> T {
        let sum = x + x;
        sum
    }
    pub fn each(f: impl Fn(u32) -> u32) -> u32 {
        let got = f(3);
        got + 1
    }
}

fn main() {
    let a = shapes::area(2, 3); // #break
    let b = shapes::twice(a);
    let c = shapes::twice(a as u64);
    let d = shapes::each(|x| {
        x + b
    });
    println!("{a} {b} {c} {d}");
}

// gdb-command: run
// gdb-command: skip function skip::shapes::area
// gdb-check: Function skip::shapes::area will be skipped when stepping.
// gdb-command: skip -gfi *.c
// gdb-check: File(s) *.c will be skipped when stepping.
// gdb-command: step
// gdb-check: [...]20	    let b = shapes::twice(a);
// gdb-command: step
// gdb-check: skip::shapes::twice<u32> (x=6) at [...]skip.rs:9
// gdb-command: finish
// gdb-command: skip -rfu twice
// gdb-check: Function(s) twice will be skipped when stepping.
// gdb-command: step
// gdb-check: [...]21	    let c = shapes::twice(a as u64);
// gdb-command: step
// gdb-check: [...]22	    let d = shapes::each(|x| {
// gdb-command: info skip
// gdb-check: Num   Enb Glob File                 RE Function
// gdb-check: 1     y      n <none>                n skip::shapes::area
// gdb-check: 2     y      y *.c                   n <none>
// gdb-check: 3     y      n <none>                y twice
// gdb-command: skip disable 1-2
// gdb-command: skip delete 3
// gdb-command: info skip
// gdb-check: 1     n      n <none>                n skip::shapes::area
// gdb-check: 2     n      y *.c                   n <none>
// gdb-command: skip delete 3
// gdb-check: No skiplist entries found with number 3.
// gdb-command: skip -gfi s*.rs -rfu each
// gdb-check: Function(s) each in file(s) s*.rs will be skipped when stepping.
// gdb-command: step
// gdb-check: [...]25	    println!("{a} {b} {c} {d}");
// gdb-command: skip file
// gdb-check: File [...]skip.rs will be skipped when stepping.
// gdb-command: skip
// gdb-check: Function skip::main will be skipped when stepping.
// gdb-command: skip -fi a -gfi b
// gdb-check: Cannot specify both -file and -gfile.
// gdb-command: skip -rfu (
// gdb-check: regexp: Unmatched ( or \(
// oxdb-command: skip delete
// oxdb-command: run
// oxdb-command: skip area
// oxdb-check: Function area will be skipped when stepping.
// oxdb-command: step
// oxdb-check: [...]20	    let b = shapes::twice(a);
