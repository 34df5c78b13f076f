/* Executable memory that comes, without a stop: a perf event that counts nothing and only records the kernel's mmap events
 * (perf_event_open(2); mprotect to executable makes one, too). */
#include "target/linux/linux.h"

#include "base/reader.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A record is about 100 bytes, more with long paths: room for a burst of 100 and more between two looks. One page of header comes on
 * top; the unprivileged may lock 516 KiB by default. */
enum { PAGE = 4096, RING_SIZE = 4 * PAGE, RECORD_MAX = 1 << 16 };

bool linux_code_record(const uint8_t *record, size_t size, struct target_event *ret)
{
	struct reader r = reader_init(record, size);
	if (reader_u32(&r) != PERF_RECORD_MMAP2)
		return false;
	reader_skip(&r, 4); /* misc, size */
	uint32_t pid = reader_u32(&r);
	uint32_t tid = reader_u32(&r);
	uint64_t start = reader_u64(&r);
	uint64_t length = reader_u64(&r);
	reader_skip(&r, 8 + 4 + 4); /* pgoff, major, minor */
	uint64_t inode = reader_u64(&r);
	reader_skip(&r, 8); /* inode generation */
	uint32_t protection = reader_u32(&r);
	reader_skip(&r, 4); /* flags */
	struct str name = reader_cstr(&r);
	uint64_t end;
	if (r.failed || !(protection & PROT_EXEC) || __builtin_add_overflow(start, length, &end))
		return false;
	/* Also files that nobody else can open: memfd, shared memory, one that was deleted after it was mapped. */
	bool no_file = inode == 0 || str_starts(name, STR_LIT("/memfd:")) ||
		       str_ends(name, STR_LIT(" (deleted)"));
	if (!no_file || str_is(name, "[vdso]") || str_is(name, "[vsyscall]"))
		return false;
	*ret = (struct target_event){ .kind = TARGET_EVENT_CODE_MAPPED,
				      .pid = (target_pid)pid,
				      .tid = (target_tid)tid,
				      .range = { start, end } };
	return true;
}

static void copy_out(const struct linux_ring *ring, uint64_t from, uint8_t *to, size_t size)
{
	const uint8_t *data = ring->pages + PAGE;
	size_t at = from % RING_SIZE;
	size_t first = size < RING_SIZE - at ? size : RING_SIZE - at;
	memcpy(to, data + at, first);
	memcpy(to + first, data, size - first);
}

/* The ring was full; whose records are missing is not said. */
static bool tell_of_loss(struct linux_target *t)
{
	for (size_t i = 0; i < t->processes.capacity; i++) {
		const struct map_slot *slot = &t->processes.slots[i];
		if (!slot->used)
			continue;
		struct target_event event = { .kind = TARGET_EVENT_CODE_MAPPED,
					      .pid = (target_pid)slot->key };
		linux_push(t, &event);
	}
	return t->processes.count > 0;
}

static bool read_ring(struct linux_target *t, const struct linux_ring *ring)
{
	struct perf_event_mmap_page *header = (struct perf_event_mmap_page *)(void *)ring->pages;
	uint64_t head = __atomic_load_n(&header->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = header->data_tail;
	bool any = false;
	while (tail + sizeof(struct perf_event_header) <= head) {
		struct perf_event_header record;
		copy_out(ring, tail, (uint8_t *)&record, sizeof record);
		if (record.size < sizeof record || record.size > head - tail)
			break;
		uint8_t bytes[RECORD_MAX];
		struct target_event event;
		copy_out(ring, tail, bytes, record.size);
		if (record.type == PERF_RECORD_LOST)
			any |= tell_of_loss(t);
		if (linux_code_record(bytes, record.size, &event) && linux_process(t, event.pid)) {
			linux_push(t, &event);
			any = true;
		}
		tail += record.size;
	}
	__atomic_store_n(&header->data_tail, head, __ATOMIC_RELEASE);
	return any;
}

bool linux_read_rings(struct linux_target *t)
{
	bool any = false;
	vec_for(&t->rings, ring) {
		const struct perf_event_mmap_page *header = (const void *)ring->pages;
		if (__atomic_load_n(&header->data_head, __ATOMIC_ACQUIRE) != header->data_tail)
			any |= read_ring(t, ring);
	}
	return any;
}

void linux_close_ring(struct linux_target *t, size_t index)
{
	munmap(t->rings.data[index].pages, PAGE + RING_SIZE);
	close(t->rings.data[index].fd);
	vec_remove(&t->rings, index);
}

void linux_close_rings(struct linux_target *t)
{
	while (t->rings.count > 0)
		linux_close_ring(t, t->rings.count - 1);
	vec_free(&t->rings);
}

static struct error *open_ring(target_tid tid, int cpu, struct linux_ring *ret)
{
	struct perf_event_attr attr = {
		.size = sizeof attr,
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.mmap = 1,
		.mmap2 = 1,
		.task = 1,
		.inherit = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.watermark = 1,
		.wakeup_watermark = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return error_errno(errno, "perf_event_open");
	void *pages = mmap(NULL, PAGE + RING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pages == MAP_FAILED) {
		struct error *err = error_errno(errno, "mapping the ring of perf_event_open");
		close(fd);
		return err;
	}
	*ret = (struct linux_ring){ fd, pages };
	return NULL;
}

/* Inherited events need a ring per CPU; offline CPUs refuse theirs, and so may those outside a container's set. */
static struct error *watch_thread(struct linux_target *t, target_tid tid)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	for (int cpu = 0; cpu < (int)cpus; cpu++) {
		struct linux_ring ring;
		struct error *err = open_ring(tid, cpu, &ring);
		if (err && err->sys_errno == ENODEV) {
			error_destroy(err);
			continue;
		}
		if (err)
			return err;
		vec_push(&t->rings, ring);
	}
	return NULL;
}

struct error *linux_watch_code(struct target *base, target_pid pid)
{
	struct linux_target *t = linux_target(base);
	const char *no = getenv("OXDB_NO_PERF");
	if (no && *no && strcmp(no, "0") != 0)
		return error_new(ERROR_UNSUPPORTED, "perf_event_open: switched off by OXDB_NO_PERF");
	struct linux_process *process;
	TRY(linux_find_process(t, pid, &process));
	if (process->code_watched) /* before an exec, or when it was forked */
		return NULL;
	size_t before = t->rings.count;
	struct error *err = NULL;
	for (size_t i = 0; i < t->threads.capacity && !err; i++) {
		struct map_slot *slot = &t->threads.slots[i];
		struct linux_thread *thread = slot->used ? (struct linux_thread *)(uintptr_t)slot->value
							 : NULL;
		if (thread && thread->process == process)
			err = watch_thread(t, thread->tid);
	}
	if (!err && t->rings.count == before)
		err = error_new(ERROR_UNSUPPORTED, "perf_event_open: no CPU has a ring");
	process->code_watched = !err;
	if (!err)
		return NULL;
	while (t->rings.count > before) /* others' stay */
		linux_close_ring(t, t->rings.count - 1);
	if (err->code == ERROR_SYSTEM) /* ENOENT, ENOSYS, EOPNOTSUPP: a kernel without it */
		err->code = ERROR_UNSUPPORTED;
	return err;
}
