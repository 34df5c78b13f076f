// jump, return, call, until, advance, tbreak, starti; arguments and environment of the program.
#include <stdio.h>
#include <stdlib.h>

int inner(int n)
{
	int r = n + 1;
	return r;
}

int middle(int n)
{
	int r = inner(n);
	return r * 2;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	for (int i = 1; i < argc; i++) /* #break */
		printf("arg %s\n", argv[i]);
	const char *value = getenv("OXDB_SESSION_VALUE");
	printf("env %s\n", value ? value : "unset");
	int a = middle(3);
	printf("a %d\n", a);
	int b = middle(a);
	printf("b %d\n", b);
	return b;
}

// gdb-command: set args one 'two words' "th ree" $HOME_NOT_SET *.nosuch
// gdb-command: show args
// gdb-check: Argument list to give program being debugged when it is started is "one 'two words' "th ree" $HOME_NOT_SET *.nosuch".
// gdb-command: set env OXDB_SESSION_VALUE a b
// gdb-command: tbreak middle
// gdb-check: Temporary breakpoint 2 at [...]: file [...]control.c, line 13.
// gdb-command: run
// gdb-check: Breakpoint 1, main (argc=5, argv=[...]) at [...]control.c:20
// gdb-check: 20		for (int i = 1; i < argc; i++) /* #break */
// gdb-command: print argc
// gdb-check: $1 = 5
// gdb-command: print argv[2]
// gdb-check: $2 = [...] "two words"
// gdb-command: continue
// gdb-check: arg one
// gdb-check: arg two words
// gdb-check: arg th ree
// gdb-check: arg *.nosuch
// gdb-check: env a b
// gdb-check: Temporary breakpoint 2, middle (n=3) at [...]control.c:13
// gdb-check: 13		int r = inner(n);
// gdb-command: advance inner
// gdb-check: inner (n=3) at [...]control.c:7
// gdb-check: 7		int r = n + 1;
// gdb-command: info args
// gdb-check: n = 3
// gdb-command: return 50
// gdb-command: next
// gdb-check: 14		return r * 2;
// gdb-command: next
// gdb-check: 15	}
// gdb-command: print r
// gdb-check: $3 = 50
// gdb-command: finish
// gdb-check: [...] in main (argc=5, argv=[...]) at [...]control.c:24
// gdb-check: 24		int a = middle(3);
// gdb-check: Value returned is $4 = 100
// gdb-command: next
// gdb-check: 25		printf("a %d\n", a);
// gdb-command: next
// gdb-check: a 100
// gdb-check: 26		int b = middle(a);
// gdb-command: tbreak control.c:25
// gdb-check: Temporary breakpoint 3 at [...]: file [...]control.c, line 25.
// gdb-command: jump 24
// gdb-check: Temporary breakpoint 3, main (argc=5, argv=[...]) at [...]control.c:25
// gdb-check: 25		printf("a %d\n", a);
// gdb-command: call inner(9)
// gdb-check: $5 = 10
// gdb-command: call (void)0
// gdb-command: print a = 5
// gdb-check: $6 = 5
// gdb-command: next
// gdb-check: a 5
// gdb-check: 26		int b = middle(a);
// gdb-command: stepi
// gdb-check: [...]	26		int b = middle(a);
// gdb-command: nexti 2
// gdb-check: [...]	26		int b = middle(a);
// gdb-command: until 28
// gdb-check: b 12
// gdb-check: main (argc=5, argv=[...]) at [...]control.c:28
// gdb-check: 28		return b;
// gdb-command: kill
// gdb-check: Kill the program being debugged? (y or n) [answered Y; input not from terminal]
// gdb-check: [Inferior 1 (process [...]) killed]
// gdb-command: info program
// gdb-check: The program being debugged is not being run.
