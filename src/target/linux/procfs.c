#include "target/linux/linux.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A list of mappings near the kernel's limit of 65,530 takes about 7 MB; vm.max_map_count may be raised. */
#define MAPS_LIMIT ((size_t)256 << 20)
enum { SMALL_LIMIT = 4 << 20 };

/* Reads /proc/TID/NAME. A file that is not there means that the thread is gone. */
static struct error *read_proc(target_tid tid, const char *name, size_t limit, struct file_map *ret)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", tid, name);
	struct error *err = file_read_all(path, limit, ret);
	if (err && err->code == ERROR_SYSTEM && err->sys_errno == ENOENT)
		err->code = ERROR_GONE;
	return err;
}

static struct str text_of(const struct file_map *f)
{
	return (struct str){ (const char *)f->data, f->size };
}

/* The thread through which /proc shows the process: a leader that has exited has neither maps nor auxv. */
static struct error *proc_tid(struct target *base, target_pid pid, target_tid *ret)
{
	struct linux_process *process;
	TRY(linux_find_process(linux_target(base), pid, &process));
	*ret = process->memory_tid;
	return NULL;
}

static struct error *read_mappings(target_pid pid, target_tid tid, struct arena *arena,
				   struct target_mappings *ret)
{
	struct file_map file;
	TRY(read_proc(tid, "maps", MAPS_LIMIT, &file));
	struct error *err = target_mappings_parse(text_of(&file), arena, ret);
	file_close(&file);
	return err ? error_prefix(err, "process %d", pid) : NULL;
}

struct error *linux_mappings(struct target *base, target_pid pid, struct arena *arena,
			     struct target_mappings *ret)
{
	target_tid tid;
	TRY(proc_tid(base, pid, &tid));
	return read_mappings(pid, tid, arena, ret);
}

struct error *linux_foreign_mappings(struct target *base, target_pid pid, struct arena *arena,
				     struct target_mappings *ret)
{
	(void)base;
	struct error *err = read_mappings(pid, pid, arena, ret);
	if (err && err->code == ERROR_GONE) {
		error_destroy(err);
		err = error_new(ERROR_GONE, "process %d: there is none", pid);
	}
	return err;
}

static struct error *load_auxv(struct linux_process *process)
{
	struct file_map file;
	TRY(read_proc(process->memory_tid, "auxv", SMALL_LIMIT, &file));
	process->auxv_count = file.size / sizeof *process->auxv;
	process->auxv = xmalloc(file.size + 1);
	if (process->auxv_count > 0)
		memcpy(process->auxv, file.data, process->auxv_count * sizeof *process->auxv);
	file_close(&file);
	return NULL;
}

struct error *linux_auxv(struct target *base, target_pid pid, uint64_t type, uint64_t *ret)
{
	struct linux_process *process;
	TRY(linux_find_process(linux_target(base), pid, &process));
	if (!process->auxv)
		TRY(load_auxv(process));
	for (size_t i = 0; i < process->auxv_count; i++) {
		if (process->auxv[i].type == type && type != 0) {
			*ret = process->auxv[i].value;
			return NULL;
		}
	}
	return error_new(ERROR_NOT_FOUND, "process %d: no auxiliary value of type %llu", pid,
			 (unsigned long long)type);
}

struct error *linux_auxv_all(struct target *base, target_pid pid, struct arena *arena,
			     struct target_auxv **ret, size_t *ret_count)
{
	struct linux_process *process;
	TRY(linux_find_process(linux_target(base), pid, &process));
	if (!process->auxv)
		TRY(load_auxv(process));
	*ret = ARENA_ARRAY(arena, struct target_auxv, process->auxv_count + 1);
	if (process->auxv_count > 0)
		memcpy(*ret, process->auxv, process->auxv_count * sizeof **ret);
	*ret_count = process->auxv_count;
	return NULL;
}

static struct error *read_link(const char *path, struct arena *arena, struct str *ret)
{
	char name[PATH_MAX];
	ssize_t len = readlink(path, name, sizeof name);
	if (len < 0)
		return error_errno(errno == ENOENT ? ESRCH : errno, "%s", path);
	*ret = arena_str(arena, (struct str){ name, (size_t)len });
	return NULL;
}

