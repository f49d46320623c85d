/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou sign: an SM2 signature over the seal of a run directory. */
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ys_cli.h"
#include "ys_file.h"
#include "ys_signature.h"

struct asker {
    const char *key;
    const char *file; /* holds the passphrase; NULL: ask on the terminal */
};

/* Up to the first line's end. */
static bool read_line(int fd, char *text, size_t size)
{
    size_t length = 0;
    char byte = 0;
    ssize_t got = 0;
    while ((got = read(fd, &byte, 1)) == 1 && byte != '\n') {
        if (length + 1u == size) {
            return false;
        }
        text[length++] = byte;
    }
    text[length] = '\0';
    return got >= 0;
}

static bool read_file(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool done = read_line(fd, text, size);
    close(fd);
    return done;
}

/* Asks on the terminal itself, so that standard input and output stay free. */
static bool prompt(const char *key, char *text, size_t size)
{
    struct termios before;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return false;
    }
    bool is_terminal = tcgetattr(fd, &before) == 0;
    if (is_terminal) {
        struct termios silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        /* Silent first: what is typed as soon as the question shows would be echoed, or flushed. */
        is_terminal = tcsetattr(fd, TCSAFLUSH, &silent) == 0;
        dprintf(fd, "passphrase of %s: ", key);
    }
    bool done = is_terminal && read_line(fd, text, size);
    if (is_terminal) {
        tcsetattr(fd, TCSAFLUSH, &before);
        dprintf(fd, "\n");
    }
    close(fd);
    return done;
}

static bool give_passphrase(void *context, char ret_passphrase[YS_PASSPHRASE_MAX])
{
    const struct asker *asker = context;
    if (asker->file) {
        return read_file(asker->file, ret_passphrase, YS_PASSPHRASE_MAX);
    }
    return prompt(asker->key, ret_passphrase, YS_PASSPHRASE_MAX);
}

static enum ys_exit tell(const struct ys_arguments *arguments, const char *run_dir)
{
    struct ys_err err;
    struct ys_verification found;
    struct ys_signatures signatures;
    if (ys_run_verify(arguments->arena, run_dir, NULL, &found, &signatures, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (found.fault != YS_FAULT_NONE || signatures.count == 0) {
        fprintf(stderr, "yanshou: what was just signed does not verify: %s\n", found.text);
        return YS_EXIT_EVIDENCE;
    }
    const struct ys_signature *last = &signatures.items[signatures.count - 1u];
    if (arguments->json) {
        struct ys_value *out = ys_value_map(arguments->arena);
        ys_value_set_int(arguments->arena, out, "signature", (int64_t)signatures.count);
        ys_value_set_text(arguments->arena, out, "role", last->role);
        ys_value_set_text(arguments->arena, out, "subject", last->certificate.subject);
        ys_value_set_text(arguments->arena, out, "time", last->time);
        return ys_cli_print_json(out);
    }
    printf("signature %zu: %s, %s, %s\n", signatures.count, last->role, last->certificate.subject,
           last->time);
    return YS_EXIT_GOOD;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    const char *run_dir = arguments->positionals[0];
    const char *role = ys_option_text(arguments, "role");
    struct asker asker = {.key = ys_option_text(arguments, "key"),
                          .file = ys_option_text(arguments, "passphrase-file")};
    struct ys_signer *signer = NULL;
    struct ys_err err;
    if (!asker.key) {
        return ys_cli_usage(arguments, "--key KEY is missing");
    }
    if (!ys_folder_exists(run_dir)) {
        return ys_cli_usage(arguments, "there is no run directory %s", run_dir);
    }
    if (asker.file && !ys_file_exists(asker.file)) {
        return ys_cli_usage(arguments, "there is no passphrase file %s", asker.file);
    }
    enum ys_status status = ys_signer_open(asker.key, ys_option_text(arguments, "certificate"),
                                           give_passphrase, &asker, &signer, &err);
    if (status == YS_OK) {
        status =
            ys_signature_add(run_dir, signer, role ? role : "inspector", ys_clock_real(), &err);
        ys_signer_free(signer);
    }
    return status == YS_OK ? tell(arguments, run_dir) : ys_cli_fail(&err);
}

static const struct ys_option OPTIONS[] = {
    {"key", 'k', "KEY",
     "the SM2 key (required): a PEM or PKCS#12 file, or the pkcs11: URI of a\n"
     "token where OpenSSL has a provider for it"},
    {"certificate", 'c', "FILE", "its certificate and those above it, when not beside the key"},
    {"passphrase-file", 0, "FILE",
     "a file whose first line unlocks the key; default: asked on the terminal"},
    {"role", 0, "WORD", "as whom: inspector (default), bank, witness …"},
};

const struct ys_command ys_command_sign = {
    .name = "sign",
    .summary = "sign the seal of a run directory with an SM2 key",
    .operands = "RUNDIR",
    .about = "Verifies the run directory and adds a signature to its signature.json. The order of\n"
             "several signatures is kept and bound. 'openssl' alone can check them: see\n"
             "docs/verify-by-hand.md.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
