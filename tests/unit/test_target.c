/* What target.h promises: of the pure parts, of the fake one, and of ptrace on real programs. */
#include "target/fake/fake.h"
#include "target/gdb_signals.h"
#include "target/linux/linux.h"
#include "target/syscalls.h"
#include "target/target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "debuggee.h"

static void ok(struct error *err)
{
	if (err)
		print_error("%s\n", err->message);
	assert_null(err);
}

static void fails(struct error *err, enum error_code code, const char *word)
{
	assert_non_null(err);
	if (!strstr(err->message, word))
		print_error("\"%s\" is not in \"%s\"\n", word, err->message);
	assert_non_null(strstr(err->message, word));
	assert_int_equal(err->code, code);
	error_destroy(err);
}

/* ---- signals ---- */

static void signals_have_names(void **state)
{
	(void)state;
	assert_string_equal(target_signal_name(TARGET_SIGSEGV), "SIGSEGV");
	assert_string_equal(target_signal_name(77), "signal 77");
	assert_string_equal(target_signal_name(34), "signal 34");
	assert_string_equal(target_signal_description(TARGET_SIGSEGV), "Segmentation fault");
	assert_string_equal(target_signal_description(-1), "Unknown signal");
	assert_true(target_signal_deadly(TARGET_SIGABRT));
	assert_true(target_signal_deadly(40));
	assert_false(target_signal_deadly(17)); /* SIGCHLD */
	assert_false(target_signal_deadly(TARGET_SIGSTOP));
	assert_false(target_signal_deadly(0));
}

static void traps_are_classified(void **state)
{
	(void)state;
	assert_int_equal(linux_classify_trap(SI_KERNEL, false), TARGET_EVENT_TRAP);
	assert_int_equal(linux_classify_trap(SI_KERNEL, true), TARGET_EVENT_TRAP);
	assert_int_equal(linux_classify_trap(TRAP_TRACE, true), TARGET_EVENT_STEPPED);
	assert_int_equal(linux_classify_trap(TRAP_BRKPT, true), TARGET_EVENT_STEPPED);
	assert_int_equal(linux_classify_trap(TRAP_TRACE, false), TARGET_EVENT_SIGNAL);
	assert_int_equal(linux_classify_trap(4 /* TRAP_HWBKPT */, false), TARGET_EVENT_WATCH);
	assert_int_equal(linux_classify_trap(SI_USER, true), TARGET_EVENT_SIGNAL);
	assert_int_equal(linux_classify_trap(SI_TKILL, false), TARGET_EVENT_SIGNAL);
}

static void siginfo_is_converted(void **state)
{
	(void)state;
	siginfo_t info = { .si_signo = SIGSEGV, .si_code = SEGV_MAPERR };
	info.si_addr = (void *)0x1234;
	struct target_siginfo out = linux_siginfo_convert(&info);
	assert_true(out.has_addr);
	assert_int_equal(out.addr, 0x1234);
	assert_false(out.has_sender);
	info = (siginfo_t){ .si_signo = SIGSEGV, .si_code = SI_USER };
	info.si_pid = 42;
	info.si_uid = 7;
	out = linux_siginfo_convert(&info);
	assert_false(out.has_addr);
	assert_true(out.has_sender);
	assert_int_equal(out.sender_pid, 42);
	assert_int_equal(out.sender_uid, 7);
	info = (siginfo_t){ .si_signo = SIGALRM, .si_code = SI_KERNEL };
	out = linux_siginfo_convert(&info);
	assert_false(out.has_addr || out.has_sender);
}

static void gdb_has_its_own_list(void **state)
{
	(void)state;
	const struct target_gdb_signal *all;
	size_t count = target_gdb_signals(&all);
	assert_int_equal(count, 149);
	assert_string_equal(all[0].name, "SIGHUP");
	assert_string_equal(all[44].name, "SIG33");
	assert_string_equal(all[count - 1].name, "SIGLIBRT");
	assert_string_equal(target_gdb_signal(34)->name, "SIG34");
	assert_string_equal(target_gdb_signal(64)->description, "Real-time event 64");
	assert_string_equal(target_gdb_signal(29)->name, "SIGIO");
	assert_null(target_gdb_signal(16));
	assert_null(target_gdb_signal(0));
	assert_int_equal(target_gdb_signal_by_name(STR_LIT("SIG32"))->number, 32);
	assert_int_equal(target_gdb_signal_by_name(STR_LIT("SIG100"))->number, 0);
	assert_false(target_gdb_signal_by_name(STR_LIT("SIGINT"))->pass);
	assert_false(target_gdb_signal_by_name(STR_LIT("SIGCHLD"))->stop);
	assert_null(target_gdb_signal_by_name(STR_LIT("SIG")));
}

static void system_calls_have_names(void **state)
{
	(void)state;
	uint64_t number;
	assert_string_equal(target_syscall_name(0), "read");
	assert_string_equal(target_syscall_name(SYS_openat), "openat");
	assert_null(target_syscall_name(400));
	assert_null(target_syscall_name(UINT64_MAX));
	assert_true(target_syscall_number(STR_LIT("exit_group"), &number));
	assert_int_equal(number, SYS_exit_group);
	assert_false(target_syscall_number(STR_LIT("exit_grou"), &number));
}

static void debug_register_control(void **state)
{
	(void)state;
	struct target_watch watches[TARGET_MAX_WATCHES] = { { 0 } };
	assert_int_equal(linux_watch_control(watches), 0);
	watches[0] = (struct target_watch){ 0x1000, 1, TARGET_WATCH_EXECUTE };
	watches[1] = (struct target_watch){ 0x1000, 8, TARGET_WATCH_WRITE };
	watches[3] = (struct target_watch){ 0x1000, 4, TARGET_WATCH_ACCESS };
	assert_int_equal(linux_watch_control(watches), 0x45 | 0x9u << 20 | 0xfu << 28);
}

/* ---- mappings ---- */

