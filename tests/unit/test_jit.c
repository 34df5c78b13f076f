/* The registry, the history of code memory and the panics over a fake target; perf maps, signatures and
 * decoding on made-up input. */
#include "jit/cranelift_types.h"
#include "jit/first_fault.h"
#include "jit/internal.h"
#include "jit/panic.h"
#include "jit/panic_payload.h"
#include "target/fake/fake.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

enum {
	PID = 100,
	CODE = 0x10000000,
	STACK = 0x20000000,
	DATA = 0x30000000,
	LIBC = 0x40000000,
	PAGE = 4096,
};

/* ---- ranges ---- */

static void test_spans(void **state)
{
	(void)state;
	struct jit_spans s = { 0 };
	jit_spans_add(&s, 0x1000, 0x1100, 0);
	jit_spans_add(&s, 0x1080, 0x3000, 1);
	jit_spans_add(&s, 0x0, UINT64_C(1) << 40, 2); /* as wide as a reservation */
	jit_spans_add(&s, 0x1000, 0x1010, 3);
	jit_spans_add(&s, 0x1000, 0x1000, 4); /* empty */
	jit_spans_add(&s, UINT64_C(1) << 50, (UINT64_C(1) << 50) + 1, 5);
	uint32_t id, expected[] = { 3, 2, 1, 0 };
	struct jit_spans_iter it = jit_spans_at(&s, 0x1008);
	for (size_t i = 0; i < 4; i++) {
		assert_true(jit_spans_next(&it, &id));
		assert_int_equal(id, expected[i]);
	}
	assert_false(jit_spans_next(&it, &id));
	it = jit_spans_at(&s, 0x2fff);
	assert_true(jit_spans_next(&it, &id));
	assert_int_equal(id, 2);
	assert_true(jit_spans_next(&it, &id));
	assert_int_equal(id, 1);
	assert_false(jit_spans_next(&it, &id));
	it = jit_spans_at(&s, UINT64_C(1) << 41);
	assert_false(jit_spans_next(&it, &id));
	jit_spans_deinit(&s);
}

/* ---- perf maps ---- */

struct entries {
	struct jit_perf_entry list[16];
	size_t count;
};

static void keep_entry(void *ctx, const struct jit_perf_entry *entry)
{
	struct entries *e = ctx;
	assert_true(e->count < 16);
	e->list[e->count++] = *entry;
}

static void test_perf_map(void **state)
{
	(void)state;
	static const char text[] = "7f00 10 plain\n"
				   "0x7f10 0X20 name with  spaces \r\n"
				   "\n"
				   "xyz 10 no number\n"
				   "7f00 10\n"
				   "7f00 0 empty\n"
				   "12345678123456789 1 too long a number\n"
				   "fffffffffffffff0 20 past the end\n"
				   "ABCDEF 1 upper\n"
				   "7f20 8 unfinished";
	struct entries e = { .count = 0 };
	struct jit_perf_lines lines = { 0 };
	struct str all = { text, sizeof text - 1 };
	size_t used = jit_perf_map_parse(all, false, &lines, keep_entry, &e);
	assert_int_equal(used, all.len - strlen("7f20 8 unfinished"));
	assert_int_equal(e.count, 3);
	assert_int_equal(e.list[0].start, 0x7f00);
	assert_int_equal(e.list[0].size, 0x10);
	assert_true(str_is(e.list[0].name, "plain"));
	assert_int_equal(e.list[1].start, 0x7f10);
	assert_int_equal(e.list[1].size, 0x20);
	assert_true(str_is(e.list[1].name, "name with  spaces"));
	assert_int_equal(e.list[2].start, 0xabcdef);
	assert_int_equal(lines.bad, 4);
	assert_int_equal(lines.first_bad, 4);
	assert_int_equal(lines.good, 4);
	/* The rest, when there is no more to come. */
	used += jit_perf_map_parse(str_sub(all, used, SIZE_MAX), true, &lines, keep_entry, &e);
	assert_int_equal(used, all.len);
	assert_int_equal(e.count, 4);
	assert_true(str_is(e.list[3].name, "unfinished"));
	assert_int_equal(lines.lines, 10);
}

static void test_perf_map_endless_line(void **state)
{
	(void)state;
	size_t size = JIT_PERF_MAX_LINE + 1;
	char *text = malloc(size);
	memset(text, 'a', size);
	struct entries e = { .count = 0 };
	struct jit_perf_lines lines = { 0 };
	assert_int_equal(
		jit_perf_map_parse((struct str){ text, size - 1 }, false, &lines, keep_entry, &e), 0);
	assert_int_equal(jit_perf_map_parse((struct str){ text, size }, false, &lines, keep_entry, &e),
			 size);
	assert_int_equal(lines.bad, 1);
	assert_int_equal(e.count, 0);
	free(text);
}

/* ---- Cranelift's numbers and names ---- */

static void assert_type(uint16_t number, unsigned minor, const char *name, unsigned bytes, bool is_float,
			bool is_vector)
{
	struct jit_abi_param p = { .bytes = 99 };
	jit_decode_type(number, minor, &p);
	assert_string_equal(p.type, name);
	assert_int_equal(p.bytes, bytes);
	assert_int_equal(p.is_float, is_float);
	assert_int_equal(p.is_vector, is_vector);
}

