// Preloaded into a revsync process by the power-loss test: writes down what it asks of the files of one folder, in order
// and after it was done: opened, written, cut, synced, renamed, removed. Node's own calls go through libc as SQLite's do.
// What is written to mapped memory is not seen: SQLite maps the index of its log alone, which no ledger outlives.
//
// REVSYNC_POWER_ROOT is the folder, REVSYNC_POWER_JOURNAL where the record goes. A record, little-endian:
//   u8 operation, i32 descriptor, u64 offset, u32 bytes of the first text, u32 bytes of the second, both texts
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 65536
#define REAL(name) ((__typeof__(&name))real_##name())
#define FIND(name)                                                                                                     \
  static void *real_##name(void) {                                                                                     \
    static void *found;                                                                                                \
    if (found == NULL) found = dlsym(RTLD_NEXT, #name);                                                                \
    return found;                                                                                                      \
  }

FIND(open)
FIND(open64)
FIND(openat)
FIND(openat64)
FIND(write)
FIND(pwrite)
FIND(pwrite64)
FIND(writev)
FIND(pwritev)
FIND(pwritev64)
FIND(fsync)
FIND(fdatasync)
FIND(ftruncate)
FIND(ftruncate64)
FIND(unlink)
FIND(unlinkat)
FIND(rename)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static const char *root;
/* By descriptor: what was opened, so that one that was closed by a bare system call and is now a socket is known. */
static struct { unsigned char is; dev_t device; ino_t inode; } watched[MOST_FILES];

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("REVSYNC_POWER_JOURNAL");
  root = getenv("REVSYNC_POWER_ROOT");
  if (path != NULL && root != NULL)
    journal = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_ours(const char *path) {
  return journal >= 0 && path != NULL && strncmp(path, root, strlen(root)) == 0;
}

static int is_watched(int fd) {
  struct stat about;
  return fd >= 0 && fd < MOST_FILES && watched[fd].is && fstat(fd, &about) == 0 &&
         about.st_dev == watched[fd].device && about.st_ino == watched[fd].inode;
}

static void put(const void *bytes, size_t length) {
  if (length > 0 && REAL(write)(journal, bytes, length) != (ssize_t)length) abort();
}

static void record(char operation, int fd, uint64_t offset, const void *one, uint32_t ones, const void *two,
                   uint32_t twos) {
  unsigned char head[21];
  int32_t number = fd;
  head[0] = (unsigned char)operation;
  memcpy(head + 1, &number, 4);
  memcpy(head + 5, &offset, 8);
  memcpy(head + 13, &ones, 4);
  memcpy(head + 17, &twos, 4);
  put(head, sizeof head);
  put(one, ones);
  put(two, twos);
}

static int opened(int fd, const char *path, int flags) {
  if (fd >= 0 && fd < MOST_FILES) {
    struct stat about;
    watched[fd].is = is_ours(path) && fstat(fd, &about) == 0;
    if (watched[fd].is) {
      watched[fd].device = about.st_dev;
      watched[fd].inode = about.st_ino;
      record((flags & O_TRUNC) != 0 ? 'T' : 'O', fd, 0, path, (uint32_t)strlen(path), NULL, 0);
    }
  }
  return fd;
}

#define OPENS(name, before, arguments)                                                                                 \
  int name(before const char *path, int flags, ...) {                                                                  \
    va_list rest;                                                                                                      \
    va_start(rest, flags);                                                                                             \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;                                     \
    va_end(rest);                                                                                                      \
    pthread_mutex_lock(&mutex);                                                                                        \
    int fd = opened(REAL(name) arguments, path, flags);                                                                \
    pthread_mutex_unlock(&mutex);                                                                                      \
    return fd;                                                                                                         \
  }
#define AT int at,
OPENS(open, , (path, flags, mode))
OPENS(open64, , (path, flags, mode))
OPENS(openat, AT, (at, path, flags, mode))
OPENS(openat64, AT, (at, path, flags, mode))

static uint64_t place_of(int fd) {
  struct stat about;
  if ((fcntl(fd, F_GETFL) & O_APPEND) != 0 && fstat(fd, &about) == 0) return (uint64_t)about.st_size;
  return (uint64_t)lseek(fd, 0, SEEK_CUR);
}

