/* What the headers of src/ui/report promise, on reports made by hand. */
#include "ui/report/json.h"
#include "ui/report/layout_internal.h"
#include "ui/report/text.h"
#include "ui/report/utf8_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define S(lit) STR_LIT(lit)

/* ---- reports ---- */

static struct report_argument run_arguments[] = {
	{ S("input"), S("&str"), S("\"{\\\"id\\\":1,\\\"tag\\\":\\\"x\\\"}\"") },
	{ S("limit"), S("usize"), S("18446744073709551615") },
};

static struct report_frame crash_frames[] = {
	{ .number = 0,
	  .kind = REPORT_FRAME_NATIVE,
	  .pc = 0x555555571234,
	  .function = S("<core::slice::iter::Iter<u8> as core::iter::traits::iterator::Iterator>::position::<"
			"alloc::vec::Vec<core::option::Option<alloc::string::String>>>"),
	  .offset = 0x24,
	  .file = S("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/slice/iter/macros.rs"),
	  .line = 396,
	  .module = S("/home/user/oxdb/build/programs/jit-struct-return"),
	  .how = "registers",
	  .inlined = true,
	  .library = true },
	{ .number = 1,
	  .kind = REPORT_FRAME_NATIVE,
	  .pc = 0x555555571234,
	  .function = S("jit_struct_return::next_event"),
	  .offset = 0x44,
	  .file = S("/home/user/oxdb/tests/programs/jit-struct-return/src/main.rs"),
	  .line = 54,
	  .module = S("/home/user/oxdb/build/programs/jit-struct-return"),
	  .how = "cfi",
	  .argument_count = COUNT(run_arguments),
	  .arguments = run_arguments,
	  .signature = S(
		  "extern \"C\" fn next_event(parser: &mut Parser, input: *const u8, len: usize) -> Event") },
	{ .number = 2,
	  .kind = REPORT_FRAME_JIT,
	  .pc = 0x7ffff7fb803c,
	  .function = S("parse_document"),
	  .offset = 0x3c,
	  .how = "jit-rule",
	  .signature = S("fn(i64, i64, i64) -> i64 system_v") },
	{ .number = 3,
	  .kind = REPORT_FRAME_NATIVE,
	  .pc = 0x555555575000,
	  .function = S("core::ops::function::FnOnce::call_once"),
	  .file = S("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs"),
	  .line = 250,
	  .how = "cfi",
	  .library = true },
	{ .number = 4,
	  .kind = REPORT_FRAME_NATIVE,
	  .pc = 0x555555575100,
	  .function = S("std::panicking::try"),
	  .file = S("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs"),
	  .line = 500,
	  .how = "cfi",
	  .library = true },
	{ .number = 5,
	  .kind = REPORT_FRAME_NATIVE,
	  .pc = 0x555555575200,
	  .function = S("std::rt::lang_start"),
	  .file = S("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/rt.rs"),
	  .line = 165,
	  .how = "cfi",
	  .library = true },
	{ .number = 6,
	  .kind = REPORT_FRAME_NATIVE,
	  .pc = 0x555555575300,
	  .function = S("main"),
	  .offset = 0x15,
	  .module = S("/home/user/oxdb/build/programs/jit-struct-return"),
	  .how = "scan",
	  .guess = true },
};

static struct report_instruction crash_instructions[] = {
	{ 0x555555571230, 4, { 0x48, 0x8b, 0x46, 0x08 }, S("mov rax, qword ptr [rsi+0x08]"), false, true },
	{ 0x555555571234, 3, { 0x0f, 0xb6, 0x06 }, S("movzx eax, byte ptr [rsi]"), true, true },
	{ 0x555555571237, 1, { 0x06 }, S("(bad)"), false, false },
};

static struct report_register crash_registers[] = {
	{ "rax", 0x12, true, 64, STR_EMPTY },
	{ "r12", 0x7fffffffd9a8, true, 64, S("stack, frame 2") },
	{ "rip", 0x555555571234, true, 64, S("jit_struct_return::next_event+0x44") },
	{ "rflags", 0, false, 64, STR_EMPTY },
	{ "cs", 0x33, true, 16, STR_EMPTY },
	{ "ss", 0x2b, true, 16, STR_EMPTY },
};

static struct report_evidence crash_evidence[] = {
	{ S("Declared to Cranelift: `next_event` as `fn(i64, i64, i64, i64) -> i64 system_v`."), true },
	{ S("Something that was only inferred."), false },
};

static struct str crash_guilty[] = { S("parse_document"), S("jit_struct_return::next_event") };
static struct str crash_notes[] = { S("1 range of executable memory came or went by raw system calls.") };

