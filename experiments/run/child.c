/* child.c - see child.h. */
#define _DEFAULT_SOURCE 1
#include "child.h"

#include "clock.h"
#include "core.h"
#include "need.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char **environ;

enum { OUTPUT_MAX = 64 << 20 }; /* bytes of stdout or stderr */

/* ---- Signals: the handler writes to a pipe that every poll() watches and nobody reads, so a
 * signal between two polls is not lost ---- */

static volatile sig_atomic_t interrupted;
static int wake[2] = {-1, -1};

static void on_signal(int number) {
    (void)number;
    int saved = errno;
    interrupted = 1;
    ssize_t ignored = write(wake[1], "", 1);
    (void)ignored;
    errno = saved;
}

static void close_on_exec(int descriptor) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

void child_catch_signals(void) {
    if (pipe(wake) == 0) {
        close_on_exec(wake[0]);
        close_on_exec(wake[1]);
        fcntl(wake[1], F_SETFL, O_NONBLOCK);
    }
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a child that ends may leave unread what was written to it */
}

bool child_interrupted(void) {
    return interrupted;
}

/* ---- The children that are alive ---- */

struct stream {
    int descriptor; /* -1 once it has ended */
    char *text;
    size_t length, lines;
};

struct child {
    struct child *next; /* of those that are alive */
    pid_t process;
    int input; /* its stdin; -1 once it is closed */
    struct stream out, err;
    double left, seconds; /* that it may still be waited for, and that it was */
    enum {
        CHILD_WORKS,
        CHILD_ENDED,  /* by itself; it is still to be waited for */
        CHILD_DOOMED, /* it is to be killed: `how` says why */
    } state;
    enum child_how how;
};

static struct child *alive;

#ifdef __linux__

static bool is_alive(pid_t process) {
    const struct child *child = alive;
    while (child && child->process != process)
        child = child->next;
    return child != NULL;
}

#endif

static void forget(struct child *child) {
    struct child **place = &alive;
    while (*place != child)
        place = &(*place)->next;
    *place = child->next;
}

/* ---- What a child leaves behind ---- */

#ifdef __linux__

void child_keep_orphans(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* The parent of a process; -1 if it has gone. */
static long parent_of(const char *process) {
    char *path = need_format("/proc/%s/stat", process), line[512] = "";
    FILE *file = fopen(path, "r");
    free(path);
    if (!file)
        return -1;
    size_t length = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[length] = '\0';
    /* "12 (name) S 1 ...", and there may be parentheses in the name. */
    const char *rest = strrchr(line, ')');
    long parent = -1;
    return rest && sscanf(rest, ") %*c %ld", &parent) == 1 ? parent : -1;
}

/* Kills what is a child of this process without having been started by it: orphans of those it has
 * started.  As they die, their own come; so it is done until there are none. */
static void bury_orphans(void) {
    siginfo_t any;
    size_t found = 1;
    while (found > 0 && waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) == 0) {
        struct words processes = {0};
        words_add_directories(&processes, "/proc");
        found = 0;
        for (size_t i = 0; i < processes.count; i++) {
            pid_t process = (pid_t)strtol(processes.word[i], NULL, 10);
            if (process <= 0 || is_alive(process) || parent_of(processes.word[i]) != getpid())
                continue;
            if (kill(process, SIGKILL) == 0) {
                waitpid(process, NULL, 0);
                found++;
            }
        }
        words_free(&processes);
    }
}

#else

void child_keep_orphans(void) {
}

static void bury_orphans(void) {
}

#endif

/* ---- In the child ---- */

static int kept_on = CORE_ANY;

void child_keep_on(int core) {
    kept_on = core;
}

