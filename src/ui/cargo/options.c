/* Sorts the words of `oxdb test` and `oxdb run` into those for cargo, for the session and for the program. */
#include "ui/cargo/cargo.h"

enum { SHORT_VALUED_MAX = 8 };

/* Options of cargo test, run and bench that take a value as the next word. What is not here and not oxdb's goes to cargo as it is, which knows
 * better whether it exists. */
static const char *const cargo_valued[] = {
	"artifact-dir", "bench",    "bin",        "color",         "config",  "example",
	"exclude",      "features", "jobs",       "lockfile-path", "package", "manifest-path",
	"profile",      "target",   "target-dir", "test",
};
static const char cargo_short_valued[SHORT_VALUED_MAX] = "pFjZC";

struct session_option {
	const char *word;
	bool valued;
	bool is_file; /* named from where oxdb was started */
};

static const struct session_option session_options[] = {
	{ "-ex", true, false },
	{ "-eval-command", true, false },
	{ "-iex", true, false },
	{ "-init-eval-command", true, false },
	{ "-x", true, true },
	{ "-command", true, true },
	{ "-ix", true, true },
	{ "-init-command", true, true },
	{ "-tty", true, true },
	{ "-directory", true, true },
	{ "-batch", false, false },
	{ "-batch-silent", false, false },
	{ "-return-child-result", false, false },
	{ "-nx", false, false },
	{ "-n", false, false },
	{ "-nh", false, false },
	{ "-fullname", false, false },
};

struct parser {
	enum cargo_command command;
	int argc, at;
	char **argv;
	struct cargo_options *o;
};

static bool is_one_of(struct str name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(name, list[i]))
			return true;
	return false;
}

/* Its name without dashes and value. */
static struct str option_name(const char *word)
{
	word += word[0] == '-';
	word += word[0] == '-';
	return (struct str){ word, strcspn(word, "=") };
}

static const char *value_after_equals(const char *word)
{
	const char *equals = strchr(word, '=');
	return equals ? equals + 1 : NULL;
}

/* The option's value, of the same word or the next. */
static struct error *take_value(struct parser *p, const char *word, const char **ret)
{
	const char *value = value_after_equals(word);
	if (!value && p->at < p->argc)
		value = p->argv[p->at++];
	if (!value)
		return error_new(ERROR_USAGE, "%s needs a value", word);
	*ret = value;
	return NULL;
}

/* gdb's options have one dash or two. */
static const struct session_option *session_option(const char *word)
{
	struct str name = option_name(word);
	for (size_t i = 0; i < sizeof session_options / sizeof *session_options; i++)
		if (str_is(name, session_options[i].word + 1))
			return &session_options[i];
	return NULL;
}

static struct error *take_session_option(struct parser *p, const struct session_option *option,
					 const char *word)
{
	const char *value;
	vec_push(&p->o->session, option->word);
	if (!option->valued)
		return NULL;
	TRY(take_value(p, word, &value));
	vec_push(&p->o->session, value);
	return NULL;
}

static struct error *take_timeout(struct parser *p, const char *word)
{
	const char *value;
	char *end;
	TRY(take_value(p, word, &value));
	double seconds = strtod(value, &end);
	if (!*value || *end || strspn(value, "0123456789.") != strlen(value) || !(seconds > 0) ||
	    seconds > 1e9)
		return error_new(ERROR_USAGE, "--timeout: %s is no number of seconds", value);
	p->o->timeout_s = seconds;
	return NULL;
}

static bool is_own_flag(struct parser *p, struct str name)
{
	struct cargo_options *o = p->o;
	bool test = p->command == CARGO_TEST;
	bool *flag = str_is(name, "help")                 ? &o->help
		     : str_is(name, "triage")             ? &o->triage
		     : test && str_is(name, "list")       ? &o->list
		     : test && str_is(name, "doc")        ? &o->doc
		     : test && str_is(name, "no-nextest") ? &o->no_nextest
							  : NULL;
	if (flag)
		*flag = true;
	return flag;
}