static void test_types(void **state)
{
	(void)state;
	assert_type(0x74, 135, "i8", 1, false, false);
	assert_type(0x77, 135, "i64", 8, false, false);
	assert_type(0x78, 0, "i128", 16, false, false);
	assert_type(0x79, 135, "f16", 2, true, false);
	assert_type(0x7b, 110, "f64", 8, true, false);
	assert_type(0x9a, 135, "f32x4", 16, true, true);
	assert_type(0x8b, 135, "f64x2", 16, true, true);
	assert_type(0xb4, 135, "i8x16", 16, false, true);
	assert_type(0x10b, 135, "f64x2xN", 255, true, true);
	/* Before f16 and f128 there were. */
	assert_type(0x79, 109, "i64", 8, false, false);
	assert_type(0x7c, 109, "f64", 8, true, false);
	assert_type(0, 135, "?0x0", 0, false, false);
	assert_type(0x7e, 135, "?0x7e", 0, false, false);
	assert_type(0xffff, 135, "?0xffff", 0, false, false);
	assert_int_equal(jit_cranelift_minor(STR_LIT("/x/cranelift-jit-0.135.8/src/backend.rs")), 135);
	assert_int_equal(jit_cranelift_minor(STR_LIT("/git/wasmtime/cranelift/jit/src/backend.rs")), 0);
	assert_int_equal(jit_cranelift_minor(STR_LIT("cranelift-jit-0.")), 0);
	assert_int_equal(jit_cranelift_minor(STR_EMPTY), 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(jit_decode_call_conv(STR_LIT("SystemV")), JIT_CC_SYSTEM_V);
	assert_int_equal(jit_decode_call_conv(STR_LIT("WindowsFastcall")), JIT_CC_WINDOWS_FASTCALL);
	assert_int_equal(jit_decode_call_conv(STR_LIT("Patchable")), JIT_CC_UNKNOWN);
	assert_int_equal(jit_decode_call_conv(STR_EMPTY), JIT_CC_UNKNOWN);
	assert_int_equal(jit_decode_purpose(STR_LIT("StructReturn")), JIT_PURPOSE_STRUCT_RETURN);
	assert_int_equal(jit_decode_purpose(STR_LIT("Normal")), JIT_PURPOSE_NORMAL);
	assert_int_equal(jit_decode_purpose(STR_LIT("StackLimit")), JIT_PURPOSE_OTHER);
	assert_int_equal(jit_decode_extension(STR_LIT("Sext")), JIT_EXTENSION_SEXT);
	assert_int_equal(jit_decode_reloc_kind(STR_LIT("X86CallPCRel4")), JIT_RELOC_CALL_PCREL4);
	assert_int_equal(jit_decode_reloc_kind(STR_LIT("Arm64Call")), JIT_RELOC_OTHER);
	struct jit_trap trap;
	static const char *const reserved[] = { "stk_ovf", "int_ovf", "heap_oob", "int_divz", "bad_toint" };
	for (unsigned i = 0; i < 5; i++) {
		jit_decode_trap((uint8_t)(251 + i), &trap);
		assert_string_equal(trap.name, reserved[i]);
	}
	jit_decode_trap(250, &trap);
	assert_string_equal(trap.name, "user250");
	jit_decode_trap(0, &trap);
	assert_string_equal(trap.name, "");
	jit_decode_trap_name(STR_LIT("IntegerDivisionByZero"), 0, &trap);
	assert_int_equal(trap.code, 254);
	jit_decode_trap_name(STR_LIT("User"), 7, &trap);
	assert_string_equal(trap.name, "user7");
	jit_decode_trap_name(STR_LIT("User"), 700, &trap);
	assert_int_equal(trap.code, 0);
	jit_decode_trap_name(STR_LIT("UnreachableCodeReachedAndSoOn"), 0, &trap);
	assert_string_equal(trap.name, "UnreachableCodeReachedA");
}

/* ---- signatures ---- */

static struct jit_abi_param value(const char *type, unsigned bytes)
{
	struct jit_abi_param p = { .bytes = (uint8_t)bytes,
				   .is_float = type[0] == 'f',
				   .is_vector = strchr(type, 'x') != NULL };
	(void)snprintf(p.type, sizeof p.type, "%s", type);
	return p;
}

static void test_signature_text(void **state)
{
	(void)state;
	struct arena arena = ARENA_INIT;
	struct jit_abi_param params[] = { value("i64", 8), value("i8", 1), value("f32x4", 16),
					  value("i64", 8) };
	struct jit_abi_param returns[] = { value("i64", 8), value("f64", 8) };
	params[0].purpose = JIT_PURPOSE_STRUCT_RETURN;
	params[1].extension = JIT_EXTENSION_UEXT;
	params[3].purpose = JIT_PURPOSE_VMCONTEXT;
	struct jit_signature s = { .known = true,
				   .conv = JIT_CC_SYSTEM_V,
				   .params = params,
				   .param_count = 4,
				   .returns = returns,
				   .return_count = 2 };
	assert_true(str_is(jit_signature_text(&s, &arena),
			   "fn(i64 sret, i8 uext, f32x4, i64 vmctx) -> i64, f64 system_v"));
	s.param_count = s.return_count = 0;
	s.conv = JIT_CC_UNKNOWN;
	(void)snprintf(s.conv_name, sizeof s.conv_name, "NewKind");
	assert_true(str_is(jit_signature_text(&s, &arena), "fn() new_kind"));
	s.known = false;
	assert_int_equal(jit_signature_text(&s, &arena).len, 0);
	arena_deinit(&arena);
}

static void test_signature_call(void **state)
{
	(void)state;
	struct jit_abi_param params[] = { value("i64", 8), value("f64", 8), value("i8", 1),
					  value("f32x4", 16) };
	struct jit_abi_param returns[] = { value("i64", 8), value("f64", 8), value("i64", 8) };
	struct jit_signature s = { .known = true,
				   .conv = JIT_CC_FAST,
				   .params = params,
				   .param_count = 4,
				   .returns = returns,
				   .return_count = 1 };
	struct arch_call call;
	assert_true(jit_signature_call(&s, &arch_x86_64, &call));
	assert_false(call.hidden_return);
	assert_int_equal(call.args[0].regs[0], ARCH_RDI);
	assert_int_equal(call.args[1].regs[0], ARCH_XMM0);
	assert_int_equal(call.args[2].regs[0], ARCH_RSI);
	assert_int_equal(call.args[3].regs[0], ARCH_XMM0 + 1);
	assert_int_equal(call.result.regs[0], ARCH_RAX);
	/* A declared struct-return pointer is an argument like others. */
	params[0].purpose = JIT_PURPOSE_STRUCT_RETURN;
	s.return_count = 0;
	assert_true(jit_signature_call(&s, &arch_x86_64, &call));
	assert_false(call.hidden_return);
	assert_int_equal(call.args[0].regs[0], ARCH_RDI);
	assert_int_equal(call.result.kind, ARCH_PLACE_NONE);
	/* Two results. */
	s.return_count = 2;
	assert_true(jit_signature_call(&s, &arch_x86_64, &call));
	assert_int_equal(call.result.kind, ARCH_PLACE_REGS);
	assert_int_equal(call.result.regs[0], ARCH_RAX);
	assert_int_equal(call.result.regs[1], ARCH_XMM0);
	/* Nothing is claimed of what Cranelift passes its own way. */
	s.return_count = 3;
	assert_false(jit_signature_call(&s, &arch_x86_64, &call));
	s.return_count = 1;
	s.conv = JIT_CC_TAIL;
	assert_false(jit_signature_call(&s, &arch_x86_64, &call));
	s.conv = JIT_CC_SYSTEM_V;
	params[1].purpose = JIT_PURPOSE_STRUCT_ARGUMENT;
	assert_false(jit_signature_call(&s, &arch_x86_64, &call));
}

static void test_signature_i128(void **state)
{
	(void)state;
	struct jit_abi_param params[6];
	struct jit_signature s = { .known = true, .conv = JIT_CC_SYSTEM_V, .params = params };
	struct arch_call call;
	for (size_t i = 0; i < 6; i++)
		params[i] = value("i64", 8);
	params[4] = value("i128", 16);
	s.param_count = 5;
	assert_true(jit_signature_call(&s, &arch_x86_64, &call));
	assert_int_equal(call.args[4].regs[0], ARCH_R8);
	assert_int_equal(call.args[4].regs[1], ARCH_R9);
	/* One register left: Cranelift and System V go on differently. */
	params[4] = value("i64", 8);
	params[5] = value("i128", 16);
	s.param_count = 6;
	assert_false(jit_signature_call(&s, &arch_x86_64, &call));
}

/* ---- a fake process ---- */

struct fixture {
	struct target *target;
	struct eng_session *session;
	struct jit_registry *registry;
	struct jit_panics *panics;
	struct eng_process *process;
	struct eng_thread *thread;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->target = target_fake_create(&arch_x86_64);
	fake_add_process(f->target, PID);
	fake_map(f->target, PID, STACK, 4 * PAGE, TARGET_READ | TARGET_WRITE, "[stack]");
	fake_map(f->target, PID, DATA, 4 * PAGE, TARGET_READ | TARGET_WRITE, "");
	struct arch_regs *regs = fake_regs(f->target, PID);
	for (unsigned r = 0; r <= ARCH_RIP; r++)
		arch_reg_set(regs, r, 0);
	arch_reg_set(regs, ARCH_RSP, STACK + 2 * PAGE);
	f->session = eng_session_create(f->target, &(struct eng_options){ .follow_children = true });
	f->registry = jit_registry_create(f->session);
	f->panics = jit_panics_create(f->session);
	const char *argv[] = { "fake", NULL };
	struct error *err = eng_launch(f->session, &(struct target_launch){ .argv = argv }, &f->process);
	assert_null(err);
	struct eng_thread *const *threads;
	assert_int_equal(eng_threads(f->process, &threads), 1);
	f->thread = threads[0];
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	jit_panics_destroy(f->panics);
	jit_registry_destroy(f->registry);
	eng_session_destroy(f->session);
	free(f);
	return 0;
}

enum { SIGNAL = 10 };

/* The thread runs until a signal; what the engine had read of memory is forgotten. */
static void stop(struct fixture *f)
{
	struct eng_event event;
	fake_event(f->target,
		   &(struct target_event){
			   .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = SIGNAL });
	struct error *err = eng_wait(f->session, 0, &event);
	assert_null(err);
	assert_int_equal(event.kind, ENG_EVENT_SIGNAL);
}

static void go(struct fixture *f)
{
	struct error *err = eng_resume(f->thread, 0);
	assert_null(err);
}

static struct jit_history *history(struct fixture *f)
{
	return jit_history_of(f->registry, f->process);
}

static struct jit_function *add_function(struct fixture *f, const char *name, uint64_t start, uint64_t end)
{
	struct jit_function function = { .name = str_from(name),
					 .start = start,
					 .end = end,
					 .source = JIT_SOURCE_CRANELIFT,
					 .frame_pointer = true,
					 .made = SIZE_MAX,
					 .freed = SIZE_MAX };
	return jit_function_add(jit_process_get(f->registry, f->process), &function);
}

/* ---- history ---- */

static void test_seen_and_gone(void **state)
{
	struct fixture *f = *state;
	static const uint8_t code[] = { 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3 };
	const struct jit_history_event *events;
	fake_map(f->target, PID, CODE, 2 * PAGE, TARGET_READ | TARGET_EXEC, "");
	fake_poke(f->target, PID, CODE + PAGE + 16, code, sizeof code);
	stop(f);
	jit_registry_refresh(f->registry, f->process);
	assert_int_equal(jit_history_events(history(f), &events), 1);
	assert_int_equal(events[0].kind, JIT_HISTORY_SEEN);
	assert_int_equal(events[0].start, CODE);
	assert_int_equal(events[0].end, CODE + 2 * PAGE);
	assert_null(events[0].call);
	assert_int_equal(events[0].pc_count, 0);
	struct jit_function *in_first = add_function(f, "first", CODE, CODE + 32);
	struct jit_function *in_second = add_function(f, "second", CODE + PAGE + 16, CODE + PAGE + 22);
	/* Half of it goes, nothing else is new. */
	go(f);
	fake_unmap(f->target, PID, CODE);
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "");
	stop(f);
	jit_registry_refresh(f->registry, f->process);
	assert_int_equal(jit_history_events(history(f), &events), 2);
	assert_int_equal(events[1].kind, JIT_HISTORY_GONE);
	assert_int_equal(events[1].start, CODE + PAGE);
	assert_int_equal(events[1].end, CODE + 2 * PAGE);
	assert_int_equal(in_first->freed, SIZE_MAX);
	assert_int_equal(in_second->freed, 1);
	assert_ptr_equal(jit_function_at(f->registry, f->process, CODE + 4), in_first);
	assert_null(jit_function_at(f->registry, f->process, CODE + PAGE + 18));
	const struct jit_function *freed[4];
	assert_int_equal(jit_freed_at(f->registry, f->process, CODE + PAGE + 18, freed, 4), 1);
	assert_ptr_equal(freed[0], in_second);
	assert_int_equal(jit_freed_at(f->registry, f->process, CODE + PAGE + 22, freed, 4), 0);
	/* Its bytes are still known. */
	size_t size;
	const uint8_t *copy = jit_history_code(history(f), CODE + PAGE + 16, &size);
	assert_non_null(copy);
	assert_true(size >= sizeof code);
	assert_memory_equal(copy, code, sizeof code);
	assert_ptr_equal(jit_history_last(history(f), CODE + PAGE), &events[1]);
	assert_ptr_equal(jit_history_last(history(f), CODE), &events[0]);
	assert_null(jit_history_last(history(f), DATA));
	/* A second look changes nothing. */
	jit_registry_refresh(f->registry, f->process);
	assert_int_equal(jit_history_events(history(f), &events), 2);
}

