// info frame at every kind of frame; info program.
//@ typed

static int __attribute__((noinline)) inner(int n)
{
	return n + 1; // #break
}

static inline int __attribute__((always_inline)) folded(int n)
{
	int a = inner(n);
	return a * 2;
}

int main(void)
{
	return folded(3) - 8;
}

// gdb-command: set backtrace past-main on
// gdb-command: tbreak inner
// gdb-check: Note: breakpoint 1 also set at pc [...]
// gdb-check: Temporary breakpoint 2 at [...]
// gdb-command: run
// gdb-check: Breakpoint 1, inner (n=3) at [...]
// gdb-command: info program
// gdb-check: Program stopped at [...]
// gdb-check: It stopped at breakpoint 1.
// gdb-check: It stopped at a breakpoint that has since been deleted.
// gdb-command: info frame
// gdb-check: Stack level 0, frame at [...]
// gdb-check:  called by frame at [...]
// gdb-check:   rbp at [...], rip at [...]
// gdb-command: up
// gdb-check: #1  [...] in folded (n=3) at [...]
// gdb-command: info frame
// gdb-check:  inlined into frame 2, caller of frame at [...]
// gdb-check:  Arglist at unknown address.
// gdb-check:  Locals at unknown address, Previous frame's sp is 0x[...]
// gdb-check:  Saved registers:
// gdb-check:   rbp at [...], rip at [...]
// gdb-command: up
// gdb-command: info frame
// gdb-check: Stack level 2, frame at [...]
// gdb-check:  called by frame at [...]
// gdb-check:   rbp at [...], rip at [...]
// gdb-command: frame function _start
// gdb-check: [...] in _start ()
// gdb-command: info frame
// gdb-check: Stack level [...], frame at 0x0:
// gdb-check:  rip = [...] in _start; saved rip = <not saved>
// gdb-check:  Outermost frame: outermost
// gdb-check:  caller of frame at [...]
// gdb-check:  Locals at [...], Previous frame's sp is [...]
