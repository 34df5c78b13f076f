// Arithmetic, casts, comparisons, assignment, slices and convenience variables.
//@ typed
//@ compile-flags: -g
//@ edition: 2021

struct Point {
    x: i32,
    y: i32,
}

fn main() {
    let mut a = 12i32;
    let b = 5i32;
    let u = 250u8;
    let f = 2.5f64;
    let yes = true;
    let mut p = Point { x: 1, y: 2 };
    let array = [10, 20, 30, 40];
    let r = &a as *const i32;
    println!("{a} {b} {u} {f} {yes} {} {} {:?} {:?}", p.x, p.y, array, r); // #break
    a += 1;
    p.x += a;
    println!("{a} {}", p.x);
}

// gdb-command: run
// gdb-check: Starting program: [...]expressions
// gdb-check: Breakpoint 1, expressions::main () at [...]expressions.rs:20
// gdb-check: 20	    println!("{a} {b} {u} {f} {yes} {} {} {:?} {:?}", p.x, p.y, array, r); // #break
// gdb-command: print a + b
// gdb-check: $1 = 17
// gdb-command: print a - b * 2
// gdb-check: $2 = 2
// gdb-command: print a / b
// gdb-check: $3 = 2
// gdb-command: print a % b
// gdb-check: $4 = 2
// gdb-command: print -a
// gdb-check: $5 = -12
// gdb-command: print !yes
// gdb-check: $6 = false
// gdb-command: print !b
// gdb-check: $7 = -6
// gdb-command: print a << 2
// gdb-check: $8 = 48
// gdb-command: print a >> 1
// gdb-check: $9 = 6
// gdb-command: print a & 4 | 1
// gdb-check: $10 = 5
// gdb-command: print a ^ b
// gdb-check: $11 = 9
// gdb-command: print a == 12
// gdb-check: $12 = true
// gdb-command: print a != 12
// gdb-check: $13 = false
// gdb-command: print a < b
// gdb-check: $14 = false
// gdb-command: print a >= b && yes
// gdb-check: $15 = true
// gdb-command: print a < b || !yes
// gdb-check: $16 = false
// gdb-command: print f * 2.0
// gdb-check: $17 = 5
// gdb-command: print a as f64
// gdb-check: $18 = 12
// gdb-command: print u as i8
// gdb-check: $19 = -6
// gdb-command: print a as u8
// gdb-check: $20 = 12
// gdb-command: print u as u32 + 10
// gdb-check: $21 = 260
// gdb-command: print (a + b) * 2
// gdb-check: $22 = 34
// gdb-command: print array[1]
// gdb-check: $23 = 20
// gdb-command: print array[b as usize - 3]
// gdb-check: $24 = 30
// gdb-command: print &array[1..3]
// gdb-check: $25 = &[*gdb*] [20, 30]
// gdb-command: print array[0] + array[3]
// gdb-check: $26 = 50
// gdb-command: print *r
// gdb-check: $27 = 12
// gdb-command: print *&p.y
// gdb-check: $28 = 2
// gdb-command: print sizeof(p)
// gdb-check: $29 = 8
// gdb-command: print sizeof(i64)
// gdb-check: $30 = 8
// gdb-command: print 0x10
// gdb-check: $31 = 16
// gdb-command: print 0b101
// gdb-check: $32 = 5
// gdb-command: print 0o17
// gdb-check: $33 = 15
// gdb-command: print 1_000
// gdb-check: $34 = 1000
// gdb-command: print 5u8
// gdb-check: $35 = 5
// gdb-command: print 'a'
// gdb-check: $36 = 97 'a'
// gdb-command: print b'a'
// gdb-check: $37 = 97
// gdb-command: print "text"
// gdb-check: $38 = "text"
// gdb-command: print 1 / 0
// gdb-check: Division by zero
// gdb-command: set $i = 40
// gdb-command: print $i + 2
// gdb-check: $39 = 42
// gdb-command: set $i += 1
// gdb-command: print $i
// gdb-check: $40 = 41
// gdb-command: print $nothing
// gdb-check: $41 = ()
// gdb-command: print $_
// gdb-check: $42 = ()
// gdb-command: set var a = 99
// gdb-command: print a
// gdb-check: $43 = 99
// gdb-command: print a = 50
// gdb-check: $44 = ()
// gdb-command: set var p.y = 7
// gdb-command: print p
// gdb-check: $45 = expressions::Point {x: 1, y: 7}
// gdb-command: print Point { x: 1, y: 2 }
// gdb-check: $46 = expressions::Point {x: 1, y: 2}
// gdb-command: print (1, 2)
// gdb-check: Tuple expressions not supported yet
// oxdb-check: $47 = (1, 2)
// gdb-command: print [1, 2, 3]
// gdb-check: $[...] = [1, 2, 3]
// gdb-command: output a
// gdb-command: echo \n
// gdb-check: 50[...]
// gdb-command: output/x b
// gdb-command: echo \n
// gdb-check: 0x5[...]
// gdb-command: printf "%d %s %5.2f %c %x\n", a, "str", f, 65, b
// gdb-check: 50 Value can't be converted to integer.
// oxdb-check: 50 str  2.50 A 5
// gdb-command: echo text\n
// gdb-check: text
// gdb-command: next
// gdb-check: 50 5 250 2.5 true 1 7 [10, 20, 30, 40] [...]
// gdb-check: 21	    a += 1;
// gdb-command: next
// gdb-check: 22	    p.x += a;
// gdb-command: print a
// gdb-check: $[...] = 51
