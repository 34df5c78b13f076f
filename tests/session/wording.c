// Errors of commands that are typed wrongly are worded as gdb words them.
//@ typed
int twice(int n)
{
	return n + n; /* #break */
}

int main(void)
{
	return twice(2);
}

// gdb-command: delete 3-1
// gdb-check: inverted range
// gdb-command: delete -1
// gdb-check: negative value
// gdb-command: delete $nothing
// gdb-check: [...]Convenience variable must have integer value.
// gdb-check: [...]warning: bad breakpoint number at or near '0'
// gdb-command: delete 99
// gdb-check: [...]No breakpoint number 99.
// gdb-command: disable 1-
// gdb-check: [...]Bad breakpoint number at or near: '1-'
// gdb-command: disable 1.2-1
// gdb-check: [...]Inverted breakpoint location range at '2-1'
// gdb-command: enable 1.9
// gdb-check: [...]Bad breakpoint location number '9'
// gdb-command: enable once
// gdb-check: [...]Argument required (one or more breakpoint numbers).
// gdb-command: enable count
// gdb-check: [...]Argument required (hit count).
// gdb-command: condition
// gdb-check: [...]Argument required (breakpoint number).
// gdb-command: ignore 1x 2
// gdb-check: [...]bad breakpoint number: '1x 2'
// gdb-command: ignore 1
// gdb-check: [...]Second argument (specified ignore-count) is missing.
// gdb-command: info breakpoints foo
// gdb-check: [...]Arguments must be numbers or '$' variables.
// gdb-command: break 13 14
// gdb-check: [...]malformed linespec error: unexpected number, "14"
// gdb-command: break :5
// gdb-check: [...]malformed linespec error: unexpected colon
// gdb-command: break -line foo
// gdb-check: [...]malformed line offset: "foo"
// gdb-command: break -foo 3
// gdb-check: [...]invalid explicit location argument, "-foo"
// gdb-command: tbreak twice thread foo
// gdb-check: [...]Invalid thread ID: foo
// gdb-command: clear 2
// gdb-check: [...]No breakpoint at 2.
// gdb-command: catch foo
// gdb-check: [...]Undefined catch command: "foo".  Try "help catch".
// gdb-command: catch signal SIGFOO
// gdb-check: [...]Unknown signal name 'SIGFOO'.
// gdb-command: catch signal 99
// gdb-check: [...]Only signals 1-15 are valid as numeric signals.
// gdb-command: catch signal all
// gdb-check: [...](any signal)
// gdb-command: catch fork foo
// gdb-check: [...]Junk at end of arguments.
// gdb-command: watch main
// gdb-check: [...]Cannot watch constant value `main'.
// gdb-command: attach
// gdb-check: [...]Argument required (process-id to attach).
// gdb-command: attach foo
// gdb-check: [...]Illegal process-id: foo.
// gdb-command: attach 99999999
// gdb-check: [...]ptrace: No such process.
// gdb-command: print zork
// gdb-check: [...]No symbol "zork" in current context.
// gdb-command: print 1.5 % 2
// gdb-check: [...]Integer-only operation on floating point number.
// gdb-command: zork
// gdb-check: [...]Undefined command: "zork".  Try "help".
// gdb-command: finish
// gdb-check: [...]The program is not being run.
// gdb-command: undisplay 3-1
// gdb-check: [...]inverted range
// gdb-command: tbreak twice thread 1
// gdb-check: [...]Unknown thread 1.
// gdb-command: delete 2
// gdb-command: run
// gdb-check: [...]Breakpoint 1, twice (n=2) at [...]wording.c:5
// gdb-command: watch n if zork
// gdb-check: [...]No symbol "zork" in current context.
// gdb-command: until 9999
// gdb-check: [...]No line 9999 in the current file.
// gdb-command: jump 9999
// gdb-check: [...]No line 9999 in the current file.
// gdb-command: thread apply 2-1 print 1
// gdb-check: [...]inverted range
// gdb-command: frame address
// gdb-check: [...]Argument required (expression to compute).
// gdb-command: break 10 thread 1
// gdb-check: [...]Breakpoint [...] at [...]: file [...]wording.c, line 10.
// gdb-command: info breakpoints
// gdb-check: [...]breakpoint     keep y   [...] in main at [...]wording.c:10 thread 1
// gdb-check: 	stop only in thread 1
// gdb-command: finish zork
// gdb-check: [...]The "finish" command does not take any arguments.
// gdb-command: pipe
// gdb-check: [...]Missing COMMAND
// gdb-command: info signals 10
// gdb-check: SIGBUS        Yes	Yes	Yes		Bus error
// gdb-command: handle 12-11 nostop
// gdb-check: SIGSEGV       No	Yes	Yes		Segmentation fault
// gdb-check: SIGSYS        No	Yes	Yes		Bad system call
// gdb-command: catch signal 10 SIGUSR1
// gdb-check: Catchpoint [...] (signals SIGBUS SIGUSR1)
// gdb-command: catch signal -1
// gdb-check: Only signals 1-15 are valid as numeric signals.
// gdb-command: catch signal 1-3
// gdb-check: Unknown signal name '1-3'.
