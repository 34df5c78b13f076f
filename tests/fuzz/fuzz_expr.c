/* An expression: the first byte chooses the language and how the value is printed. It is parsed, its type asked for, and evaluated twice (names are
 * remembered between) in a process whose memory is made up; the value is printed and kept in the history. */
#include "arch/arch.h"
#include "eval/expr.h"
#include "eval/print.h"

#include <string.h>

/* Nothing below 64 KiB can be read; above, each byte follows from its address. */
static size_t read_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	(void)ctx;
	if (addr < 0x10000)
		return 0;
	for (size_t i = 0; i < size; i++)
		((uint8_t *)buf)[i] = (uint8_t)((addr + i) * 37 >> 3);
	return size;
}

static struct error *write_memory(void *ctx, uint64_t addr, const void *buf, size_t size)
{
	(void)ctx;
	(void)buf;
	(void)size;
	return error_new(ERROR_MEMORY, "Cannot access memory at address 0x%llx", (unsigned long long)addr);
}

static bool read_register(void *ctx, unsigned reg, uint64_t *ret)
{
	(void)ctx;
	*ret = reg * 0x11000;
	return reg < 16;
}

static struct error *write_register(void *ctx, unsigned reg, uint64_t value)
{
	(void)ctx;
	(void)value;
	return reg < 16 ? NULL : error_new(ERROR_USAGE, "No such register.");
}

static void show(const struct eval_printer *p, const struct eval_value *v, uint8_t how)
{
	static const char letters[] = "\0xduotacfsz";
	struct eval_format_spec format = { .letter = letters[how % (sizeof letters - 1)] };
	struct buf out = { 0 };
	error_destroy(eval_print(p, v, format, true, &out));
	buf_deinit(&out);
	error_destroy(eval_print_argument(p, v, &out));
	buf_deinit(&out);
}

static void evaluate(struct eval_session *s, struct eval_expr *e, const struct eval_env *env,
		     const struct eval_printer *p, uint8_t how)
{
	struct arena arena = { 0 };
	const struct sym_type *type;
	bool is_type;
	struct error *err = eval_type_of(e, s, env, &arena, &type, &is_type);
	if (!err && type) {
		struct buf out = { 0 };
		eval_type_name(p, type, &out);
		error_destroy(eval_type_definition(p, type, how & 0x40, &out));
		buf_deinit(&out);
	}
	error_destroy(err);
	for (int i = 0; i < 2; i++) {
		struct eval_value v;
		err = eval_run(e, s, env, &arena, &v);
		if (!err) {
			show(p, &v, how);
			eval_history_add(s, &v);
			eval_convenience_set(s, STR_LIT("v"), &v);
		}
		error_destroy(err);
	}
	arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	enum eval_language language = data[0] & 0x80 ? EVAL_LANGUAGE_C : EVAL_LANGUAGE_RUST;
	struct str text = { (const char *)data + 1, size - 1 }, rest = { 0 };
	struct eval_session *s = eval_session_create();
	eval_set_language(s, language);
	const struct eval_env env = {
		.arch = &arch_x86_64,
		.read = read_memory,
		.write = write_memory,
		.reg = read_register,
		.set_reg = write_register,
	};
	const struct eval_printer printer = { .settings = EVAL_PRINT_DEFAULTS,
					      .language = language,
					      .env = &env };
	/* Several, separated by commas: what one sets the next one finds. */
	for (int i = 0; i < 16 && text.len; i++) {
		struct eval_expr *e;
		struct error *err = eval_parse(s, language, text, &rest, &e);
		if (err) {
			error_destroy(err);
			break;
		}
		evaluate(s, e, &env, &printer, data[0]);
		eval_expr_destroy(e);
		if (rest.len == 0 || rest.ptr[0] != ',')
			break;
		text = str_sub(rest, 1, rest.len);
	}
	eval_session_destroy(s);
	return 0;
}