static void mappings_are_read(void **state)
{
	(void)state;
	struct arena arena = ARENA_INIT;
	struct target_mappings list;
	ok(target_mappings_parse(
		STR_LIT("55d0a000-55d0b000 r--p 00000000 fe:01 1234                       /usr/bin/a b\n"
			"55d0b000-55d0c000 rwxs 00001000 fe:01 1234   /x\\012y (deleted)\n"
			"7ffd0000-7ffd1000 ---p 00000000 00:00 0 \n"
			"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n"),
		&arena, &list));
	assert_int_equal(list.count, 4);
	assert_int_equal(list.data[0].start, 0x55d0a000);
	assert_int_equal(list.data[0].end, 0x55d0b000);
	assert_int_equal(list.data[0].flags, TARGET_READ);
	assert_int_equal(list.data[0].inode, 1234);
	assert_int_equal(list.data[0].device_major, 0xfe);
	assert_int_equal(list.data[0].device_minor, 1);
	assert_true(str_is(list.data[0].name, "/usr/bin/a b"));
	assert_int_equal(list.data[1].flags, TARGET_READ | TARGET_WRITE | TARGET_EXEC | TARGET_SHARED);
	assert_int_equal(list.data[1].offset, 0x1000);
	assert_true(str_is(list.data[1].name, "/x\ny (deleted)"));
	assert_int_equal(list.data[2].flags, 0);
	assert_int_equal(list.data[2].name.len, 0);
	assert_int_equal(list.data[3].start, 0xffffffffff600000);
	assert_int_equal(list.data[3].flags, TARGET_EXEC);
	assert_true(str_is(list.data[3].name, "[vsyscall]"));
	ok(target_mappings_parse(STR_EMPTY, &arena, &list));
	assert_int_equal(list.count, 0);
	/* The last line may be cut off behind the inode, no further in front. */
	ok(target_mappings_parse(STR_LIT("1000-2000 r--p 0 0:0 5"), &arena, &list));
	assert_int_equal(list.count, 1);
	/* A list that changed while it was read. */
	ok(target_mappings_parse(
		STR_LIT("1000-3000 r--p 0 0:0 0\n2000-3000 r--p 0 0:0 0\n3000-4000 r--p 0 0:0 0\n"),
		&arena, &list));
	assert_int_equal(list.count, 2);
	arena_deinit(&arena);
}

static void bad_mappings_are_errors(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"x",
		"1000",
		"1000-",
		"1000-2000",
		"1000-2000 r--p",
		"1000-2000 r--p 0",
		"1000-2000 r--p 0 0:0",
		"1000-2000 r--p 0 0:0 ",
		"2000-1000 r--p 0 0:0 0",
		"1000-2000 r--q 0 0:0 0",
		"1000-2000 rw-p0 0:0 0",
		"10000000000000000-2 r--p 0 0:0 0",
		"1000-2000 r--p 0 100000000:0 0",
		"-1000 r--p 0 0:0 0",
		"1000-2000 r--p 0 0:0 99999999999999999999999",
		"1000-2000 R--p 0 0:0 0",
	};
	struct arena arena = ARENA_INIT;
	struct target_mappings list;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		fails(target_mappings_parse(str_from(bad[i]), &arena, &list), ERROR_FORMAT, "no mapping");
	struct error *err = target_mappings_parse(STR_LIT("1000-2000 r--p 0 0:0 0\n?\n"), &arena, &list);
	assert_non_null(err);
	assert_true(err->has_where);
	assert_int_equal(err->where, 23);
	error_destroy(err);
	arena_deinit(&arena);
}

/* ---- perf records ---- */

struct mmap2 {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t addr, len, pgoff;
	uint32_t maj, min;
	uint64_t ino, ino_generation;
	uint32_t prot, flags;
	char filename[32];
};

static struct mmap2 record(uint32_t prot, uint64_t inode, const char *name)
{
	struct mmap2 r = { .header = { .type = PERF_RECORD_MMAP2, .size = sizeof r },
			   .pid = 5,
			   .tid = 6,
			   .addr = 0x7000,
			   .len = 0x2000,
			   .ino = inode,
			   .prot = prot };
	snprintf(r.filename, sizeof r.filename, "%s", name);
	return r;
}

static bool is_code(struct mmap2 r, struct target_event *event)
{
	return linux_code_record((const uint8_t *)&r, sizeof r, event);
}

static void code_records_are_told_apart(void **state)
{
	(void)state;
	struct target_event event;
	assert_true(is_code(record(PROT_READ | PROT_EXEC, 0, "//anon"), &event));
	assert_int_equal(event.kind, TARGET_EVENT_CODE_MAPPED);
	assert_int_equal(event.pid, 5);
	assert_int_equal(event.range.start, 0x7000);
	assert_int_equal(event.range.end, 0x9000);
	assert_true(is_code(record(PROT_EXEC, 0, "[heap]"), &event));
	assert_true(is_code(record(PROT_EXEC, 9, "/memfd:jit (deleted)"), &event));
	assert_true(is_code(record(PROT_EXEC, 9, "/tmp/x (deleted)"), &event));
	assert_false(is_code(record(PROT_READ, 0, "//anon"), &event));
	assert_false(is_code(record(PROT_EXEC, 9, "/usr/lib/libc.so.6"), &event));
	assert_false(is_code(record(PROT_EXEC, 0, "[vdso]"), &event));
	struct mmap2 r = record(PROT_EXEC, 0, "//anon");
	r.header.type = PERF_RECORD_COMM;
	assert_false(is_code(r, &event));
	r = record(PROT_EXEC, 0, "//anon");
	r.len = UINT64_MAX;
	assert_false(is_code(r, &event));
	r = record(PROT_EXEC, 0, "//anon");
	for (size_t size = 0; size < offsetof(struct mmap2, filename) + 7; size++)
		assert_false(linux_code_record((const uint8_t *)&r, size, &event));
}

/* ---- fake ---- */

static void fake_plays_along(void **state)
{
	(void)state;
	struct target *t = target_fake_create(&arch_x86_64);
	fake_add_process(t, 10);
	fake_map(t, 10, 0x1000, 0x1000, TARGET_READ, "/a");
	fake_poke(t, 10, 0x1ffe, "xy", 2);
	char buf[8];
	size_t got;
	ok(t->ops->read_memory(t, 10, 0x1ffe, buf, 8, &got));
	assert_int_equal(got, 2);
	fails(t->ops->read_memory(t, 10, 0x2000, buf, 8, &got), ERROR_MEMORY, "cannot read");
	fails(t->ops->resume(t, 11, false, 0), ERROR_GONE, "11");
	ok(t->ops->resume(t, 10, true, 11));
	assert_string_equal(fake_log(t)->data, "step 10 signal 11\n");
	fake_fork(t, 10, 20, false);
	fake_poke(t, 20, 0x1ffe, "z", 1);
	fake_peek(t, 10, 0x1ffe, buf, 1);
	assert_int_equal(buf[0], 'x');
	t->ops->destroy(t);
}

/* ---- linux: starting ---- */

static struct target *linux_create(void)
{
	struct target *t;
	ok(target_linux_create(&t));
	return t;
}

static struct error *launch(struct target *t, const char *const *argv, target_pid *ret)
{
	struct target_launch spec = { .argv = argv, .follow_children = true };
	return t->ops->launch(t, &spec, ret);
}