static void test_files_are_no_code(void **state)
{
	struct fixture *f = *state;
	const struct jit_history_event *events;
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "/bin/something");
	fake_map(f->target, PID, CODE + PAGE, PAGE, TARGET_READ | TARGET_EXEC, "[vdso]");
	fake_map(f->target, PID, CODE + 2 * PAGE, PAGE, TARGET_READ | TARGET_EXEC, "[heap]");
	fake_map(f->target, PID, CODE + 3 * PAGE, PAGE, TARGET_READ | TARGET_EXEC, "/memfd:jit (deleted)");
	stop(f);
	jit_registry_refresh(f->registry, f->process);
	assert_int_equal(jit_history_events(history(f), &events), 2);
	assert_int_equal(events[0].start, CODE + 2 * PAGE);
	assert_int_equal(events[1].start, CODE + 3 * PAGE);
	struct target_mapping mapping;
	assert_false(jit_code_mapping_at(f->registry, f->process, CODE, &mapping));
	assert_true(jit_code_mapping_at(f->registry, f->process, CODE + 2 * PAGE + 8, &mapping));
	assert_int_equal(mapping.start, CODE + 2 * PAGE);
}

static void test_same_bytes_are_kept_once(void **state)
{
	struct fixture *f = *state;
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "");
	stop(f);
	struct jit_history *h = history(f);
	size_t a = jit_history_add(h, JIT_HISTORY_EXECUTABLE, CODE, CODE + PAGE, NULL, "mprotect", true);
	size_t b = jit_history_add(h, JIT_HISTORY_FREED, CODE, CODE + PAGE, NULL, "munmap", true);
	assert_ptr_equal(h->events.data[a].code, h->events.data[b].code);
	assert_int_equal(h->copied, PAGE);
	go(f);
	fake_poke(f->target, PID, CODE + 100, "x", 1);
	stop(f);
	size_t c = jit_history_add(h, JIT_HISTORY_FREED, CODE, CODE + PAGE, NULL, "munmap", true);
	assert_ptr_not_equal(h->events.data[c].code, h->events.data[b].code);
	assert_int_equal(h->copied, 2 * PAGE);
	/* More than oxdb keeps: said, not silent. */
	const char *why = NULL;
	assert_false(jit_history_incomplete(h, &why));
	assert_null(jit_history_reserve(h, (size_t)1 << 30));
	assert_true(jit_history_incomplete(h, &why));
	assert_non_null(strstr(why, "MiB"));
}

/* ---- the C library's calls ---- */

struct player {
	struct fixture *fixture;
	bool signalled;
};

/* The engine steps the thread over its trap, then lets it run: into a signal. */
static void play(void *ctx, struct target *t, target_tid tid, bool step, int signal)
{
	struct player *player = ctx;
	(void)signal;
	if (step) {
		fake_regs(t, tid)->value[ARCH_RIP] += 2;
		fake_event(t,
			   &(struct target_event){ .kind = TARGET_EVENT_STEPPED, .pid = PID, .tid = tid });
	} else if (!player->signalled) {
		player->signalled = true;
		fake_event(t,
			   &(struct target_event){
				   .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = tid, .signal = SIGNAL });
	}
}

struct libc {
	uint64_t mprotect, munmap, mmap; /* in the fake process */
};

/* Lays the test's own C library into the process. Its symbols are found in the file, its instructions
 * are of no importance. */
