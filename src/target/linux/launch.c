#include "target/linux/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { STAGE_TERMINAL, STAGE_DIRECTORY, STAGE_EXEC };

/* What the child has to say when it fails, through a pipe that a successful exec closes. */
struct failure {
	int stage;
	int sys_errno;
};

long linux_options(bool launched, bool follow_children)
{
	long options = PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_TRACECLONE |
		       PTRACE_O_TRACESYSGOOD;
	if (launched)
		options |= PTRACE_O_EXITKILL;
	if (follow_children)
		options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE;
	return options;
}

/* ---- in the child ---- */

static bool named(const char *entry, const char *const *names)
{
	size_t len = strcspn(entry, "=");
	for (; names && *names; names++) {
		if (strncmp(entry, *names, len) == 0 && ((*names)[len] == '\0' || (*names)[len] == '='))
			return true;
	}
	return false;
}

static size_t list_length(const char *const *list)
{
	size_t count = 0;
	while (list && list[count])
		count++;
	return count;
}

static char **make_environment(const struct target_launch *spec)
{
	const char *const *base = spec->environ ? spec->environ : (const char *const *)environ;
	size_t count = list_length(base) + list_length(spec->environ_add);
	char **out = xmalloc((count + 1) * sizeof *out);
	size_t at = 0;
	for (const char *const *e = base; e && *e; e++) {
		if (!named(*e, spec->environ_add) && !named(*e, spec->environ_drop))
			out[at++] = (char *)(uintptr_t)*e;
	}
	for (const char *const *e = spec->environ_add; e && *e; e++)
		out[at++] = (char *)(uintptr_t)*e;
	return out;
}

/* As a shell looks for a command, but without running a file of unknown format as a script. Gives errno. */
static int exec_in_path(const char *program, char *const *argv, char **environment)
{
	if (strchr(program, '/')) {
		execve(program, argv, environment);
		return errno;
	}
	const char *path = "/usr/local/bin:/usr/bin:/bin";
	for (char **e = environment; *e; e++) {
		if (strncmp(*e, "PATH=", 5) == 0)
			path = *e + 5;
	}
	int result = ENOENT;
	for (;;) {
		size_t len = strcspn(path, ":");
		char file[PATH_MAX];
		int wanted = len == 0 ? snprintf(file, sizeof file, "./%s", program)
				      : snprintf(file, sizeof file, "%.*s/%s", (int)len, path, program);
		if (wanted > 0 && (size_t)wanted < sizeof file) {
			execve(file, argv, environment);
			if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
				return errno;
			if (errno == EACCES)
				result = EACCES; /* unless a later directory has it */
		}
		if (path[len] == '\0')
			return result;
		path += len + 1;
	}
}

_Noreturn static void fail(int fd, int stage, int sys_errno)
{
	struct failure failure = { stage, sys_errno };
	ssize_t put = write(fd, &failure, sizeof failure);
	_exit(put == sizeof failure ? 127 : 126);
}

_Noreturn static void run_child(const struct linux_target *t, const struct target_launch *spec,
				char **environment, int go, int report, pid_t parent)
{
	/* Until it is seized, with EXITKILL, nothing else would end it when oxdb is killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	char byte;
	ssize_t got;
	do {
		got = read(go, &byte, 1);
	} while (got < 0 && errno == EINTR);
	if (got != 1)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, 0);
	if (!spec->keep_aslr) {
		int old = personality(0xffffffff);
		if (old != -1)
			personality((unsigned long)old |
				    ADDR_NO_RANDOMIZE); /* containers refuse it: then without */
	}
	int refused = linux_terminal_enter(spec->terminal, spec->own_group);
	if (refused)
		fail(report, STAGE_TERMINAL, refused);
	linux_host_leave(t);
	if (spec->directory && chdir(spec->directory) != 0)
		fail(report, STAGE_DIRECTORY, errno);
	int err = exec_in_path(spec->argv[0], (char *const *)(uintptr_t)spec->argv, environment);
	fail(report, STAGE_EXEC, err);
}

/* ---- in oxdb ---- */

static struct error *explain_failure(const struct target_launch *spec, const struct failure *failure)
{
	const char *program = spec->argv[0];
	if (failure->stage == STAGE_TERMINAL)
		return error_errno(failure->sys_errno, "%s", spec->terminal);
	if (failure->stage == STAGE_DIRECTORY)
		return error_errno(failure->sys_errno, "%s", spec->directory);
	switch (failure->sys_errno) {
	case ENOENT:
		if (!strchr(program, '/'))
			return error_new(ERROR_NOT_FOUND, "%s: command not found", program);
		if (access(program, F_OK) == 0)
			return error_new(
				ERROR_NOT_FOUND,
				"%s: its interpreter (dynamic linker, or the #! line's) is not there",
				program);
		return error_new(ERROR_NOT_FOUND, "%s: No such file or directory", program);
	case ENOEXEC:
		return error_new(ERROR_FORMAT,
				 "%s: not a program for this machine (nor a script with a #! line)",
				 program);
	default:
		return error_errno(failure->sys_errno, "%s", program);
	}
}

