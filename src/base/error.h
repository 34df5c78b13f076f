/* Errors: bad input, a refused system call, a limit. Functions that can fail return `struct error *`,
 * NULL for success; the caller owns what it gets and either passes it on or destroys it. Outputs
 * (`ret_…`) are untouched on failure. A bug in oxdb is an assert, never one of these. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum error_code {
	ERROR_SYSTEM = 1,  /* a system call failed; sys_errno says how */
	ERROR_FORMAT,      /* bytes that break their format's rules */
	ERROR_TRUNCATED,   /* bytes end too soon */
	ERROR_UNSUPPORTED, /* well-formed, but not something that oxdb reads */
	ERROR_LIMIT,       /* one of oxdb's own limits; the message names it */
	ERROR_NOT_FOUND,   /* what was asked for is not there */
	ERROR_PERMISSION,  /* refused; the message says what the user can do */
	ERROR_GONE,        /* the process or thread no longer exists */
	ERROR_MEMORY,      /* an address in the debuggee cannot be read or written */
	ERROR_USAGE,       /* a wrong command line or command */
	ERROR_TIMEOUT,
};

struct error {
	enum error_code code;
	int sys_errno;  /* for ERROR_SYSTEM and ERROR_PERMISSION, else 0 */
	bool has_where; /* where: offset in the file, or address in the debuggee */
	uint64_t where;
	char *message; /* one line, no full stop, starts with the file or thing concerned */
};

#define ERROR_CHECK __attribute__((warn_unused_result))
#define ERROR_NEW __attribute__((warn_unused_result, returns_nonnull)) /* there is memory, or no oxdb */
#define ERROR_PRINTF(f, a) __attribute__((format(printf, f, a)))

struct error *error_new(enum error_code code, const char *format, ...) ERROR_PRINTF(2, 3) ERROR_NEW;
/* The offset or address is kept in `where` and added to the message as " at 0x…". */
struct error *error_at(enum error_code code, uint64_t where, const char *format, ...)
	ERROR_PRINTF(3, 4) ERROR_NEW;
/* From errno: "FORMAT: strerror". EPERM and EACCES give ERROR_PERMISSION, ESRCH gives ERROR_GONE. */
struct error *error_errno(int sys_errno, const char *format, ...) ERROR_PRINTF(2, 3) ERROR_NEW;
/* Takes err and gives it back with "FORMAT: " before its message. */
struct error *error_prefix(struct error *err, const char *format, ...) ERROR_PRINTF(2, 3) ERROR_NEW;
struct error *error_copy(const struct error *err) ERROR_CHECK;
void error_destroy(struct error *err); /* NULL is fine */

/* Hand an error of `expr` to this function's caller. */
#define TRY(expr)                                \
	do {                                     \
		struct error *try_err_ = (expr); \
		if (try_err_)                    \
			return try_err_;         \
	} while (0)

/* Clang's analyzer overlooks returns_nonnull and then follows paths on which a function failed without
 * an error and left its outputs unset. */
#if defined(__clang_analyzer__) && !defined(ERROR_IMPLEMENTATION)
/* Without a branch: so small a function is followed at any depth of calls. */
static inline struct error *error_nonnull_(struct error *err)
{
	__builtin_assume(err != (struct error *)0);
	return err;
}
#define error_new(...) error_nonnull_(error_new(__VA_ARGS__))
#define error_at(...) error_nonnull_(error_at(__VA_ARGS__))
#define error_errno(...) error_nonnull_(error_errno(__VA_ARGS__))
#define error_prefix(...) error_nonnull_(error_prefix(__VA_ARGS__))
#endif