bool cargo_names_file(const char *session_word)
{
	const struct session_option *option = session_word[0] == '-' ? session_option(session_word) : NULL;
	return option && option->is_file;
}

/* A value that is missing is cargo's to complain about: some are optional, and it then lists what there is. */
static void take_cargo_value(struct parser *p)
{
	if (p->at < p->argc && p->argv[p->at][0] != '-')
		vec_push(&p->o->cargo, p->argv[p->at++]);
}

static struct error *take_long(struct parser *p, const char *word)
{
	struct str name = option_name(word);
	if (is_own_flag(p, name))
		return NULL;
	if (str_is(name, "timeout"))
		return take_timeout(p, word);
	if (str_is(name, "no-fail-fast")) /* --triage never does */
		return NULL;
	if (str_is(name, "message-format") || str_is(name, "no-run"))
		return error_new(ERROR_USAGE,
				 "--%.*s is for cargo alone: oxdb %s says itself what it needs of cargo",
				 STR_ARG(name), p->command == CARGO_TEST ? "test" : "run");
	p->o->bench |= str_is(name, "bench");
	vec_push(&p->o->cargo, word);
	if (!value_after_equals(word) &&
	    is_one_of(name, cargo_valued, sizeof cargo_valued / sizeof *cargo_valued))
		take_cargo_value(p);
	return NULL;
}

/* "-p", "-pNAME", "-vv", "-qp": the value of the last letter may be the next word. */
static struct error *take_short(struct parser *p, const char *word)
{
	if (strcmp(word, "-h") == 0) {
		p->o->help = true;
		return NULL;
	}
	vec_push(&p->o->cargo, word);
	for (const char *letter = word + 1; *letter; letter++) {
		if (!strchr(cargo_short_valued, *letter))
			continue;
		if (!letter[1])
			take_cargo_value(p);
		break;
	}
	return NULL;
}

static struct error *take_word(struct parser *p, const char *word)
{
	const struct session_option *session = word[0] == '-' ? session_option(word) : NULL;
	if (session)
		return take_session_option(p, session, word);
	if (word[0] == '-' && word[1] == '-')
		return take_long(p, word);
	if (word[0] == '-' && word[1])
		return take_short(p, word);
	if (p->o->filter)
		return error_new(ERROR_USAGE, "one test at a time: both %s and %s were given",
				 p->o->filter, word);
	p->o->filter = word;
	return NULL;
}

static struct error *check(enum cargo_command command, const struct cargo_options *o)
{
	if (o->help)
		return NULL;
	if (o->triage && o->session.count)
		return error_new(ERROR_USAGE, "%s is for a session, not for --triage", o->session.data[0]);
	if (o->triage && o->list)
		return error_new(ERROR_USAGE, "--list and --triage do not go together");
	if (o->timeout_s > 0 && !o->triage)
		return error_new(ERROR_USAGE, "--timeout goes with --triage");
	(void)command;
	return NULL;
}

struct error *cargo_options_parse(enum cargo_command command, int argc, char **argv,
				  struct cargo_options *ret)
{
	struct cargo_options o = { 0 };
	struct parser p = { .command = command, .argc = argc, .at = 1, .argv = argv, .o = &o };
	struct error *err = NULL;
	if (p.at < argc && argv[p.at][0] == '+')
		o.toolchain = argv[p.at++];
	while (!err && p.at < argc) {
		const char *word = argv[p.at];
		if (strcmp(word, "--") == 0) {
			p.at++;
			break;
		}
		if (command == CARGO_RUN && word[0] != '-') /* what follows is the program's */
			break;
		p.at++;
		err = take_word(&p, word);
	}
	o.rest = argv + p.at;
	if (!err)
		err = check(command, &o);
	if (err)
		cargo_options_deinit(&o);
	else
		*ret = o;
	return err;
}

void cargo_options_deinit(struct cargo_options *o)
{
	vec_free(&o->cargo);
	vec_free(&o->session);
}