struct error *linux_explain_refusal(int sys_errno, target_pid pid, const char *what)
{
	if (sys_errno != EPERM && sys_errno != EACCES)
		return error_errno(sys_errno, "%s", what);
	if (linux_is_ending(pid))
		return error_errno(ESRCH, "%s process %d", what, pid);
	struct error *err = error_new(
		ERROR_PERMISSION,
		"%s process %d: not permitted. It may belong to another user (run oxdb as that user or as root), be "
		"traced already (TracerPid in /proc/%d/status), or the system forbids it: see "
		"/proc/sys/kernel/yama/ptrace_scope (0 or 1 allows it); a container wants --cap-add=SYS_PTRACE",
		what, pid, pid);
	err->sys_errno = sys_errno;
	return err;
}

/* The shell that was to exec the program has ended instead. */
static struct error *explain_end(int status)
{
	if (WIFSIGNALED(status))
		return error_new(ERROR_SYSTEM, "During startup program terminated with signal %s, %s.",
				 target_signal_name(WTERMSIG(status)),
				 target_signal_description(WTERMSIG(status)));
	if (WEXITSTATUS(status) == 0)
		return error_new(ERROR_SYSTEM, "During startup program exited normally.");
	return error_new(ERROR_SYSTEM, "During startup program exited with code %d.", WEXITSTATUS(status));
}

/* Waits for the last exec, or for the end of a child that could not. */
static struct error *await_exec(pid_t pid, const struct target_launch *spec, int report)
{
	for (unsigned execs = 0;;) {
		int status;
		pid_t got = sys_wait(pid, &status, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(errno, "%s: waiting for its start", spec->argv[0]);
		if (WIFSTOPPED(status)) {
			int event = status >> 16;
			if (event == PTRACE_EVENT_EXEC && execs++ == spec->execs_to_pass)
				return NULL;
			int signal = event == 0 ? WSTOPSIG(status) : 0;
			sys_ptrace(PTRACE_CONT, pid, 0, (void *)(intptr_t)signal);
			continue;
		}
		struct failure failure;
		ssize_t size = read(report, &failure, sizeof failure);
		if (size == sizeof failure)
			return explain_failure(spec, &failure);
		if (execs > 0)
			return explain_end(status);
		if (WIFSIGNALED(status))
			return error_new(ERROR_SYSTEM, "%s: killed by %s before it could start",
					 spec->argv[0], target_signal_name(WTERMSIG(status)));
		return error_new(ERROR_SYSTEM, "%s: could not be started", spec->argv[0]);
	}
}

/* A shell's own children are nobody's business: they are not traced, nor are its threads. */
static struct error *seize_and_go(pid_t pid, const struct target_launch *spec, int go, int report)
{
	long options = linux_options(true, spec->follow_children);
	long first = spec->execs_to_pass > 0 ? PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC : options;
	if (sys_ptrace(PTRACE_SEIZE, pid, 0, (void *)first) != 0)
		return linux_explain_refusal(errno, pid, "tracing");
	if (write(go, "", 1) != 1)
		return error_errno(errno, "%s: starting it", spec->argv[0]);
	TRY(await_exec(pid, spec, report));
	if (options != first && sys_ptrace(PTRACE_SETOPTIONS, pid, 0, (void *)options) != 0)
		return error_errno(errno, "%s: tracing it", spec->argv[0]);
	return NULL;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	for (;;) {
		int status;
		pid_t got = sys_wait(pid, &status, 0);
		if (got == pid && WIFSTOPPED(status))
			sys_ptrace(PTRACE_CONT, pid, 0, 0); /* its exit stop */
		else if (got == pid || errno != EINTR)
			return;
	}
}

static struct error *start(struct linux_target *t, const struct target_launch *spec, int go[2],
			   int report[2], struct linux_process *process)
{
	char **environment = make_environment(spec);
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid == 0) {
		close(go[1]);
		run_child(t, spec, environment, go[0], report[1], parent);
	}
	int saved = errno;
	free(environment);
	close(go[0]);
	close(report[1]);
	if (pid < 0)
		return error_errno(saved, "fork");
	process->pid = process->memory_tid = pid;
	if (process->own_group)
		setpgid(pid, pid); /* as the child does: whoever is first */
	/* A shell's start-up files may read from the terminal. */
	if (spec->execs_to_pass > 0)
		linux_terminal_lend(t, process);
	struct error *err = seize_and_go(pid, spec, go[1], report[0]);
	if (err)
		end_child(pid);
	linux_terminal_to_us(&t->base);
	return err;
}

struct error *linux_launch(struct target *base, const struct target_launch *spec, target_pid *ret_pid)
{
	struct linux_target *t = linux_target(base);
	if (!spec->argv || !spec->argv[0] || !spec->argv[0][0])
		return error_new(ERROR_USAGE, "no program is named");
	int go[2], report[2];
	if (pipe2(go, O_CLOEXEC) != 0)
		return error_errno(errno, "pipe");
	if (pipe2(report, O_CLOEXEC) != 0) {
		int saved = errno;
		close(go[0]);
		close(go[1]);
		return error_errno(saved, "pipe");
	}
	if (spec->ignore_interrupts)
		linux_host_ignore_terminal(t);
	struct linux_process first = { .own_group = spec->own_group && !spec->terminal };
	struct error *err = start(t, spec, go, report, &first);
	close(go[1]);
	close(report[0]);
	if (err)
		return err;
	struct linux_process *process = linux_add_process(t, first.pid, NULL);
	process->launched = true;
	process->follow_children = spec->follow_children;
	process->own_group = first.own_group;
	struct linux_thread *thread = linux_add_thread(t, first.pid, process);
	thread->started = thread->in_exec = true;
	*ret_pid = first.pid;
	return NULL;
}
