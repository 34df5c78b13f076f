// return EXPR puts the value where the function's convention has it: integers, floats, structures in registers, the x87 stack.
//@ typed
#include <stdio.h>

struct big {
	long a[5];
};
struct small {
	int a;
	double b;
};
struct three {
	int a, b, c;
};

struct small other = { 8, 9.5 };
struct three others = { 1, 2, 9 };

struct big make_big(int n)
{
	return (struct big){ { n } };
}

struct small make_small(int n)
{
	return (struct small){ n, n };
}

struct three make_three(int n)
{
	return (struct three){ n, n, n };
}

float make_float(int n)
{
	return (float)n;
}

char make_char(int n)
{
	return (char)n;
}

struct small *make_pointer(void)
{
	return NULL;
}

long double make_long(int n)
{
	return n;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	struct small s = make_small(2);
	printf("small %d %g\n", s.a, s.b);
	struct three t = make_three(2);
	printf("three %d %d %d\n", t.a, t.b, t.c);
	printf("float %g\n", make_float(3));
	printf("char %d\n", make_char(3));
	printf("pointer %d\n", make_pointer() == &other);
	printf("long double %Lg\n", make_long(3));
	struct big b = make_big(1);
	printf("big %ld\n", b.a[0]);
	return 0;
}

// gdb-command: return
// gdb-check: No selected frame.
// gdb-command: break make_small
// gdb-command: break make_three
// gdb-command: break make_float
// gdb-command: break make_char
// gdb-command: break make_pointer
// gdb-command: break make_long
// gdb-command: break make_big
// gdb-command: run
// gdb-check: Breakpoint 1, make_small (n=2) at [...]returning.c:26
// gdb-command: return nosuch
// gdb-check: No symbol "nosuch" in current context.
// gdb-command: return 5
// gdb-check: Invalid cast.
// gdb-command: return other
// gdb-check: #0  [...] in main () at [...]returning.c:57
// gdb-check: 57		struct small s = make_small(2);
// gdb-command: continue
// gdb-check: small 8 9.5
// gdb-check: Breakpoint 2, make_three (n=2) at [...]returning.c:31
// gdb-command: return others
// gdb-check: #0  [...] in main () at [...]returning.c:59
// gdb-command: continue
// gdb-check: three 1 2 9
// gdb-check: Breakpoint 3, make_float (n=3) at [...]returning.c:36
// gdb-command: return 7
// gdb-command: continue
// gdb-check: float 7
// gdb-check: Breakpoint 4, make_char (n=3) at [...]returning.c:41
// gdb-command: return 256 + 65
// gdb-command: continue
// gdb-check: char 65
// gdb-check: Breakpoint 5, make_pointer () at [...]returning.c:46
// gdb-command: return &other
// gdb-command: continue
// gdb-check: pointer 1
// gdb-check: Breakpoint 6, make_long (n=3) at [...]returning.c:51
// gdb-command: return 2.5
// gdb-command: continue
// gdb-check: long double 2.5
// gdb-check: Breakpoint 7, make_big (n=1) at [...]returning.c:21
// gdb-command: return
// gdb-check: #0  [...]main () at [...]returning.c:66
// gdb-command: kill
