#include "base/log.h"

#include "base/buf.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *wanted; /* OXDB_LOG, NULL when it is unset or empty */

static void read_environment(void)
{
	const char *value = getenv("OXDB_LOG");
	if (value && *value)
		wanted = value;
}

bool log_enabled(const char *layer)
{
	pthread_once(&once, read_environment);
	if (!wanted)
		return false;
	struct str rest = str_from(wanted);
	while (rest.len > 0) {
		size_t comma = str_find(rest, STR_LIT(","));
		struct str item = str_sub(rest, 0, comma);
		if (str_is(item, "all") || str_is(item, layer))
			return true;
		if (comma == SIZE_MAX)
			break;
		rest = str_sub(rest, comma + 1, SIZE_MAX);
	}
	return false;
}

void log_line(const char *layer, const char *format, ...)
{
	struct buf line = { 0 };
	buf_printf(&line, "oxdb: %s: ", layer);
	va_list args;
	va_start(args, format);
	buf_vprintf(&line, format, args);
	va_end(args);
	buf_char(&line, '\n');
	/* One write, so that lines of several workers do not mix. */
	fwrite(line.data, 1, line.len, stderr);
	buf_deinit(&line);
}