static void go(struct target *t, target_tid tid, int signal)
{
	struct error *err = t->ops->resume(t, tid, false, signal);
	if (err)
		assert_int_equal(err->code, ERROR_GONE);
	error_destroy(err);
}

/* What a tracer without any interest does. */
static void pass_on(struct target *t, const struct target_event *e)
{
	switch (e->kind) {
	case TARGET_EVENT_NONE:
	case TARGET_EVENT_CODE_MAPPED:
	case TARGET_EVENT_EXITED:
		break;
	case TARGET_EVENT_SIGNAL:
		go(t, e->tid, e->signal);
		break;
	case TARGET_EVENT_TRAP:
		go(t, e->tid, TARGET_SIGTRAP);
		break;
	case TARGET_EVENT_GROUP_STOP:
		error_destroy(t->ops->listen(t, e->tid));
		break;
	default:
		if (!e->lost)
			go(t, e->tid, 0);
		break;
	}
}

struct tally {
	int counts[TARGET_EVENT_CODE_MAPPED + 1];
	int status;       /* of the first process */
	uint64_t exiting; /* events that said whole_process */
	target_tid former;
};

static void run_to_end(struct target *t, target_pid pid, int timeout_ms, struct tally *tally)
{
	*tally = (struct tally){ .status = -1 };
	go(t, pid, 0);
	for (;;) {
		struct target_event e;
		struct error *err = t->ops->wait(t, timeout_ms, &e);
		if (err) {
			fails(err, ERROR_GONE, "nothing is left");
			return;
		}
		tally->counts[e.kind]++;
		if (e.kind == TARGET_EVENT_EXITED && e.pid == pid && e.process_gone)
			tally->status = e.status;
		tally->exiting += e.kind == TARGET_EVENT_EXITING && e.whole_process;
		if (e.kind == TARGET_EVENT_EXEC)
			tally->former = e.former_tid;
		pass_on(t, &e);
	}
}

/* A new file, gone with the test's folder. */
static const char *file_of(const char *text, int mode)
{
	static char path[64];
	snprintf(path, sizeof path, "/tmp/oxdb-test-%d", getpid());
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, (mode_t)mode), 0);
	close(fd);
	return path;
}

static void launch_says_what_is_wrong(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	fails(launch(t, (const char *[]){ "no-such-command-here", NULL }, &pid), ERROR_NOT_FOUND,
	      "command not found");
	fails(launch(t, (const char *[]){ "/no/such", NULL }, &pid), ERROR_NOT_FOUND,
	      "/no/such: No such file");
	const char *path = file_of("nonsense", 0700);
	fails(launch(t, (const char *[]){ path, NULL }, &pid), ERROR_FORMAT, "not a program");
	path = file_of("nonsense", 0600);
	fails(launch(t, (const char *[]){ path, NULL }, &pid), ERROR_PERMISSION, "Permission denied");
	path = file_of("#!/no/such\n", 0700);
	fails(launch(t, (const char *[]){ path, NULL }, &pid), ERROR_NOT_FOUND, "interpreter");
	unlink(path);
	fails(launch(t, (const char *[]){ NULL }, &pid), ERROR_USAGE, "no program");
	struct target_launch spec = { .argv = (const char *[]){ "true", NULL }, .directory = "/no/such" };
	fails(t->ops->launch(t, &spec, &pid), ERROR_SYSTEM, "/no/such: No such file");
	struct target_event e;
	fails(t->ops->wait(t, 0, &e), ERROR_GONE, "nothing is left");
	t->ops->destroy(t);
}

static void environment_and_directory_are_set(void **state)
{
	(void)state;
	struct target *t = linux_create();
	setenv("OXDB_TEST_DROP", "1", 1);
	setenv("OXDB_TEST_CHANGE", "1", 1);
	static const char script[] =
		"test -z \"${OXDB_TEST_DROP+x}\" && test $OXDB_TEST_CHANGE = 2 && test $OXDB_TEST_NEW = 3 && test $(pwd) = /";
	struct target_launch spec = { .argv = (const char *[]){ "sh", "-c", script, NULL },
				      .environ_add = (const char *[]){ "OXDB_TEST_CHANGE=2",
								       "OXDB_TEST_NEW=3", NULL },
				      .environ_drop = (const char *[]){ "OXDB_TEST_DROP", NULL },
				      .directory = "/",
				      .follow_children = true };
	target_pid pid;
	ok(t->ops->launch(t, &spec, &pid));
	struct tally tally;
	run_to_end(t, pid, -1, &tally);
	assert_int_equal(tally.status, 0);
	t->ops->destroy(t);
}

static void shell_comes_first(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	struct target_launch spec = { .argv = (const char *[]){ "/bin/sh", "-c",
								"exec test $(echo \"$A\") = 2", NULL },
				      .environ = (const char *[]){ "A=2", "PATH=/usr/bin:/bin", NULL },
				      .follow_children = true,
				      .execs_to_pass = 1 };
	ok(t->ops->launch(t, &spec, &pid));
	struct arena arena = ARENA_INIT;
	struct str line;
	ok(t->ops->command_line(t, pid, &arena, &line));
	assert_true(str_is(line, "test 2 = 2"));
	arena_deinit(&arena);
	struct tally tally;
	run_to_end(t, pid, -1, &tally);
	assert_int_equal(tally.status, 0);
	spec.argv = (const char *[]){ "/bin/sh", "-c", "exit 3", NULL };
	fails(t->ops->launch(t, &spec, &pid), ERROR_SYSTEM, "During startup program exited with code 3.");
	spec.argv = (const char *[]){ "/bin/sh", "-c", "exit 0", NULL };
	fails(t->ops->launch(t, &spec, &pid), ERROR_SYSTEM, "During startup program exited normally.");
	spec.argv = (const char *[]){ "/bin/sh", "-c", "kill -TERM $$", NULL };
	fails(t->ops->launch(t, &spec, &pid), ERROR_SYSTEM,
	      "During startup program terminated with signal SIGTERM, Terminated.");
	spec.argv = (const char *[]){ "/no/such/shell", "-c", "exit 0", NULL };
	fails(t->ops->launch(t, &spec, &pid), ERROR_NOT_FOUND, "/no/such/shell: No such file");
	t->ops->destroy(t);
}

static int open_terminal(const char **ret_name)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(fd >= 0);
	assert_int_equal(grantpt(fd), 0);
	assert_int_equal(unlockpt(fd), 0);
	*ret_name = ptsname(fd);
	return fd;
}