static void become(const struct words *argv, const struct words *environment, const int pipes[3],
                   pid_t parent) {
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
#ifdef __linux__
    /* A runner that is killed outright takes the child with it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
#else
    (void)parent;
#endif
    for (int i = 0; i < 3; i++) /* stdin, stdout, stderr */
        dup2(pipes[i], i);
    if (!core_keep(kept_on)) {
        dprintf(STDERR_FILENO, "core %d: %s\n", kept_on, strerror(errno));
        _exit(127);
    }
    if (environment)
        environ = environment->word;
    execvp(argv->word[0], argv->word);
    dprintf(STDERR_FILENO, "%s: %s\n", argv->word[0], strerror(errno));
    _exit(127);
}

/* ---- In the runner ---- */

/* Reads what there is.  False if it is too much. */
static bool stream_read(struct stream *stream) {
    enum { PIECE = 65536 };
    char piece[PIECE];
    ssize_t got = read(stream->descriptor, piece, PIECE);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0) {
        close(stream->descriptor);
        stream->descriptor = -1;
        return true;
    }
    if (stream->length + (size_t)got > OUTPUT_MAX)
        return false;
    char *longer = realloc(stream->text, stream->length + (size_t)got + 1);
    if (!longer)
        return false;
    memcpy(longer + stream->length, piece, (size_t)got);
    for (ssize_t i = 0; i < got; i++)
        stream->lines += piece[i] == '\n';
    stream->text = longer;
    stream->length += (size_t)got;
    stream->text[stream->length] = '\0';
    return true;
}

static void stream_end(struct stream *stream, char **text) {
    if (stream->descriptor >= 0)
        close(stream->descriptor);
    *text = stream->text ? stream->text : need_copy("");
}

static void close_input(struct child *child) {
    if (child->input >= 0)
        close(child->input);
    child->input = -1;
}

/* Writes what fits, and returns the rest.  The pipe is closed when nobody reads. */
static const char *write_input(struct child *child, const char *text) {
    ssize_t written = write(child->input, text, strlen(text));
    if (written < 0 && errno != EAGAIN && errno != EINTR)
        close_input(child);
    return written > 0 ? text + written : text;
}

/* Sleeps until there is something to do, and does it.  Returns what is still to be written. */
static const char *wait_for(struct child *child, const char *text) {
    /* A child that has closed both streams is about to end: look again in a millisecond. */
    bool silent = child->out.descriptor < 0 && child->err.descriptor < 0;
    struct pollfd watched[] = {{.fd = wake[0], .events = POLLIN},
                               {.fd = child->out.descriptor, .events = POLLIN},
                               {.fd = child->err.descriptor, .events = POLLIN},
                               {.fd = *text ? child->input : -1, .events = POLLOUT}};
    poll(watched, 4, silent ? 1 : child->left > 1e6 ? 1000000000 : (int)(child->left * 1000) + 1);
    if (interrupted) {
        child->state = CHILD_DOOMED;
        child->how = CHILD_INTERRUPTED;
    } else if ((watched[1].revents && !stream_read(&child->out)) ||
               (watched[2].revents && !stream_read(&child->err))) {
        child->state = CHILD_DOOMED;
        child->how = CHILD_FLOOD;
    } else if (watched[3].revents) {
        return write_input(child, text);
    }
    return text;
}

/* Writes the text and reads both streams, until there are so many lines on stdout or there will be
 * no more.  True if there are. */
