#include "ui/cli/cli_internal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_UNKNOWN = 80, WIDTH_MAX = 1000 };

static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR"); /* no-color.org: any value but the empty one */
	const char *term = getenv("TERM");
	return !(no_color && *no_color) && term && *term && strcmp(term, "dumb") != 0;
}

static bool shows_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	if (!locale)
		return false;
	bool utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

static size_t width_of(int fd)
{
	struct winsize size;
	long columns = 0;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
	const char *variable = getenv("COLUMNS");
	if (!columns && variable)
		columns = strtol(variable, NULL, 10);
	if (columns <= 0)
		return WIDTH_UNKNOWN;
	return columns < REPORT_WIDTH_MIN ? REPORT_WIDTH_MIN
	       : columns > WIDTH_MAX      ? WIDTH_MAX
					  : (size_t)columns;
}

void cli_terminal_init(struct cli_terminal *t, int fd)
{
	*t = (struct cli_terminal){ .style = { .utf8 = true }, .is_terminal = isatty(fd) };
	if (t->is_terminal)
		t->style = (struct report_style){
			.colour = wants_colour(),
			.utf8 = shows_utf8(),
			.width = width_of(fd),
		};
	if (getcwd(t->directory, sizeof t->directory))
		t->style.directory = str_from(t->directory);
}