static void terminal_of_its_own(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	const char *name;
	int fd = open_terminal(&name);
	struct target_launch spec = {
		.argv = (const char *[]){ "sh", "-c",
					  "test -t 0 && test -t 1 && test -t 2 && echo yes >/dev/tty",
					  NULL },
		.terminal = name,
		.own_group = true,
		.follow_children = true
	};
	ok(t->ops->launch(t, &spec, &pid));
	t->ops->terminal_to_program(t, pid);
	struct tally tally;
	run_to_end(t, pid, -1, &tally);
	t->ops->terminal_to_us(t);
	assert_int_equal(tally.status, 0);
	char text[4];
	assert_int_equal(read(fd, text, 3), 3);
	assert_memory_equal(text, "yes", 3);
	close(fd);
	spec.terminal = "/no/such/terminal";
	fails(t->ops->launch(t, &spec, &pid), ERROR_SYSTEM, "/no/such/terminal: No such file");
	t->ops->destroy(t);
}

/* In a session of its own, with the terminal as stdin. */
static int share_terminal(const char *name)
{
	setsid();
	int fd = open(name, O_RDWR);
	struct target *t;
	target_pid pid;
	struct termios before, after;
	if (fd < 0 || dup2(fd, 0) != 0 || tcgetattr(0, &before) != 0 || target_linux_create(&t))
		return 10;
	struct target_launch spec = { .argv = (const char *[]){ debuggee("foreground"), NULL },
				      .own_group = true };
	if (t->ops->launch(t, &spec, &pid))
		return 11;
	if (tcgetpgrp(0) != getpgrp())
		return 12;
	t->ops->terminal_to_program(t, pid);
	struct tally tally;
	run_to_end(t, pid, -1, &tally);
	t->ops->terminal_to_us(t);
	if (tcgetpgrp(0) != getpgrp() || tcgetattr(0, &after) != 0 || after.c_lflag != before.c_lflag)
		return 13;
	t->ops->destroy(t);
	return WEXITSTATUS(tally.status);
}

static void terminal_is_lent(void **state)
{
	(void)state;
	const char *name;
	int fd = open_terminal(&name), status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(share_terminal(name));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fd);
}

/* ---- linux: debug registers, system calls, wake-ups ---- */

static void await_event(struct target *t, enum target_event_kind kind, struct target_event *ret)
{
	ok(t->ops->wait(t, 10000, ret));
	assert_int_equal(ret->kind, kind);
}

/* At the program's next int3. */
static void next_round(struct target *t, target_pid pid, uint64_t *ret_value, uint64_t *ret_touch)
{
	struct target_event e;
	struct arch_regs regs;
	go(t, pid, 0);
	await_event(t, TARGET_EVENT_TRAP, &e);
	ok(t->ops->get_regs(t, pid, &regs));
	*ret_value = regs.value[ARCH_RDI];
	*ret_touch = regs.value[ARCH_RSI];
}

static void debug_registers_tell(void **state)
{
	(void)state;
	struct target *t = linux_create();
	struct target_event e;
	target_pid pid;
	uint64_t value, touch;
	ok(launch(t, (const char *[]){ debuggee("watched"), NULL }, &pid));
	next_round(t, pid, &value, &touch);
	struct target_watch watches[TARGET_MAX_WATCHES] = { { touch, 1, TARGET_WATCH_EXECUTE },
							    { 0 },
							    { value, 8, TARGET_WATCH_WRITE } };
	ok(t->ops->set_watches(t, pid, watches));
	go(t, pid, 0);
	await_event(t, TARGET_EVENT_WATCH, &e);
	assert_int_equal(e.watches, 1);
	struct arch_regs regs;
	ok(t->ops->get_regs(t, pid, &regs));
	assert_int_equal(regs.value[ARCH_RIP], touch);
	go(t, pid, 0);
	await_event(t, TARGET_EVENT_WATCH, &e);
	assert_int_equal(e.watches, 4);
	assert_int_equal(e.watch, 2);
	/* Reading is not writing. */
	next_round(t, pid, &value, &touch);
	watches[0] = (struct target_watch){ value + 4, 4, TARGET_WATCH_ACCESS };
	watches[2].size = 0;
	ok(t->ops->set_watches(t, pid, watches));
	for (int i = 0; i < 2; i++) {
		go(t, pid, 0);
		await_event(t, TARGET_EVENT_WATCH, &e);
		assert_int_equal(e.watches, 1);
	}
	/* In a step, it is told with the step. */
	next_round(t, pid, &value, &touch);
	for (e.watches = 0; e.watches == 0;) {
		ok(t->ops->resume(t, pid, TARGET_GO_STEP, 0));
		await_event(t, TARGET_EVENT_STEPPED, &e);
	}
	assert_int_equal(e.watches, 1);
	ok(t->ops->resume(t, pid, TARGET_GO_STEP, 0));
	await_event(t, TARGET_EVENT_STEPPED, &e);
	assert_int_equal(e.watches, 0);
	memset(watches, 0, sizeof watches);
	ok(t->ops->set_watches(t, pid, watches));
	next_round(t, pid, &value, &touch);
	watches[0] = (struct target_watch){ value + 1, 8, TARGET_WATCH_WRITE };
	fails(t->ops->set_watches(t, pid, watches), ERROR_UNSUPPORTED, "cannot watch");
	watches[0] = (struct target_watch){ (uint64_t)1 << 63, 8, TARGET_WATCH_WRITE };
	fails(t->ops->set_watches(t, pid, watches), ERROR_UNSUPPORTED, "refuses");
	t->ops->destroy(t);
}

static void system_calls_stop(void **state)
{
	(void)state;
	struct target *t = linux_create();
	struct target_event e;
	target_pid pid;
	uint64_t value, touch;
	ok(launch(t, (const char *[]){ debuggee("watched"), NULL }, &pid));
	next_round(t, pid, &value, &touch);
	for (int back = 0; back < 2; back++) {
		ok(t->ops->resume(t, pid, TARGET_GO_SYSCALL, 0));
		await_event(t, TARGET_EVENT_SYSCALL, &e);
		assert_int_equal(e.syscall, SYS_getppid);
		assert_int_equal(e.returning, back);
	}
	struct arch_regs regs;
	ok(t->ops->get_regs(t, pid, &regs));
	assert_int_equal(regs.value[ARCH_RAX], getpid());
	t->ops->destroy(t);
}

static struct target *to_wake;

static void wake_it(int signal)
{
	(void)signal;
	to_wake->ops->wake(to_wake);
}