static struct report crash_report(void)
{
	return (struct report){
		.outcome = REPORT_CRASHED,
		.pid = 4711,
		.process = 1,
		.program = S("/home/user/oxdb/build/programs/jit-struct-return"),
		.command_line = S("build/programs/jit-struct-return"),
		.signal = 11,
		.signal_name = S("SIGSEGV"),
		.signal_description = S("Segmentation fault"),
		.signal_code = 1,
		.fault = { .is_fault = true,
			   .kind = S("read"),
			   .description = S("Reading 1 byte at 0x12, where nothing is mapped."),
			   .has_address = true,
			   .address = 0x12,
			   .size = 1,
			   .address_meaning = S("unmapped, 18 bytes above null"),
			   .operand = S("[rsi]; rsi = 0x12") },
		.thread = 1,
		.tid = 4711,
		.thread_name = S("jit-struct-retu"),
		.where = S("jit_struct_return::next_event at "
			   "/home/user/oxdb/tests/programs/jit-struct-return/src/main.rs:54"),
		.instruction_count = COUNT(crash_instructions),
		.instructions = crash_instructions,
		.backtrace = { .thread = 1,
			       .tid = 4711,
			       .count = COUNT(crash_frames),
			       .frames = crash_frames,
			       .complete = true },
		.register_count = COUNT(crash_registers),
		.registers = crash_registers,
		.verdict = { .kind = REPORT_STRUCT_RETURN_MISMATCH,
			     .confidence = REPORT_PROVEN,
			     .summary = S("The JIT function `parse_document` calls `next_event` without the hidden "
					  "pointer for its result."),
			     .hint = S("Declare `next_event` with a StructReturn parameter."),
			     .guilty_count = COUNT(crash_guilty),
			     .guilty = crash_guilty,
			     .evidence_count = COUNT(crash_evidence),
			     .evidence = crash_evidence },
		.note_count = COUNT(crash_notes),
		.notes = crash_notes,
	};
}

static const struct report_style plain = { .utf8 = true };

/* ---- help ---- */

/* The text of the report; free it. */
static char *text_of(const struct report *r, const struct report_style *style)
{
	struct buf out = { 0 };
	report_text(r, style, &out);
	if (!out.data)
		buf_str(&out, STR_EMPTY);
	return out.data;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

static size_t occurrences(const char *text, const char *part)
{
	size_t count = 0;
	while ((text = strstr(text, part))) {
		count++;
		text += strlen(part);
	}
	return count;
}

/* Columns without SGR sequences. */
static size_t visible_columns(struct str line)
{
	struct buf shown = { 0 };
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '\033') {
			while (i < line.len && line.ptr[i] != 'm')
				i++;
		} else {
			buf_char(&shown, line.ptr[i]);
		}
	}
	size_t columns = layout_columns(buf_view(&shown));
	buf_deinit(&shown);
	return columns;
}

static void assert_fits(const char *text, size_t width)
{
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		struct str s = { line, length };
		if (visible_columns(s) > width)
			fail_msg("wider than %zu: %.*s", width, STR_ARG(s));
		if (length)
			assert_int_not_equal(line[length - 1], ' ');
		line += length + (line[length] == '\n');
	}
}

/* ---- UTF-8 ---- */

