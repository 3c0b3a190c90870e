// The floor that `./dev bench` holds /health against: the least that a FastCGI responder can do with libfcgi on blocking threads.
//
//     cc -O2 -Wall -Wextra -pthread hello.c -o hello -lfcgi
//     ./hello SOCKET [THREADS]
//
// It answers every request with the bytes of /health, on as many threads as a worker has, and ends at SIGTERM.

#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int listener;

static void *serve(void *unused) {
    (void)unused;
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        FCGX_PutS(
            "Status: 200\r\nContent-Type: application/json\r\nContent-Length: 15\r\nX-Process-Time: 0\r\n\r\n"
            "{\"status\":true}",
            request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int count, char **arguments) {
    int threads = count > 2 ? atoi(arguments[2]) : 4;
    if (count < 2 || threads < 1) {
        fprintf(stderr, "usage: %s SOCKET [THREADS]\n", arguments[0]);
        return 64;
    }
    if (FCGX_Init() != 0 || (listener = FCGX_OpenSocket(arguments[1], 1024)) < 0) {
        fprintf(stderr, "%s: can not listen on %s\n", arguments[0], arguments[1]);
        return 1;
    }
    // The library's own handler would only stop threads one request later each.
    signal(SIGTERM, SIG_DFL);
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, NULL) != 0) {
            fprintf(stderr, "%s: no thread\n", arguments[0]);
            return 1;
        }
    }
    for (;;) pause();
}
