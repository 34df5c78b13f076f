//@ compile-flags: -O2
// Code that the compiler has moved away as unlikely, in front of its function: a line of it is a place of its own.
#include <stdio.h>
struct node {
	long key;
	struct node *right;
};
__attribute__((noinline, cold)) static void complain(long key)
{
	printf("%ld\n", key);
}
__attribute__((noinline)) static void put(struct node *tree, long key, struct node *child)
{
	while (tree && tree->key != key)
		tree = tree->right;
	*(struct node *volatile *)&tree->right = child; // #both
}
__attribute__((noinline)) static int check(long key)
{
	if (key < 0) {
		complain(key); // #cold
		return 1;
	}
	printf("fine\n");
	return 0;
}
int main(void)
{
	struct node root = { .key = 10 };
	int bad = check(1);
	bad += check(-2); // #call
	put(&root, 10, NULL);
	put(&root, 11, &root);
	return bad;
}

// oxdb-command: break %cold%
// oxdb-check: Breakpoint 1 at 0x[...]: file [...]cold.c, line %cold%.
// oxdb-command: break %both%
// oxdb-check: Breakpoint 2 at 0x[...]: [...]cold.c:%both%. (2 locations)
// oxdb-command: run
// oxdb-check: Breakpoint 1, check (key=[...]) at [...]cold.c:%cold%
// oxdb-command: up
// oxdb-check: [...]main () at [...]cold.c:%call%
// oxdb-command: continue
// oxdb-check: Breakpoint 2.2, put ([...]) at [...]cold.c:%both%
// oxdb-command: continue
// oxdb-check: Breakpoint 2.1, put (tree=[...]child=[...]) at [...]cold.c:%both%
// oxdb-command: continue
// oxdb-check: Program received signal SIGSEGV, Segmentation fault.