static struct libc map_libc(struct fixture *f)
{
	/* By its name: what is linked here may be a sanitizer's. */
	void *handle = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	assert_non_null(handle);
	void *functions[] = { dlsym(handle, "mprotect"), dlsym(handle, "munmap"), dlsym(handle, "mmap") };
	Dl_info info;
	assert_true(dladdr(functions[0], &info) != 0);
	char *path = realpath(info.dli_fname, NULL);
	assert_non_null(path);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	uint8_t head[PAGE];
	assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
	fseek(file, 0, SEEK_END);
	uint64_t size = ((uint64_t)ftell(file) + PAGE - 1) / PAGE * PAGE;
	fclose(file);
	fake_map(f->target, PID, LIBC, size, TARGET_READ | TARGET_EXEC, path);
	fake_poke(f->target, PID, LIBC, head, sizeof head);
	free(path);
	dlclose(handle);
	/* File addresses of a shared library begin at 0. */
	uint64_t delta = LIBC - (uint64_t)(uintptr_t)info.dli_fbase;
	return (struct libc){ (uint64_t)(uintptr_t)functions[0] + delta,
			      (uint64_t)(uintptr_t)functions[1] + delta,
			      (uint64_t)(uintptr_t)functions[2] + delta };
}

static void call_in(struct fixture *f, target_tid tid, uint64_t function, uint64_t a, uint64_t b,
		    uint64_t c, uint64_t d)
{
	struct player player = { .fixture = f };
	struct arch_regs *regs = fake_regs(f->target, tid);
	struct eng_event event;
	if (eng_thread_stopped(f->thread))
		go(f);
	arch_reg_set(regs, ARCH_RIP, function + 1);
	arch_reg_set(regs, ARCH_RDI, a);
	arch_reg_set(regs, ARCH_RSI, b);
	arch_reg_set(regs, ARCH_RDX, c);
	arch_reg_set(regs, ARCH_RCX, d);
	fake_on_resume(f->target, play, &player);
	fake_event(f->target, &(struct target_event){ .kind = TARGET_EVENT_TRAP, .pid = PID, .tid = tid });
	struct error *err = eng_wait(f->session, 0, &event);
	assert_null(err);
	assert_int_equal(event.kind, ENG_EVENT_SIGNAL);
	fake_on_resume(f->target, NULL, NULL);
}

static void call(struct fixture *f, uint64_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	call_in(f, PID, function, a, b, c, d);
}

static void test_calls(void **state)
{
	struct fixture *f = *state;
	const struct jit_history_event *e;
	struct libc libc = map_libc(f);
	uint64_t protect = libc.mprotect, unmap = libc.munmap, map = libc.mmap;
	fake_map(f->target, PID, CODE, 4 * PAGE, TARGET_READ | TARGET_WRITE, "");
	fake_poke(f->target, PID, CODE, "abc", 3);
	stop(f);
	/* The fake kernel tells nothing of code: the hooks are there from the start. */
	jit_registry_event(f->registry, &(struct eng_event){ .kind = ENG_EVENT_MODULES,
							     .process = f->process,
							     .thread = f->thread });
	const char *why = "";
	assert_false(jit_history_incomplete(history(f), &why));
	/* Calls that have nothing to do with code. */
	call(f, protect, DATA, PAGE, PROT_READ, 0);
	call(f, unmap, DATA, PAGE, 0, 0);
	call(f, map, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
	assert_int_equal(jit_history_events(history(f), &e), 0);
	/* Made executable: with who, and with the bytes. */
	call(f, protect, CODE, 2 * PAGE - 100, PROT_READ | PROT_EXEC, 0);
	assert_int_equal(jit_history_events(history(f), &e), 1);
	assert_int_equal(e[0].kind, JIT_HISTORY_EXECUTABLE);
	assert_string_equal(e[0].call, "mprotect");
	assert_int_equal(e[0].start, CODE);
	assert_int_equal(e[0].end, CODE + 2 * PAGE);
	assert_int_equal(e[0].thread, 1);
	assert_true(e[0].pc_count >= 1);
	assert_int_equal(e[0].pcs[0], protect);
	assert_memory_equal(e[0].code, "abc", 3);
	struct jit_function *first = add_function(f, "first", CODE + 8, CODE + 16);
	struct jit_function *second = add_function(f, "second", CODE + PAGE, CODE + PAGE + 16);
	/* Code of nobody's is told from none. */
	struct jit_range range;
	assert_true(jit_history_live_at(history(f), CODE + 100, &range));
	assert_int_equal(range.end, CODE + 2 * PAGE);
	assert_false(jit_history_live_at(history(f), CODE + 2 * PAGE, &range));
	/* Its second page is written again, its first is unmapped. */
	call(f, protect, CODE + PAGE, PAGE, PROT_READ | PROT_WRITE, 0);
	call(f, unmap, CODE, PAGE, 0, 0);
	assert_int_equal(jit_history_events(history(f), &e), 3);
	assert_int_equal(e[1].kind, JIT_HISTORY_CHANGED);
	assert_int_equal(e[1].start, CODE + PAGE);
	assert_int_equal(e[2].kind, JIT_HISTORY_FREED);
	assert_string_equal(e[2].call, "munmap");
	assert_int_equal(e[2].end, CODE + PAGE);
	assert_int_equal(first->freed, 2);
	assert_int_equal(second->freed, SIZE_MAX);
	assert_false(jit_history_live_at(history(f), CODE, &range));
	/* Something else is mapped over code. */
	call(f, protect, CODE + PAGE, PAGE, PROT_READ | PROT_EXEC, 0);
	call(f, map, CODE, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
	assert_int_equal(jit_history_events(history(f), &e), 5);
	assert_int_equal(e[4].kind, JIT_HISTORY_FREED);
	assert_string_equal(e[4].call, "mmap");
	assert_int_equal(e[4].start, CODE + PAGE);
	assert_int_equal(second->freed, 4);
}

/* The thread's call comes back to where it was made. */
static void give_back(struct fixture *f, uint64_t back, uint64_t result)
{
	struct player player = { .fixture = f };
	struct arch_regs *regs = fake_regs(f->target, PID);
	struct eng_event event;
	go(f);
	arch_reg_set(regs, ARCH_RIP, back + 1);
	arch_reg_set(regs, ARCH_RSP, regs->value[ARCH_RSP] + 8);
	arch_reg_set(regs, ARCH_RAX, result);
	fake_on_resume(f->target, play, &player);
	fake_event(f->target, &(struct target_event){ .kind = TARGET_EVENT_TRAP, .pid = PID, .tid = PID });
	struct error *err = eng_wait(f->session, 0, &event);
	assert_null(err);
	assert_int_equal(event.kind, ENG_EVENT_SIGNAL);
	fake_on_resume(f->target, NULL, NULL);
	arch_reg_set(regs, ARCH_RSP, regs->value[ARCH_RSP] - 8);
}

/* What the kernel refuses has not happened. */
static void test_refused_calls(void **state)
{
	struct fixture *f = *state;
	enum { CALLER = CODE + 8 * PAGE, BACK = CALLER + 16 };
	const struct jit_history_event *e;
	struct libc libc = map_libc(f);
	uint64_t back = BACK, refused = UINT64_MAX;
	fake_map(f->target, PID, CALLER, PAGE, TARGET_READ | TARGET_EXEC, "/bin/caller");
	fake_map(f->target, PID, CODE, 4 * PAGE, TARGET_READ | TARGET_EXEC, "");
	fake_poke(f->target, PID, STACK + 2 * PAGE, &back, sizeof back);
	stop(f);
	jit_registry_event(f->registry, &(struct eng_event){ .kind = ENG_EVENT_MODULES,
							     .process = f->process,
							     .thread = f->thread });
	assert_int_equal(jit_history_events(history(f), &e), 1);
	struct jit_function *function = add_function(f, "f", CODE + PAGE, CODE + PAGE + 16);
	const struct {
		uint64_t call, a, b, c, d;
	} calls[] = {
		{ libc.munmap, CODE + PAGE, PAGE, 0, 0 },
		{ libc.mprotect, CODE + PAGE, PAGE, PROT_READ, 0 },
		{ libc.mmap, CODE, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED },
		{ libc.mmap, CODE, 4 * PAGE, PROT_READ | PROT_EXEC,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED },
	};
	for (size_t i = 0; i < 4; i++) {
		call(f, calls[i].call, calls[i].a, calls[i].b, calls[i].c, calls[i].d);
		/* Until it has returned, it counts as done: another thread may run into it. */
		assert_int_equal(jit_history_events(history(f), &e), 2);
		assert_false(jit_history_live_at(history(f), CODE + PAGE, NULL));
		assert_int_equal(history(f)->pending.count, 1);
		give_back(f, BACK, refused);
		assert_int_equal(history(f)->pending.count, 0);
		assert_int_equal(jit_history_events(history(f), &e), 1);
		assert_int_equal(jit_history_index_at(history(f), CODE + PAGE), 0);
		struct jit_range range;
		assert_true(jit_history_live_at(history(f), CODE + PAGE, &range));
		assert_int_equal(range.start, CODE);
		assert_int_equal(range.end, CODE + 4 * PAGE);
		assert_ptr_equal(jit_function_at(f->registry, f->process, CODE + PAGE), function);
		const struct jit_function *freed[1];
		assert_int_equal(jit_freed_at(f->registry, f->process, CODE + PAGE, freed, 1), 0);
	}
	/* … and what it does not refuse has. */
	call(f, libc.munmap, CODE + PAGE, PAGE, 0, 0);
	give_back(f, BACK, 0);
	assert_int_equal(jit_history_events(history(f), &e), 2);
	assert_int_equal(e[1].kind, JIT_HISTORY_FREED);
	assert_int_equal(function->freed, 1);
	assert_int_equal(history(f)->pending.count, 0);
}

/* What free_memory recorded is not said again by the munmap that it makes. */
static void test_free_memory_then_munmap(void **state)
{
	struct fixture *f = *state;
	const struct jit_history_event *e;
	struct libc libc = map_libc(f);
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "");
	stop(f);
	jit_registry_event(f->registry, &(struct eng_event){ .kind = ENG_EVENT_MODULES,
							     .process = f->process,
							     .thread = f->thread });
	assert_int_equal(jit_history_events(history(f), &e), 1);
	/* It was there when recording began. */
	assert_int_equal(e[0].kind, JIT_HISTORY_EXECUTABLE);
	assert_null(e[0].call);
	size_t freed = jit_history_add(history(f), JIT_HISTORY_FREED, CODE, CODE + PAGE, f->thread,
				       "JITModule::free_memory", true);
	assert_int_equal(freed, 1);
	/* News of its making may come as late as this; the pages are still there. */
	struct eng_event news = { .kind = ENG_EVENT_CODE_MAPPED, .process = f->process };
	news.range.start = CODE;
	news.range.end = CODE + PAGE;
	jit_registry_event(f->registry, &news);
	jit_registry_refresh(f->registry, f->process);
	assert_int_equal(jit_history_events(history(f), &e), 2);
	call(f, libc.munmap, CODE, PAGE, 0, 0);
	assert_int_equal(jit_history_events(history(f), &e), 2);
	assert_false(jit_history_live_at(history(f), CODE, NULL));
	/* New code in the same place is news again, and so is its end. */
	call(f, libc.mprotect, CODE, PAGE, PROT_READ | PROT_EXEC, 0);
	call(f, libc.munmap, CODE, PAGE, 0, 0);
	assert_int_equal(jit_history_events(history(f), &e), 4);
	assert_int_equal(e[3].kind, JIT_HISTORY_FREED);
	assert_string_equal(e[3].call, "munmap");
}

/* Mappings of several threads that touch stay two in the memory map, and are one range of code. */
static void test_neighbours(void **state)
{
	struct fixture *f = *state;
	const struct jit_history_event *e;
	(void)map_libc(f);
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "");
	fake_map(f->target, PID, CODE + PAGE, PAGE, TARGET_READ | TARGET_EXEC, "");
	stop(f);
	jit_registry_event(f->registry, &(struct eng_event){ .kind = ENG_EVENT_MODULES,
							     .process = f->process,
							     .thread = f->thread });
	size_t before = jit_history_events(history(f), &e);
	struct jit_range range;
	assert_true(jit_history_live_at(history(f), CODE, &range));
	assert_int_equal(range.end, CODE + 2 * PAGE);
	jit_registry_refresh(f->registry, f->process);
	assert_int_equal(jit_history_events(history(f), &e), before);
	assert_true(jit_history_live_at(history(f), CODE + PAGE, NULL));
}

