// The floor that `./dev bench` holds sign-ins against: libargon2 alone, with the parameters of new passwords
// (Sources/Crypto/Password+Argon2.swift).
//
//     cc -O2 -Wall -Wextra -pthread argon2.c -o argon2 -largon2
//     ./argon2 THREADS SECONDS        prints hashes a second

#include <argon2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long hashes;

static void *work(void *unused) {
    (void)unused;
    const char *password = "A-good-password-1", *salt = "0123456789abcdef";
    unsigned char tag[32];
    for (;;) {
        if (argon2id_hash_raw(2, 19456, 1, password, strlen(password), salt, 16, tag, sizeof tag) != ARGON2_OK) abort();
        hashes++;
    }
}

int main(int count, char **arguments) {
    int threads = count > 1 ? atoi(arguments[1]) : 1, seconds = count > 2 ? atoi(arguments[2]) : 1;
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, NULL) != 0) return 1;
    }
    sleep(seconds);
    printf("%.1f\n", (double)hashes / seconds);
    return 0;
}