struct error *linux_executable(struct target *base, target_pid pid, struct arena *arena,
			       struct str *ret_open, struct str *ret_name)
{
	target_tid tid;
	TRY(proc_tid(base, pid, &tid));
	struct str path = arena_printf(arena, "/proc/%d/exe", tid);
	TRY(read_link(path.ptr, arena, ret_name));
	*ret_open = path;
	return NULL;
}

/* Is this the very file? The device is not compared: on overlay and btrfs the map shows another one than stat does. */
static bool is_file(const char *path, uint64_t inode)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_ino == inode;
}

static bool can_open(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, R_OK) == 0;
}

static struct error *find_mapped_file(target_tid tid, const struct target_mapping *mapping,
				      struct arena *arena, struct str *ret)
{
	struct str deleted = STR_LIT(" (deleted)");
	struct str name = arena_str(arena, mapping->name);
	struct str inside = arena_printf(arena, "/proc/%d/root%.*s", tid, STR_ARG(name));
	const struct str exact[] = {
		name,   /* the usual case */
		inside, /* another root or mount namespace */
	};
	for (size_t i = 0; i < 2; i++) {
		if (is_file(exact[i].ptr, mapping->inode)) {
			*ret = exact[i];
			return NULL;
		}
	}
	/* Deleted or replaced: the kernel still has it. map_files wants CAP_CHECKPOINT_RESTORE. */
	struct str by_map = arena_printf(arena, "/proc/%d/map_files/%llx-%llx", tid,
					 (unsigned long long)mapping->start,
					 (unsigned long long)mapping->end);
	struct str exe = arena_printf(arena, "/proc/%d/exe", tid);
	if (can_open(by_map.ptr)) {
		*ret = by_map;
		return NULL;
	}
	if (is_file(exe.ptr, mapping->inode)) {
		*ret = exe;
		return NULL;
	}
	/* File systems that show another inode number in the map than to stat: believe the name. */
	if (!str_ends(name, deleted)) {
		for (size_t i = 0; i < 2; i++) {
			if (can_open(exact[i].ptr)) {
				*ret = exact[i];
				return NULL;
			}
		}
	}
	return error_new(ERROR_NOT_FOUND, "%.*s: the file that is mapped has been deleted or replaced",
			 STR_ARG(name));
}

struct error *linux_mapped_file(struct target *base, target_pid pid, const struct target_mapping *mapping,
				struct arena *arena, struct str *ret)
{
	target_tid tid;
	TRY(proc_tid(base, pid, &tid));
	return find_mapped_file(tid, mapping, arena, ret);
}

struct error *linux_foreign_file(struct target *base, target_pid pid, const struct target_mapping *mapping,
				 struct arena *arena, struct str *ret)
{
	(void)base;
	return find_mapped_file(pid, mapping, arena, ret);
}

/* A list of threads has all their names, so without what read_proc does for files of any size. */
static struct error *read_name(target_tid tid, char ret[LINUX_NAME_SIZE])
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/comm", tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(errno == ENOENT ? ESRCH : errno, "%s", path);
	ssize_t size = read(fd, ret, LINUX_NAME_SIZE - 1);
	int saved = errno;
	close(fd);
	if (size < 0)
		return error_errno(saved, "%s", path);
	if (size > 0 && ret[size - 1] == '\n')
		size--;
	ret[size] = '\0';
	return NULL;
}

struct error *linux_thread_name(struct target *base, target_pid pid, target_tid tid, struct arena *arena,
				struct str *ret)
{
	(void)pid;
	struct linux_thread *thread = linux_thread(linux_target(base), tid);
	char own[LINUX_NAME_SIZE], *name = thread ? thread->name : own;
	uint64_t now = thread && thread->process ? thread->process->moves + 1 : 0;
	if (now == 0 || thread->name_moves != now) {
		TRY(read_name(tid, name));
		if (thread)
			thread->name_moves = now;
	}
	*ret = arena_str(arena, str_from(name));
	return NULL;
}

