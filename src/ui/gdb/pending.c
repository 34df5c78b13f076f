/* Stands in for what the prompt needs of engine and eval while those are being written; goes when they are there. */
#include "ui/gdb/shell_internal.h"

#define PENDING __attribute__((weak))

struct eng_control {
	struct eng_session *session;
	struct eng_inferior inferior;
	struct eng_settings settings;
};

PENDING struct eng_control *eng_control_create(struct eng_session *session, const struct eng_listener *listener)
{
	struct eng_control *c = xmalloc(sizeof *c);
	(void)listener;
	c->session = session;
	c->inferior.number = 1;
	return c;
}
PENDING void eng_control_destroy(struct eng_control *c)
{
	eng_session_destroy(c->session);
	free(c->inferior.program);
	free(c->inferior.arguments);
	free(c);
}
PENDING struct eng_settings *eng_control_settings(struct eng_control *c)
{
	return &c->settings;
}
PENDING struct eng_inferior *eng_selected_inferior(struct eng_control *c)
{
	return &c->inferior;
}
PENDING struct error *eng_inferior_set_program(struct eng_control *c, struct eng_inferior *i, const char *path)
{
	(void)c;
	free(i->program);
	i->program = path ? xstrdup(path) : NULL;
	return NULL;
}
PENDING struct eng_thread *eng_selected_thread(struct eng_control *c)
{
	(void)c;
	return NULL;
}
PENDING struct eval_session *eval_session_create(void)
{
	return NULL;
}
PENDING void eval_session_destroy(struct eval_session *s)
{
	(void)s;
}
PENDING void gdb_notice(void *ctx, const struct eng_notice *notice)
{
	(void)ctx, (void)notice;
}