/* A thread of its own, that stands at a signal. */
static void start_thread(struct fixture *f, target_tid tid)
{
	fake_add_thread(f->target, PID, tid);
	struct arch_regs *regs = fake_regs(f->target, tid);
	for (unsigned r = 0; r <= ARCH_RIP; r++)
		arch_reg_set(regs, r, 0);
	arch_reg_set(regs, ARCH_RSP, STACK + PAGE);
	go(f);
	fake_event(f->target, &(struct target_event){
				      .kind = TARGET_EVENT_CLONE, .pid = PID, .tid = PID, .child = tid });
	fake_event(f->target,
		   &(struct target_event){ .kind = TARGET_EVENT_STARTED, .pid = PID, .tid = tid });
	stop(f);
}

/* A thread ends inside mmap: what the kernel tells of afterwards is looked at as ever. */
static void test_thread_ends_in_mmap(void **state)
{
	struct fixture *f = *state;
	enum { TID = PID + 1, CALLER = CODE + 8 * PAGE };
	struct eng_event event;
	const struct jit_history_event *e;
	struct eng_thread *const *threads;
	struct libc libc = map_libc(f);
	uint64_t back = CALLER + 16;
	fake_map(f->target, PID, CALLER, PAGE, TARGET_READ | TARGET_EXEC, "/bin/caller");
	fake_poke(f->target, PID, STACK + PAGE, &back, sizeof back);
	stop(f);
	jit_registry_event(f->registry, &(struct eng_event){ .kind = ENG_EVENT_MODULES,
							     .process = f->process,
							     .thread = f->thread });
	start_thread(f, TID);
	call_in(f, TID, libc.mmap, 0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS);
	assert_int_equal(history(f)->pending.count, 1);
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "");
	struct eng_event news = { .kind = ENG_EVENT_CODE_MAPPED, .process = f->process };
	news.range.start = CODE;
	news.range.end = CODE + PAGE;
	jit_registry_event(f->registry, &news);
	assert_int_equal(jit_history_events(history(f), &e), 0); /* its return is awaited */
	fake_event(f->target,
		   &(struct target_event){ .kind = TARGET_EVENT_EXITED, .pid = PID, .tid = TID });
	fake_event(f->target,
		   &(struct target_event){
			   .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = PID, .signal = SIGNAL });
	if (eng_thread_stopped(f->thread))
		go(f);
	struct error *err = eng_wait(f->session, 0, &event);
	assert_null(err);
	assert_int_equal(eng_threads(f->process, &threads), 1);
	jit_registry_event(f->registry, &news);
	assert_int_equal(jit_history_events(history(f), &e), 1);
	assert_int_equal(e[0].start, CODE);
	assert_int_equal(history(f)->pending.count, 0);
}

