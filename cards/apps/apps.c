/* SPDX-License-Identifier: Apache-2.0 */
/* The applications that a profile can name. */
#include "apps/app.h"

#include <string.h>

static const struct vc_app *const apps[] = {&vc_app_social, &vc_app_psam, &vc_app_certificates};

const struct vc_app *vc_app_find(const char *name)
{
    for (size_t i = 0; i < sizeof apps / sizeof apps[0]; i++) {
        if (strcmp(apps[i]->name, name) == 0) {
            return apps[i];
        }
    }
    return NULL;
}
