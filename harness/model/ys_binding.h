/* SPDX-License-Identifier: Apache-2.0 */
/* Bindings: `defaults` merged under each member of `bindings`. */
#ifndef YS_BINDING_H
#define YS_BINDING_H

#include "ys_model_private.h"

void ys_bindings_load(struct ys_loader *loader, const struct ys_pack *pack,
                      const struct ys_value *defaults, const struct ys_value *bindings,
                      struct ys_candidate *candidate);
/* The shape of one binding, for the JSON Schema. */
extern const struct ys_shape ys_shape_binding;

#endif
