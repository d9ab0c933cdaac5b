// What runs inside the room. Called `driver` it runs scripts, one per line of its input ("bash 17"); called anything else it writes down
// how it was started, and becomes the real program of its name, or does nothing if it is one of the stubs. It is one program, linked
// statically, because most of the time of a hunt goes into starting programs. ROOM and STUBS are given when it is compiled.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void append(const char *path, const char *bytes, size_t size) {
  int log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (log < 0 || write(log, bytes, size) != (ssize_t)size) _exit(125);
  close(log);
}

static const char *last(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static int record(int argc, char **argv, char **envp) {
  size_t size = 32;
  for (int i = 0; i < argc; i++) size += strlen(argv[i]) + 1;
  char *bytes = malloc(size);
  if (!bytes) return 125;
  // A dash before the name says that a shell is the first one.
  const char *name = last(argv[0]) + (argv[0][0] == '-');
  size_t used = (size_t)sprintf(bytes, "%d", argc - 1) + 1;
  for (int i = 0; i < argc; i++) {
    const char *word = i ? argv[i] : name;
    size_t length = strlen(word) + 1;
    memcpy(bytes + used, word, length);
    used += length;
  }
  append(ROOM "/log/started", bytes, used);
  char self[PATH_MAX], path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length < 0) return 125;
  self[length] = 0;
  // The name that it lies under, which is not always the one it was called by.
  snprintf(path, sizeof path, " %s ", last(self));
  if (strstr(STUBS, path)) return argc > 1 && !strncmp(argv[1], "fail", 4);
  snprintf(path, sizeof path, "/usr/bin/%s", last(self));
  argv[0] = path;
  execve(path, argv, envp);
  return 127;
}

// Waits until `until` (or at most some milliseconds) for children to end; 0 when it was too long.
static int waitFor(pid_t until, int milliseconds) {
  struct timespec start, now, pause = {0, 20 * 1000 * 1000};
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (;;) {
    pid_t ended;
    while ((ended = waitpid(-1, NULL, WNOHANG)) > 0)
      if (ended == until) return 1;
    if (ended < 0 && errno == ECHILD) return 1;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 > milliseconds) return 0;
    sigtimedwait(&child, NULL, &pause);
  }
}

static void runScript(const char *shell, const char *number) {
  char work[PATH_MAX], home[PATH_MAX], script[PATH_MAX], out[PATH_MAX], program[PATH_MAX];
  snprintf(work, sizeof work, ROOM "/w/%s/p", number);
  snprintf(home, sizeof home, "HOME=" ROOM "/w/%s/home", number);
  snprintf(script, sizeof script, ROOM "/s/%s.sh", number);
  snprintf(out, sizeof out, ROOM "/log/%s.out", number);
  snprintf(program, sizeof program, "/usr/bin/%s", shell);
  char *plain[] = {program, script, NULL}, *bare[] = {program, "-f", script, NULL};
  char *environment[] = {"PATH=" ROOM "/bin", home, "LC_ALL=C.UTF-8", NULL};
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int in = open("/dev/null", O_RDONLY), to = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (in < 0 || to < 0 || chdir(work)) _exit(125);
    dup2(in, 0);
    dup2(to, 1);
    dup2(to, 2);
    close(in);
    close(to);
    execve(program, strcmp(shell, "zsh") ? plain : bare, environment);
    _exit(127);
  }
  int inTime = waitFor(child, 2000);
  if (!inTime && getenv("ORACLE_SLOW")) fprintf(stderr, "slow: %s\n", number);
  // What was left in the background has a moment to end by itself. All else in this process namespace goes.
  if (!inTime || !waitFor(-1, 300)) {
    kill(-1, SIGKILL);
    waitFor(-1, 2000);
  }
}

int main(int argc, char **argv, char **envp) {
  if (strcmp(last(argv[0]), "driver")) return record(argc, argv, envp);
  char shell[16], number[16];
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  while (scanf("%15s %15s", shell, number) == 2) {
    char mark[24];
    // A count below zero is the mark where the starts of a case begin.
    int length = sprintf(mark, "-1%c%s", 0, number);
    append(ROOM "/log/started", mark, (size_t)length + 1);
    runScript(shell, number);
  }
  return 0;
}
