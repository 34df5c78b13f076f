// A C program in the same session: its values, types and expressions as C.
//@ typed
#include <stdio.h>
#include <string.h>

enum kind { ONE = 1, TWO, FLAG = 8 };
struct point {
	int x, y;
	const char *name;
};
union word {
	int i;
	unsigned char bytes[4];
};
typedef struct point point_t;
struct bits {
	unsigned a : 3;
	int b : 5;
};

int apply(int (*f)(int), int n)
{
	return f(n);
}

int triple(int n)
{
	return n * 3;
}

static const char fixed[] = "fixed text";
static const char *fixed_text = fixed, *in_the_middle = fixed + 6;

int main(void)
{
	struct point p = {1, 2, "corner"};
	point_t list[2] = {{3, 4, "a"}, {5, 6, NULL}};
	union word w = {.i = 0x01020304};
	enum kind k = TWO;
	struct bits bits = {5, -2};
	char text[16] = "hello";
	const char *s = text;
	double d = 2.5;
	float f = 0.1f;
	unsigned char c = 'A';
	long big = 1L << 40;
	int *ptr = &p.x;
	int (*fn)(int) = triple;
	_Bool yes = 1;
	void *null = NULL;
	printf("%d %d %d %d\n", apply(fn, p.x), list[0].x, w.i, k); /* #break */
	printf("%s %g %g %c %ld %d %d %p %d\n", s, d, f, c, big, *ptr, yes, null, bits.a);
	return 0;
}