static void utf8_decodes(void **state)
{
	(void)state;
	static const struct {
		struct str bytes;
		uint32_t code;
		size_t length;
	} cases[] = {
		{ S("a"), 'a', 1 },
		{ S("é"), 0xe9, 2 },
		{ S("…"), 0x2026, 3 },
		{ S("🦀"), 0x1f980, 4 },
		{ S("\x80"), UTF8_INVALID, 1 },
		{ S("\xc3"), UTF8_INVALID, 1 },
		{ S("\xc3("), UTF8_INVALID, 1 },
		{ S("\xc0\x80"), UTF8_INVALID, 1 },         /* overlong */
		{ S("\xe0\x80\x80"), UTF8_INVALID, 1 },     /* overlong */
		{ S("\xed\xa0\x80"), UTF8_INVALID, 1 },     /* a surrogate */
		{ S("\xf4\x90\x80\x80"), UTF8_INVALID, 1 }, /* above U+10FFFF */
		{ S("\xf0\x9f\xa6"), UTF8_INVALID, 1 },
		{ S("\0"), 0, 1 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct utf8_char c = utf8_next(cases[i].bytes);
		assert_int_equal(c.code, cases[i].code);
		assert_int_equal(c.length, cases[i].length);
	}
	assert_int_equal(utf8_columns('a'), 1);
	assert_int_equal(utf8_columns(0xe9), 1);
	assert_int_equal(utf8_columns(0x301), 0);
	assert_int_equal(utf8_columns(0x4e16), 2);
	assert_int_equal(utf8_columns(0x1f980), 2);
	assert_true(utf8_shows(0x4e16));
	assert_false(utf8_shows(0x1b));
	assert_false(utf8_shows(0x9b)); /* CSI in one character */
	assert_false(utf8_shows(0x202e));
}

/* ---- text ---- */

static void text_has_every_section(void **state)
{
	(void)state;
	struct report r = crash_report();
	char *text = text_of(&r, &plain);
	static const char *const in_order[] = {
		"oxdb: struct-return-mismatch (proven)\n  The JIT function `parse_document` calls",
		"guilty: parse_document, jit_struct_return::next_event\n",
		"Process 4711: /home/user/oxdb/build/programs/jit-struct-return, thread 1 `jit-struct-retu`\n",
		"What happened\n  SIGSEGV (Segmentation fault): Reading 1 byte at 0x12, where nothing is mapped.\n",
		"address 0x12: unmapped, 18 bytes above null\n",
		"operand [rsi]; rsi = 0x12\n",
		"Evidence\n  - Declared to Cranelift: `next_event` as",
		"  - inferred: Something",
		"Hint\n  Declare `next_event`",
		"Where\n  jit_struct_return::next_event at /home/",
		"     0x555555571230  48 8b 46 08  mov rax, qword ptr [rsi+0x08]\n",
		"  => 0x555555571234  0f b6 06     movzx eax, byte ptr [rsi]\n",
		"Backtrace of thread 1",
		"#0  <core::slice::iter::Iter<u8> as",
		"macros.rs:396  native (inlined)\n",
		"#1  jit_struct_return::next_event(input=\"{\\\"id\\\":1,\\\"tag\\\":\\\"x\\\"}\", "
		"limit=18446744073709551615) at "
		"/home/user/oxdb/tests/programs/jit-struct-return/src/main.rs:54  native\n",
		"extern \"C\" fn next_event(",
		"#2  parse_document+0x3c  JIT\n",
		"declared fn(i64, i64, i64) -> i64 system_v\n",
		"#3  core::ops::function::FnOnce::call_once at",
		"… 2 frames of std and core …\n",
		"#6? main+0x15 in jit-struct-return  native, guess (scan)\n",
		"Registers\n  rax     0x0000000000000012\n",
		"  r12     0x00007fffffffd9a8  stack, frame 2\n",
		"  rflags  not known\n",
		"  cs=0x33  ss=0x2b\n",
		"Notes\n  - 1 range",
	};
	const char *at = text;
	for (size_t i = 0; i < COUNT(in_order); i++) {
		at = strstr(at, in_order[i]);
		if (!at)
			fail_msg("\"%s\" is missing or misplaced in:\n%s", in_order[i], text);
	}
	assert_lacks(text, "\033");
	assert_lacks(text, "started as"); /* nothing that the program's path does not say */
	free(text);
}

static void text_shows_paths_from_the_directory(void **state)
{
	(void)state;
	struct report r = crash_report();
	r.panic = (struct report_panic){
		.present = true,
		.has_message = true,
		.message = S("cannot open /home/user/oxdb/x"),
		.file = S("/home/user/oxdb/src/x.rs"),
		.line = 1,
		.column = 2,
	};
	struct report_style style = plain;
	style.directory = S("/home/user/oxdb");
	char *text = text_of(&r, &style);
	assert_has(text, "Process 4711: build/programs/jit-struct-return,");
	assert_has(text, " at tests/programs/jit-struct-return/src/main.rs:54  native");
	assert_has(text, "next_event at tests/programs/jit-struct-return/src/main.rs:54\n");
	assert_has(text, "panicked at src/x.rs:1:2:");
	assert_has(text, "cannot open /home/user/oxdb/x"); /* the program's words stay its own */
	assert_lacks(text, "started as");
	free(text);
	style.directory = S("/home/user/oxd"); /* a prefix of the name is no directory */
	text = text_of(&r, &style);
	assert_has(text, "Process 4711: /home/user/oxdb/build");
	free(text);
}

static void text_fits_the_width(void **state)
{
	(void)state;
	struct report r = crash_report();
	struct report_frame frames[COUNT(crash_frames)];
	memcpy(frames, crash_frames, sizeof frames);
	frames[3].function =
		S("a_function_with_a_very_long_name_in_which_there_is_no_place_to_break_the_line_"
		  "世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界");
	frames[3].library = false;
	frames[4].number = 1234567;
	r.backtrace.frames = frames;
	r.where = S("f (/home/user/.cargo/registry/src/index-0123456789abcdef/serde-1.0.0/src/lib.rs:7)");
	r.panic = (struct report_panic){
		.present = true,
		.has_message = true,
		.message = S(
			"first\n      indented: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
			"                                                                                      x"),
		.file = S("/a/very/long/path/of/a/source/file/in/a/registry/of/crates-0.135.8/src/lib.rs"),
		.line = 1,
		.column = 1,
		.can_unwind = true,
	};
	r.command_line =
		S("program --with many --options 'and arguments' that go on and on and on and on and on");
	for (size_t width = REPORT_WIDTH_MIN; width <= 200; width++) {
		for (int colour = 0; colour < 2; colour++) {
			struct report_style style = { .colour = colour,
						      .width = width,
						      .utf8 = width % 3 != 0 };
			char *text = text_of(&r, &style);
			assert_fits(text, width);
			if (!colour) {
				assert_has(text, "parse_document+0x3c  JIT");
				assert_has(text, "/serde-1.0.0/src/lib.rs:7)");
				assert_lacks(text, "index-");
				assert_lacks(text, "\033");
			}
			free(text);
		}
	}
}

static void text_is_coloured_in_pairs(void **state)
{
	(void)state;
	struct report r = crash_report();
	struct report_style style = { .colour = true, .width = 80, .utf8 = true };
	char *text = text_of(&r, &style);
	assert_has(text, "\033[1;31m");
	/* Each line ends as it began, so that nothing runs on when a line is copied or the report is cut. */
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		const char *last = NULL;
		for (size_t i = 0; i + 1 < length; i++)
			if (line[i] == '\033')
				last = line + i;
		if (last)
			assert_memory_equal(last, "\033[0m", 4);
		line += length + 1;
	}
	struct report_style without = style;
	without.colour = false;
	char *bare = text_of(&r, &without);
	struct buf stripped = { 0 };
	for (const char *p = text; *p; p++) {
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			buf_char(&stripped, *p);
	}
	assert_string_equal(stripped.data, bare);
	buf_deinit(&stripped);
	free(bare);
	free(text);
}

