/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays a folder of inputs through a fuzz entry point, for builds without libFuzzer.
 * Fails when there is no input at all, so that an emptied corpus cannot look green.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

enum { INPUT_BYTES_MAX = 1 << 20 };

static int replay_file(const char *path, uint8_t *buffer)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return 0;
    }
    size_t size = fread(buffer, 1, INPUT_BYTES_MAX, file);
    fclose(file);
    /* A copy of the exact size, so that a sanitizer sees a read past its end. */
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        exact[i] = buffer[i];
    }
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

int main(int argc, char **argv)
{
    static uint8_t buffer[INPUT_BYTES_MAX];
    int replayed = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (!dir) {
            fprintf(stderr, "cannot open corpus folder %s\n", argv[i]);
            return 1;
        }
        for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
            char path[4096];
            if (entry->d_name[0] == '.') {
                continue;
            }
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            replayed += replay_file(path, buffer);
        }
        closedir(dir);
    }
    printf("replayed %d inputs\n", replayed);
    return replayed > 0 ? 0 : 1;
}
