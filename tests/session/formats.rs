// print /FMT, x /NFU, output.
//@ typed
//@ compile-flags: -g
//@ edition: 2021

fn main() {
    let a = 77i32;
    let n = -1i16;
    let c = 65u8;
    let f = 3.75f32;
    let bytes = [0x11u8, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88];
    let words = [1u32, 2, 3, 0xffff_ffff];
    let text = b"hello\0world\0";
    let pair = (255u8, -1i32);
    println!("{a} {n} {c} {f} {:?} {:?} {:?} {:?}", bytes, words, text, pair); // #break
}

// gdb-command: run
// gdb-check: Starting program: [...]formats
// gdb-check: Breakpoint 1, formats::main () at [...]formats.rs:15
// gdb-check: 15	    println!("{a} {n} {c} {f} {:?} {:?} {:?} {:?}", bytes, words, text, pair); // #break
// gdb-command: print/x a
// gdb-check: $1 = 0x4d
// gdb-command: print/d a
// gdb-check: $2 = 77
// gdb-command: print/u n
// gdb-check: $3 = 65535
// gdb-command: print/x n
// gdb-check: $4 = 0xffff
// gdb-command: print/o a
// gdb-check: $5 = 0115
// gdb-command: print/t a
// gdb-check: $6 = 1001101
// gdb-command: print/t c
// gdb-check: $7 = 1000001
// gdb-command: print/z a
// gdb-check: $8 = 0x0000004d
// gdb-command: print/c c
// gdb-check: $9 = 65 'A'
// gdb-command: print/c a
// gdb-check: $10 = 77 'M'
// gdb-command: print/f a
// gdb-check: $11 = 1.07899982e-43
// gdb-command: print/x f
// gdb-check: $12 = 0x40700000
// gdb-command: print/f f
// gdb-check: $13 = 3.75
// gdb-command: print/x bytes
// gdb-check: $14 = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]
// gdb-command: print/d bytes
// gdb-check: $15 = [17, 34, 51, 68, 85, 102, 119, -120]
// gdb-command: print/c bytes
// gdb-check: $16 = [17 '\021', 34 '"', 51 '3', 68 'D', 85 'U', 102 'f', 119 'w', 136 '\210']
// gdb-command: print/x pair
// gdb-check: $17 = (0xff, 0xffffffff)
// gdb-command: print/x words
// gdb-check: $18 = [0x1, 0x2, 0x3, 0xffffffff]
// gdb-command: print/a 0
// gdb-check: $19 = 0x0
// gdb-command: print/s text
// gdb-check: $20 = (*mut [u8; 12]) [...] b"hello\000world\000"
// gdb-command: print/q a
// gdb-check: $21 = Undefined output format "q".
// gdb-command: output/x a
// gdb-check: 0x4d[...]
// gdb-command: echo \n
// gdb-command: x/8xb &bytes
// gdb-check: [...]:	0x11	0x22	0x33	0x44	0x55	0x66	0x77	0x88
// gdb-command: x/4dw &words
// gdb-check: [...]:	1	2	3	-1
// gdb-command: x/2xg &bytes
// gdb-check: [...]:	0x8877665544332211	[...]
// gdb-command: x/4xh &bytes
// gdb-check: [...]:	0x2211	0x4433	0x6655	0x8877
// gdb-command: x/4ub &bytes
// gdb-check: [...]:	17	34	51	68
// gdb-command: x/4tb &bytes
// gdb-check: [...]:	00010001	00100010	00110011	01000100
// gdb-command: x/2ob &bytes
// gdb-check: [...]:	021	042
// gdb-command: x/4cb &bytes
// gdb-check: [...]:	17 '\021'	34 '"'	51 '3'	68 'D'
// gdb-command: x/s text
// gdb-check: [...]:	"hello"
// gdb-command: x/2s text
// gdb-check: [...]:	"hello"
// gdb-check: [...]:	"world"
// gdb-command: x/s
// gdb-check: [...]:	"[...]entry.rs"
// gdb-command: x/2xw &words
// gdb-check: [...]:	0x00000001	0x00000002
// gdb-command: x
// gdb-check: [...]:	0x00000003	0xffffffff
// gdb-command: print $_
// gdb-check: $22 = (*mut int32_t) [...]
// gdb-command: print $__
// gdb-check: $23 = -1
// gdb-command: x/w 0
// gdb-check: 0x0:	Cannot access memory at address 0x0
