#define ERROR_IMPLEMENTATION
#include "base/error.h"

#include "base/arena.h"
#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>

/* Takes the message's bytes. */
static struct error *create(enum error_code code, struct buf *message)
{
	struct error *err = xmalloc(sizeof *err);
	err->code = code;
	err->message = message->data;
	return err;
}

struct error *error_new(enum error_code code, const char *format, ...)
{
	struct buf message = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	return create(code, &message);
}

struct error *error_at(enum error_code code, uint64_t where, const char *format, ...)
{
	struct buf message = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	buf_printf(&message, " at 0x%llx", (unsigned long long)where);
	struct error *err = create(code, &message);
	err->has_where = true;
	err->where = where;
	return err;
}

struct error *error_errno(int sys_errno, const char *format, ...)
{
	enum error_code code = ERROR_SYSTEM;
	if (sys_errno == EPERM || sys_errno == EACCES)
		code = ERROR_PERMISSION;
	else if (sys_errno == ESRCH)
		code = ERROR_GONE;
	struct buf message = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	char text[128];
	buf_printf(&message, ": %s", strerror_r(sys_errno, text, sizeof text));
	struct error *err = create(code, &message);
	err->sys_errno = code == ERROR_GONE ? 0 : sys_errno;
	return err;
}

struct error *error_prefix(struct error *err, const char *format, ...)
{
	struct buf message = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	buf_printf(&message, ": %s", err->message);
	free(err->message);
	err->message = message.data;
	return err;
}

struct error *error_copy(const struct error *err)
{
	if (!err)
		return NULL;
	struct error *copy = xmalloc(sizeof *copy);
	*copy = *err;
	copy->message = xstrdup(err->message);
	return copy;
}

void error_destroy(struct error *err)
{
	if (!err)
		return;
	free(err->message);
	free(err);
}
