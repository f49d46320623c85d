/* SPDX-License-Identifier: Apache-2.0 */
/* Commands and the ATR as they come over the contacts. */
#include "transport/apdu.h"

static bool parse_long(const uint8_t *command, size_t n, struct vc_apdu *ret_apdu)
{
    size_t length = (size_t)(command[5] << 8 | command[6]);
    ret_apdu->is_long = true;
    if (n == 7) {
        ret_apdu->has_le = true;
        ret_apdu->le = length;
        return true;
    }
    ret_apdu->data = command + 7;
    ret_apdu->data_n = length;
    ret_apdu->has_le = n == 9 + length;
    ret_apdu->le = ret_apdu->has_le ? (size_t)(command[n - 2] << 8 | command[n - 1]) : 0;
    return length > 0 && (ret_apdu->has_le || n == 7 + length);
}

bool vc_apdu_parse(const uint8_t *command, size_t n, bool extended, struct vc_apdu *ret_apdu)
{
    if (n < 4) {
        return false;
    }
    *ret_apdu =
        (struct vc_apdu){.cla = command[0], .ins = command[1], .p1 = command[2], .p2 = command[3]};
    if (n == 5) {
        ret_apdu->has_le = true;
        ret_apdu->le = command[4];
    } else if (n >= 7 && command[4] == 0 && extended) {
        return parse_long(command, n, ret_apdu);
    } else if (n > 5) {
        ret_apdu->data = command + 5;
        ret_apdu->data_n = command[4];
        ret_apdu->has_le = n == 6 + ret_apdu->data_n;
        ret_apdu->le = ret_apdu->has_le ? command[n - 1] : 0;
        return ret_apdu->data_n > 0 && (ret_apdu->has_le || n == 5 + ret_apdu->data_n);
    }
    return true;
}

bool vc_atr_parse(const uint8_t *atr, size_t n, bool *ret_t1, bool *ret_tck,
                  const char **ret_problem)
{
    size_t at = 2;
    *ret_t1 = false;
    *ret_tck = false;
    *ret_problem = "it does not begin with 3B or 3F";
    if (n < 2 || (atr[0] != 0x3B && atr[0] != 0x3F)) {
        return false;
    }
    for (uint8_t present = atr[1] >> 4; present;) {
        for (unsigned bit = 1; bit < 8; bit <<= 1) {
            at += (present & bit) != 0;
        }
        *ret_problem = "its interface bytes end too soon";
        if (!(present & 8)) {
            break;
        }
        if (at >= n) {
            return false;
        }
        present = atr[at] >> 4;
        *ret_tck = *ret_tck || (atr[at] & 0x0F) != 0;
        *ret_t1 = *ret_t1 || (atr[at] & 0x0F) == 1;
        at++;
    }
    *ret_problem = "its length is not that of interface bytes, historical bytes and, where another "
                   "protocol than T=0 is offered, TCK";
    if (at + (atr[1] & 0x0F) + *ret_tck != n) {
        return false;
    }
    uint8_t sum = 0;
    for (size_t i = 1; i < n; i++) {
        sum ^= atr[i];
    }
    *ret_problem = "its check byte TCK is wrong";
    return !*ret_tck || sum == 0;
}
