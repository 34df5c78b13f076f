// Writes through a null pointer, a field at some distance from the start of a structure: SIGSEGV at 0x10.
#include <stdlib.h>

struct node {
	long key;
	struct node *left, *right;
};

static struct node *find(struct node *node, long key)
{
	while (node && node->key != key)
		node = key < node->key ? node->left : node->right;
	return node;
}

__attribute__((noinline)) static void insert_right(struct node *tree, long key, struct node *child)
{
	struct node *place = find(tree, key);
	*(struct node *volatile *)&place->right = child;
}

int main(void)
{
	struct node root = { .key = 10 };
	insert_right(&root, 11, calloc(1, sizeof root));
	return root.right != NULL;
}
