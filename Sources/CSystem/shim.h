// What Swift's Glibc module does not show: GNU extensions, variadic functions and macros. GNU names are declared here one by one:
// with _GNU_SOURCE some structures would differ from those of the Glibc module, which the compiler refuses.
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int accept4(int socket, struct sockaddr *restrict address, socklen_t *restrict length, int flags);
int pipe2(int ends[2], int flags);
int pidfd_open(pid_t process, unsigned int flags);
extern char **environ;

// EPOLLEXCLUSIVE and EPOLLRDHUP are enumerators or shifted macros that are not imported as plain integers everywhere.
static const unsigned int swiftlet_epollin_exclusive = EPOLLIN | EPOLLEXCLUSIVE;
static const unsigned int swiftlet_epollin = EPOLLIN;
static const short swiftlet_pollrdhup = 0x2000;

/// Accepts a connection that no child process inherits.
static inline int swiftlet_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

static inline int swiftlet_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

/// An event counter for poll and epoll; reading it never blocks.
static inline int swiftlet_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int swiftlet_signalfd(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// A unix socket for listening that is neither inherited nor blocking.
static inline int swiftlet_unix_socket(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/// Fills in a unix socket's address; 0 when the path is too long for one.
static inline int swiftlet_unix_address(struct sockaddr_un *address, const char *path) {
    if (strlen(path) >= sizeof address->sun_path) return 0;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    strcpy(address->sun_path, path);
    return 1;
}

static inline int swiftlet_pidfd_open(pid_t process) { return pidfd_open(process, 0); }

/// Asks for a signal to this process when the thread that started it ends.
static inline int swiftlet_signal_at_parent_death(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

/// The process's environment, as execve takes it.
static inline char **swiftlet_environment(void) { return environ; }

/// Blocks of this size and more go back to the system as soon as they are freed, whatever came before. By itself the allocator would
/// take the largest freed one for the measure of those it keeps. True when it heeds.
static inline int swiftlet_return_blocks(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes); }
