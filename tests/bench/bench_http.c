/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor for HTTP: one libcurl handle, the same request N times, nothing else.
 *
 *     bench-http URL CA N      prints microseconds a request
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static size_t swallow(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    *(size_t *)context += size * count;
    return size * count;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bench-http URL CA N\n");
        return 2;
    }
    char *end = NULL;
    long times = strtol(argv[3], &end, 10);
    if (*end || times < 1) {
        fprintf(stderr, "bench-http: '%s' is not a number of requests\n", argv[3]);
        return 2;
    }
    size_t received = 0;
    CURL *curl = curl_easy_init();
    if (!curl) {
        return 4;
    }
    curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
    curl_easy_setopt(curl, CURLOPT_CAINFO, argv[2]);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
    /* The first request pays for the handshake and is not counted. */
    double start = 0;
    for (long i = 0; i <= times; i++) {
        if (i == 1) {
            start = now();
        }
        CURLcode code = curl_easy_perform(curl);
        if (code != CURLE_OK) {
            fprintf(stderr, "bench-http: %s\n", curl_easy_strerror(code));
            return 4;
        }
    }
    printf("%.3f\n", (now() - start) * 1e6 / (double)times);
    curl_easy_cleanup(curl);
    return received ? 0 : 4;
}
