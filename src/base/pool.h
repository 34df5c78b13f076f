/* Work spread over threads. */
#pragma once

#include <stddef.h>

/* Number of workers that a pool uses: the CPUs this process could run on at the first call, 1 to 16. */
size_t pool_width(void);

/* Calls fn(ctx, i, worker) for every i in [0, count), in parallel, and returns when all are done. Items
 * are taken in order. worker is in [0, pool_width()); worker 0 is the calling thread. fn shares nothing
 * but what it synchronises itself; it may not touch engine state or ptrace. In the other workers all
 * signals are blocked, and they run on all the CPUs of pool_width(), wherever the caller is pinned. */
void pool_for(size_t count, void (*fn)(void *ctx, size_t index, size_t worker), void *ctx);
