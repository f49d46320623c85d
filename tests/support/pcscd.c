/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE 1
#include "pcscd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 20, START_MS = 10000, START_TRIES = 3, OTHERS_MS = 120000, END_MS = 3000 };

static void pause_step(void)
{
    struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    nanosleep(&step, NULL);
}

static bool service_answers(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/pcscd/pcscd.comm"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return answers;
}

static bool port_listens(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* A try to bind tells without a connection, which vpcd would take for a card. */
    bool listens = bind(fd, (struct sockaddr *)&address, sizeof address) != 0;
    close(fd);
    return listens;
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    uint16_t port = 0;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &length) == 0) {
        port = ntohs(address.sin_port);
    }
    close(fd);
    return port;
}

void pcscd_unplug(const struct pcscd *pcscd)
{
    char path[96];
    snprintf(path, sizeof path, "%s/plug", pcscd->folder);
    unlink(path);
}

static bool plug_in(const struct pcscd *pcscd, FILE *config)
{
    char path[96];
    snprintf(path, sizeof path, "%s/plug", pcscd->folder);
    FILE *plug = fopen(path, "w");
    if (!plug) {
        return false;
    }
    fclose(plug);
    fprintf(config,
            "FRIENDLYNAME \"PIN pad reader\"\nDEVICENAME %s\nLIBPATH %s\nCHANNELID 0x1\n", path,
            pcscd->pinpad);
    return true;
}

static bool write_config(const struct pcscd *pcscd)
{
    char path[96];
    snprintf(path, sizeof path, "%s/vpcd.conf", pcscd->folder);
    FILE *file = fopen(path, "w");
    if (!file) {
        return false;
    }
    fprintf(file,
            "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x%X\n"
            "LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID 0x%X\n",
            pcscd->port, pcscd->port);
    bool good = !pcscd->pinpad || plug_in(pcscd, file);
    return fclose(file) == 0 && good;
}

static void run_service(const struct pcscd *pcscd)
{
    char path[96];
    snprintf(path, sizeof path, "%s/vpcd.conf", pcscd->folder);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 1);
    dup2(null, 2);
    execlp("pcscd", "pcscd", "--foreground", "--config", path, (char *)NULL);
    execl("/usr/sbin/pcscd", "pcscd", "--foreground", "--config", path, (char *)NULL);
    _exit(127);
}

void pcscd_stop(struct pcscd *pcscd)
{
    char path[96];
    if (pcscd->pid > 0) {
        kill(pcscd->pid, SIGTERM);
        int waited = 0;
        while (waitpid(pcscd->pid, NULL, WNOHANG) == 0) {
            if (waited == END_MS) {
                kill(pcscd->pid, SIGKILL); /* a driver that waits for a mute card never ends */
            }
            waited += STEP_MS;
            pause_step();
        }
        unlink("/run/pcscd/pcscd.comm");
        unlink("/run/pcscd/pcscd.pid");
    }
    pcscd->pid = 0;
    snprintf(path, sizeof path, "%s/vpcd.conf", pcscd->folder);
    unlink(path);
    pcscd_unplug(pcscd);
    rmdir(pcscd->folder);
}

/* One try; what it leaves behind is for pcscd_stop. */
static const char *start_once(struct pcscd *pcscd)
{
    snprintf(pcscd->folder, sizeof pcscd->folder, "/tmp/yanshou-pcscd-XXXXXX");
    pcscd->port = free_port();
    if (!mkdtemp(pcscd->folder) || pcscd->port == 0 || !write_config(pcscd)) {
        return "cannot write the configuration of pcscd";
    }
    pcscd->pid = fork();
    if (pcscd->pid == 0) {
        run_service(pcscd);
    }
    for (int waited = 0; waited < START_MS; waited += STEP_MS) {
        if (service_answers() && port_listens(pcscd->port)) {
            return NULL;
        }
        if (waitpid(pcscd->pid, NULL, WNOHANG) == pcscd->pid) {
            pcscd->pid = 0;
            return "pcscd ended at once; are the packages pcscd and vsmartcard-vpcd installed?";
        }
        pause_step();
    }
    return "pcscd did not answer within 10 s";
}

const char *pcscd_start(struct pcscd *pcscd)
{
    const char *problem = NULL;
    for (int waited = 0; service_answers(); waited += STEP_MS) {
        if (waited > OTHERS_MS) {
            return "another pcscd is running; end it, the test needs readers of its own";
        }
        pause_step();
    }
    /* A port that was free a moment ago, or the one beside it, may have been taken since. */
    for (int tries = 0; tries < START_TRIES; tries++) {
        problem = start_once(pcscd);
        if (!problem) {
            break;
        }
        pcscd_stop(pcscd);
    }
    return problem;
}