static void test_no_libc(void **state)
{
	struct fixture *f = *state;
	const char *why = NULL;
	stop(f);
	jit_registry_event(f->registry, &(struct eng_event){ .kind = ENG_EVENT_MODULES,
							     .process = f->process,
							     .thread = f->thread });
	assert_true(jit_history_incomplete(history(f), &why));
	assert_non_null(strstr(why, "mprotect"));
	const struct error *const *troubles;
	assert_int_equal(jit_troubles(f->registry, f->process, &troubles), 1);
}

/* The kernel tells of code that has come and gone before anybody could look. */
static void test_late_news(void **state)
{
	struct fixture *f = *state;
	const struct jit_history_event *e;
	struct eng_event news = { .kind = ENG_EVENT_CODE_MAPPED, .process = f->process };
	news.range.start = CODE;
	news.range.end = CODE + PAGE;
	stop(f);
	jit_registry_event(f->registry, &news);
	assert_int_equal(jit_history_events(history(f), &e), 2);
	assert_int_equal(e[0].kind, JIT_HISTORY_EXECUTABLE);
	assert_int_equal(e[1].kind, JIT_HISTORY_GONE);
	assert_int_equal(e[1].start, CODE);
	assert_false(jit_history_live_at(history(f), CODE, NULL));
	jit_registry_event(f->registry, &news);
	assert_int_equal(jit_history_events(history(f), &e), 2);
	/* Now that recording is on, what nobody saw came by a raw call. */
	go(f);
	fake_map(f->target, PID, CODE + 2 * PAGE, PAGE, TARGET_READ | TARGET_EXEC, "");
	stop(f);
	news.range.start = CODE + 2 * PAGE + 8;
	news.range.end = CODE + 2 * PAGE + 16;
	jit_registry_event(f->registry, &news);
	assert_int_equal(jit_history_events(history(f), &e), 3);
	assert_int_equal(e[2].kind, JIT_HISTORY_SEEN);
	assert_int_equal(e[2].code_size, PAGE);
	jit_registry_event(f->registry, &news);
	assert_int_equal(jit_history_events(history(f), &e), 3);
}

/* A forked child's history is its parent's until one of them goes on. */
static void test_history_is_shared(void **state)
{
	struct fixture *f = *state;
	struct jit_history child = { 0 }, grandchild = { 0 };
	struct jit_history *h = history(f);
	stop(f);
	(void)jit_history_add(h, JIT_HISTORY_SEEN, CODE, CODE + PAGE, NULL, NULL, false);
	(void)jit_history_add(h, JIT_HISTORY_SEEN, 0, UINT64_C(1) << 40, NULL, NULL, false);
	jit_history_init(&child, h->owner);
	jit_history_copy(&child, h);
	jit_history_init(&grandchild, h->owner);
	jit_history_copy(&grandchild, &child);
	assert_ptr_equal(child.events.data, h->events.data);
	assert_ptr_equal(grandchild.pages.slots, h->pages.slots);
	assert_int_equal(jit_history_add(h, JIT_HISTORY_GONE, CODE, CODE + PAGE, NULL, NULL, false), 2);
	assert_ptr_not_equal(child.events.data, h->events.data);
	assert_ptr_equal(grandchild.events.data, child.events.data);
	assert_int_equal(child.events.count, 2);
	assert_int_equal(jit_history_index_at(h, CODE), 2);
	assert_int_equal(jit_history_index_at(&child, CODE), 1);
	jit_history_deinit(&grandchild);
	const struct map_slot *before = child.pages.slots;
	assert_int_equal(*child.holders, 1);
	assert_int_equal(jit_history_add(&child, JIT_HISTORY_GONE, DATA, DATA + PAGE, NULL, NULL, false),
			 2);
	assert_ptr_equal(child.pages.slots, before); /* its own alone now */
	assert_int_equal(jit_history_index_at(h, DATA), 1);
	jit_history_deinit(&child);
	assert_int_equal(jit_history_index_at(h, DATA + 8), 1);
}

/* ---- functions ---- */

static void test_functions(void **state)
{
	struct fixture *f = *state;
	stop(f);
	struct jit_process *jp = jit_process_get(f->registry, f->process);
	struct jit_function *old = add_function(f, "f", CODE + 16, CODE + 64);
	jit_functions_freed(jp, CODE, CODE + PAGE, 7);
	assert_int_equal(old->freed, 7);
	struct jit_function *again = add_function(f, "f", CODE + 16, CODE + 48);
	struct jit_function *other = add_function(f, "g", CODE + 3 * PAGE - 8, CODE + 4 * PAGE);
	assert_ptr_equal(jit_function_at(f->registry, f->process, CODE + 16), again);
	assert_ptr_equal(jit_function_at(f->registry, f->process, CODE + 47), again);
	assert_null(jit_function_at(f->registry, f->process, CODE + 48));
	assert_null(jit_function_at(f->registry, f->process, CODE + 15));
	assert_ptr_equal(jit_function_at(f->registry, f->process, CODE + 4 * PAGE - 1), other);
	assert_ptr_equal(jit_function_by_name(f->registry, f->process, STR_LIT("f")), again);
	assert_null(jit_function_by_name(f->registry, f->process, STR_LIT("h")));
	const struct jit_function *freed[1];
	assert_int_equal(jit_freed_at(f->registry, f->process, CODE + 50, freed, 1), 1);
	assert_ptr_equal(freed[0], old);
	const struct jit_function *const *all;
	assert_int_equal(jit_functions(f->registry, f->process, &all), 3);
	assert_ptr_equal(all[1], again);
	/* A huge range is freed without a look at each of its pages. */
	jit_functions_freed(jp, 0, UINT64_MAX, 8);
	assert_int_equal(old->freed, 7);
	assert_int_equal(again->freed, 8);
	assert_int_equal(other->freed, 8);
	jit_functions_freed(jp, 5, 5, 9);
}

static size_t spans_on_page(const struct jit_spans *spans, uint64_t addr)
{
	size_t count = 0;
	struct jit_spans_iter it = jit_spans_at(spans, addr);
	for (uint32_t id; jit_spans_next(&it, &id);)
		count++;
	return count;
}

static size_t troubles_with(struct fixture *f, const char *text)
{
	const struct error *const *troubles;
	size_t count = jit_troubles(f->registry, f->process, &troubles), found = 0;
	for (size_t i = 0; i < count; i++)
		found += strstr(troubles[i]->message, text) != NULL;
	return found;
}

/* A JIT that compiles and frees in one place for ever: what is looked at stays as little as is live,
 * what is kept has an end, and it is the latest that is known. */
static void test_pages_used_again(void **state)
{
	struct fixture *f = *state;
	enum { CYCLES = JIT_MAX_EVENTS + JIT_MAX_EVENTS / 2 };
	struct jit_reloc reloc = { .offset = 1 };
	const struct jit_function *freed[2];
	stop(f);
	struct jit_process *jp = jit_process_get(f->registry, f->process);
	struct jit_function *lives = add_function(f, "lives", CODE + 256, CODE + 512);
	for (size_t i = 0; i < CYCLES; i++) {
		struct jit_function made = { .name = STR_LIT("f"),
					     .start = CODE,
					     .end = CODE + 64 + i % 64,
					     .module = i,
					     .reloc_count = 1,
					     .relocs = &reloc,
					     .made = SIZE_MAX,
					     .freed = SIZE_MAX };
		struct jit_function *kept = jit_function_add(jp, &made);
		assert_ptr_not_equal(kept->relocs, &reloc);
		assert_int_equal(spans_on_page(&jp->live_spans, CODE), 2);
		size_t event = jit_history_add(&jp->history, JIT_HISTORY_FREED, CODE, CODE + 256, NULL,
					       "munmap", false);
		assert_true(event < JIT_MAX_EVENTS);
		jit_functions_freed(jp, CODE, CODE + 256, event);
		assert_int_equal(spans_on_page(&jp->live_spans, CODE), 1);
		assert_true(jp->freed.count <= JIT_MAX_FREED);
		/* What was dropped is used again. */
		assert_true(jp->live_spans.nodes.count <= 2);
		assert_int_equal(jit_freed_at(f->registry, f->process, CODE + 8, freed, 1), 1);
		assert_int_equal(freed[0]->module, i);
		assert_int_equal(freed[0]->freed, event);
	}
	const struct jit_history_event *events;
	size_t count = jit_history_events(&jp->history, &events);
	assert_true(count <= JIT_MAX_EVENTS);
	assert_int_equal(jp->freed.count, count);
	assert_int_equal(freed[0]->freed, count - 1);
	assert_ptr_equal(jit_function_at(f->registry, f->process, CODE + 300), lives);
	assert_ptr_equal(jit_function_by_name(f->registry, f->process, STR_LIT("lives")), lives);
	assert_int_equal(troubles_with(f, "the oldest are forgotten"), 1);
	const char *why = "";
	assert_true(jit_history_incomplete(&jp->history, &why));
}