#define WRITES(name, type, arguments, offset)                                                                          \
  ssize_t name(int fd, const void *bytes, size_t length type) {                                                        \
    if (!is_watched(fd)) return REAL(name) arguments;                                                                  \
    pthread_mutex_lock(&mutex);                                                                                        \
    uint64_t at = offset;                                                                                              \
    ssize_t done = REAL(name) arguments;                                                                               \
    if (done > 0) record('W', fd, at, bytes, (uint32_t)done, NULL, 0);                                                 \
    pthread_mutex_unlock(&mutex);                                                                                      \
    return done;                                                                                                       \
  }
#define WITH_OFFSET , off_t where
WRITES(write, , (fd, bytes, length), place_of(fd))
WRITES(pwrite, WITH_OFFSET, (fd, bytes, length, where), (uint64_t)where)
WRITES(pwrite64, WITH_OFFSET, (fd, bytes, length, where), (uint64_t)where)

static void record_parts(int fd, uint64_t at, const struct iovec *parts, int count, ssize_t done) {
  for (int part = 0; part < count && done > 0; part += 1) {
    size_t length = parts[part].iov_len < (size_t)done ? parts[part].iov_len : (size_t)done;
    if (length > 0) record('W', fd, at, parts[part].iov_base, (uint32_t)length, NULL, 0);
    at += length;
    done -= (ssize_t)length;
  }
}

#define WRITES_PARTS(name, type, arguments, offset)                                                                    \
  ssize_t name(int fd, const struct iovec *parts, int count type) {                                                    \
    if (!is_watched(fd)) return REAL(name) arguments;                                                                  \
    pthread_mutex_lock(&mutex);                                                                                        \
    uint64_t at = offset;                                                                                              \
    ssize_t done = REAL(name) arguments;                                                                               \
    record_parts(fd, at, parts, count, done);                                                                          \
    pthread_mutex_unlock(&mutex);                                                                                      \
    return done;                                                                                                       \
  }
WRITES_PARTS(writev, , (fd, parts, count), place_of(fd))
WRITES_PARTS(pwritev, WITH_OFFSET, (fd, parts, count, where), (uint64_t)where)
WRITES_PARTS(pwritev64, WITH_OFFSET, (fd, parts, count, where), (uint64_t)where)

#define ON_FILE(name, type, arguments, operation, offset)                                                              \
  int name(int fd type) {                                                                                              \
    if (!is_watched(fd)) return REAL(name) arguments;                                                                  \
    pthread_mutex_lock(&mutex);                                                                                        \
    int done = REAL(name) arguments;                                                                                   \
    if (done == 0) record(operation, fd, offset, NULL, 0, NULL, 0);                                                    \
    pthread_mutex_unlock(&mutex);                                                                                      \
    return done;                                                                                                       \
  }
ON_FILE(fsync, , (fd), 'S', 0)
ON_FILE(fdatasync, , (fd), 'S', 0)
ON_FILE(ftruncate, WITH_OFFSET, (fd, where), 'C', (uint64_t)where)
ON_FILE(ftruncate64, WITH_OFFSET, (fd, where), 'C', (uint64_t)where)

int unlink(const char *path) {
  pthread_mutex_lock(&mutex);
  int done = REAL(unlink)(path);
  if (done == 0 && is_ours(path)) record('U', -1, 0, path, (uint32_t)strlen(path), NULL, 0);
  pthread_mutex_unlock(&mutex);
  return done;
}

int unlinkat(int at, const char *path, int flags) {
  pthread_mutex_lock(&mutex);
  int done = REAL(unlinkat)(at, path, flags);
  if (done == 0 && is_ours(path)) record('U', -1, 0, path, (uint32_t)strlen(path), NULL, 0);
  pthread_mutex_unlock(&mutex);
  return done;
}

int rename(const char *from, const char *to) {
  pthread_mutex_lock(&mutex);
  int done = REAL(rename)(from, to);
  if (done == 0 && is_ours(to))
    record('R', -1, 0, from, (uint32_t)strlen(from), to, (uint32_t)strlen(to));
  pthread_mutex_unlock(&mutex);
  return done;
}
