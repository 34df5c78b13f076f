// info types, info variables and info functions of C; declarations and types with their qualifiers.
//@ compile-flags: -fcf-protection=none
//@ typed
typedef unsigned long word_t;
typedef struct {
	int a, b;
} anon_t;
typedef struct node {
	struct node *next;
	word_t w;
} node_t;
typedef int (*callback)(const char *, int);
typedef int four[4];
enum color { RED, GREEN };
struct kept {
	char *const name;
	volatile int *restrict *v;
};
static node_t list[3];
callback called;
four numbers;
enum color color;
anon_t pair;
const char *const names[] = { "a" };
volatile int changing;
static const int fixed = 4;
int (*function)(void);
int table[2][3];
struct {
	int q;
} noname;
char *const volatile both = 0;
const int *const *const deep = 0;
int *const pointers[2][3];
int (*const to_array)[3] = 0;
struct kept kept;

static int inlined(int a)
{
	return a + 1;
}
static void takes(node_t *const n, const char *s, callback c, ...)
{
	(void)n, (void)s, (void)c;
}
node_t *gives(word_t a, struct kept *b, int v[3])
{
	return list + a + inlined(v[0]) + !b;
}
int unprototyped() { return 1; }
int main(void)
{
	takes(0, 0, 0);
	return gives(0, 0, numbers) == list + fixed + changing + unprototyped(); // #break
}

// gdb-command: info types .
// gdb-check: All types matching regular expression ".":
// gdb-check: File [...]cnames.c:
// gdb-check: 7:	typedef struct {...} anon_t;
// gdb-check: 12:	typedef int (*)(const char *, int) callback;
// gdb-check: 	char
// gdb-check: 14:	enum color;
// gdb-check: 13:	typedef int [4] four;
// gdb-check: 	int
// gdb-check: 15:	struct kept;
// gdb-check: 8:	struct node;
// gdb-check: 11:	typedef struct node node_t;
// gdb-check: 	unsigned int
// gdb-check: 	unsigned long
// gdb-check: 4:	typedef unsigned long word_t;
// gdb-command: info variables -n
// gdb-check: All defined variables:
// gdb-check: File [...]cnames.c:
// gdb-check: 32:	char * const volatile both;
// gdb-check: 20:	callback called;
// gdb-check: 25:	volatile int changing;
// gdb-check: 22:	enum color color;
// gdb-check: 33:	const int * const * const deep;
// gdb-check: 27:	int (*function)(void);
// gdb-check: 36:	struct kept kept;
// gdb-check: 24:	const char * const names[1];
// gdb-check: 31:	struct {
// gdb-check:     int q;
// gdb-check: } noname;
// gdb-check: 21:	four numbers;
// gdb-check: 23:	anon_t pair;
// gdb-check: 34:	int * const pointers[2][3];
// gdb-check: 28:	int table[2][3];
// gdb-check: 35:	int (* const to_array)[3];
// gdb-check: 26:	static const int fixed;
// gdb-check: 19:	static node_t list[3];
// gdb-command: info variables -n -t int
// gdb-check: All defined variables with type matching regular expression "int" :
// gdb-check: File [...]cnames.c:
// gdb-check: 25:	volatile int changing;
// gdb-check: 33:	const int * const * const deep;
// gdb-check: 27:	int (*function)(void);
// gdb-check: 34:	int * const pointers[2][3];
// gdb-check: 28:	int table[2][3];
// gdb-check: 35:	int (* const to_array)[3];
// gdb-check: 26:	static const int fixed;
// gdb-command: info functions -n
// gdb-check: All defined functions:
// gdb-check: File [...]cnames.c:
// gdb-check: 46:	node_t *gives(word_t, struct kept *, int *);
// gdb-check: 51:	int main(void);
// gdb-check: 50:	int unprototyped();
// gdb-check: 38:	static int inlined(int);
// gdb-check: 42:	static void takes(node_t * const, const char *, callback, ...);
// gdb-command: info functions -n -t "int (int)"
// gdb-check: All defined functions with type matching regular expression "int (int)" :
// gdb-check: File [...]cnames.c:
// gdb-check: 38:	static int inlined(int);
// gdb-command: info functions nosuch
// gdb-check: All functions matching regular expression "nosuch":
// gdb-command: info functions -q nosuch
// gdb-command: info types -t x
// gdb-check: All types matching regular expression "-t x":
// gdb-command: info functions [
// gdb-check: Invalid regexp: Unmatched [ or [^
// gdb-command: whatis names
// gdb-check: type = const char * const[1]
// gdb-command: whatis both
// gdb-check: type = char * const volatile
// gdb-command: whatis deep
// gdb-check: type = const int * const * const
// gdb-command: whatis *deep
// gdb-check: type = const int * const
// gdb-command: whatis pointers
// gdb-check: type = int * const[2][3]
// gdb-command: whatis &names
// gdb-check: type = const char * const (*)[1]
// gdb-command: whatis to_array
// gdb-check: type = int (* const)[3]
// gdb-command: whatis takes
// gdb-check: type = void (node_t * const, const char *, callback, ...)
// gdb-command: ptype struct kept
// gdb-check: type = struct kept {
// gdb-check:     char * const name;
// gdb-check:     volatile int * restrict *v;
// gdb-check: }
// gdb-command: whatis kept.name
// gdb-check: type = char * const
// gdb-command: whatis &kept.name
// gdb-check: type = char * const *
// gdb-command: whatis names[0]
// gdb-check: type = const char * const
// gdb-command: whatis (const char * const *)0
// gdb-check: type = const char * const *
// gdb-command: whatis (volatile int)changing
// gdb-check: type = volatile int
// gdb-command: print (const int *)&fixed
// gdb-check: $1 = (const int *) 0x[...] <fixed>
// gdb-command: whatis (const int)1 + 1
// gdb-check: type = int
// gdb-command: ptype int *(*)[3]
// gdb-check: type = int *(*)[3]
// gdb-command: whatis pointers[1]
// gdb-check: type = int * const[3]
// gdb-command: whatis unprototyped
// gdb-check: type = int ()
// gdb-command: whatis main
// gdb-check: type = int (void)
// gdb-command: ptype const struct kept
// gdb-check: type = const struct kept {
// gdb-command: ptype const enum color
// gdb-check: type = const enum color {RED, GREEN}
