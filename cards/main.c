/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtual-card: the command line. Status: 0 the card was taken out, 2 a wrong command line or
 * profile, 4 no reader.
 */
#include "apps/pboc.h"
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
    "       virtual-card --slot FILE:PORT [options] [--slot FILE:PORT [options]]…\n"
    "  --profile FILE   what the card is: files, keys, personalisation (cards/profiles)\n"
    "  --port PORT      where the virtual reader (vpcd) listens\n"
    "  --slot FILE:PORT both; each begins another card, whose options follow it\n"
    "  --host ADDRESS   IPv4 address of the readers (127.0.0.1)\n"
    "  --keys DIR       gives the card its financial application, with the keys of --make-keys\n"
    "  --state FILE     keeps the PIN, its tries and updated records\n"
    "  --set TAG=TEXT   personalises the records of a tag with another text; may be given again\n"
    "  --defect NAME    makes one mistake; may be given again\n"
    "  --make-keys DIR  makes a test CA, issuer and card keys once, and ca-keys.csv for terminals\n"
    "  --list-defects   name, clause and effect of each\n"
    "  --trace          shows each command and answer on standard error, PINs included\n"
    "  --help           this text\n";

/* One card of the command line. */
struct card_options {
    char profile[4096];
    const char *state;
    const char *keys;
    uint16_t port;
    struct vc_settings settings;
    struct vc_defects defects;
};

struct options {
    const char *host;
    bool trace;
    struct card_options cards[VC_MAX_SLOTS];
    size_t cards_n;
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

static bool set_profile(struct card_options *card, const char *path, size_t n)
{
    if (n == 0 || n >= sizeof card->profile) {
        fprintf(stderr, "virtual-card: \"%s\" is no path of a profile\n", path);
        return false;
    }
    memcpy(card->profile, path, n);
    card->profile[n] = 0;
    return true;
}

/* cards/profiles/ssc-v3.yaml:35963 */
static bool parse_slot(struct options *options, const char *value)
{
    const char *colon = strrchr(value, ':');
    if (!colon) {
        fprintf(stderr, "virtual-card: --slot takes FILE:PORT, not \"%s\"\n", value);
        return false;
    }
    if (options->cards_n == VC_MAX_SLOTS) {
        fprintf(stderr, "virtual-card: at most %d cards\n", VC_MAX_SLOTS);
        return false;
    }
    struct card_options *card = &options->cards[options->cards_n++];
    return set_profile(card, value, (size_t)(colon - value)) && parse_port(colon + 1, &card->port);
}

/* Options are about the card of the last --slot; without any, there is one card. */
static bool parse_value(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--slot") == 0) {
        return parse_slot(options, value);
    }
    if (strcmp(name, "--host") == 0) {
        options->host = value;
        return true;
    }
    if (options->cards_n == 0) {
        options->cards_n = 1;
    }
    struct card_options *card = &options->cards[options->cards_n - 1];
    if (strcmp(name, "--profile") == 0) {
        return set_profile(card, value, strlen(value));
    }
    if (strcmp(name, "--state") == 0) {
        card->state = value;
    } else if (strcmp(name, "--keys") == 0) {
        card->keys = value;
    } else if (strcmp(name, "--port") == 0) {
        return parse_port(value, &card->port);
    } else if (strcmp(name, "--set") == 0) {
        return parse_setting(&card->settings, value);
    } else if (strcmp(name, "--defect") == 0) {
        if (!vc_defects_enable(&card->defects, value)) {
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
    bool whole = ret_options->cards_n > 0;
    for (size_t i = 0; i < ret_options->cards_n; i++) {
        whole = whole && ret_options->cards[i].profile[0] && ret_options->cards[i].port;
    }
    if (!whole) {
        fprintf(stderr, "virtual-card: --profile and --port, or --slot, are needed\n%s", usage);
    }
    return whole;
}

/* All cards are made before the first is put in, so a wrong profile leaves no reader half used. */
static int run(const struct options *options)
{
    struct vc_slot slots[VC_MAX_SLOTS] = {{.card = NULL}};
    struct vc_err err;
    int status = STATUS_OK;
    size_t n = 0;
    while (status == STATUS_OK && n < options->cards_n) {
        const struct card_options *card = &options->cards[n];
        slots[n].port = card->port;
        slots[n].card =
            vc_card_new(card->profile, card->state, &card->settings, &card->defects, &err);
        if (!slots[n].card) {
            status = STATUS_USAGE;
            break;
        }
        if (card->keys &&
            !vc_card_add_financial(slots[n].card, card->profile, card->keys, &err)) {
            status = STATUS_USAGE;
        }
        n++;
    }
    if (status == STATUS_OK && !vc_vpcd_run(options->host, slots, n, options->trace, &err)) {
        status = STATUS_ENVIRONMENT;
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "virtual-card: %s\n", err.text);
    }
    while (n > 0) {
        vc_card_free(slots[--n].card);
    }
    return status;
}

static int make_keys(const char *folder)
{
    struct vc_err err;
    if (vc_pboc_keys_make(folder, &err)) {
        return STATUS_OK;
    }
    fprintf(stderr, "virtual-card: %s\n", err.text);
    return STATUS_USAGE;
}

int main(int argc, char **argv)
{
    static struct options options = {.host = "127.0.0.1"};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return STATUS_OK;
        }
        if (strcmp(argv[i], "--list-defects") == 0) {
            vc_defects_list(stdout);
            return STATUS_OK;
        }
        if (strcmp(argv[i], "--make-keys") == 0 && i + 1 < argc) {
            return make_keys(argv[i + 1]);
        }
    }
    if (!parse_options(argc, argv, &options)) {
        return STATUS_USAGE;
    }
    return run(&options);
}