static void text_drops_the_bytes_when_narrow(void **state)
{
	(void)state;
	struct report r = crash_report();
	struct report_style style = { .width = 50, .utf8 = true };
	char *narrow = text_of(&r, &style);
	assert_has(narrow, "=> 0x555555571234  movzx eax, byte ptr [rsi]\n");
	style.width = 100;
	char *wide = text_of(&r, &style);
	assert_has(wide, "=> 0x555555571234  0f b6 06     movzx");
	free(narrow);
	free(wide);
}

static void text_shortens_names_on_a_terminal_only(void **state)
{
	(void)state;
	struct report r = crash_report();
	struct report_style style = { .width = 100, .utf8 = true };
	char *text = text_of(&r, &style);
	assert_has(text, "Iterator>::position::<…>\n");
	assert_has(text, "at /rustc/…/library/core/src/slice");
	free(text);
	text = text_of(&r, &plain);
	assert_has(text, "Vec<core::option::Option<alloc::string::String>>>");
	assert_lacks(text, "::<…>");
	free(text);
	struct layout l;
	struct buf out = { 0 };
	layout_init(&l, &style, &out);
	static const struct {
		const char *name, *shorter;
		size_t columns;
	} cases[] = {
		{ "a::b<c<d>>", "a::b<c<d>>", 10 },
		{ "a::b<c<dddd>>", "a::b<c<…>>", 10 },
		{ "a::b<cccc<dddd>>", "a::b<…>", 10 },
		{ "<A<B> as T<CCCCCCCC>>::f<DDDDDDD>", "<A<…> as T<…>>::f<…>", 20 },
		{ "call<fn(i32) -> i32, X<YY>>", "call<fn(i32) -> i32, X<…>>", 26 },
		{ "call<fn(i32) -> i32, X<YYYYY>>", "call<…>", 10 },
		{ "abcdefghij", "abc…hij", 7 },
		{ "operator<(a, b)", "opera…, b)", 10 }, /* not nested: left alone */
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str cut = layout_cut_name(&l, str_from(cases[i].name), cases[i].columns);
		assert_string_equal(cut.ptr, cases[i].shorter);
	}
	assert_string_equal(layout_cut_path(&l, S("/a/bb/ccc/dddd.rs"), 12).ptr, "…/dddd.rs");
	struct str crate =
		S("/home/user/.cargo/registry/src/index-0123456789abcdef/serde-1.0.0/src/lib.rs");
	assert_string_equal(layout_cut_path(&l, crate, 90).ptr, "…/serde-1.0.0/src/lib.rs");
	assert_string_equal(layout_cut_path(&l, S("/registry/src/x"), 90).ptr, "/registry/src/x");
	assert_string_equal(layout_cut_path(&l, S("/a/bb/ccc/dddd.rs"), 17).ptr, "/a/bb/ccc/dddd.rs");
	layout_deinit(&l);
	buf_deinit(&out);
}

