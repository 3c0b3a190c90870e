// What Swift's Glibc module does not show: GNU extensions, variadic functions and macros. GNU names are declared here one by one:
// with _GNU_SOURCE some structures would differ from those of the Glibc module, which the compiler refuses.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
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

/// Bytes of memory of this machine, and the mean number of runnable tasks over a minute, without /proc.
static inline long swiftlet_machine(double *load) {
    struct sysinfo facts;
    if (sysinfo(&facts) != 0) return 0;
    *load = (double)facts.loads[0] / 65536;
    return (long)facts.totalram * facts.mem_unit;
}

/// Asks the kernel (sock_diag(7)) how many connections wait before a listening unix socket, and how many may; 0 when it has answered.
static inline int swiftlet_listen_queue(unsigned int inode, unsigned int *waiting, unsigned int *limit) {
    int result = -1;
    int link = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (link < 0) return -1;
    struct timeval patience = {1, 0};
    setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct {
        struct nlmsghdr head;
        struct unix_diag_req request;
    } question;
    memset(&question, 0, sizeof question);
    question.head.nlmsg_len = sizeof question;
    question.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.head.nlmsg_flags = NLM_F_REQUEST;
    question.request.sdiag_family = AF_UNIX;
    question.request.udiag_states = 0xFFFFFFFF;
    question.request.udiag_ino = inode;
    question.request.udiag_show = UDIAG_SHOW_RQLEN;
    question.request.udiag_cookie[0] = 0xFFFFFFFF;
    question.request.udiag_cookie[1] = 0xFFFFFFFF;
    if (send(link, &question, sizeof question, 0) == (ssize_t)sizeof question) {
        _Alignas(struct nlmsghdr) char answer[4096];
        ssize_t size = recv(link, answer, sizeof answer, 0);
        struct nlmsghdr *head = (struct nlmsghdr *)answer;
        if (size > 0 && NLMSG_OK(head, (unsigned int)size) && head->nlmsg_type == SOCK_DIAG_BY_FAMILY) {
            struct unix_diag_msg *message = (struct unix_diag_msg *)NLMSG_DATA(head);
            int left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof *message));
            for (struct rtattr *part = (struct rtattr *)(message + 1); RTA_OK(part, left); part = RTA_NEXT(part, left)) {
                if (part->rta_type != UNIX_DIAG_RQLEN) continue;
                struct unix_diag_rqlen *lengths = (struct unix_diag_rqlen *)RTA_DATA(part);
                *waiting = lengths->udiag_rqueue;
                *limit = lengths->udiag_wqueue;
                result = 0;
            }
        }
    }
    close(link);
    return result;
}
