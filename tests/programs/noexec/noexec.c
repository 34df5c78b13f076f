/* Calls into a page of data, which cannot be executed: SIGSEGV with the address equal to the program counter. --heap, --stack: likewise
 * into other memory. */
#include <stdlib.h>
#include <string.h>

static unsigned char code[64] = { 0xb8, 0x2a, 0x00, 0x00, 0x00, 0xc3 }; // mov eax, 42; ret

__attribute__((noinline)) static int call(const void *where)
{
	return ((int (*)(void))where)() + 1;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	unsigned char on_stack[64];
	memcpy(on_stack, code, sizeof code);
	unsigned char *on_heap = malloc(sizeof code);
	memcpy(on_heap, code, sizeof code);
	int ret = call(!strcmp(how, "--heap") ? on_heap : !strcmp(how, "--stack") ? on_stack : code);
	return ret - 43; // no tail call
}
