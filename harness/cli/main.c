/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_cli.h"

int main(int argc, char **argv)
{
    return ys_cli_main(argc, argv);
}