static void waits_are_woken(void **state)
{
	(void)state;
	struct target *t = to_wake = linux_create();
	target_pid pid;
	struct target_event e;
	ok(launch(t, (const char *[]){ "sleep", "100", NULL }, &pid));
	/* One to come, and one that is forgotten with it. */
	t->ops->wake(t);
	t->ops->wake(t);
	ok(t->ops->wait(t, -1, &e));
	assert_int_equal(e.kind, TARGET_EVENT_NONE);
	go(t, pid, 0);
	struct sigaction action = { .sa_handler = wake_it, .sa_flags = SA_RESTART }, old;
	sigaction(SIGALRM, &action, &old);
	for (int i = 0; i < 20; i++) {
		struct itimerval soon = { .it_value = { 0, 1 + 200 * i } };
		setitimer(ITIMER_REAL, &soon, NULL);
		ok(t->ops->wait(t, i % 2 ? -1 : 20000, &e));
		assert_int_equal(e.kind, TARGET_EVENT_NONE);
	}
	ok(t->ops->wait(t, 0, &e));
	assert_int_equal(e.kind, TARGET_EVENT_NONE);
	sigaction(SIGALRM, &old, NULL);
	t->ops->destroy(t);
}

static void staying_near_is_ours_alone(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	cpu_set_t before, pinned, theirs, after;
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	ok(launch(t, (const char *[]){ "sleep", "100", NULL }, &pid));
	t->ops->stay_near(t, pid);
	assert_int_equal(sched_getaffinity(0, sizeof pinned, &pinned), 0);
	assert_int_equal(CPU_COUNT(&pinned), 1);
	assert_int_equal(sched_getaffinity(pid, sizeof theirs, &theirs), 0);
	assert_true(CPU_EQUAL(&before, &theirs));
	target_pid second;
	ok(launch(t, (const char *[]){ "sleep", "100", NULL }, &second));
	assert_int_equal(sched_getaffinity(second, sizeof theirs, &theirs), 0);
	assert_true(CPU_EQUAL(&before, &theirs));
	t->ops->stay_near(t, 0x3ffffff); /* nobody: nothing */
	t->ops->stay_near(t, TARGET_NOBODY);
	assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	t->ops->destroy(t);
}

/* ---- linux: events ---- */

static void run_program(const char *name, const char *arg, struct tally *tally)
{
	struct target *t = linux_create();
	target_pid pid;
	ok(launch(t, (const char *[]){ debuggee(name), arg, NULL }, &pid));
	run_to_end(t, pid, -1, tally);
	t->ops->destroy(t);
}

static void threads_come_and_go(void **state)
{
	(void)state;
	struct tally tally;
	run_program("storm", "50", &tally);
	assert_int_equal(tally.status, 0);
	assert_int_equal(tally.counts[TARGET_EVENT_CLONE], 400);
	assert_int_equal(tally.counts[TARGET_EVENT_STARTED], 400);
	assert_int_equal(tally.counts[TARGET_EVENT_EXITING], 401);
	assert_int_equal(tally.counts[TARGET_EVENT_EXITED], 401);
	assert_int_equal(tally.exiting, 1);
}

static void processes_come_and_go(void **state)
{
	(void)state;
	struct tally tally;
	run_program("tree", NULL, &tally);
	assert_int_equal(tally.status, 0);
	/* 3 processes of the upper levels fork 3, vfork 3 and spawn 2 each. */
	assert_int_equal(tally.counts[TARGET_EVENT_FORK], 24);
	assert_int_equal(tally.counts[TARGET_EVENT_STARTED], 24);
	assert_int_equal(tally.counts[TARGET_EVENT_VFORK_DONE], 15);
	assert_int_equal(tally.counts[TARGET_EVENT_EXEC], 6);
	assert_int_equal(tally.counts[TARGET_EVENT_EXITED], 25);
	run_program("tree", NULL, &tally);
}

/* As in a container. */
static void refuse_kcmp(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kcmp, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof filter[0], filter };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(3);
}

/* 1: its child shares its memory; 0: has its own; anything else: it did not come that far. */
static int shares_memory(const char *how)
{
	struct target *t;
	struct target_launch spec = { .argv = (const char *[]){ debuggee("borrow"), how, NULL },
				      .follow_children = true };
	target_pid pid;
	struct target_event e;
	if (target_linux_create(&t) || t->ops->launch(t, &spec, &pid) || t->ops->resume(t, pid, false, 0))
		return 4;
	do {
		if (t->ops->wait(t, -1, &e))
			return 5;
	} while (e.kind != TARGET_EVENT_FORK);
	t->ops->destroy(t);
	return e.shares_memory;
}

static void shared_memory_is_known_without_kcmp(void **state)
{
	(void)state;
	static const struct {
		const char *how;
		int shares;
	} ways[] = { { "clone", 1 }, { "clone3", 1 }, { "vfork", 1 }, { "fork", 0 } };
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		int status;
		pid_t pid = fork();
		if (pid == 0) {
			refuse_kcmp();
			_exit(shares_memory(ways[i].how));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, ways[i].shares << 8);
	}
}

static void unfollowed_children_are_left_alone(void **state)
{
	(void)state;
	struct target *t = linux_create();
	struct target_launch spec = { .argv = (const char *[]){ debuggee("tree"), NULL } };
	target_pid pid;
	ok(t->ops->launch(t, &spec, &pid));
	struct tally tally;
	run_to_end(t, pid, -1, &tally);
	assert_int_equal(tally.status, 0);
	assert_int_equal(tally.counts[TARGET_EVENT_FORK], 0);
	assert_int_equal(tally.counts[TARGET_EVENT_EXITED], 1);
	t->ops->destroy(t);
}

static void exec_by_another_thread(void **state)
{
	(void)state;
	struct tally tally;
	run_program("thread_exec", NULL, &tally);
	assert_int_equal(tally.status, 7 << 8);
	assert_int_equal(tally.counts[TARGET_EVENT_EXEC], 1);
	assert_true(tally.former > 0);
}

static void group_stops_last(void **state)
{
	(void)state;
	struct tally tally;
	run_program("group_stop", NULL, &tally);
	assert_int_equal(tally.status, 0);
	assert_int_equal(tally.counts[TARGET_EVENT_GROUP_STOP], 1);
}

static void signals_pass(void **state)
{
	(void)state;
	struct tally tally;
	run_program("signals", NULL, &tally);
	assert_int_equal(tally.status, 0);
	assert_int_equal(tally.counts[TARGET_EVENT_SIGNAL], 210);
	assert_int_equal(tally.counts[TARGET_EVENT_TRAP], 10);
}

static void who_ends_the_process(void **state)
{
	(void)state;
	struct tally tally;
	run_program("die", "exit", &tally);
	assert_int_equal(tally.status, 3 << 8);
	assert_true(tally.exiting >= 1);
	run_program("die", "leader_first", &tally);
	assert_int_equal(tally.status, 0);
	assert_int_equal(tally.exiting, 1);
	run_program("die", "segv", &tally);
	assert_int_equal(tally.status & 0x7f, SIGSEGV);
}