static void text_escapes_what_terminals_obey(void **state)
{
	(void)state;
	static const struct str evil = STR_LIT("a\033]0;x\007b\033[2J\x9b"
					       "31mc\xff\r\b\x7f\xc2\x9b\xe2\x80\xaez\xe2\x80\x8by\0w");
	struct report r = crash_report();
	struct report_frame frames[] = { { .kind = REPORT_FRAME_NATIVE,
					   .function = evil,
					   .file = evil,
					   .line = 1,
					   .module = evil,
					   .how = "cfi",
					   .argument_count = 1,
					   .arguments = &(struct report_argument){ evil, evil, evil },
					   .signature = evil },
					 { .kind = REPORT_FRAME_NATIVE, .function = evil, .module = evil } };
	struct report_instruction instruction = { 1, 1, { 0x90 }, evil, true, true };
	struct report_register reg = { "rax", 1, true, 64, evil };
	struct report_evidence evidence = { evil, false };
	struct str list[] = { evil };
	r.program = r.command_line = r.signal_name = r.signal_description = r.signal_sender = evil;
	r.thread_name = r.where = r.instructions_note = evil;
	r.fault = (struct report_fault){ true, evil, evil, true, 1, 1, evil, evil, true, evil };
	r.panic = (struct report_panic){ true, true, evil, evil, 1, 1, evil, false };
	r.instruction_count = 1;
	r.instructions = &instruction;
	r.backtrace = (struct report_backtrace){ 1, 1, 1, evil, 2, frames, 0, 0, false, evil };
	r.other_count = 1;
	r.others = &r.backtrace;
	r.register_count = 1;
	r.registers = &reg;
	r.notes = list;
	r.verdict = (struct report_verdict){
		REPORT_NULL_POINTER, REPORT_LIKELY, evil, evil, 1, list, 1, &evidence, 1, list
	};
	for (int i = 0; i < 4; i++) {
		struct report_style style = { .width = i & 1 ? 60 : 0, .utf8 = i & 2 };
		struct buf out = { 0 };
		report_text(&r, &style, &out);
		assert_true(str_is_utf8(buf_view(&out)));
		for (size_t pos = 0; pos < out.len;) {
			struct utf8_char c = utf8_next(str_sub(buf_view(&out), pos, SIZE_MAX));
			assert_true(c.code == '\n' || utf8_shows(c.code));
			assert_true(style.utf8 || c.code < 0x80);
			pos += c.length;
		}
		if (!style.width)
			assert_has(out.data,
				   "a\\x1b]0;x\\x07b\\x1b[2J\\x9b31mc\\xff\\r\\x08\\x7f\\u{9b}\\u{202e}z\\u{200b}y\\x00w");
		buf_deinit(&out);
	}
	r.verdict.kind = REPORT_NONE;
	char *text = text_of(&r, &plain);
	assert_lacks(text, "\033");
	free(text);
	r.outcome = REPORT_FAILED;
	r.failure = evil;
	text = text_of(&r, &plain);
	assert_lacks(text, "\033");
	free(text);
}

static void text_breaks_a_message_where_it_does(void **state)
{
	(void)state;
	struct report r = crash_report();
	r.verdict = (struct report_verdict){ .kind = REPORT_RUST_PANIC,
					     .confidence = REPORT_PROVEN,
					     .summary = S("`f` panicked") };
	r.signal = 0;
	r.fault = (struct report_fault){ .kind = S("panic"), .description = S("not shown twice") };
	r.has_exit_code = true;
	r.exit_code = 101;
	r.panic = (struct report_panic){
		.present = true,
		.has_message = true,
		.message = S("assertion `left == right` failed\n  left: 1\n right: 2"),
		.file = S("src/x.rs"),
		.line = 3,
		.column = 4,
		.can_unwind = true,
	};
	char *text = text_of(&r, &plain);
	assert_has(text, "The Rust code panicked at src/x.rs:3:4:\n"
			 "    assertion `left == right` failed\n"
			 "      left: 1\n"
			 "     right: 2\n"
			 "  The process ended with exit code 101.\n");
	assert_lacks(text, "not shown twice");
	assert_lacks(text, "may not unwind");
	free(text);
	r.panic.has_message = false;
	r.panic.can_unwind = false;
	text = text_of(&r, &plain);
	assert_has(text, "src/x.rs:3:4; the payload is no text.\n  This panic may not unwind");
	free(text);
}

