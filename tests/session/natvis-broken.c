// What lists, lengths and programs of visualisers can be wrong about: each print comes to an end, and says what it could not have.
//@ typed
#include <stddef.h>

struct node {
	int value;
	struct node *next;
};
struct list {
	struct node *head;
	int size;
};
struct plain {
	struct node *head;
};
struct tree {
	int value;
	struct tree *left, *right;
};
struct set {
	struct tree *root;
	int size;
};
struct array {
	int *data;
	unsigned long len;
};
struct endless {
	int unused;
};
struct self {
	struct self *me;
	int number;
};

int main(void)
{
	struct node c = { 3, NULL }, b = { 2, &c }, a = { 1, &b }, stray = { 9, (struct node *)16 };
	struct node e = { 5, NULL }, d = { 4, &e };
	struct list whole = { &a, 3 }, shorter = { &a, 2 }, longer = { &a, 5 }, wild = { &stray, 3 };
	e.next = &d;
	struct plain straight = { &a }, ring = { &d }, nothing = { NULL };
	struct tree leaf = { 1, NULL, NULL }, root = { 2, &leaf, NULL }, loop = { 7, NULL, NULL };
	loop.left = &loop;
	struct set sorted = { &root, 2 }, twisted = { &loop, 1 };
	int numbers[3] = { 10, 20, 30 };
	struct array honest = { numbers, 3 }, lying = { numbers, 1UL << 60 }, nowhere = { (int *)8, 3 };
	struct endless endless = { 0 };
	struct self self = { &self, 6 };
	(void)whole, (void)shorter, (void)longer, (void)wild, (void)straight, (void)ring, (void)nothing;
	(void)sorted, (void)twisted, (void)honest, (void)lying, (void)nowhere, (void)endless, (void)self;
	return 0; // #break
}

// oxdb-command: run
// oxdb-command: natvis load %source%.natvis
// oxdb-check: [...]natvis-broken.c.natvis: 7 types loaded.
// oxdb-command: set print natvis on
// oxdb-command: print whole
// oxdb-check: $1 = list of 3 = {1, 2, 3}
// oxdb-command: print shorter
// oxdb-check: $2 = list of 2 = {1, 2}
// oxdb-command: print longer
// oxdb-check: $3 = list of 5 = {1, 2, 3, <the list ends before its Size>}
// oxdb-command: print wild
// oxdb-check: $4 = list of 3 = {9, <[...]>}
// oxdb-command: print straight
// oxdb-check: $5 = plain = {1, 2, 3}
// oxdb-command: print ring
// oxdb-check: $6 = plain = {4, 5}
// oxdb-command: print nothing
// oxdb-check: $7 = plain = {}
// oxdb-command: print sorted
// oxdb-check: $8 = set = {1, 2}
// oxdb-command: print twisted
// oxdb-check: $9 = set = {<[...]>}
// oxdb-command: print honest
// oxdb-check: $10 = array = {10, 20, 30}
// oxdb-command: print -elements 4 -- lying
// oxdb-check: $11 = array = {10, 20, 30, [...]...}
// oxdb-command: print nowhere
// oxdb-check: $12 = array = {<cannot read 0x8>, <cannot read 0xc>, <cannot read 0x10>}
// oxdb-command: print endless
// oxdb-check: $13 = endless = {<the limit of steps is reached>}
// oxdb-command: print self
// oxdb-check: $14 = self 6 = {[me] = [...]
// oxdb-command: print numbers
// oxdb-check: $15 = {10, 20, 30}
