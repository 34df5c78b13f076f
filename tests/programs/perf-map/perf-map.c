/* Hand-written code that tells its names in a perf map, /tmp/perf-PID.map, calls from one function to the next and ends in SIGSEGV in
 * the inner one. --damage KIND: the map is not as it should be (below). */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// outer: push rbp; mov rbp, rsp; call inner; pop rbp; ret
// inner (at 16): push rbp; mov rbp, rsp; mov rax, [rdi]; pop rbp; ret
static const unsigned char code[] = {
	0x55, 0x48, 0x89, 0xe5, 0xe8, 0x07, 0x00, 0x00, 0x00, 0x5d, 0xc3, 0x90, 0x90,
	0x90, 0x90, 0x90, 0x55, 0x48, 0x89, 0xe5, 0x48, 0x8b, 0x07, 0x5d, 0xc3,
};

static void write_map(const char *damage, uint64_t start)
{
	char path[64];
	snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
	unlink(path);
	if (!strcmp(damage, "directory")) {
		mkdir(path, 0777);
		return;
	}
	if (!strcmp(damage, "fifo")) {
		mkfifo(path, 0666);
		return;
	}
	if (!strcmp(damage, "endless")) {
		(void)!symlink("/dev/zero", path);
		return;
	}
	if (!strcmp(damage, "loop")) {
		(void)!symlink(path, path);
		return;
	}
	FILE *map = fopen(path, "w");
	if (!map)
		_exit(3);
	if (!strcmp(damage, "binary")) {
		uint32_t x = 12345;
		for (int i = 0; i < 100000; i++)
			putc((x = x * 1103515245 + 12345) >> 16, map);
	} else if (!strcmp(damage, "numbers")) {
		fprintf(map,
			"ffffffffffffffffffffffffffff 10 too long\n%lx ffffffffffffffff around\n-%lx -10 negative\n",
			start, start);
		fprintf(map, "0x 0x nothing\n%lx 0 empty\n%lx\n%lx 10\n%lx 10 \n \n\n", start, start,
			start, start);
	} else if (!strcmp(damage, "name")) {
		fprintf(map, "%lx 10 ", start);
		for (int i = 0; i < 3000000; i++)
			putc('a' + i % 26, map);
		putc('\n', map);
		fprintf(map, "%lx 9 \033[31mred\007\xff\xfe \"quoted\\\"", start + 16);
	} else if (!strcmp(damage, "many")) {
		for (int i = 0; i < 400000; i++)
			fprintf(map, "%lx %x f%d\n", start + i % 24, 1 + i % 7, i);
	} else {
		fprintf(map, "%lx b outer function\n%lx 9 inner function\n", start, start + 16);
		if (!strcmp(damage, "overlap"))
			fprintf(map, "0x%lx 0x20 the last one wins\n", start);
		if (!strcmp(damage, "cut"))
			fprintf(map, "%lx 9 inner fun", start + 16);
	}
	fclose(map);
	if (!strcmp(damage, "unreadable"))
		chmod(path, 0);
}

int main(int argc, char **argv)
{
	unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(page, code, sizeof code);
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	write_map(argc > 2 && !strcmp(argv[1], "--damage") ? argv[2] : "", (uint64_t)page);
	return ((int (*)(const long *))page)((const long *)0x414141414000) + 1;
}
