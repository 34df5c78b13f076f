// Commands of gdb's that oxdb does not offer say so, each with its reason.
//@ typed
int main(void)
{
	return 0; /* #break */
}

// oxdb-command: python print(1)
// oxdb-check: Python scripting is not supported in oxdb: it has gdb's command language only.
// oxdb-command: python
// oxdb-command: print "this is Python's"
// oxdb-command: end
// oxdb-check: Python scripting is not supported in oxdb: it has gdb's command language only.
// oxdb-command: guile 1
// oxdb-check: Guile scripting is not supported in oxdb: it has gdb's command language only.
// oxdb-command: interpreter-exec mi "-break-list"
// oxdb-check: The interpreter "mi" is not offered: oxdb speaks gdb's command language only, not MI.
// oxdb-command: interpreter-exec console "print 7"
// oxdb-check: $1 = 7
// oxdb-command: target remote :1234
// oxdb-check: oxdb debugs processes of this machine only: it does not speak gdb's remote protocol.
// oxdb-command: record
// oxdb-check: oxdb does not record executions, so that there is no reverse debugging.
// oxdb-command: rc
// oxdb-check: oxdb does not record executions, so that there is no reverse debugging.
// oxdb-command: layout src
// oxdb-check: oxdb has no text user interface (TUI).
// oxdb-command: macro expand x
// oxdb-check: oxdb does not read C's preprocessor macros; Rust's are gone when a program is compiled.
// oxdb-command: compile code 1
// oxdb-check: oxdb does not compile code into the program; `print' and `call' evaluate Rust's and C's expressions.
// oxdb-command: help checkpoint
// oxdb-check: Refuse to make a checkpoint.
// oxdb-check: oxdb makes no checkpoints of processes.
