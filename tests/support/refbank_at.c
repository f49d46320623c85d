/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refbank-at: the reference bank on another day. The linker puts these in the place of the C
 * library's; REFBANK_SHIFT_S seconds are added to every time of day that the bank asks for. The
 * bank that is installed has no such thing.
 */
#include <stdlib.h>
#include <time.h>

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
time_t __wrap_time(time_t *ret_time);

static long shift_s(void)
{
    const char *text = getenv("REFBANK_SHIFT_S");
    return text ? strtol(text, NULL, 10) : 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    int status = __real_clock_gettime(clock, ret_time);
    if (status == 0 && clock == CLOCK_REALTIME) {
        ret_time->tv_sec += shift_s();
    }
    return status;
}

time_t __wrap_time(time_t *ret_time)
{
    struct timespec now;
    __wrap_clock_gettime(CLOCK_REALTIME, &now);
    if (ret_time) {
        *ret_time = now.tv_sec;
    }
    return now.tv_sec;
}