static void text_says_what_was_ruled_out(void **state)
{
	(void)state;
	struct report r = crash_report();
	struct str list[] = { S("freed code: nothing was freed"),
			      S("null pointer: 0x12345678 is not near address 0") };
	r.verdict = (struct report_verdict){ .summary = S("No cause could be shown."),
					     .ruled_out_count = 2,
					     .ruled_out = list };
	char *text = text_of(&r, &plain);
	assert_has(text,
		   "oxdb: no cause could be shown\n  SIGSEGV in jit_struct_return::next_event at /home");
	assert_has(text, "Ruled out\n  - freed code: nothing was freed\n  - null pointer: 0x12345678");
	assert_lacks(text, "Evidence");
	assert_lacks(text, "guilty");
	free(text);
}

/* ---- folding ---- */

static struct report_frame native(uint32_t number, const char *function, uint32_t line)
{
	return (struct report_frame){ .number = number,
				      .kind = REPORT_FRAME_NATIVE,
				      .pc = 0x1000 + number,
				      .function = str_from(function),
				      .file = S("src/x.rs"),
				      .line = line,
				      .how = "cfi" };
}

static char *backtrace_of(struct report_frame *frames, size_t count, size_t left_out, size_t left_out_at)
{
	struct report r = { .outcome = REPORT_CRASHED };
	r.backtrace = (struct report_backtrace){ .thread = 1,
						 .count = count,
						 .frames = frames,
						 .left_out = left_out,
						 .left_out_at = left_out_at,
						 .complete = true };
	return text_of(&r, &plain);
}

static void folding_of_libraries(void **state)
{
	(void)state;
	struct report_frame frames[8];
	for (uint32_t i = 0; i < 8; i++) {
		frames[i] = native(i, "core::f", i + 1);
		frames[i].library = true;
	}
	frames[7] = native(7, "main", 9);
	char *text = backtrace_of(frames, 8, 0, 0);
	assert_has(text,
		   "#0  core::f at src/x.rs:1  native\n      … 6 frames of std and core …\n  #7  main");
	free(text);

	/* Beside JIT code nothing is folded, and one frame is not worth it. */
	frames[4].kind = REPORT_FRAME_JIT;
	frames[4].library = false;
	frames[2].function = S("std::guessed");
	frames[2].guess = true;
	text = backtrace_of(frames, 8, 0, 0);
	assert_has(text, "… 2 frames of std and core, 1 of them guessed …\n  #3  core::f");
	assert_has(text, "#5  core::f");
	assert_has(text, "#6  core::f");
	free(text);

	frames[4] = native(4, "write", 0);
	frames[4].library = true;
	text = backtrace_of(frames, 8, 0, 0);
	assert_has(text, "… 6 frames of std, core and the C library, 1 of them guessed …");
	free(text);

	/* The gap parts a run. */
	text = backtrace_of(frames, 8, 99800, 3);
	assert_has(text, "… 2 frames of std and core, 1 of them guessed …\n"
			 "      … 99,800 frames left out …\n"
			 "      … 4 frames of std, core and the C library …\n");
	free(text);
}

static void folding_of_recursion(void **state)
{
	(void)state;
	enum { COUNT_ALL = 122 };
	struct report_frame frames[COUNT_ALL];
	frames[0] = native(0, "leaf", 1);
	static const char *const names[] = { "a", "b", "c" };
	for (uint32_t i = 1; i < COUNT_ALL - 1; i++)
		frames[i] = native(i, names[(i - 1) % 3], (i - 1) % 3);
	frames[COUNT_ALL - 1] = native(COUNT_ALL - 1, "main", 7);
	char *text = backtrace_of(frames, COUNT_ALL, 0, 0);
	assert_has(text, "… the same 3 frames repeat 39 times …\n  #121  main at src/x.rs:7");
	assert_int_equal(occurrences(text, "  #"), 5);
	free(text);

	/* Around the gap each part is folded on its own. */
	for (uint32_t i = 1; i < COUNT_ALL - 1; i++)
		frames[i] = native(i < 60 ? i : i + 99800, "deep", 5);
	text = backtrace_of(frames, COUNT_ALL, 99800, 60);
	assert_has(text,
		   "… the same frame repeats 58 times …\n          … 99,800 frames left out …\n"
		   "  #99860  deep at src/x.rs:5  native\n          … the same frame repeats 60 times …\n");
	free(text);

	/* Another line is another call; JIT code without lines is told apart by its offset. */
	for (uint32_t i = 1; i < COUNT_ALL - 1; i++)
		frames[i] = native(i, "deep", i);
	text = backtrace_of(frames, COUNT_ALL, 0, 0);
	assert_lacks(text, "repeat");
	free(text);
	for (uint32_t i = 1; i < COUNT_ALL - 1; i++)
		frames[i] = (struct report_frame){
			.number = i, .kind = REPORT_FRAME_JIT, .function = S("j"), .offset = i
		};
	text = backtrace_of(frames, COUNT_ALL, 0, 0);
	assert_lacks(text, "repeat");
	free(text);
	for (uint32_t i = 1; i < COUNT_ALL - 1; i++)
		frames[i].offset = 8;
	text = backtrace_of(frames, COUNT_ALL, 0, 0);
	assert_has(text, "#1    j+0x8  JIT\n        … the same frame repeats 119 times …");
	free(text);
}