// gdb-command: run
// gdb-check: Starting program: [...]cvalues
// gdb-check: Breakpoint 1, main () at [...]cvalues.c:51
// gdb-check: 51		printf("%d %d %d %d\n", apply(fn, p.x), list[0].x, w.i, k); /* #break */
// gdb-command: print p
// gdb-check: $1 = {x = 1, y = 2, name = [...] "corner"}
// gdb-command: print list
// gdb-check: $2 = {{x = 3, y = 4, name = [...] "a"}, {x = 5, y = 6, name = 0x0}}
// gdb-command: print list[1].x
// gdb-check: $3 = 5
// gdb-command: print &list[1]
// gdb-check: $4 = (point_t *) [...]
// gdb-command: print w
// gdb-check: $5 = {i = 16909060, bytes = "\004\003\002\001"}
// gdb-command: print/x w.bytes
// gdb-check: $6 = {0x4, 0x3, 0x2, 0x1}
// gdb-command: print k
// gdb-check: $7 = TWO
// gdb-command: print (enum kind)9
// gdb-check: $8 = (ONE | FLAG)
// gdb-command: print bits
// gdb-check: $9 = {a = 5, b = -2}
// gdb-command: print text
// gdb-check: $10 = "hello\000\000\000\000\000\000\000\000\000\000"
// gdb-command: print s
// gdb-check: $11 = [...] "hello"
// gdb-command: print *s@5
// gdb-check: $12 = "hello"
// gdb-command: print d
// gdb-check: $13 = 2.5
// gdb-command: print f
// gdb-check: $14 = 0.100000001
// gdb-command: print c
// gdb-check: $15 = 65 'A'
// gdb-command: print big
// gdb-check: $16 = 1099511627776
// gdb-command: print *ptr
// gdb-check: $17 = 1
// gdb-command: print fn
// gdb-check: $18 = (int (*)(int)) [...] <triple>
// gdb-command: print *fn
// gdb-check: $19 = {int (int)} [...] <triple>
// gdb-command: print yes
// gdb-check: $20 = true
// gdb-command: print null
// gdb-check: $21 = (void *) 0x0
// gdb-command: print p.x + list[0].y * 2
// gdb-check: $22 = 9
// gdb-command: print p.name
// gdb-check: $23 = [...] "corner"
// gdb-command: print sizeof(p)
// gdb-check: $24 = 16
// gdb-command: print sizeof(struct point)
// gdb-check: $25 = 16
// gdb-command: print (long)p.x
// gdb-check: $26 = 1
// gdb-command: print (char)66
// gdb-check: $27 = 66 'B'
// gdb-command: print p.x == 1 && k != ONE
// gdb-check: $28 = 1
// gdb-command: print p.x ? 10 : 20
// gdb-check: $29 = 10
// gdb-command: print 7 / 2
// gdb-check: $30 = 3
// gdb-command: print 7 / 2.0
// gdb-check: $31 = 3.5
// gdb-command: print 10 > 3
// gdb-check: $32 = 1
// gdb-command: print TWO
// gdb-check: $33 = TWO
// gdb-command: print 'a'
// gdb-check: $34 = 97 'a'
// gdb-command: print "abc"
// gdb-check: $35 = "abc"
// gdb-command: ptype p
// gdb-check: type = struct point {
// gdb-check:     int x;
// gdb-check:     int y;
// gdb-check:     const char *name;
// gdb-check: }
// gdb-command: whatis p
// gdb-check: type = struct point
// gdb-command: whatis list
// gdb-check: type = point_t [2]
// gdb-command: ptype list
// gdb-check: type = struct point {
// gdb-check:     int x;
// gdb-check:     int y;
// gdb-check:     const char *name;
// gdb-check: } [2]
// gdb-command: ptype w
// gdb-check: type = union word {
// gdb-check:     int i;
// gdb-check:     unsigned char bytes[4];
// gdb-check: }
// gdb-command: ptype k
// gdb-check: type = enum kind {ONE = 1, TWO, FLAG = 8}
// gdb-command: ptype point_t
// gdb-check: type = struct point {
// gdb-check:     int x;
// gdb-check:     int y;
// gdb-check:     const char *name;
// gdb-check: }
// gdb-command: whatis fn
// gdb-check: type = int (*)(int)
// gdb-command: ptype fn
// gdb-check: type = int (*)(int)
// gdb-command: whatis &p
// gdb-check: type = struct point *
// gdb-command: whatis p.name
// gdb-check: type = const char *
// gdb-command: ptype struct bits
// gdb-check: type = struct bits {
// gdb-check:     unsigned int a : 3;
// gdb-check:     int b : 5;
// gdb-check: }
// gdb-command: ptype main
// gdb-check: type = int (void)
// gdb-command: print triple(4)
// gdb-check: $36 = 12
// gdb-command: print apply(triple, 5)
// gdb-check: $37 = 15
// gdb-command: print strlen(s)
// gdb-check: 'strlen' has unknown return type; cast the call to its declared return type
// gdb-command: set var p.x = 42
// gdb-command: print p.x
// gdb-check: $38 = 42
// gdb-command: print ptr[0]
// gdb-check: $39 = 42
// gdb-command: print *&p
// gdb-check: $40 = {x = 42, y = 2, name = [...] "corner"}
// gdb-command: info locals
// gdb-check: p = {x = 42, y = 2, name = [...] "corner"}
// gdb-check: list = {{x = 3, y = 4, name = [...] "a"}, {x = 5, y = 6, name = 0x0}}
// gdb-check: w = {i = 16909060, bytes = "\004\003\002\001"}
// gdb-check: k = TWO
// gdb-check: bits = {a = 5, b = -2}
// gdb-check: text = "hello\000\000\000\000\000\000\000\000\000\000"
// gdb-check: s = [...] "hello"
// gdb-check: d = 2.5
// gdb-check: f = 0.100000001
// gdb-check: c = 65 'A'
// gdb-check: big = 1099511627776
// gdb-check: ptr = [...]
// gdb-check: fn = [...] <triple>
// gdb-check: yes = true
// gdb-check: null = 0x0
// gdb-command: x/s s
// gdb-check: [...]:	"hello"
// gdb-command: x/5cb text
// gdb-check: [...]:	104 'h'	101 'e'	108 'l'	108 'l'	111 'o'
// gdb-command: print $_
// gdb-check: $41 = (int8_t *) [...]
// gdb-command: printf "%d %d\n", bits.a = 9, bits.b = 17
// gdb-check: 1 -15
// gdb-command: set var bits.b = -16
// gdb-command: set var bits.a = 8
// gdb-check: warning: Value does not fit in 3 bits.
// gdb-command: set var bits.b = -17
// gdb-check: warning: Value does not fit in 5 bits.
// gdb-command: break triple
// gdb-check: Breakpoint 2 at [...]: file [...]cvalues.c, line 28.
// gdb-command: continue
// gdb-check: Continuing.
// gdb-check: Breakpoint 2, triple (n=42) at [...]cvalues.c:28
// gdb-check: 28		return n * 3;
// gdb-command: backtrace
// gdb-check: #0  triple (n=42) at [...]cvalues.c:28
// gdb-check: #1  [...] in apply (f=[...] <triple>, n=42) at [...]cvalues.c:23
// gdb-check: #2  [...] in main () at [...]cvalues.c:51
// gdb-command: finish
// gdb-check: Run till exit from #0  triple (n=42) at [...]cvalues.c:28
// gdb-check: apply (f=[...] <triple>, n=42) at [...]cvalues.c:24
// gdb-check: 24	}
// gdb-check: Value returned is $42 = 126
// gdb-command: info source
// gdb-check: Current source file is [...]cvalues.c
// gdb-check: Compilation directory is [...]
// gdb-check: Located in [...]
// gdb-check: Contains [...] lines.
// gdb-check: Source language is c.
// gdb-check: Producer is GNU[...]
// gdb-check: Compiled with DWARF [...] debugging format.
// gdb-check: Does not include preprocessor macro info.
// gdb-command: print fixed_text
// gdb-check: $43 = [...] <fixed> "fixed text"
// gdb-command: print in_the_middle
// gdb-check: $44 = [...] <fixed+6> "text"
// gdb-command: print &fixed[1]
// gdb-check: $45 = [...] <fixed+1> "ixed text"
// gdb-command: set print address off
// gdb-command: print in_the_middle
// gdb-check: $46 = <fixed+6> "text"
// gdb-command: print (char *)0
// gdb-check: $47 =
// gdb-command: set print symbol off
// gdb-command: print in_the_middle
// gdb-check: $48 = "text"
