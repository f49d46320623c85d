/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtual-card: the command line. Status: 0 the card was taken out, 2 a wrong command line or
 * profile, 4 no reader.
 */
#include "defects.h"
#include "iso/card.h"
#include "transport/vpcd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_OK = 0, STATUS_USAGE = 2, STATUS_ENVIRONMENT = 4 };

static const char usage[] =
    "usage: virtual-card --profile FILE --port PORT [options]\n"
    "  --profile FILE   what the card is: files, keys, personalisation (cards/profiles)\n"
    "  --port PORT      where the virtual reader (vpcd) listens\n"
    "  --host ADDRESS   its IPv4 address (127.0.0.1)\n"
    "  --state FILE     keeps the PIN, its tries and updated records\n"
    "  --set TAG=TEXT   personalises the records of a tag with another text; may be given again\n"
    "  --defect NAME    makes one mistake; may be given again\n"
    "  --list-defects   name, clause and effect of each\n"
    "  --trace          shows each command and answer on standard error, PINs included\n"
    "  --help           this text\n";

struct options {
    const char *profile;
    const char *host;
    const char *state;
    uint16_t port;
    bool trace;
    struct vc_settings settings;
    struct vc_defects defects;
};

static bool parse_port(const char *text, uint16_t *ret_port)
{
    char *end = NULL;
    errno = 0;
    unsigned long port = strtoul(text, &end, 10);
    if (errno || *end || text[0] < '0' || text[0] > '9' || port == 0 || port > 65535) {
        fprintf(stderr, "virtual-card: --port must be 1 to 65535, not \"%s\"\n", text);
        return false;
    }
    *ret_port = (uint16_t)port;
    return true;
}

/* 09=测试二 */
static bool parse_setting(struct vc_settings *settings, const char *text)
{
    size_t n = 0;
    char tag[3] = {0};
    if (strcspn(text, "=") == 2 && settings->n < VC_MAX_SETTINGS) {
        memcpy(tag, text, 2);
        if (vc_hex_parse(tag, &settings->list[settings->n].tag, 1, &n) && n == 1) {
            settings->list[settings->n++].text = text + 3;
            return true;
        }
    }
    fprintf(stderr, "virtual-card: --set takes at most %d TAG=TEXT like 09=测试二, not \"%s\"\n",
            VC_MAX_SETTINGS, text);
    return false;
}

static bool parse_value(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--profile") == 0) {
        options->profile = value;
    } else if (strcmp(name, "--host") == 0) {
        options->host = value;
    } else if (strcmp(name, "--state") == 0) {
        options->state = value;
    } else if (strcmp(name, "--port") == 0) {
        return parse_port(value, &options->port);
    } else if (strcmp(name, "--set") == 0) {
        return parse_setting(&options->settings, value);
    } else if (strcmp(name, "--defect") == 0) {
        if (!vc_defects_enable(&options->defects, value)) {
            fprintf(stderr, "virtual-card: no defect \"%s\"; see --list-defects\n", value);
            return false;
        }
    } else {
        fprintf(stderr, "virtual-card: unknown option \"%s\"\n%s", name, usage);
        return false;
    }
    return true;
}

static bool parse_options(int argc, char **argv, struct options *ret_options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0) {
            ret_options->trace = true;
        } else if (i + 1 == argc) {
            fprintf(stderr, "virtual-card: \"%s\" is unknown or lacks its value\n%s", argv[i],
                    usage);
            return false;
        } else {
            if (!parse_value(ret_options, argv[i], argv[i + 1])) {
                return false;
            }
            i++;
        }
    }
    if (!ret_options->profile || !ret_options->port) {
        fprintf(stderr, "virtual-card: --profile and --port are needed\n%s", usage);
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {.host = "127.0.0.1"};
    struct vc_err err;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return STATUS_OK;
        }
        if (strcmp(argv[i], "--list-defects") == 0) {
            vc_defects_list(stdout);
            return STATUS_OK;
        }
    }
    if (!parse_options(argc, argv, &options)) {
        return STATUS_USAGE;
    }
    struct vc_card *card =
        vc_card_new(options.profile, options.state, &options.settings, &options.defects, &err);
    if (!card) {
        fprintf(stderr, "virtual-card: %s\n", err.text);
        return STATUS_USAGE;
    }
    bool ok = vc_transport_run(options.host, options.port, card, options.trace, &err);
    if (!ok) {
        fprintf(stderr, "virtual-card: %s\n", err.text);
    }
    vc_card_free(card);
    return ok ? STATUS_OK : STATUS_ENVIRONMENT;
}