static void backtrace_says_where_it_ends(void **state)
{
	(void)state;
	struct report_frame frames[] = { { .kind = REPORT_FRAME_UNKNOWN, .pc = 0x12, .how = "registers" },
					 { .number = 1,
					   .kind = REPORT_FRAME_JIT,
					   .function = S("gone"),
					   .offset = 4,
					   .how = "bad-call",
					   .freed = true } };
	struct report r = { .outcome = REPORT_CRASHED };
	r.backtrace = (struct report_backtrace){
		.thread = 1, .count = 2, .frames = frames, .end = S("the stack is damaged here")
	};
	char *text = text_of(&r, &plain);
	assert_has(text, "#0  0x12  no known code\n  #1  gone+0x4  JIT (freed)\n"
			 "      (the backtrace ends here: the stack is damaged here)\n");
	free(text);
}

/* ---- outcomes ---- */

static void outcomes_have_their_own_text(void **state)
{
	(void)state;
	struct report r = { .outcome = REPORT_EXITED, .pid = 1 };
	char *text = text_of(&r, &plain);
	assert_string_equal(text, "");
	free(text);
	r = (struct report){ .outcome = REPORT_FAILED,
			     .failure = S("no-such-program: No such file or directory") };
	text = text_of(&r, &plain);
	assert_string_equal(text, "oxdb: failed\n  no-such-program: No such file or directory\n");
	free(text);
	struct report_frame one[] = { native(0, "wait_for_it", 3) };
	struct report_backtrace others[] = { { .pid = 14,
					       .thread = 2,
					       .tid = 13,
					       .thread_name = S("worker"),
					       .count = 1,
					       .frames = one,
					       .complete = true } };
	r = (struct report){
		.outcome = REPORT_TIMEOUT,
		.pid = 12,
		.program = S("/bin/sleep"),
		.verdict = { .summary = S("The program was still running after 2 seconds.") },
		.backtrace = { .thread = 1, .tid = 12, .count = 1, .frames = one, .complete = true },
		.other_count = 1,
		.others = others
	};
	text = text_of(&r, &plain);
	assert_has(text, "oxdb: time-out\n  The program was still running after 2 seconds.\n");
	assert_has(text, "Backtrace of thread 1 (tid 12)\n  #0  wait_for_it at src/x.rs:3  native\n");
	assert_has(text, "Backtrace of process 14, thread 2 `worker` (tid 13)\n  #0  wait_for_it");
	assert_lacks(text, "Ruled out");
	free(text);
}

/* ---- JSON ---- */

static json_t *json_of(const struct report *r)
{
	struct buf out = { 0 };
	assert_null(report_json(r, &out));
	assert_int_equal(out.data[out.len - 1], '\n');
	assert_ptr_equal(strchr(out.data, '\n'), out.data + out.len - 1);
	json_error_t error;
	json_t *root = json_loadb(out.data, out.len, JSON_ALLOW_NUL, &error);
	assert_non_null(root);
	buf_deinit(&out);
	return root;
}

