/* Faults at the boundary of the operating system, for tests: a library that is loaded before libc's own functions
 * (LD_PRELOAD), counts every operation that changes something below some folders, and at the Nth kills the process
 * or answers with an error. So "a kill, or a full disk, at each write" is counted out, whoever writes: Python, DuckDB,
 * Arrow, SQLite. Pipes, sockets, logs elsewhere are left alone, which a fault library without paths cannot do.
 *
 *   FAULT_ROOTS   folders, with colons between them; nothing is counted outside of them
 *   FAULT_STATE   file of 4,096 bytes shared by the process and its children: operations counted, faults answered, and of all
 *                 operations those that take room
 *   FAULT_DO      count, kill (this process), killgroup (all of its group), or the number of an errno
 *   FAULT_AT      the operation that meets it; 0: none
 *   FAULT_STICKY  1: every later operation of that kind fails, too, as on a disk that stays full
 *   FAULT_KINDS   all, or room: only what takes room (new files and folders, writes)
 *   FAULT_TRACE   file to which each counted operation is written, one a line
 *
 * A write that meets a kill is done by half first: a torn file. A write that meets a disk that stays full, too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NONE, COUNT, KILL, KILLGROUP, ERROR };
static struct { _Atomic uint64_t counted, answered, took_room; } *state;
static char roots[8][PATH_MAX];
static int root_count, what = NONE, error_number, sticky, room_only, trace = -1;
static uint64_t at;

#define REAL(result, name, ...) \
    static result (*real_##name)(__VA_ARGS__); \
    if (!real_##name) real_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* Read the environment anew: by the loader, and by a forked process that was told otherwise. */
