// Preloaded into a revsync process: every sync of a file takes REVSYNC_SLOW_DISK_MS milliseconds longer, as on a disk that
// is slow to say that it has what it was given, and a byte for it is put into the file REVSYNC_SLOW_DISK_SYNCS. Node's own
// calls go through libc as SQLite's do.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int later(int done) {
  long milliseconds = atol(getenv("REVSYNC_SLOW_DISK_MS"));
  struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&pause, NULL);
  int syncs = open(getenv("REVSYNC_SLOW_DISK_SYNCS"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (syncs < 0 || write(syncs, ".", 1) != 1) abort();
  close(syncs);
  return done;
}

int fsync(int fd) { return later(((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd)); }

int fdatasync(int fd) { return later(((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd)); }
