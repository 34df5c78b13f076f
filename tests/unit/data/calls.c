/* Eight threads call each of the functions 1,000 times (f_string 50 times); the functions begin with instructions of every kind that a debugger must get past:
 * ones that it can run itself, ones that a copy can stand for, ones that only run in their place. Ends with 0 when each has done its work. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 8, CALLS = 1000 };

extern int f_push(int), f_test(int), f_rip(int), f_jump(int), f_branch(int), f_leaf(int);
extern char *f_string(char *to, const char *from, long unused, long count);
int flag = 1;
atomic_long counter;

__asm__(".text\n"
	".globl f_push\n.type f_push,@function\nf_push: push %rbx\n mov %edi,%ebx\n lea 1(%rbx),%eax\n pop %rbx\n ret\n"
	".size f_push,.-f_push\n"
	".globl f_test\n.type f_test,@function\nf_test: test %dil,%dil\n lea 1(%rdi),%eax\n ret\n"
	".size f_test,.-f_test\n"
	".globl f_rip\n.type f_rip,@function\nf_rip: lock addl $0,flag(%rip)\n lea 1(%rdi),%eax\n ret\n.size f_rip,.-f_rip\n"
	".globl f_jump\n.type f_jump,@function\nf_jump: jmp f_push\n.size f_jump,.-f_jump\n"
	".globl f_branch\n.type f_branch,@function\nf_branch: jne 1f\n1: lea 1(%rdi),%eax\n ret\n.size f_branch,.-f_branch\n"
	".globl f_string\n.type f_string,@function\nf_string: rep movsb\n mov %rdi,%rax\n ret\n.size f_string,.-f_string\n"
	".globl f_leaf\n.type f_leaf,@function\nf_leaf: ret\n.size f_leaf,.-f_leaf\n");

static void *run(void *arg)
{
	static const char text[] = "abcdefg";
	for (int i = 1; i <= CALLS; i++) {
		char copy[8] = { 0 };
		if (f_push(i) != i + 1 || f_test(i) != i + 1 || f_rip(i) != i + 1 ||
		    f_jump(i) != i + 1 || f_branch(i) != i + 1)
			abort();
		if (i % 20 == 0 && (f_string(copy, text, 0, 8) != copy + 8 || memcmp(copy, text, 8) != 0))
			abort();
		f_leaf(i);
		atomic_fetch_add(&counter, 1);
	}
	return arg;
}

int main(void)
{
	pthread_t t[THREADS];
	for (int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, run, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	return atomic_load(&counter) == (long)THREADS * CALLS ? 0 : 1;
}
