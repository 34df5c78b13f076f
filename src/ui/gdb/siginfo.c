/* The type of $_siginfo: siginfo_t as the kernel lays it out (include/uapi/asm-generic/siginfo.h), for programs without debug information
 * of it, by the names that gdb gives its parts. */
#include "ui/gdb/looking.h"

enum { FIELDS_AT = 16, FIELDS_SIZE = TARGET_SIGINFO_SIZE - FIELDS_AT, PAD = FIELDS_SIZE / 4 };

struct field {
	const char *name;
	const struct sym_type *type;
	uint64_t offset;
};

static const struct sym_type *primitive(const char *name)
{
	return sym_type_primitive(NULL, str_from(name), false);
}

static const struct sym_type *alias(const char *name, const char *of)
{
	return sym_type_named(primitive(of), str_from(name));
}

/* The fields end where one without a name stands. */
static const struct sym_type *members(bool is_union, const char *name, const struct field *fields,
				      uint64_t size)
{
	enum { MANY = 8 };
	struct sym_member list[MANY] = { 0 };
	size_t count = 0;
	for (; count < MANY && fields[count].name; count++)
		list[count] = (struct sym_member){ .name = str_from(fields[count].name),
						   .type = fields[count].type,
						   .offset = fields[count].offset };
	return sym_type_c_members_of(is_union, str_from(name), list, count, size);
}

static const struct sym_type *structure(const struct field *fields, uint64_t size)
{
	return members(false, "", fields, size);
}

static const struct sym_type *fields_type(void)
{
	const struct sym_type *integer = primitive("int"),
			      *pointer = sym_type_pointer_to(primitive("void"));
	const struct sym_type *pid = alias("__pid_t", "int"), *uid = alias("__uid_t", "unsigned int"),
			      *clock = alias("__clock_t", "long");
	const struct sym_type *value = members(
		true, "sigval_t",
		(struct field[]){ { "sival_int", integer, 0 }, { "sival_ptr", pointer, 0 }, { 0 } }, 8);
	const struct sym_type *bounds = structure(
		(struct field[]){ { "_lower", pointer, 0 }, { "_upper", pointer, 8 }, { 0 } }, 16);
	const struct field kill[] = { { "si_pid", pid, 0 }, { "si_uid", uid, 4 }, { 0 } };
	const struct field timer[] = {
		{ "si_tid", integer, 0 }, { "si_overrun", integer, 4 }, { "si_sigval", value, 8 }, { 0 }
	};
	const struct field rt[] = {
		{ "si_pid", pid, 0 }, { "si_uid", uid, 4 }, { "si_sigval", value, 8 }, { 0 }
	};
	const struct field child[] = { { "si_pid", pid, 0 },        { "si_uid", uid, 4 },
				       { "si_status", integer, 8 }, { "si_utime", clock, 16 },
				       { "si_stime", clock, 24 },   { 0 } };
	const struct field fault[] = { { "si_addr", pointer, 0 },
				       { "_addr_lsb", primitive("short"), 8 },
				       { "_addr_bnd", bounds, 16 },
				       { 0 } };
	const struct field poll[] = { { "si_band", primitive("long"), 0 }, { "si_fd", integer, 8 }, { 0 } };
	const struct field sys[] = { { "_call_addr", pointer, 0 },
				     { "_syscall", integer, 8 },
				     { "_arch", primitive("unsigned int"), 12 },
				     { 0 } };
	const struct field all[] = { { "_pad", sym_type_vector_of(integer, PAD), 0 },
				     { "_kill", structure(kill, 8), 0 },
				     { "_timer", structure(timer, 16), 0 },
				     { "_rt", structure(rt, 16), 0 },
				     { "_sigchld", structure(child, 32), 0 },
				     { "_sigfault", structure(fault, 32), 0 },
				     { "_sigpoll", structure(poll, 16), 0 },
				     { "_sigsys", structure(sys, 16), 0 } };
	struct sym_member list[sizeof all / sizeof *all] = { 0 };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		list[i] = (struct sym_member){ .name = str_from(all[i].name), .type = all[i].type };
	return sym_type_c_members_of(true, STR_EMPTY, list, sizeof all / sizeof *all, FIELDS_SIZE);
}

const struct sym_type *gdb_siginfo_type(void)
{
	static const struct sym_type *made;
	if (made)
		return made;
	const struct field all[] = { { "si_signo", primitive("int"), 0 },
				     { "si_errno", primitive("int"), 4 },
				     { "si_code", primitive("int"), 8 },
				     { "_sifields", fields_type(), FIELDS_AT },
				     { 0 } };
	made = members(false, "siginfo", all, TARGET_SIGINFO_SIZE);
	return made;
}