static bool converse(struct child *child, const char *text, size_t lines) {
    double start = clock_seconds(), before = child->left;
    siginfo_t end = {0};
    while (child->state == CHILD_WORKS &&
           (child->out.lines < lines || (*text && child->input >= 0))) {
        if (!*text && lines == SIZE_MAX)
            close_input(child);
        if (child->out.descriptor < 0 && child->err.descriptor < 0 &&
            waitid(P_PID, (id_t)child->process, &end, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            end.si_pid == child->process) {
            child->state = CHILD_ENDED;
            break;
        }
        child->left = before - (clock_seconds() - start);
        if (child->left <= 0) {
            child->state = CHILD_DOOMED;
            child->how = CHILD_TIMEOUT;
            break;
        }
        text = wait_for(child, text);
    }
    child->seconds += clock_seconds() - start;
    child->left = before - (clock_seconds() - start);
    return child->out.lines >= lines;
}

/* Pipes for stdin, stdout and stderr: [0] is to be read from, [1] to be written to. */
static bool open_pipes(int pipes[3][2]) {
    for (int i = 0; i < 3; i++)
        if (pipe(pipes[i]) != 0) {
            int error = errno;
            for (int j = 0; j < 2 * i; j++)
                close(pipes[j / 2][j % 2]);
            errno = error;
            return false;
        }
    for (int i = 0; i < 6; i++)
        close_on_exec(pipes[i / 2][i % 2]);
    fcntl(pipes[0][1], F_SETFL, O_NONBLOCK);
    return true;
}

struct child *child_start(const struct words *argv, const struct words *environment, double timeout,
                          struct fault *fault) {
    int pipes[3][2];
    if (!open_pipes(pipes)) {
        fault_set(fault, "no pipe to a child process: %s", strerror(errno));
        return NULL;
    }
    double start = clock_seconds();
    pid_t runner = getpid();
    pid_t process = fork();
    if (process == 0)
        become(argv, environment, (int[]){pipes[0][0], pipes[1][1], pipes[2][1]}, runner);
    int error = errno;
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    if (process < 0) {
        close(pipes[0][1]);
        close(pipes[1][0]);
        close(pipes[2][0]);
        fault_set(fault, "no child process: %s", strerror(error));
        return NULL;
    }
    setpgid(process, process); /* the child does so as well: whoever comes first */
    struct child *child = need_zeroed(1, sizeof *child);
    *child = (struct child){.next = alive,
                            .process = process,
                            .input = pipes[0][1],
                            .out = {.descriptor = pipes[1][0]},
                            .err = {.descriptor = pipes[2][0]},
                            .seconds = clock_seconds() - start};
    child->left = timeout - child->seconds;
    return alive = child;
}

bool child_ask(struct child *child, const char *text, size_t lines) {
    return converse(child, text, lines);
}

void child_finish(struct child *child, const char *text, struct child_end *end) {
    int status = 0;
    converse(child, text, SIZE_MAX);
    double start = clock_seconds();
    kill(-child->process, SIGKILL); /* not yet waited for, it still is the group of this number */
    while (waitpid(child->process, &status, 0) < 0 && errno == EINTR)
        ;
    *end = (struct child_end){.how = child->how};
    if (child->state == CHILD_ENDED) {
        end->how = WIFSIGNALED(status) ? CHILD_SIGNALLED : CHILD_EXITED;
        end->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    end->seconds = child->seconds + clock_seconds() - start;
    forget(child);
    bury_orphans();
    close_input(child);
    stream_end(&child->out, &end->out);
    stream_end(&child->err, &end->err);
    free(child);
}

bool child_run(struct child_end *end, const struct words *argv, const struct words *environment,
               double timeout, struct fault *fault) {
    struct child *child = child_start(argv, environment, timeout, fault);
    if (!child)
        return false;
    child_finish(child, "", end);
    return true;
}

void child_end_free(struct child_end *end) {
    free(end->out);
    free(end->err);
    *end = (struct child_end){0};
}

char *child_end_text(const struct child_end *end) {
    char *how = NULL;
    switch (end->how) {
    case CHILD_EXITED:
        how = need_format("exit %d", end->code);
        break;
    case CHILD_SIGNALLED:
        how = need_format("signal %d (%s)", end->code, strsignal(end->code));
        break;
    case CHILD_TIMEOUT:
        how = need_format("no end after %.3g s", end->seconds);
        break;
    case CHILD_FLOOD:
        how = need_format("more than %d bytes of output", OUTPUT_MAX);
        break;
    case CHILD_INTERRUPTED:
        how = need_copy("interrupted");
        break;
    }
    char *said = last_line(end->err);
    char *text = said[0] ? need_format("%s: %s", how, said) : need_copy(how);
    free(said);
    free(how);
    return text;
}
