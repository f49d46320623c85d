/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor for cards: SCardTransmit of GET CHALLENGE N times, nothing else.
 *
 *     bench-card READER N      prints microseconds a command
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <winscard.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int fail(const char *what, LONG code)
{
    fprintf(stderr, "bench-card: %s: %s\n", what, pcsc_stringify_error(code));
    return 4;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bench-card READER N\n");
        return 2;
    }
    long times = strtol(argv[2], NULL, 10);
    SCARDCONTEXT context = 0;
    SCARDHANDLE card = 0;
    DWORD protocol = 0;
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (code != SCARD_S_SUCCESS) {
        return fail("no PC/SC service", code);
    }
    code = SCardConnect(context, argv[1], SCARD_SHARE_EXCLUSIVE,
                        SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
    if (code != SCARD_S_SUCCESS) {
        return fail("connect", code);
    }
    const SCARD_IO_REQUEST *pci = protocol == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
    static const BYTE command[] = {0x00, 0x84, 0x00, 0x00, 0x08};
    double start = now();
    for (long i = 0; i < times; i++) {
        BYTE reply[258];
        DWORD length = sizeof reply;
        code = SCardTransmit(card, pci, command, sizeof command, NULL, reply, &length);
        if (code != SCARD_S_SUCCESS || length != 10) {
            return fail("transmit", code);
        }
    }
    printf("%.3f\n", (now() - start) * 1e6 / (double)times);
    SCardDisconnect(card, SCARD_LEAVE_CARD);
    SCardReleaseContext(context);
    return 0;
}
