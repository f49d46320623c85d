/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_APP_H
#define VC_APP_H

#include "iso/card_impl.h"
#include "loader/yaml.h"

struct vc_command {
    uint8_t cla;
    uint8_t ins;
    uint16_t (*run)(struct vc_card *card, const struct vc_apdu *apdu);
};

/*
 * An application: what a directory does beyond the file system. A profile names it by
 * `application:`; its commands are asked before those that every directory has, so it may have its
 * own SELECT, VERIFY or GET CHALLENGE. All functions may be NULL.
 */
struct vc_app {
    const char *name;
    const struct vc_command *commands;
    size_t commands_n;
    /* Reads the entry `settings:` of the directory, NULL where there is none, into df->app_data. */
    bool (*load)(const struct vc_yaml *yaml, const yaml_node_t *settings, struct vc_df *df);
    /* After the selection of the directory; the FCI is in card->data. Gives the status word. */
    uint16_t (*selected)(struct vc_card *card, struct vc_df *df);
    /* At power on, power off and reset. */
    void (*reset)(struct vc_card *card, struct vc_df *df);
};

extern const struct vc_app vc_app_social;
extern const struct vc_app vc_app_psam;
extern const struct vc_app vc_app_certificates;

/* APPLICATION BLOCK and UNBLOCK (84 1E, 84 18) with the MAC of the first key for MACs of the
 * directory. */
uint16_t vc_social_block_application(struct vc_card *card, const struct vc_apdu *apdu);

/* NULL where no application has this name. */
const struct vc_app *vc_app_find(const char *name);

#endif
