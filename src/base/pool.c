#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { WIDTH_MAX = 16 };

/* Taken once: the engine pins its own thread to the debuggee's CPU later, and workers that inherited
 * that would all share it. */
static struct {
	pthread_once_t once;
	size_t width;
	bool has_cpus;
	cpu_set_t cpus;
} host = { .once = PTHREAD_ONCE_INIT };

static void host_init(void)
{
	host.width = 1;
	if (sched_getaffinity(0, sizeof host.cpus, &host.cpus) != 0)
		return; /* more CPUs than cpu_set_t holds: parallelism is not worth the trouble */
	host.has_cpus = true;
	int count = CPU_COUNT(&host.cpus);
	if (count > 1)
		host.width = count < WIDTH_MAX ? (size_t)count : WIDTH_MAX;
}

size_t pool_width(void)
{
	pthread_once(&host.once, host_init);
	return host.width;
}

struct job {
	atomic_size_t next;
	size_t count;
	void (*fn)(void *ctx, size_t index, size_t worker);
	void *ctx;
};

struct worker {
	struct job *job;
	size_t number;
	pthread_t thread;
};

static void work(struct job *job, size_t worker)
{
	size_t i;
	while ((i = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed)) < job->count)
		job->fn(job->ctx, i, worker);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	work(w->job, w->number);
	return NULL;
}

/* Returns the number of threads that could be started. */
static size_t start_workers(struct worker *workers, size_t wanted, struct job *job)
{
	pthread_attr_t attr;
	if (pthread_attr_init(&attr) != 0)
		return 0;
	if (host.has_cpus)
		pthread_attr_setaffinity_np(&attr, sizeof host.cpus, &host.cpus);
	sigset_t all, old; /* a new thread inherits its creator's mask */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	size_t started = 0;
	for (; started < wanted; started++) {
		struct worker *w = &workers[started];
		*w = (struct worker){ .job = job, .number = started + 1 };
		if (pthread_create(&w->thread, &attr, worker_main, w) != 0)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return started;
}

void pool_for(size_t count, void (*fn)(void *ctx, size_t index, size_t worker), void *ctx)
{
	struct job job = { .count = count, .fn = fn, .ctx = ctx };
	size_t width = pool_width() < count ? pool_width() : count;
	struct worker workers[WIDTH_MAX];
	size_t started = width > 1 ? start_workers(workers, width - 1, &job) : 0;
	work(&job, 0); /* the caller is worker 0 */
	for (size_t i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}
