/* forks.c - forks while other threads are inside malloc, inside stdio, begin and end.
 *
 *     forks COUNT
 *
 * The C library's fork runs the handlers of an allocator first and takes its own locks after them,
 * among them that of all open files.  Somebody who flushes all files has that one and waits for a
 * file; somebody who reads a line has the file and waits for memory: an allocator that makes them
 * wait until the fork is over makes the fork wait for them.  glibc tests its own malloc so
 * (tst-malloc-fork-deadlock); here are, besides, blocks that threads free for each other, threads
 * that end, several that fork, and children that use what they got: all sizes of blocks, new ones
 * and their parent's, files, and a thread.
 *
 * It is run with an allocator preloaded.  Parent and child are ended by a signal when they have not
 * come on for LONGEST seconds.  0 and a line if all is well. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST = 120, PLACES = 256, LINES = 200, BLOCKS = 100 };

static _Atomic(unsigned char *) places[PLACES]; /* blocks for whoever finds them */
static atomic_long left;                        /* forks still to do */
static atomic_bool over;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "forks: %s\n", what);
    abort();
}

/* Sizes whose number of bits is uniform: magazines, slabs and areas of their own are asked. */
static size_t draw_size(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return 1 + (*state >> 40) % ((size_t)2 << (*state >> 33) % 19);
}

/* A block says itself how long it is, and is the same byte to its end. */
static unsigned char *block_new(uint64_t *state) {
    size_t size = sizeof size + draw_size(state);
    unsigned char *block = malloc(size);
    if (!block)
        fail("no memory");
    memset(block, (unsigned char)size, size);
    memcpy(block, &size, sizeof size);
    return block;
}

static void block_end(unsigned char *block) {
    if (!block)
        return;
    size_t size;
    memcpy(&size, block, sizeof size);
    for (size_t at = sizeof size; at < size; at += 1 + size / 16)
        if (block[at] != (unsigned char)size)
            fail("a block does not hold what was written to it");
    free(block);
}

static void trade_one(uint64_t *state) {
    unsigned char *mine = block_new(state);
    block_end(atomic_exchange(&places[*state >> 50 & (PLACES - 1)], mine));
}

static void *trade(void *seed) {
    uint64_t state = (uintptr_t)seed;
    while (!over)
        trade_one(&state);
    return NULL;
}

static void *flush_files(void *unused) {
    while (!over)
        fflush(NULL);
    return unused;
}

/* Each line is a new block, asked for while the file is locked. */
static void read_lines(void) {
    char *lines[LINES] = {NULL};
    size_t room = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    if (!file)
        fail("/proc/self/maps cannot be read");
    for (int i = 0; i < LINES && getline(&lines[i], &room, file) > 0; i++)
        room = 0;
    for (int i = 0; i < LINES; i++)
        free(lines[i]);
    fclose(file);
}

static void *read_files(void *unused) {
    while (!over)
        read_lines();
    return unused;
}

static void *use_blocks(void *seed) {
    uint64_t state = (uintptr_t)seed;
    for (int i = 0; i < BLOCKS; i++)
        trade_one(&state);
    return NULL;
}

static void run_one(void *(*run)(void *), uintptr_t seed) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, (void *)seed) || pthread_join(thread, NULL))
        fail("a thread could not be run");
}

static void *start_threads(void *unused) {
    for (uintptr_t seed = 1; !over; seed++)
        run_one(use_blocks, seed);
    return unused;
}

/* Its parent's files may have been caught while they were read: exit, which flushes them, is not
 * for it. */
static _Noreturn void child(uintptr_t seed) {
    alarm(LONGEST);
    use_blocks((void *)seed);
    for (int i = 0; i < PLACES; i++)
        block_end(atomic_exchange(&places[i], NULL));
    read_lines();
    run_one(use_blocks, seed + 1);
    _exit(0);
}

static void *fork_often(void *unused) {
    long number;
    while ((number = atomic_fetch_sub(&left, 1)) > 0) {
        alarm(LONGEST);
        pid_t pid = fork();
        if (pid < 0)
            fail("fork failed");
        if (!pid)
            child((uintptr_t)number);
        int status;
        if (waitpid(pid, &status, 0) != pid)
            fail("a child is gone");
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
            fail("a child hangs");
        if (status)
            fail("a child failed");
    }
    return unused;
}

int main(int count, char **arguments) {
    static void *(*const all[])(void *) = {fork_often, fork_often,  fork_often, fork_often,   trade,
                                           trade,      flush_files, read_files, start_threads};
    enum { FORKING = 4, ALL = sizeof all / sizeof *all };
    pthread_t threads[ALL];
    long forks = count == 2 ? atol(arguments[1]) : 0;
    if (forks <= 0) {
        fprintf(stderr, "usage: forks COUNT\n");
        return 2;
    }
    left = forks;
    for (uintptr_t i = 0; i < ALL; i++)
        if (pthread_create(&threads[i], NULL, all[i], (void *)(i + 1)))
            fail("a thread could not be made");
    for (int i = 0; i < ALL; i++) {
        over = i >= FORKING;
        pthread_join(threads[i], NULL);
    }
    printf("%ld forks\n", forks);
    return 0;
}