/* Freed all by one event. */
static void test_many_freed(void **state)
{
	struct fixture *f = *state;
	const struct jit_function *freed[1];
	stop(f);
	struct jit_process *jp = jit_process_get(f->registry, f->process);
	for (size_t i = 0; i <= JIT_MAX_FREED; i++) {
		(void)add_function(f, "f", CODE + 16 * i, CODE + 16 * i + 16);
		jit_functions_freed(jp, CODE + 16 * i, CODE + 16 * i + 1, 0);
	}
	assert_int_equal(jp->freed.count, JIT_MAX_FREED / 2 + 1);
	assert_int_equal(jp->functions.count, jp->freed.count);
	assert_int_equal(jit_freed_at(f->registry, f->process, CODE, freed, 1), 0);
	assert_int_equal(jit_freed_at(f->registry, f->process, CODE + 16 * JIT_MAX_FREED, freed, 1), 1);
	assert_int_equal(troubles_with(f, "the oldest of them"), 1);
}

/* What tells of code that is still there outlives what tells of code that came and went. */
static void test_event_of_live_code_is_kept(void **state)
{
	struct fixture *f = *state;
	const struct jit_history_event *e;
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "");
	stop(f);
	jit_registry_refresh(f->registry, f->process);
	struct jit_function *lives = add_function(f, "lives", CODE, CODE + 16);
	lives->made = 0;
	for (size_t i = 0; i < JIT_MAX_EVENTS; i++)
		(void)jit_history_add(history(f), JIT_HISTORY_GONE, DATA, DATA + PAGE, NULL, NULL, false);
	assert_int_equal(jit_history_events(history(f), &e), JIT_MAX_EVENTS / 2 + 2);
	assert_int_equal(e[0].start, CODE);
	assert_int_equal(lives->made, 0);
	assert_int_equal(jit_history_index_at(history(f), CODE), 0);
	assert_int_equal(jit_history_index_at(history(f), DATA), JIT_MAX_EVENTS / 2 + 1);
}

/* ---- panics ---- */

static void poke_words(struct fixture *f, uint64_t addr, const uint64_t *words, size_t count)
{
	fake_poke(f->target, PID, addr, words, count * sizeof *words);
}

static void test_location(void **state)
{
	struct fixture *f = *state;
	enum { NAME = DATA + 0x100 };
	fake_poke(f->target, PID, NAME, "src/main.rs\0\nbad", 17);
	poke_words(f, DATA, (uint64_t[]){ NAME, 11, 42 | (uint64_t)7 << 32 }, 3);
	poke_words(f, DATA + 32, (uint64_t[]){ NAME, 12, 42 | (uint64_t)7 << 32 }, 3); /* with its NUL */
	poke_words(f, DATA + 64, (uint64_t[]){ NAME, 14, 42 }, 3); /* no file's name */
	poke_words(f, DATA + 96, (uint64_t[]){ NAME, 11, 0 }, 3);  /* line 0 */
	poke_words(f, DATA + 128, (uint64_t[]){ 0x10, 11, 1 }, 3);
	poke_words(f, DATA + 160, (uint64_t[]){ NAME, UINT64_MAX, 1 }, 3);
	poke_words(f, DATA + 192, (uint64_t[]){ UINT64_MAX - 4, 11, 1 }, 3);
	stop(f);
	struct jit_location location;
	for (unsigned i = 0; i < 2; i++) {
		assert_true(jit_location_read(f->process, DATA + 32 * i, &location));
		assert_true(str_is((struct str){ location.file, location.file_len }, "src/main.rs"));
		assert_int_equal(location.line, 42);
		assert_int_equal(location.column, 7);
	}
	for (unsigned i = 2; i < 7; i++)
		assert_false(jit_location_read(f->process, DATA + 32 * i, &location));
	assert_false(jit_location_read(f->process, DATA + 1, &location));
	assert_false(jit_location_read(f->process, 0, &location));
	assert_false(jit_location_read(f->process, UINT64_MAX - 7, &location));
}

static struct str text_of(struct fixture *f, struct jit_payload_type type, uint64_t data)
{
	static char buf[JIT_MAX_MESSAGE];
	uint64_t at;
	size_t len = jit_payload_text(f->process, type, data, buf, &at);
	return len == SIZE_MAX ? STR_EMPTY : (struct str){ buf, len };
}

static void test_payloads(void **state)
{
	struct fixture *f = *state;
	enum { TEXT = DATA + 0x200, BAD = DATA + 0x300 };
	const uint64_t none = UINT64_C(1) << 63;
	fake_poke(f->target, PID, TEXT, "the answer is 42", 16);
	fake_poke(f->target, PID, BAD, "\x01\x02\x03", 3);
	poke_words(f, DATA, (uint64_t[]){ TEXT, 16 }, 2);
	poke_words(f, DATA + 32, (uint64_t[]){ 32, TEXT, 16, DATA },
		   4); /* capacity, pointer, length; the Arguments */
	poke_words(f, DATA + 64, (uint64_t[]){ DATA, TEXT, 16, 16 }, 4);   /* the other way round */
	poke_words(f, DATA + 96, (uint64_t[]){ none, TEXT, 16, DATA }, 4); /* not formatted yet */
	poke_words(f, DATA + 128, (uint64_t[]){ BAD, 3, 3 }, 3);           /* a Vec<u8> */
	poke_words(f, DATA + 160, (uint64_t[]){ TEXT, UINT64_MAX }, 2);
	poke_words(f, DATA + 192, (uint64_t[]){ 0x30, 3, 3 }, 3);
	stop(f);
	struct jit_payload_type literal = { .kind = JIT_PAYLOAD_STATIC, .size = 16 },
				format = { .kind = JIT_PAYLOAD_FORMAT, .size = 32 };
	struct jit_payload_type string = { .kind = JIT_PAYLOAD_VALUE, .size = 24 };
	assert_true(str_is(text_of(f, literal, DATA), "the answer is 42"));
	assert_true(str_is(text_of(f, format, DATA + 32), "the answer is 42"));
	assert_true(str_is(text_of(f, format, DATA + 64), "the answer is 42"));
	assert_int_equal(text_of(f, format, DATA + 96).len, 0);
	assert_true(str_is(text_of(f, string, DATA + 32), "the answer is 42"));
	assert_int_equal(text_of(f, string, DATA + 128).len, 0);
	assert_int_equal(text_of(f, literal, DATA + 160).len, 0);
	assert_int_equal(text_of(f, string, DATA + 192).len, 0);
	string.text_known = true; /* of another type by its name */
	assert_int_equal(text_of(f, string, DATA + 32).len, 0);
	assert_int_equal(text_of(f, format, UINT64_MAX - 15).len, 0);
	/* Without symbols a payload is told by its size. */
	poke_words(f, DATA + 0x400, (uint64_t[]){ 0, 32, 8, 0, 0, 0, 0, 0 }, 8);
	assert_int_equal(jit_payload_type(f->process, DATA + 0x800).kind, JIT_PAYLOAD_UNKNOWN);
	assert_int_equal(jit_payload_type(f->process, 0).kind, JIT_PAYLOAD_UNKNOWN);
}

