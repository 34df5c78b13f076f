// Breakpoints and watchpoints for one thread alone go with it; watchpoints and catchpoints alone make narrow tables.
//@ typed
//@ compile-flags: -pthread
#include <pthread.h>
#include <stdio.h>

int n;

static void work(void)
{
	n++;
}

static void *worker(void *p)
{
	work();
	return p;
}

int main(void)
{
	pthread_t t;
	pthread_create(&t, 0, worker, 0);
	pthread_join(t, 0);
	work(); /* after */
	return 0; /* end */
}

// gdb-command: watch n
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address    What
// gdb-check: 1       hw watchpoint  keep y              n
// gdb-command: delete
// gdb-command: catch vfork
// gdb-command: rwatch n
// gdb-command: info breakpoints
// gdb-check: Num     Type            Disp Enb Address    What
// gdb-check: 2       catchpoint      keep y              vfork
// gdb-check: 3       read watchpoint keep y              n
// gdb-command: delete
// gdb-command: break work
// gdb-command: run
// gdb-check: Thread 2 [...] hit Breakpoint 4, work () at [...]thread-breakpoints.c:11
// gdb-command: break 26 thread 2
// gdb-command: break 26 thread 1
// gdb-command: watch n thread 2
// gdb-command: info breakpoints
// gdb-check: 5       breakpoint     keep y   0x[...] in main at [...]thread-breakpoints.c:26 thread 2
// gdb-check: 	stop only in thread 2
// gdb-check: 7       hw watchpoint  keep y                      n thread 2
// gdb-check: 	stop only in thread 2
// gdb-command: continue
// gdb-check: Thread 2 [...] hit Hardware watchpoint 7: n
// gdb-command: continue
// gdb-check: [Thread [...] exited]
// gdb-check: Thread-specific breakpoint 5 deleted - thread 2 no longer in the thread list.
// gdb-check: Thread-specific breakpoint 7 deleted - thread 2 no longer in the thread list.
// gdb-check: [Switching to Thread [...]]
// gdb-check: Thread 1 [...] hit Breakpoint 4, work () at [...]thread-breakpoints.c:11
// gdb-command: info breakpoints
// gdb-check: 4       breakpoint     keep y   0x[...] in work at [...]thread-breakpoints.c:11
// gdb-check: 	breakpoint already hit 2 times
// gdb-check: 6       breakpoint     keep y   0x[...] in main at [...]thread-breakpoints.c:26 thread 1
// gdb-check: 	stop only in thread 1
// gdb-command: delete 4
// gdb-command: continue
// gdb-check: Thread 1 [...] hit Breakpoint 6, main () at [...]thread-breakpoints.c:26
// gdb-command: continue
// gdb-check: [Inferior 1 (process [...]) exited normally]
// gdb-check: Thread-specific breakpoint 6 deleted - thread 1 no longer in the thread list.
// gdb-command: info breakpoints
// gdb-check: No breakpoints or watchpoints.
