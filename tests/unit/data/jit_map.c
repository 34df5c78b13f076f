/* Makes executable memory three times over: twice by mprotect in a mapping of its own, once by mmap. */
#include <string.h>
#include <sys/mman.h>

int main(void)
{
	static const unsigned char code[] = { 0xb8, 1, 0, 0, 0, 0xc3 }; /* mov eax, 1; ret */
	int sum = 0;
	for (int i = 0; i < 2; i++) {
		char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		memcpy(p, code, sizeof code);
		mprotect(p, 8192, PROT_READ | PROT_EXEC);
		sum += ((int (*)(void))(void *)p)();
	}
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(p, code, sizeof code);
	sum += ((int (*)(void))(void *)p)();
	return sum == 3 ? 0 : 1;
}
