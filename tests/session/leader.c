/* A first thread that ends long before the others: it is there no more. */
//@ typed
//@ compile-flags: -g -pthread
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_t first;

static int after(int n)
{
	return n + 1;
}

static void *outlive(void *arg)
{
	pthread_join(first, NULL);
	usleep(100000); /* it is joined a moment before it has ended */
	printf("%d\n", after(*(int *)arg));
	return NULL;
}

int main(void)
{
	static int n = 4;
	pthread_t thread;
	first = pthread_self();
	pthread_create(&thread, NULL, outlive, &n);
	pthread_exit(NULL); /* #break */
}

// gdb-command: set print thread-events off
// gdb-command: break after
// gdb-command: run
// gdb-check: Thread 1 "leader" hit Breakpoint 1, main () at [...]leader.c:%break%
// gdb-command: set scheduler-locking on
// gdb-command: continue
// gdb-check: No unwaited-for children left.
// gdb-command: info threads
// gdb-absent: [...]  1    Thread [...]
// gdb-check:   2    Thread [...]
// gdb-check: The current thread <Thread ID 1> has terminated.  See `help thread'.
// gdb-command: thread 1
// gdb-check: Thread ID 1 has terminated.
// gdb-command: next
// gdb-check: Cannot execute this command without a live selected thread.
// gdb-command: continue
// gdb-check: Cannot execute this command without a live selected thread.
// gdb-command: thread 2
// gdb-check: [Switching to thread 2 (Thread [...])]
// gdb-command: set scheduler-locking off
// gdb-command: continue
// gdb-check: Thread 2 "leader" hit Breakpoint 2, after (n=4) at [...]leader.c:13
// gdb-command: continue
// gdb-check: [Inferior 1 (process [...]) exited normally]
// The thread that was selected has ended when another one stops.
// gdb-command: run
// gdb-check: Thread 1 "leader" hit Breakpoint 1, main () at [...]leader.c:%break%
// gdb-command: continue
// gdb-check: [Switching to Thread [...] (LWP [...])]
// gdb-check: Thread 2 "leader" hit Breakpoint 2, after (n=4) at [...]leader.c:13
// gdb-command: info threads
// gdb-absent: [...]  1    Thread [...]
// gdb-check: * 2    Thread [...]after (n=4) at [...]leader.c:13
// gdb 13 fails an assertion here (num_lwps (pid) == 1).
// oxdb-command: detach
// oxdb-check: [Inferior 1 (process [...]) detached]
// gdb-command: run
// gdb-check: Thread 1 "leader" hit Breakpoint 1, main () at [...]leader.c:%break%
// gdb-command: thread 2
// gdb-command: set scheduler-locking on
// gdb-command: thread apply 1 continue
// gdb-check: Thread 1 (Thread [...]):
// gdb-check: Continuing.
// gdb-check: No unwaited-for children left.
// gdb-command: thread
// gdb-check: [Current thread is 2 (Thread [...])]
// gdb-command: kill
// gdb-check: [Inferior 1 (process [...]) killed]
