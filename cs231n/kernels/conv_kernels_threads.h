/* One small pool of threads for all kernels.

   run_tasks(task, job, count, threads) calls task(job, index, thread) once for each index below
   count; whoever is free takes the next index. The caller works too, as thread 0. What a task
   computes depends on its index alone, so results do not depend on the number of threads.

   begin() and end() embrace all use of the pool: a second Python thread waits its turn. After a
   fork only the forking thread lives on in the child, so the child forgets the threads and starts
   its own when it needs them. */
#ifndef CONV_KERNELS_THREADS_H
#define CONV_KERNELS_THREADS_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MOST_THREADS = 64, PATIENCE = 4000 }; /* looks at a flag before going to sleep */

typedef void (*Task)(void *job, long index, int thread);

static struct {
    pthread_mutex_t call, sleep; /* held from begin() to end(); guards the conditions */
    pthread_cond_t work, idle;
    atomic_long turn, next, busy; /* jobs so far; next index; workers that are at it */
    long count;
    int workers, wanted, open; /* workers that exist; that the job may use; if they may join */
    Task task;
    void *job;
} pool = {.call = PTHREAD_MUTEX_INITIALIZER,
          .sleep = PTHREAD_MUTEX_INITIALIZER,
          .work = PTHREAD_COND_INITIALIZER,
          .idle = PTHREAD_COND_INITIALIZER};

/* Memory that each thread keeps from call to call: fresh pages would cost more than their use. */
static struct {
    void *memory;
    size_t size;
} scratch[MOST_THREADS];

static int reserve_scratch(int threads, size_t size) {
    size = (size + 4095) / 4096 * 4096;
    for (int t = 0; t < threads; t++) {
        if (scratch[t].size >= size) continue;
        free(scratch[t].memory);
        scratch[t].memory = aligned_alloc(4096, size);
        scratch[t].size = scratch[t].memory ? size : 0;
        if (!scratch[t].memory) return 0;
    }
    return 1;
}

static void before_fork(void) { pthread_mutex_lock(&pool.call); }
static void after_fork_in_parent(void) { pthread_mutex_unlock(&pool.call); }
static void after_fork_in_child(void) {
    pthread_mutex_init(&pool.call, NULL);
    pthread_mutex_init(&pool.sleep, NULL);
    pthread_cond_init(&pool.work, NULL);
    pthread_cond_init(&pool.idle, NULL);
    atomic_store(&pool.busy, 0);
    pool.workers = 0;
}
static void watch_forks(void) {
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static void begin(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&pool.call);
}
static void end(void) { pthread_mutex_unlock(&pool.call); }

/* Look at the flag for a while; sleeping and being woken takes longer than most jobs. */
static void watch(atomic_long *flag, long value, int differs) {
    for (int look = 0; look < PATIENCE && (atomic_load(flag) != value) != differs; look++) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
    }
}

static void take_tasks(int thread) {
    for (long index; (index = atomic_fetch_add(&pool.next, 1)) < pool.count;)
        pool.task(pool.job, index, thread);
}

static long turn_at_birth[MOST_THREADS];
static pthread_t workers[MOST_THREADS];

/* Workers keep off the caller's processor. Idle threads of NumPy's BLAS, which spin for a while and
   look busy, would otherwise drive them there, and two threads would be as fast as one. */
static void keep_off_caller(void) {
#ifdef CPU_SET
    static int avoided = -1, kept_off = 0;
    const int processor = sched_getcpu();
    cpu_set_t others;
    if (processor < 0 || (processor == avoided && kept_off == pool.workers)) return;
    if (sched_getaffinity(0, sizeof others, &others)) return;
    if (CPU_COUNT(&others) <= pool.workers) return;
    CPU_CLR(processor, &others);
    for (int w = 1; w <= pool.workers; w++)
        pthread_setaffinity_np(workers[w], sizeof others, &others);
    avoided = processor, kept_off = pool.workers;
#endif
}

/* A worker joins a job while it is open; one that wakes up too late finds it closed. */
static void *work(void *number) {
    int thread = (int)(size_t)number;
    for (long seen = turn_at_birth[thread];;) {
        watch(&pool.turn, seen, 1);
        pthread_mutex_lock(&pool.sleep);
        while (atomic_load(&pool.turn) == seen) pthread_cond_wait(&pool.work, &pool.sleep);
        seen = atomic_load(&pool.turn);
        int joins = pool.open && thread < pool.wanted;
        if (joins) atomic_fetch_add(&pool.busy, 1);
        pthread_mutex_unlock(&pool.sleep);
        if (!joins) continue;
        take_tasks(thread);
        pthread_mutex_lock(&pool.sleep);
        if (atomic_fetch_sub(&pool.busy, 1) == 1) pthread_cond_signal(&pool.idle);
        pthread_mutex_unlock(&pool.sleep);
    }
    return NULL;
}

static void hire(int wanted) {
    for (; pool.workers < wanted - 1; pool.workers++) {
        int thread = pool.workers + 1;
        turn_at_birth[thread] = atomic_load(&pool.turn);
        if (pthread_create(&workers[thread], NULL, work, (void *)(size_t)thread))
            return; /* fewer will do */
        pthread_detach(workers[thread]);
    }
}

static void run_tasks(Task task, void *job, long count, int threads) {
    if (threads > count) threads = (int)count;
    if (threads < 2) {
        for (long index = 0; index < count; index++) task(job, index, 0);
        return;
    }
    hire(threads);
    keep_off_caller();
    pthread_mutex_lock(&pool.sleep);
    pool.task = task, pool.job = job, pool.count = count, pool.wanted = threads, pool.open = 1;
    atomic_store(&pool.next, 0);
    atomic_fetch_add(&pool.turn, 1);
    pthread_cond_broadcast(&pool.work);
    pthread_mutex_unlock(&pool.sleep);
    take_tasks(0);
    pthread_mutex_lock(&pool.sleep);
    pool.open = 0;
    pthread_mutex_unlock(&pool.sleep);
    watch(&pool.busy, 0, 0);
    pthread_mutex_lock(&pool.sleep);
    while (atomic_load(&pool.busy)) pthread_cond_wait(&pool.idle, &pool.sleep);
    pthread_mutex_unlock(&pool.sleep);
}

/* For callers that need no scratch. */
static void run_alone(Task task, void *job, long count, int threads) {
    begin();
    run_tasks(task, job, count, threads);
    end();
}

#endif
