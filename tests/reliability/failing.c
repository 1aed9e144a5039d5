/* Loaded before libc: counts the calls that change a file, and lets the n-th fail or be the last that the process makes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

static long at, seen;
static int with;

/* From now on: the n-th call fails with this errno; 0 kills before it. n = 0 only counts. */
void arm(long n, int error) { at = n; with = error; seen = 0; }
long counted(void) { return seen; }

static int fails(void) {
    if (++seen != at) return 0;
    if (with == 0) { kill(getpid(), SIGKILL); pause(); }
    errno = with;
    return 1;
}

#define CALL(type, name, parameters, arguments)                                                    \
    type name parameters {                                                                         \
        static type (*real) parameters;                                                            \
        if (!real) real = (type (*) parameters)dlsym(RTLD_NEXT, #name);                            \
        return fails() ? (type)-1 : real arguments;                                                \
    }

CALL(ssize_t, pwrite, (int fd, const void *from, size_t size, off_t to), (fd, from, size, to))
CALL(ssize_t, pwrite64, (int fd, const void *from, size_t size, off64_t to), (fd, from, size, to))
CALL(int, fsync, (int fd), (fd))
CALL(int, fdatasync, (int fd), (fd))
CALL(int, ftruncate, (int fd, off_t size), (fd, size))
CALL(int, ftruncate64, (int fd, off64_t size), (fd, size))
CALL(int, unlink, (const char *name), (name))
