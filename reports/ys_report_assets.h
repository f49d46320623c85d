/* SPDX-License-Identifier: Apache-2.0 */
/* The files of reports/assets, put into the program by embed.cmake. Private to the reports. */
#ifndef YS_REPORT_ASSETS_H
#define YS_REPORT_ASSETS_H

extern const char ys_asset_report_css[];
extern const char ys_asset_report_print_css[];
extern const char ys_asset_report_js[];
extern const char ys_asset_history_css[];

#endif