static void wait_times_out(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	ok(launch(t, (const char *[]){ "sleep", "1000", NULL }, &pid));
	go(t, pid, 0);
	struct target_event e;
	ok(t->ops->wait(t, 30, &e));
	assert_int_equal(e.kind, TARGET_EVENT_NONE);
	ok(t->ops->wait(t, 0, &e));
	assert_int_equal(e.kind, TARGET_EVENT_NONE);
	ok(t->ops->interrupt(t, pid, pid));
	ok(t->ops->wait(t, -1, &e));
	assert_int_equal(e.kind, TARGET_EVENT_INTERRUPTED);
	ok(t->ops->kill(t, pid));
	ok(t->ops->wait(t, -1, &e));
	go(t, pid, 0);
	if (e.kind == TARGET_EVENT_EXITING)
		ok(t->ops->wait(t, -1, &e));
	assert_int_equal(e.kind, TARGET_EVENT_EXITED);
	assert_true(e.process_gone);
	assert_int_equal(e.status, SIGKILL);
	fails(t->ops->resume(t, pid, false, 0), ERROR_GONE, "no longer exists");
	struct arch_regs regs;
	fails(t->ops->get_regs(t, pid, &regs), ERROR_GONE, "no longer exists");
	t->ops->destroy(t);
}

/* ---- linux: memory, registers, /proc ---- */

static target_pid launch_true(struct target *t)
{
	target_pid pid;
	ok(launch(t, (const char *[]){ debuggee("sleeper"), "one two", NULL }, &pid));
	return pid;
}

static void memory_is_read_and_written(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid = launch_true(t);
	struct arena arena = ARENA_INIT;
	struct target_mappings list;
	ok(t->ops->mappings(t, pid, &arena, &list));
	uint64_t entry;
	ok(t->ops->auxv(t, pid, 9 /* AT_ENTRY */, &entry));
	const struct target_mapping *text = NULL, *stack = NULL;
	for (size_t i = 0; i < list.count; i++) {
		if (entry >= list.data[i].start && entry < list.data[i].end)
			text = &list.data[i];
		if (str_is(list.data[i].name, "[stack]"))
			stack = &list.data[i];
	}
	assert_non_null(text);
	assert_non_null(stack);
	assert_int_equal(text->flags, TARGET_READ | TARGET_EXEC);
	/* Text that the program may not write. */
	uint8_t byte = 0xcc, now = 0;
	size_t got;
	ok(t->ops->write_memory(t, pid, entry, &byte, 1));
	ok(t->ops->read_memory(t, pid, entry, &now, 1, &got));
	assert_int_equal(now, 0xcc);
	/* As far as there is something. */
	static uint8_t big[1 << 20];
	ok(t->ops->read_memory(t, pid, stack->end - 5000, big, sizeof big, &got));
	assert_int_equal(got, 5000);
	fails(t->ops->read_memory(t, pid, stack->end, big, 8, &got), ERROR_MEMORY, "cannot read");
	fails(t->ops->read_memory(t, pid, 0, big, 8, &got), ERROR_MEMORY, "cannot read");
	fails(t->ops->read_memory(t, pid, UINT64_MAX - 3, big, 8, &got), ERROR_MEMORY, "cannot read");
	fails(t->ops->write_memory(t, pid, 8, &byte, 1), ERROR_MEMORY, "cannot write");
	fails(t->ops->auxv(t, pid, 9999, &entry), ERROR_NOT_FOUND, "9999");
	arena_deinit(&arena);
	t->ops->destroy(t);
}

static void registers_are_kept(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid = launch_true(t);
	struct arch_regs regs, again;
	ok(t->ops->get_regs(t, pid, &regs));
	assert_true(arch_reg_known(&regs, ARCH_RIP) && arch_reg_known(&regs, ARCH_FS_BASE) &&
		    arch_reg_known(&regs, ARCH_RFLAGS));
	assert_true(regs.value[ARCH_RSP] != 0);
	regs.value[ARCH_RBX] = 0x1122334455667788;
	regs.value[ARCH_R15] = 15;
	ok(t->ops->set_regs(t, pid, &regs));
	ok(t->ops->get_regs(t, pid, &again));
	assert_memory_equal(&regs.value, &again.value, sizeof regs.value[0] * 17);
	uint8_t *area;
	size_t size;
	ok(t->ops->get_xstate(t, pid, &area, &size));
	assert_true(size >= 576);
	area[160] = 0x5a; /* xmm0 */
	area[512] |= 2;   /* XSTATE_BV: SSE is in use */
	ok(t->ops->set_xstate(t, pid, area, size));
	free(area);
	ok(t->ops->get_xstate(t, pid, &area, &size));
	assert_int_equal(area[160], 0x5a);
	free(area);
	t->ops->destroy(t);
}

static void proc_is_read(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid = launch_true(t);
	struct arena arena = ARENA_INIT;
	struct str text, open_path;
	ok(t->ops->executable(t, pid, &arena, &open_path, &text));
	assert_true(str_is(text, debuggee("sleeper")));
	ok(t->ops->command_line(t, pid, &arena, &text));
	assert_true(str_ends(text, STR_LIT("sleeper one two")));
	ok(t->ops->thread_name(t, pid, pid, &arena, &text));
	assert_true(str_is(text, "sleeper"));
	bool caught = true;
	ok(t->ops->signal_caught(t, pid, pid, SIGSEGV, &caught));
	assert_false(caught);
	arena_deinit(&arena);
	t->ops->destroy(t);
}

static void handlers_are_known(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	ok(launch(t, (const char *[]){ debuggee("signals"), NULL }, &pid));
	go(t, pid, 0);
	struct target_event e;
	ok(t->ops->wait(t, -1, &e));
	assert_int_equal(e.kind, TARGET_EVENT_SIGNAL);
	assert_int_equal(e.signal, SIGUSR1);
	bool caught = false;
	ok(t->ops->signal_caught(t, pid, pid, SIGUSR1, &caught));
	assert_true(caught);
	ok(t->ops->signal_caught(t, pid, pid, SIGTERM, &caught));
	assert_false(caught);
	struct target_siginfo info;
	ok(t->ops->siginfo(t, pid, &info));
	assert_int_equal(info.signal, SIGUSR1);
	assert_true(info.has_sender);
	assert_int_equal(info.sender_pid, pid);
	t->ops->destroy(t);
}

/* ---- linux: code watch ---- */

