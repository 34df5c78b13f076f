// dprintf: text that is printed in passing.
//@ typed
struct Order {
    article: String,
    count: u32,
}

fn price(order: &Order, full: u32) -> u32 {
    let sum = order.count * full;
    let bonus = 1; // #break
    sum + bonus
}

fn main() {
    let mut all = 0;
    let mut count = 0;
    while count < 9 {
        count += 3;
        let order = Order { article: format!("nail {count}"), count };
        all += price(&order, 5);
    }
    println!("{all}"); // end
}

// gdb-command: dprintf
// gdb-check: No default breakpoint address now.
// gdb-command: dprintf dprintf.rs:10
// gdb-check: Format string required
// gdb-command: dprintf dprintf.rs:10,no
// gdb-check: Bad format string, missing '"'.
// gdb-command: delete
// gdb-command: dprintf dprintf.rs:10,"count %u of %u\n", order.count, full
// gdb-check: Dprintf 2 at 0x[...]: file [...]dprintf.rs, line 10.
// gdb-command: dprintf dprintf.rs:20, "all %d\n", all
// gdb-check: Dprintf 3 at 0x[...]: file [...]dprintf.rs, line 20.
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 2       dprintf        keep y   0x[...] in dprintf::price at [...]dprintf.rs:10
// gdb-check:         printf "count %u of %u\n", order.count, full
// gdb-check: 3       dprintf        keep y   0x[...] in dprintf::main at [...]dprintf.rs:20
// gdb-check:         printf "all %d\n", all
// gdb-command: condition 2 order.count > 5
// gdb-command: tbreak dprintf.rs:22
// gdb-command: run
// gdb-check: all 0
// gdb-check: all 16
// gdb-check: count 6 of 5
// gdb-check: all 47
// gdb-check: count 9 of 5
// gdb-check: Temporary breakpoint 4, dprintf::main () at [...]dprintf.rs:22
// gdb-command: info breakpoints
// gdb-check: 2       dprintf        keep y   0x[...] in dprintf::price at [...]dprintf.rs:10
// gdb-check: 	stop only if order.count > 5
// gdb-check: 	breakpoint already hit 2 times
// gdb-check:         printf "count %u of %u\n", order.count, full
// gdb-check: 3       dprintf        keep y   0x[...] in dprintf::main at [...]dprintf.rs:20
// gdb-check: 	breakpoint already hit 3 times
// gdb-command: show dprintf-style
// gdb-check: The style of usage for dynamic printf is "gdb".
// oxdb-command: set dprintf-style call
// oxdb-check: oxdb prints what a dprintf prints itself: its only style is "gdb", not "call".
// oxdb-command: dprintf dprintf.rs:11,"%s\n", order.article
// oxdb-check: Dprintf 5 at 0x[...]: file [...]dprintf.rs, line 11.
// oxdb-command: tbreak dprintf::main
// oxdb-command: run
// oxdb-command: next 6
// oxdb-check: all 0
// oxdb-check: nail 3
// oxdb-command: disable 2-3
// oxdb-command: continue
// oxdb-check: nail 6
// oxdb-check: nail 9
// oxdb-command: dprintf dprintf.rs:11,"%d\n", nosuch
// oxdb-command: run
// oxdb-check: No symbol 'nosuch' in current context
// oxdb-command: backtrace 1
// oxdb-check: #0  dprintf::price (order=0x[...], full=5) at [...]dprintf.rs:11
