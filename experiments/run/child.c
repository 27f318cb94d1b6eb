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

/* How many there were. */
static size_t kill_children(void) {
    size_t count = 0;
    struct words processes = {0};
    words_add_directories(&processes, "/proc");
    for (size_t i = 0; i < processes.count; i++) {
        long process = strtol(processes.word[i], NULL, 10);
        if (process > 0 && parent_of(processes.word[i]) == (long)getpid())
            count += kill((pid_t)process, SIGKILL) == 0;
    }
    words_free(&processes);
    return count;
}

/* Once the child has ended, all children there are, are orphans of it; as they die, their own come.
 */
static void bury_orphans(void) {
    pid_t found;
    while ((found = waitpid(-1, NULL, WNOHANG)) > 0 || (found == 0 && kill_children() > 0))
        if (found == 0)
            waitpid(-1, NULL, 0);
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

struct stream {
    int descriptor; /* -1 once it has ended */
    char *text;
    size_t length;
};

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

/* What is written to the child: nothing more once the descriptor is -1. */
struct input {
    int descriptor;
    const char *rest;
};

static void input_end(struct input *input) {
    if (input->descriptor >= 0)
        close(input->descriptor);
    input->descriptor = -1;
}

/* Writes what fits.  The pipe is closed after the last of it, or when nobody reads. */
static void input_write(struct input *input) {
    ssize_t written = write(input->descriptor, input->rest, strlen(input->rest));
    if (written < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (written >= 0)
        input->rest += written;
    if (written < 0 || *input->rest == '\0')
        input_end(input);
}

/* Reads both streams, and writes the input after the first line, until the child has ended by
 * itself (true; it is still to be waited for) or has to be killed (false; *how says why). */
static bool watch(pid_t child, struct input *in, struct stream *out, struct stream *err,
                  double deadline, enum child_how *how) {
    for (;;) {
        bool silent = out->descriptor < 0 && err->descriptor < 0;
        siginfo_t end = {0};
        if (silent && waitid(P_PID, (id_t)child, &end, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            end.si_pid == child)
            return true;

        bool said_a_line = out->text && strchr(out->text, '\n');
        double left = deadline - clock_seconds();
        if (left <= 0) {
            *how = CHILD_TIMEOUT;
            return false;
        }
        /* A child that has closed both streams is about to end: look again in a millisecond. */
        struct pollfd watched[] = {{.fd = wake[0], .events = POLLIN},
                                   {.fd = out->descriptor, .events = POLLIN},
                                   {.fd = err->descriptor, .events = POLLIN},
                                   {.fd = said_a_line ? in->descriptor : -1, .events = POLLOUT}};
        poll(watched, 4, silent ? 1 : left > 1e6 ? 1000000000 : (int)(left * 1000) + 1);

        if (interrupted) {
            *how = CHILD_INTERRUPTED;
            return false;
        }
        if ((watched[1].revents && !stream_read(out)) ||
            (watched[2].revents && !stream_read(err))) {
            *how = CHILD_FLOOD;
            return false;
        }
        if (watched[3].revents)
            input_write(in);
    }
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

bool child_run(struct child_end *end, const struct words *argv, const struct words *environment,
               const char *input, double timeout, struct fault *fault) {
    int pipes[3][2];
    if (!open_pipes(pipes))
        return fault_set(fault, "no pipe to a child process: %s", strerror(errno));
    struct input in = {.descriptor = pipes[0][1], .rest = input};
    if (!input)
        input_end(&in);

    double start = clock_seconds();
    pid_t runner = getpid();
    pid_t child = fork();
    if (child == 0)
        become(argv, environment, (int[]){pipes[0][0], pipes[1][1], pipes[2][1]}, runner);
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    if (child < 0) {
        input_end(&in);
        close(pipes[1][0]);
        close(pipes[2][0]);
        return fault_set(fault, "no child process: %s", strerror(errno));
    }
    setpgid(child, child); /* the child does so as well: whoever comes first */

    struct stream outs = {.descriptor = pipes[1][0]}, errs = {.descriptor = pipes[2][0]};
    int status = 0;
    *end = (struct child_end){0};
    bool by_itself = watch(child, &in, &outs, &errs, start + timeout, &end->how);
    kill(-child, SIGKILL); /* not yet waited for, it still is the group of this number */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (by_itself) {
        end->how = WIFSIGNALED(status) ? CHILD_SIGNALLED : CHILD_EXITED;
        end->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    end->seconds = clock_seconds() - start;
    bury_orphans();
    input_end(&in);
    stream_end(&outs, &end->out);
    stream_end(&errs, &end->err);
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