static void test_long_message(void **state)
{
	struct fixture *f = *state;
	char text[JIT_MAX_MESSAGE + 8];
	memset(text, 'a', sizeof text);
	memcpy(text + JIT_MAX_MESSAGE - 1, "\xc3\xa4", 2); /* cut in the middle of a character */
	fake_poke(f->target, PID, DATA + PAGE, text, sizeof text);
	poke_words(f, DATA, (uint64_t[]){ DATA + PAGE, sizeof text }, 2);
	stop(f);
	struct str read =
		text_of(f, (struct jit_payload_type){ .kind = JIT_PAYLOAD_STATIC, .size = 16 }, DATA);
	assert_int_equal(read.len, JIT_MAX_MESSAGE - 1);
}

static void test_no_panics(void **state)
{
	struct fixture *f = *state;
	const struct jit_panic *const *list;
	stop(f);
	jit_panics_event(f->panics, &(struct eng_event){ .kind = ENG_EVENT_MODULES,
							 .process = f->process,
							 .thread = f->thread });
	jit_panic_complete(f->panics, f->thread);
	assert_int_equal(jit_panics_of(f->panics, f->process, &list), 0);
	assert_null(jit_panic_latest(f->panics, f->process, PID));
	assert_int_equal(jit_panic_count(f->panics, f->process), 0);
}

/* However many frames ask, the perf map is looked for once between two events. */
static void test_perf_map_once_per_stop(void **state)
{
	struct fixture *f = *state;
	const struct eng_event signal = { .kind = ENG_EVENT_SIGNAL,
					  .process = f->process,
					  .thread = f->thread };
	fake_map(f->target, PID, CODE, PAGE, TARGET_READ | TARGET_EXEC, "");
	stop(f);
	const struct jit_perf *perf = &jit_process_get(f->registry, f->process)->perf;
	assert_int_equal(perf->looks, 0);
	for (size_t i = 0; i < 8; i++)
		assert_null(jit_function_at(f->registry, f->process, CODE + i));
	assert_null(jit_function_by_name(f->registry, f->process, STR_LIT("f")));
	assert_int_equal(perf->looks, 1);
	/* A report looks anew. */
	jit_registry_refresh(f->registry, f->process);
	assert_int_equal(perf->looks, 2);
	jit_registry_event(f->registry, &signal);
	for (size_t i = 0; i < 8; i++)
		assert_null(jit_function_at(f->registry, f->process, CODE + i));
	assert_int_equal(perf->looks, 3);
}

/* ---- bounds ---- */

/* A new thread that stands at a signal, with sp as given. */
static struct eng_thread *thread_at_signal(struct fixture *f, target_tid tid, uint64_t sp)
{
	struct eng_event event;
	start_thread(f, tid);
	arch_reg_set(fake_regs(f->target, tid), ARCH_RSP, sp);
	fake_event(f->target,
		   &(struct target_event){
			   .kind = TARGET_EVENT_SIGNAL, .pid = PID, .tid = tid, .signal = SIGNAL });
	struct error *err = eng_wait(f->session, 0, &event);
	assert_null(err);
	assert_int_equal(event.kind, ENG_EVENT_SIGNAL);
	assert_int_equal(eng_thread_tid(event.thread), tid);
	return event.thread;
}

static void test_faults_have_an_end(void **state)
{
	struct fixture *f = *state;
	struct first_faults *faults = first_faults_create();
	struct target_siginfo siginfo = { .signal = SIGNAL };
	struct eng_thread *threads[FIRST_FAULTS_KEPT + 8];
	bool in_handler;
	stop(f);
	for (size_t i = 0; i < FIRST_FAULTS_KEPT + 8; i++) {
		siginfo.addr = i;
		threads[i] = thread_at_signal(f, (target_tid)(PID + 1 + i), STACK + PAGE);
		first_fault_record(faults, threads[i], &siginfo);
		assert_true(first_faults_count(faults) <= FIRST_FAULTS_KEPT);
		/* The first one stays in use. */
		const struct first_fault *first = first_fault_behind(faults, threads[0], &in_handler);
		assert_non_null(first);
		assert_int_equal(first->siginfo.addr, 0);
	}
	assert_int_equal(first_faults_count(faults), FIRST_FAULTS_KEPT);
	assert_null(first_fault_behind(faults, threads[1], &in_handler));
	assert_null(first_fault_behind(faults, threads[8], &in_handler));
	for (size_t i = 9; i < FIRST_FAULTS_KEPT + 8; i++) {
		const struct first_fault *fault = first_fault_behind(faults, threads[i], &in_handler);
		assert_non_null(fault);
		assert_int_equal(fault->siginfo.addr, i);
	}
	first_faults_destroy(faults);
}

static void test_panic_stacks_have_an_end(void **state)
{
	struct fixture *f = *state;
	enum { BIG = 0x70000000, SIZE = 256 << 10, COUNT = JIT_PANIC_STACKS / SIZE + 20 };
	const struct jit_panic *const *list;
	struct arch_regs regs;
	fake_map(f->target, PID, BIG, SIZE, TARGET_READ | TARGET_WRITE, "");
	fake_poke(f->target, PID, BIG, "newest", 6);
	stop(f);
	for (size_t i = 0; i < COUNT; i++) {
		struct eng_thread *t = thread_at_signal(f, (target_tid)(PID + 1 + i), BIG);
		assert_null(eng_thread_regs(t, &regs));
		jit_panic_begins(f->panics, t, &regs, 0, 0);
		assert_true(jit_panic_stacks(f->panics, f->process) <= JIT_PANIC_STACKS);
	}
	/* All are known, the latest with all of its stack. */
	assert_int_equal(jit_panics_of(f->panics, f->process, &list), COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(list[i]->tid, PID + 1 + i);
		assert_int_equal(list[i]->view.overlay_count, 1);
		assert_memory_equal(list[i]->view.overlay[0].bytes, "newest", 6);
	}
	assert_true(list[0]->view.overlay[0].size < SIZE);
	assert_int_equal(list[COUNT - 1]->view.overlay[0].size, SIZE);
	/* A thread's next panic takes the place of the last. */
	size_t before = jit_panic_stacks(f->panics, f->process);
	jit_panic_begins(f->panics, list[COUNT - 1]->view.thread, &regs, 0, 0);
	assert_int_equal(jit_panic_stacks(f->panics, f->process), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_perf_map),
		cmocka_unit_test(test_perf_map_endless_line),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_signature_text),
		cmocka_unit_test(test_signature_call),
		cmocka_unit_test(test_signature_i128),
		cmocka_unit_test_setup_teardown(test_seen_and_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_are_no_code, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same_bytes_are_kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_free_memory_then_munmap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_neighbours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_thread_ends_in_mmap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_libc, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late_news, setup, teardown),
		cmocka_unit_test_setup_teardown(test_history_is_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_functions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages_used_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_freed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_event_of_live_code_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_location, setup, teardown),
		cmocka_unit_test_setup_teardown(test_payloads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_message, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(test_perf_map_once_per_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_faults_have_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_panic_stacks_have_an_end, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