static void code_is_watched(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	ok(launch(t, (const char *[]){ debuggee("jit_map"), NULL }, &pid));
	struct error *err = t->ops->watch_code(t, pid);
	if (err) {
		/* A kernel that refuses says so in one of two ways. */
		assert_true(err->code == ERROR_PERMISSION || err->code == ERROR_UNSUPPORTED);
		print_message("# skipped: %s\n", err->message);
		error_destroy(err);
		t->ops->destroy(t);
		skip();
	}
	struct tally tally;
	run_to_end(t, pid, -1, &tally);
	assert_int_equal(tally.status, 0);
	assert_int_equal(tally.counts[TARGET_EVENT_CODE_MAPPED], 3);
	t->ops->destroy(t);
}

static void code_watch_can_be_refused(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	ok(launch(t, (const char *[]){ debuggee("jit_map"), NULL }, &pid));
	setenv("OXDB_NO_PERF", "1", 1);
	fails(t->ops->watch_code(t, pid), ERROR_UNSUPPORTED, "OXDB_NO_PERF");
	unsetenv("OXDB_NO_PERF");
	struct tally tally;
	run_to_end(t, pid, 1000, &tally);
	assert_int_equal(tally.status, 0);
	assert_int_equal(tally.counts[TARGET_EVENT_CODE_MAPPED], 0);
	t->ops->destroy(t);
}

/* ---- linux: nobody is left behind ---- */

/* Gone, or a zombie that its new parent has not looked at yet. */
static bool has_ended(target_pid pid)
{
	char path[64], text[512] = { 0 };
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return true;
	ssize_t got = read(fd, text, sizeof text - 1);
	close(fd);
	const char *state = got > 0 ? strrchr(text, ')') : NULL;
	return !state || state[2] == 'Z' || state[2] == 'X';
}

static void destroy_kills(void **state)
{
	(void)state;
	struct target *t = linux_create();
	target_pid pid;
	ok(launch(t, (const char *[]){ "sh", "-c", "sleep 1000 & sleep 1000", NULL }, &pid));
	go(t, pid, 0);
	target_pid last = 0;
	struct target_event e;
	do {
		ok(t->ops->wait(t, 1000, &e));
		if (e.kind == TARGET_EVENT_EXEC)
			last = e.pid;
		pass_on(t, &e);
	} while (e.kind != TARGET_EVENT_NONE);
	assert_true(last > 0);
	t->ops->destroy(t);
	assert_true(has_ended(pid));
	assert_true(has_ended(last));
}

/* SIGKILL to the tracer at any moment, also before the exec, must not leave the program running. */
static void program_dies_with_tracer(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		int out[2];
		assert_int_equal(pipe(out), 0);
		pid_t tracer = fork();
		if (tracer == 0) {
			dup2(out[1], 1);
			close(out[0]);
			close(out[1]);
			struct target *t;
			target_pid pid;
			if (target_linux_create(&t) ||
			    launch(t, (const char *[]){ debuggee("sleeper"), "3", NULL }, &pid))
				_exit(1);
			go(t, pid, 0);
			for (;;) {
				struct target_event e;
				if (t->ops->wait(t, -1, &e))
					_exit(1);
				pass_on(t, &e);
			}
		}
		close(out[1]);
		if (round > 0) {
			usleep((useconds_t)round * 150);
		} else { /* once with all threads up */
			char ready[6];
			assert_int_equal(read(out[0], ready, 6), 6);
		}
		kill(tracer, SIGKILL);
		waitpid(tracer, NULL, 0);
		/* Everyone who could write has ended when the pipe does. */
		char rest[16];
		while (read(out[0], rest, sizeof rest) > 0)
			;
		close(out[0]);
	}
}

static void attach_and_detach(void **state)
{
	(void)state;
	int out[2];
	assert_int_equal(pipe(out), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		execl(debuggee("sleeper"), "sleeper", "2", (char *)NULL);
		_exit(1);
	}
	char ready[6];
	assert_int_equal(read(out[0], ready, 6), 6);
	struct target *t = linux_create();
	fails(t->ops->attach(t, 0x3ffffff), ERROR_GONE, "process");
	ok(t->ops->attach(t, pid));
	target_tid tids[3];
	for (int i = 0; i < 3; i++) {
		struct target_event e;
		ok(t->ops->wait(t, -1, &e));
		assert_int_equal(e.kind, TARGET_EVENT_STARTED);
		assert_int_equal(e.pid, pid);
		tids[i] = e.tid;
	}
	fails(t->ops->attach(t, pid), ERROR_USAGE, "already");
	for (int i = 0; i < 3; i++)
		ok(t->ops->detach(t, pid, tids[i], 0));
	t->ops->destroy(t);
	assert_int_equal(kill(pid, 0), 0);
	kill(pid, SIGKILL);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(out[0]);
	close(out[1]);
}

static char state_of(pid_t pid)
{
	char path[64], text[512] = { 0 };
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	int fd = open(path, O_RDONLY);
	ssize_t got = read(fd, text, sizeof text - 1);
	close(fd);
	return got > 0 ? strrchr(text, ')')[2] : '?';
}

static void stopped_stays_stopped(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		execlp("sleep", "sleep", "100", (char *)NULL);
		_exit(1);
	}
	int status;
	kill(pid, SIGSTOP);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	struct target *t = linux_create();
	struct target_event e;
	ok(t->ops->attach(t, pid));
	await_event(t, TARGET_EVENT_STARTED, &e);
	assert_int_equal(e.signal, SIGSTOP);
	ok(t->ops->detach(t, pid, pid, 0));
	for (int i = 0; i < 100 && state_of(pid) != 'T'; i++)
		usleep(10000);
	assert_int_equal(state_of(pid), 'T');
	/* Continued by us and let go, it is what it was. */
	ok(t->ops->attach(t, pid));
	await_event(t, TARGET_EVENT_STARTED, &e);
	go(t, pid, 0);
	usleep(1000);
	t->ops->destroy(t);
	for (int i = 0; i < 100 && state_of(pid) != 'T'; i++)
		usleep(10000);
	assert_int_equal(state_of(pid), 'T');
	kill(pid, SIGCONT);
	for (int i = 0; i < 100 && state_of(pid) != 'S'; i++)
		usleep(10000);
	assert_int_equal(state_of(pid), 'S');
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

/* ---- linux: what is left behind when oxdb is killed ---- */

enum { KILL_FROZEN, KILL_RUNNING, KILL_AT_TRAP, KILL_WAYS };

static void plant(struct target *t, target_pid pid, uint64_t addr)
{
	uint8_t original;
	size_t got;
	if (t->ops->read_memory(t, pid, addr, &original, 1, &got))
		_exit(2);
	t->ops->trap_planted(t, pid, addr, &original, "\xcc", 1);
	if (t->ops->write_memory(t, pid, addr, "\xcc", 1))
		_exit(3);
}