static const char *string_at(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void json_has_every_key(void **state)
{
	(void)state;
	struct report r = crash_report();
	json_t *root = json_of(&r);
	json_error_t error;
	json_t *schema = json_load_file("docs/triage.schema.json", 0, &error);
	assert_non_null(schema);
	json_t *required = json_object_get(schema, "required");
	assert_int_equal(json_array_size(required), json_object_size(root));
	size_t i;
	json_t *key;
	json_array_foreach(required, i, key)
		assert_non_null(json_object_get(root, json_string_value(key)));
	assert_int_equal(json_integer_value(json_object_get(root, "schema")), 1);
	assert_string_equal(string_at(root, "outcome"), "crashed");
	assert_true(json_is_null(json_object_get(root, "failure")));
	assert_true(json_is_null(json_object_get(root, "exit_code")));
	assert_true(json_is_null(json_object_get(root, "frames_left_out_at")));
	assert_true(json_is_true(json_object_get(root, "frames_complete")));
	assert_string_equal(string_at(json_object_get(root, "fault"), "address"), "0x12");
	assert_string_equal(string_at(json_object_get(root, "verdict"), "kind"), "struct-return-mismatch");
	assert_string_equal(string_at(json_object_get(root, "verdict"), "confidence"), "proven");
	json_t *frames = json_object_get(root, "frames");
	assert_int_equal(json_array_size(frames), COUNT(crash_frames)); /* nothing is folded here */
	json_t *frame_schema =
		json_object_get(json_object_get(json_object_get(schema, "$defs"), "frames"), "items");
	json_array_foreach(json_object_get(frame_schema, "required"), i, key)
		assert_non_null(json_object_get(json_array_get(frames, 1), json_string_value(key)));
	assert_string_equal(string_at(json_array_get(frames, 2), "kind"), "jit");
	assert_true(json_is_null(json_object_get(json_array_get(frames, 2), "file")));
	assert_string_equal(string_at(json_array_get(json_object_get(root, "instructions"), 1), "bytes"),
			    "0fb606");
	json_t *unknown = json_array_get(json_object_get(root, "registers"), 3);
	assert_true(json_is_null(json_object_get(unknown, "value")));
	json_decref(schema);
	json_decref(root);
}

static void json_of_other_outcomes(void **state)
{
	(void)state;
	struct report r = {
		.outcome = REPORT_EXITED, .pid = 5, .process = 1, .has_exit_code = true, .exit_code = 3
	};
	json_t *root = json_of(&r);
	assert_string_equal(string_at(root, "outcome"), "exited");
	assert_int_equal(json_integer_value(json_object_get(root, "exit_code")), 3);
	static const char *const nulls[] = { "signal", "fault", "panic", "thread", "where", "failure" };
	for (size_t i = 0; i < COUNT(nulls); i++)
		assert_true(json_is_null(json_object_get(root, nulls[i])));
	assert_string_equal(string_at(json_object_get(root, "verdict"), "kind"), "none");
	json_decref(root);
	r = (struct report){ .outcome = REPORT_FAILED, .failure = S("why") };
	root = json_of(&r);
	assert_string_equal(string_at(root, "failure"), "why");
	assert_true(json_is_null(json_object_get(root, "process")));
	json_decref(root);
	r = (struct report){
		.outcome = REPORT_CRASHED, .pid = 5, .signal = 40, .signal_name = S("signal 40")
	};
	root = json_of(&r);
	assert_string_equal(string_at(json_object_get(root, "signal"), "name"), "SIG40");
	assert_string_equal(string_at(json_object_get(root, "verdict"), "kind"), "none");
	assert_string_equal(string_at(json_object_get(root, "verdict"), "confidence"), "none");
	json_decref(root);
}

static void json_mends_what_is_no_utf8(void **state)
{
	(void)state;
	struct report r = crash_report();
	r.where = S("a\xff\xe2\x82z\n\033\0b");
	json_t *root = json_of(&r);
	json_t *where = json_object_get(root, "where");
	static const char expected[] = "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\n\033\0b";
	assert_int_equal(json_string_length(where), sizeof expected - 1);
	assert_memory_equal(json_string_value(where), expected, sizeof expected - 1);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_decodes),
		cmocka_unit_test(text_has_every_section),
		cmocka_unit_test(text_shows_paths_from_the_directory),
		cmocka_unit_test(text_fits_the_width),
		cmocka_unit_test(text_is_coloured_in_pairs),
		cmocka_unit_test(text_drops_the_bytes_when_narrow),
		cmocka_unit_test(text_shortens_names_on_a_terminal_only),
		cmocka_unit_test(text_escapes_what_terminals_obey),
		cmocka_unit_test(text_breaks_a_message_where_it_does),
		cmocka_unit_test(text_says_what_was_ruled_out),
		cmocka_unit_test(folding_of_libraries),
		cmocka_unit_test(folding_of_recursion),
		cmocka_unit_test(backtrace_says_where_it_ends),
		cmocka_unit_test(outcomes_have_their_own_text),
		cmocka_unit_test(json_has_every_key),
		cmocka_unit_test(json_of_other_outcomes),
		cmocka_unit_test(json_mends_what_is_no_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
