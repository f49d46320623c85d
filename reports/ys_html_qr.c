/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes by libqrencode: the only file that includes its header. */
#include <qrencode.h>

#include "ys_html.h"

enum { QUIET = 4 /* modules of white around the code; ISO/IEC 18004, 6.3.8 */ };

void ys_html_qr(struct ys_xw *xw, const char *text, const char *label)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code) {
        return;
    }
    int side = code->width + 2 * QUIET;
    ys_xw_start(xw, "svg");
    ys_xw_attr(xw, "xmlns", "http://www.w3.org/2000/svg");
    ys_xw_attr(xw, "class", "qr");
    ys_xw_attr(xw, "role", "img");
    ys_xw_attr(xw, "aria-label", label);
    ys_xw_attr(xw, "width", "120");
    ys_xw_attr(xw, "height", "120");
    ys_xw_attr_printf(xw, "viewBox", "0 0 %d %d", side, side);
    ys_xw_start(xw, "rect");
    ys_xw_attr_printf(xw, "width", "%d", side);
    ys_xw_attr_printf(xw, "height", "%d", side);
    ys_xw_attr(xw, "fill", "#fff");
    ys_xw_end(xw);
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            int run = 0;
            while (x + run < code->width && (code->data[y * code->width + x + run] & 1u)) {
                run++;
            }
            if (run > 0) {
                ys_xw_start(xw, "rect");
                ys_xw_attr_printf(xw, "x", "%d", x + QUIET);
                ys_xw_attr_printf(xw, "y", "%d", y + QUIET);
                ys_xw_attr_printf(xw, "width", "%d", run);
                ys_xw_attr(xw, "height", "1");
                ys_xw_attr(xw, "fill", "#000");
                ys_xw_end(xw);
                x += run;
            }
        }
    }
    ys_xw_end_full(xw);
    QRcode_free(code);
}
