/* oxdb dump */
#include "ui/dump/dump.h"
#include "ui/cli/cli_internal.h"

#include <stdlib.h>
#include <unistd.h>

struct error *cli_open_module(const char *path, struct sym_module **ret)
{
	struct arena arena = ARENA_INIT;
	struct sym_options options = {
		.debug_directories = cli_split_list(getenv("OXDB_DEBUG_DIRECTORY"), &arena),
	};
	struct error *err = sym_module_open(path, &options, ret);
	arena_deinit(&arena);
	return err;
}

static const char *const words[] = {
	[DUMP_INFO] = "info", [DUMP_TYPES] = "types", [DUMP_LINE] = "line",
	[DUMP_CFI] = "cfi",   [DUMP_NAMES] = "names",
};

static bool choose(const char *word, enum dump_what *ret)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum dump_what)i;
			return true;
		}
	return false;
}

struct output {
	struct error *err;
};

static bool write_out(void *ctx, struct str text)
{
	struct output *out = ctx;
	out->err = cli_write(STDOUT_FILENO, text);
	return !out->err;
}

int cli_dump(const struct cli_command *command, int argc, char **argv, cli_create_target *create_target)
{
	(void)create_target;
	enum dump_what what;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return cli_print_help(command);
	if (argc < 2)
		return cli_fail_usage(command, error_new(ERROR_USAGE, "what is to be dumped?"));
	if (!choose(argv[1], &what))
		return cli_fail_usage(
			command, error_new(ERROR_USAGE, "%s is nothing that can be dumped", argv[1]));
	if (argc < 3 || argc > 4)
		return cli_fail_usage(command, error_new(ERROR_USAGE, argc < 3 ? "a file is missing"
									       : "one name at a time"));
	struct sym_module *m;
	struct error *err = cli_open_module(argv[2], &m);
	if (err)
		return cli_fail(err);
	struct output out = { 0 };
	struct dump_sink sink = { &out, write_out };
	err = dump_file(m, what, str_from(argc > 3 ? argv[3] : NULL), &sink);
	sym_module_close(m);
	out.err = cli_unless_closed(out.err);
	if (out.err) {
		error_destroy(err);
		err = out.err;
	}
	if (!err)
		return 0;
	bool nothing = err->code == ERROR_NOT_FOUND;
	int code = cli_fail(err);
	return nothing ? 1 : code;
}