struct error *linux_command_line(struct target *base, target_pid pid, struct arena *arena, struct str *ret)
{
	target_tid tid;
	TRY(proc_tid(base, pid, &tid));
	struct file_map file;
	TRY(read_proc(tid, "cmdline", SMALL_LIMIT, &file));
	/* Arguments, each with a NUL behind it; empty for a process that is dying. */
	size_t len = file.size > 0 && file.data[file.size - 1] == '\0' ? file.size - 1 : file.size;
	char *line = arena_alloc(arena, len + 1);
	for (size_t i = 0; i < len; i++)
		line[i] = file.data[i] ? (char)file.data[i] : ' ';
	file_close(&file);
	*ret = (struct str){ line, len };
	return NULL;
}

static bool find_field(struct str text, const char *field, int base, uint64_t *ret)
{
	size_t at = str_find(text, str_from(field));
	while (at != SIZE_MAX && at > 0 && text.ptr[at - 1] != '\n') {
		size_t next = str_find(str_sub(text, at + 1, SIZE_MAX), str_from(field));
		at = next == SIZE_MAX ? next : at + 1 + next;
	}
	if (at == SIZE_MAX)
		return false;
	char digits[32] = { 0 };
	struct str rest = str_sub(text, at + strlen(field), sizeof digits - 1);
	memcpy(digits, rest.ptr, rest.len);
	char *end;
	errno = 0;
	uint64_t value = strtoull(digits, &end, base);
	if (errno != 0 || end == digits)
		return false;
	*ret = value;
	return true;
}

bool linux_status_field(target_tid tid, const char *field, int base, uint64_t *ret)
{
	struct file_map file;
	struct error *err = read_proc(tid, "status", SMALL_LIMIT, &file);
	if (err) {
		error_destroy(err);
		return false;
	}
	bool found = find_field(text_of(&file), field, base, ret);
	file_close(&file);
	return found;
}

bool linux_is_ending(target_tid tid)
{
	struct file_map file;
	struct error *err = read_proc(tid, "stat", SMALL_LIMIT, &file);
	if (err) {
		bool gone = err->code == ERROR_GONE || err->sys_errno == ESRCH;
		error_destroy(err);
		return gone;
	}
	/* "TID (NAME) STATE" and five numbers, then the flags; the name may hold anything, so it is over at the last bracket. */
	char text[128] = { 0 };
	const char *name_end = file.size > 0 ? memrchr(file.data, ')', file.size) : NULL;
	if (name_end) {
		size_t rest = file.size - (size_t)(name_end - (const char *)file.data);
		memcpy(text, name_end, rest < sizeof text ? rest : sizeof text - 1);
	}
	file_close(&file);
	char state;
	unsigned long flags;
	const unsigned long exiting = 0x4; /* PF_EXITING, include/linux/sched.h */
	return sscanf(text, ") %c %*d %*d %*d %*d %*d %lu", &state, &flags) == 2 &&
	       (state == 'Z' || state == 'X' || (flags & exiting) != 0);
}

bool linux_is_zombie(target_tid tid)
{
	struct file_map file;
	struct error *err = read_proc(tid, "status", SMALL_LIMIT, &file);
	if (err) {
		error_destroy(err);
		return false;
	}
	bool zombie = str_contains(text_of(&file), STR_LIT("\nState:\tZ"));
	file_close(&file);
	return zombie;
}

struct error *linux_signal_caught(struct target *base, target_pid pid, target_tid tid, int signal, bool *ret)
{
	(void)base, (void)pid;
	if (signal < 1 || signal > 64) {
		*ret = false;
		return NULL;
	}
	struct file_map file;
	TRY(read_proc(tid, "status", SMALL_LIMIT, &file));
	uint64_t caught, blocked;
	struct str text = text_of(&file);
	bool known = find_field(text, "SigCgt:", 16, &caught) && find_field(text, "SigBlk:", 16, &blocked);
	file_close(&file);
	if (!known)
		return error_new(ERROR_FORMAT, "/proc/%d/status: no signal masks", tid);
	*ret = (caught & ~blocked) >> (signal - 1) & 1;
	return NULL;
}