/* Back to before the trap. */
static void put_back(struct target *t, target_tid tid, uint64_t addr)
{
	struct arch_regs regs;
	if (t->ops->get_regs(t, tid, &regs))
		_exit(4);
	if (regs.value[ARCH_RIP] != addr + 1)
		_exit(5);
	arch_reg_set(&regs, ARCH_RIP, addr);
	error_destroy(t->ops->set_regs(t, tid, &regs));
}

_Noreturn static void tracer(target_pid pid, uint64_t beat, uint64_t never, int way, int ready)
{
	struct target *t;
	struct target_event e;
	if (target_linux_create(&t) || t->ops->attach(t, pid))
		_exit(1);
	target_tid tids[2];
	for (int i = 0; i < 2; i++) {
		if (t->ops->wait(t, -1, &e) || e.kind != TARGET_EVENT_STARTED)
			_exit(1);
		tids[i] = e.tid;
	}
	plant(t, pid, never);
	if (way != KILL_RUNNING)
		plant(t, pid, beat);
	for (int i = 0; i < 2 && way != KILL_FROZEN; i++)
		go(t, tids[i], 0);
	if (way == KILL_AT_TRAP) {
		for (int i = 0; i < 2; i++) {
			if (t->ops->wait(t, -1, &e) || e.kind != TARGET_EVENT_TRAP)
				_exit(1);
			put_back(t, e.tid, beat);
			if (t->ops->settle(t, e.tid) || t->ops->settle(t, e.tid))
				_exit(6);
		}
	}
	if (write(ready, "x", 1) != 1)
		_exit(7);
	for (;;)
		pause();
}

/* Reads dots for a while: it lives. */
static void expect_life(int out)
{
	char dots[64];
	for (int i = 0; i < 20; i++)
		assert_true(read(out, dots, 1) == 1);
}

static void guardian_mends(void **state)
{
	(void)state;
	for (int way = 0; way < KILL_WAYS; way++) {
		int out[2], ready[2];
		assert_int_equal(pipe2(out, O_CLOEXEC), 0);
		assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
		pid_t pid = fork();
		if (pid == 0) {
			dup2(out[1], 1);
			execl(debuggee("busy"), "busy", (char *)NULL);
			_exit(1);
		}
		close(out[1]);
		char line[64];
		size_t len = 0;
		while (read(out[0], &line[len], 1) == 1 && line[len] != '\n' && len < sizeof line - 1)
			len++;
		line[len] = '\0';
		unsigned long beat, never;
		assert_int_equal(sscanf(line, "0x%lx 0x%lx", &beat, &never), 2);
		expect_life(out[0]);
		pid_t killed = fork();
		if (killed == 0)
			tracer(pid, beat, never, way, ready[1]);
		char byte;
		assert_int_equal(read(ready[0], &byte, 1), 1);
		kill(killed, SIGKILL);
		int status;
		assert_int_equal(waitpid(killed, &status, 0), killed);
		assert_true(WIFSIGNALED(status));
		for (int i = 0; i < 10; i++)
			expect_life(out[0]);
		char path[64];
		snprintf(path, sizeof path, "/proc/%d/mem", pid);
		int memory = open(path, O_RDONLY);
		uint8_t first[2];
		assert_int_equal(pread(memory, &first[0], 1, (off_t)beat), 1);
		assert_int_equal(pread(memory, &first[1], 1, (off_t)never), 1);
		assert_true(first[0] != 0xcc && first[1] != 0xcc);
		close(memory);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		for (int i = 0; i < 2; i++)
			close(ready[i]);
		close(out[0]);
	}
}

static void refusal_tells_what_to_do(void **state)
{
	(void)state;
	fails(linux_explain_refusal(EPERM, getpid(), "tracing"), ERROR_PERMISSION, "ptrace_scope");
	fails(linux_explain_refusal(EPERM, getpid(), "tracing"), ERROR_PERMISSION, "SYS_PTRACE");
	fails(linux_explain_refusal(ESRCH, getpid(), "tracing"), ERROR_GONE, "tracing");
}

/* The kernel says of them what it says of somebody else's process. */
static void the_dead_cannot_be_attached_to(void **state)
{
	(void)state;
	assert_false(linux_is_ending(getpid()));
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_true(linux_is_ending(pid));
	fails(linux_explain_refusal(EPERM, pid, "tracing"), ERROR_GONE, "tracing");
	struct target *t = linux_create();
	fails(t->ops->attach(t, pid), ERROR_PERMISSION, "is a zombie");
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(linux_is_ending(pid));
	fails(t->ops->attach(t, pid), ERROR_GONE, "process");
	t->ops->destroy(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_have_names),
		cmocka_unit_test(traps_are_classified),
		cmocka_unit_test(siginfo_is_converted),
		cmocka_unit_test(gdb_has_its_own_list),
		cmocka_unit_test(system_calls_have_names),
		cmocka_unit_test(debug_register_control),
		cmocka_unit_test(mappings_are_read),
		cmocka_unit_test(bad_mappings_are_errors),
		cmocka_unit_test(code_records_are_told_apart),
		cmocka_unit_test(fake_plays_along),
		cmocka_unit_test(launch_says_what_is_wrong),
		cmocka_unit_test(environment_and_directory_are_set),
		cmocka_unit_test(shell_comes_first),
		cmocka_unit_test(terminal_of_its_own),
		cmocka_unit_test(terminal_is_lent),
		cmocka_unit_test(debug_registers_tell),
		cmocka_unit_test(system_calls_stop),
		cmocka_unit_test(waits_are_woken),
		cmocka_unit_test(staying_near_is_ours_alone),
		cmocka_unit_test(threads_come_and_go),
		cmocka_unit_test(processes_come_and_go),
		cmocka_unit_test(shared_memory_is_known_without_kcmp),
		cmocka_unit_test(unfollowed_children_are_left_alone),
		cmocka_unit_test(exec_by_another_thread),
		cmocka_unit_test(group_stops_last),
		cmocka_unit_test(signals_pass),
		cmocka_unit_test(who_ends_the_process),
		cmocka_unit_test(wait_times_out),
		cmocka_unit_test(memory_is_read_and_written),
		cmocka_unit_test(registers_are_kept),
		cmocka_unit_test(proc_is_read),
		cmocka_unit_test(handlers_are_known),
		cmocka_unit_test(code_is_watched),
		cmocka_unit_test(code_watch_can_be_refused),
		cmocka_unit_test(destroy_kills),
		cmocka_unit_test(program_dies_with_tracer),
		cmocka_unit_test(attach_and_detach),
		cmocka_unit_test(the_dead_cannot_be_attached_to),
		cmocka_unit_test(stopped_stays_stopped),
		cmocka_unit_test(guardian_mends),
		cmocka_unit_test(refusal_tells_what_to_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
