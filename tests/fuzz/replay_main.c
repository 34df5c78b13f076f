/* Feeds files to a fuzz target without libFuzzer: each file named, and each file of each directory
 * named. A directory without files is an error: a replay that replays nothing must not pass. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replayed;

static int fail(const char *path, const char *what)
{
	fprintf(stderr, "replay: %s: %s\n", path, what);
	return 1;
}

static int replay_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return fail(path, strerror(errno));
	/* Exactly as long as the file, so that ASan sees a read one past its end. */
	uint8_t *data = malloc(size ? size : 1);
	int status = 0;
	if (!data || fread(data, 1, size, f) != size)
		status = fail(path, "cannot be read");
	else if (LLVMFuzzerTestOneInput(data, size) != 0)
		status = fail(path, "the target refused the input");
	replayed++;
	free(data);
	fclose(f);
	return status;
}

static int replay_directory(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	if (count < 0)
		return fail(path, strerror(errno));
	size_t before = replayed;
	int status = 0;
	for (int i = 0; i < count; i++) {
		char *file;
		struct stat st;
		if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
			abort();
		if (entries[i]->d_name[0] != '.' && stat(file, &st) == 0 && S_ISREG(st.st_mode))
			status |= replay_file(file, (size_t)st.st_size);
		free(file);
		free(entries[i]);
	}
	free(entries);
	if (replayed == before)
		return fail(path, "no files to replay");
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;
	if (argc < 2)
		return fail(argv[0], "name files or directories to replay");
	for (int i = 1; i < argc; i++) {
		struct stat st;
		if (stat(argv[i], &st) != 0)
			status |= fail(argv[i], strerror(errno));
		else if (S_ISDIR(st.st_mode))
			status |= replay_directory(argv[i]);
		else
			status |= replay_file(argv[i], (size_t)st.st_size);
	}
	printf("replayed %zu inputs\n", replayed);
	return status;
}