__attribute__((constructor)) void fault_arm(void) {
    what = NONE;
    root_count = 0;
    const char *folders = getenv("FAULT_ROOTS"), *file = getenv("FAULT_STATE"), *action = getenv("FAULT_DO");
    if (!folders || !file || !action || !*action) return;
    char copy[8 * PATH_MAX];
    snprintf(copy, sizeof copy, "%s", folders);
    for (char *rest, *one = strtok_r(copy, ":", &rest); one && root_count < 8; one = strtok_r(NULL, ":", &rest))
        snprintf(roots[root_count++], PATH_MAX, "%s", one);
    int fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    state = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (state == MAP_FAILED) return;
    at = getenv("FAULT_AT") ? strtoull(getenv("FAULT_AT"), NULL, 10) : 0;
    sticky = getenv("FAULT_STICKY") && getenv("FAULT_STICKY")[0] == '1';
    room_only = getenv("FAULT_KINDS") && !strcmp(getenv("FAULT_KINDS"), "room");
    if (getenv("FAULT_TRACE")) trace = open(getenv("FAULT_TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    error_number = atoi(action);
    what = !strcmp(action, "kill") ? KILL : !strcmp(action, "killgroup") ? KILLGROUP : error_number ? ERROR : COUNT;
}

void fault_disarm(void) { what = NONE; }

static int below(const char *path) {
    for (int n = 0; n < root_count; n++) {
        size_t length = strlen(roots[n]);
        if (!strncmp(path, roots[n], length) && (path[length] == '/' || !path[length])) return 1;
    }
    return 0;
}

static int path_of(int dir, const char *path, char *full) {
    char link[64];
    if (path && path[0] == '/') { snprintf(full, PATH_MAX, "%s", path); return 1; }
    if (dir == AT_FDCWD) {
        if (!getcwd(full, PATH_MAX)) return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        ssize_t length = readlink(link, full, PATH_MAX - 1);
        if (length < 0) return 0;
        full[length] = 0;
    }
    if (path && *path) {
        size_t length = strlen(full);
        snprintf(full + length, PATH_MAX - length, "/%s", path);
    }
    return 1;
}

/* What becomes of an operation: 0 it is done; 1 it fails (errno is set); 2 the first write of a disk that fills up. */
static int meet(const char *name, int dir, const char *path, int takes_room, int can_tear) {
    char full[PATH_MAX];
    if (what == NONE || (room_only && !takes_room)) return 0;
    int kept = errno;
    if (!path_of(dir, path, full) || !below(full)) { errno = kept; return 0; }
    if (takes_room) atomic_fetch_add(&state->took_room, 1);
    uint64_t number = atomic_fetch_add(&state->counted, 1) + 1;
    if (trace >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%llu %s %s\n", (unsigned long long)number, name, full);
        REAL(ssize_t, write, int, const void *, size_t);
        real_write(trace, line, length);
    }
    errno = kept;
    if (!at || number < at || (number > at && !(sticky && what == ERROR))) return 0;
    if (what == COUNT) return 0;
    uint64_t before = atomic_fetch_add(&state->answered, 1);
    if (what == ERROR) {
        if (can_tear && sticky && !before) return 2;
        errno = error_number;
        return 1;
    }
    return can_tear ? 2 : (kill(what == KILL ? getpid() : 0, SIGKILL), 1);
}

static void die(void) { if (what == KILL || what == KILLGROUP) kill(what == KILL ? getpid() : 0, SIGKILL); }

static int opens(const char *name, int dir, const char *path, int flags) {
    if (what == NONE || !(flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))) return 0;
    if ((flags & O_TMPFILE) == O_TMPFILE) return 0;
    int takes_room = 0;
    if (flags & O_CREAT) { struct stat found; int kept = errno; takes_room = fstatat(dir, path, &found, AT_SYMLINK_NOFOLLOW) != 0; errno = kept; }
    return meet(name, dir, path, takes_room, 0);
}

#define OPEN(name) \
int name(const char *path, int flags, ...) { \
    REAL(int, name, const char *, int, ...); \
    va_list rest; va_start(rest, flags); mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; va_end(rest); \
    return opens(#name, AT_FDCWD, path, flags) ? -1 : real_##name(path, flags, mode); }
OPEN(open) OPEN(open64)
#define OPENAT(name) \
int name(int dir, const char *path, int flags, ...) { \
    REAL(int, name, int, const char *, int, ...); \
    va_list rest; va_start(rest, flags); mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; va_end(rest); \
    return opens(#name, dir, path, flags) ? -1 : real_##name(dir, path, flags, mode); }
OPENAT(openat) OPENAT(openat64)
#define FOPEN(name) \
FILE *name(const char *path, const char *mode) { \
    REAL(FILE *, name, const char *, const char *); \
    int flags = mode[0] == 'r' ? (strchr(mode, '+') ? O_RDWR : O_RDONLY) : O_WRONLY | O_CREAT; \
    return opens(#name, AT_FDCWD, path, flags) ? NULL : real_##name(path, mode); }
FOPEN(fopen) FOPEN(fopen64)
int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    int met = meet("write", fd, NULL, 1, size > 1);
    if (!met) return real_write(fd, data, size);
    if (met == 1) return -1;
    ssize_t half = real_write(fd, data, size / 2);
    die();
    return half;
}
#define PWRITE(name, offset_type) \
ssize_t name(int fd, const void *data, size_t size, offset_type offset) { \
    REAL(ssize_t, name, int, const void *, size_t, offset_type); \
    int met = meet(#name, fd, NULL, 1, size > 1); \
    if (!met) return real_##name(fd, data, size, offset); \
    if (met == 1) return -1; \
    ssize_t half = real_##name(fd, data, size / 2, offset); \
    die(); \
    return half; }
PWRITE(pwrite, off_t) PWRITE(pwrite64, off64_t)
#define WRITEV(name, extra, ...) \
    REAL(ssize_t, name, int, const struct iovec *, int extra); \
    return meet(#name, fd, NULL, 1, 0) ? -1 : real_##name(__VA_ARGS__);
#define COMMA ,
ssize_t writev(int fd, const struct iovec *v, int n) { WRITEV(writev, , fd, v, n) }
ssize_t pwritev(int fd, const struct iovec *v, int n, off_t o) { WRITEV(pwritev, COMMA off_t, fd, v, n, o) }
ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t o) { WRITEV(pwritev64, COMMA off64_t, fd, v, n, o) }
#define SIMPLE(result, name, types, args, dir, path, room) \
result name types { static result (*real) types; if (!real) real = (result (*) types)dlsym(RTLD_NEXT, #name); \
    return meet(#name, dir, path, room, 0) ? (result)-1 : real args; }
SIMPLE(ssize_t, sendfile, (int out, int in, off_t *o, size_t n), (out, in, o, n), out, NULL, 1)
SIMPLE(ssize_t, sendfile64, (int out, int in, off64_t *o, size_t n), (out, in, o, n), out, NULL, 1)
SIMPLE(ssize_t, copy_file_range, (int in, off64_t *a, int out, off64_t *b, size_t n, unsigned f), (in, a, out, b, n, f), out, NULL, 1)
SIMPLE(int, rename, (const char *a, const char *b), (a, b), AT_FDCWD, b, 0)
SIMPLE(int, renameat, (int c, const char *a, int d, const char *b), (c, a, d, b), d, b, 0)
SIMPLE(int, renameat2, (int c, const char *a, int d, const char *b, unsigned f), (c, a, d, b, f), d, b, 0)
SIMPLE(int, unlink, (const char *a), (a), AT_FDCWD, a, 0)
SIMPLE(int, unlinkat, (int d, const char *a, int f), (d, a, f), d, a, 0)
SIMPLE(int, remove, (const char *a), (a), AT_FDCWD, a, 0)
SIMPLE(int, rmdir, (const char *a), (a), AT_FDCWD, a, 0)
SIMPLE(int, mkdir, (const char *a, mode_t m), (a, m), AT_FDCWD, a, 1)
SIMPLE(int, mkdirat, (int d, const char *a, mode_t m), (d, a, m), d, a, 1)
SIMPLE(int, symlink, (const char *a, const char *b), (a, b), AT_FDCWD, b, 1)
SIMPLE(int, symlinkat, (const char *a, int d, const char *b), (a, d, b), d, b, 1)
SIMPLE(int, link, (const char *a, const char *b), (a, b), AT_FDCWD, b, 1)
SIMPLE(int, linkat, (int c, const char *a, int d, const char *b, int f), (c, a, d, b, f), d, b, 1)
SIMPLE(int, ftruncate, (int fd, off_t n), (fd, n), fd, NULL, 0)
SIMPLE(int, ftruncate64, (int fd, off64_t n), (fd, n), fd, NULL, 0)
SIMPLE(int, posix_fallocate, (int fd, off_t o, off_t n), (fd, o, n), fd, NULL, 1)
SIMPLE(int, fallocate, (int fd, int m, off_t o, off_t n), (fd, m, o, n), fd, NULL, 1)
SIMPLE(int, fallocate64, (int fd, int m, off64_t o, off64_t n), (fd, m, o, n), fd, NULL, 1)
SIMPLE(int, fsync, (int fd), (fd), fd, NULL, 0)
SIMPLE(int, fdatasync, (int fd), (fd), fd, NULL, 0)
SIMPLE(int, chmod, (const char *a, mode_t m), (a, m), AT_FDCWD, a, 0)
SIMPLE(int, fchmod, (int fd, mode_t m), (fd, m), fd, NULL, 0)
