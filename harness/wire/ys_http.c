/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP by libcurl. One easy handle is kept and reused, so that connections and TLS sessions live
 * on. A URL is parsed once, by libcurl's own parser, and the parsed form is both checked against
 * the allowed hosts and handed to the transfer: no second parser can see another host.
 *
 * Redirects are followed here and not by libcurl, because each hop must pass the same check.
 * What went wrong is told in ys_http_failure.c.
 */
#include "ys_http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ys_file.h"
#include "ys_http_failure.h"
#include "ys_http_reply.h"
#include "ys_tls.h"

enum { TLS_CACHE_ENTRIES = 8, VERSION_BYTES = 96 };

/* Facts of one live connection. A handle makes all its connections itself and each new one is
 * entered here, so a pointer that OpenSSL uses again can never show stale facts. */
struct tls_entry {
    const void *ssl;
    struct ys_arena arena;
    struct ys_tls_facts facts;
};

struct ys_http {
    CURL *curl;
    CURLU *url; /* of the hop under way */
    struct ys_arena arena;
    struct ys_http_config config; /* its texts in `arena` */
    const volatile int *stop;
    struct tls_entry tls[TLS_CACHE_ENTRIES];
    size_t tls_next;
    struct ys_tls_verdict verdict;
    char curl_words[CURL_ERROR_SIZE];

    /* The request under way. */
    struct ys_http_reply *reply;
    struct ys_arena scratch;
    const char *host; /* of the hop, scratch */
    const char *scheme;
    unsigned port;
    size_t header_bytes;
    unsigned sends; /* times that this hop was sent */
    bool repeatable;
    bool tls_begun;               /* so the host was reached */
    enum ys_http_failure refusal; /* ours; YS_HTTP_SOUND: none */
};

static char version_text[VERSION_BYTES];

static void init_once(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    snprintf(version_text, sizeof version_text, "libcurl/%s %s", info->version,
             info->ssl_version ? info->ssl_version : "without TLS");
}

static void init_library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_once);
}

const char *ys_http_version(void)
{
    init_library();
    return version_text;
}

/* The flag belongs to a signal handler or another thread. */
static bool is_stopped(const struct ys_http *http)
{
    return http->stop && __atomic_load_n(http->stop, __ATOMIC_RELAXED) != 0;
}

/* Callbacks of libcurl. Returning less than what was given ends the transfer. */

static void note_tls(struct ys_http *http)
{
    struct curl_tlssessioninfo *session = NULL;
    struct tls_entry *entry = NULL;
    long connects = 0;

    if (curl_easy_getinfo(http->curl, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || !session ||
        !session->internals) {
        return;
    }
    for (size_t i = 0; i < TLS_CACHE_ENTRIES; i++) {
        if (http->tls[i].ssl == session->internals) {
            entry = &http->tls[i];
        }
    }
    curl_easy_getinfo(http->curl, CURLINFO_NUM_CONNECTS, &connects);
    if (!entry || connects > 0) {
        if (!entry) {
            entry = &http->tls[http->tls_next];
            http->tls_next = (http->tls_next + 1) % TLS_CACHE_ENTRIES;
        }
        ys_arena_clear(&entry->arena);
        entry->ssl = session->internals;
        entry->facts = ys_tls__describe(&entry->arena, session->internals);
    }
    struct ys_http_reply *reply = http->reply;
    reply->tls_version = ys_arena_strdup(&reply->arena, entry->facts.version);
    reply->tls_cipher = ys_arena_strdup(&reply->arena, entry->facts.cipher);
    reply->peer_certificate = ys_arena_strdup(&reply->arena, entry->facts.peer_certificate);
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct ys_http *http = context;
    struct ys_http_reply *reply = http->reply;
    size_t length = size * count;

    http->header_bytes += length;
    if (http->header_bytes > YS_HTTP_HEADER_BYTES_MAX) {
        http->refusal = YS_HTTP_HEADERS_TOO_LONG;
        return 0;
    }
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        /* The headers of an interim reply (100, 103) are not those of the reply. */
        reply->header_count = 0;
        note_tls(http);
        return length;
    }
    if (!ys_http__reply_add_line(reply, line, length)) {
        http->refusal = YS_HTTP_HEADERS_TOO_MANY;
        return 0;
    }
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct ys_http *http = context;
    if (ys_buf_append(&http->reply->body, bytes, size * count) != YS_OK) {
        http->refusal = YS_HTTP_BODY_TOO_LONG;
        return 0;
    }
    return size * count;
}

static int on_progress(void *context, curl_off_t download_total, curl_off_t downloaded,
                       curl_off_t upload_total, curl_off_t uploaded)
{
    struct ys_http *http = context;
    (void)download_total, (void)downloaded, (void)upload_total, (void)uploaded;
    if (is_stopped(http)) {
        http->refusal = YS_HTTP_STOPPED;
        return 1;
    }
    return 0;
}

/* libcurl sends again by itself when a kept connection turns out to be dead. A withdrawal that is
 * sent twice may be booked twice, so only idempotent methods (RFC 9110, 9.2.2) may repeat. */
static int on_send(void *context, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct ys_http *http = context;
    (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    if (++http->sends > 1 && !http->repeatable) {
        http->refusal = YS_HTTP_NOT_REPEATED;
        return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
}

static CURLcode on_ssl_ctx(CURL *curl, void *ssl_ctx, void *context)
{
    struct ys_http *http = context;
    (void)curl;
    http->tls_begun = true;
    ys_tls__watch(ssl_ctx, &http->verdict);
    return !http->config.imitates_client || ys_tls__imitate(ssl_ctx, http->config.client_cert_file)
               ? CURLE_OK
               : CURLE_SSL_CERTPROBLEM;
}

/* Configuration. */

static const char *copy_or_null(struct ys_arena *arena, const char *text)
{
    return text ? ys_arena_strdup(arena, text) : NULL;
}

static void copy_config(struct ys_http *http, const struct ys_http_config *config)
{
    struct ys_arena *arena = &http->arena;
    const char **hosts = ys_arena_calloc(arena, config->allowed_host_count, sizeof *hosts);
    for (size_t i = 0; i < config->allowed_host_count; i++) {
        hosts[i] = ys_arena_strdup(arena, config->allowed_hosts[i]);
    }
    http->config = *config;
    http->config.ca_file = copy_or_null(arena, config->ca_file);
    http->config.client_cert_file = copy_or_null(arena, config->client_cert_file);
    http->config.client_key_file = copy_or_null(arena, config->client_key_file);
    http->config.client_key_passphrase = copy_or_null(arena, config->client_key_passphrase);
    http->config.user_agent = copy_or_null(arena, config->user_agent);
    http->config.allowed_hosts = hosts;
    http->config.connect_ms = config->connect_ms ? config->connect_ms : YS_HTTP_CONNECT_MS;
    http->config.total_ms = config->total_ms ? config->total_ms : YS_HTTP_TOTAL_MS;
    http->config.stall_ms = config->stall_ms ? config->stall_ms : YS_HTTP_STALL_MS;
}

static enum ys_status check_file(const char *path, const char *what, struct ys_err *reterr)
{
    if (path && !ys_file_exists(path)) {
        return ys_err_set(reterr, YS_ERR_NOT_FOUND, "%s: no such file: %s", what, path);
    }
    return YS_OK;
}

static enum ys_status check_config(const struct ys_http_config *config, struct ys_err *reterr)
{
    if (config->client_key_file && !config->client_cert_file) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "client_key is given without client_certificate");
    }
    if (config->imitates_client && !config->client_cert_file) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "there is no client certificate to imitate");
    }
    enum ys_status status = check_file(config->ca_file, "ca", reterr);
    if (status == YS_OK) {
        status = check_file(config->client_cert_file, "client_certificate", reterr);
    }
    if (status == YS_OK) {
        status = check_file(config->client_key_file, "client_key", reterr);
    }
    return status;
}

/* Options that stay for the life of the handle. An option that libcurl refuses would loosen a
 * promise of the header, so each is checked. */
static CURLcode set_options(struct ys_http *http)
{
    const struct ys_http_config *config = &http->config;
    bool own = !config->imitates_client;
    CURL *curl = http->curl;
    CURLcode code = CURLE_OK;
    struct {
        CURLoption option;
        long value;
    } const numbers[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)config->connect_ms},
        {CURLOPT_LOW_SPEED_LIMIT, 1},
        {CURLOPT_LOW_SPEED_TIME, (long)(config->stall_ms + 999u) / 1000},
        {CURLOPT_PATH_AS_IS, 1},
    };
    struct {
        CURLoption option;
        const void *value;
    } const pointers[] = {
        {CURLOPT_ERRORBUFFER, http->curl_words},
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_PROXY, ""},
        {CURLOPT_ACCEPT_ENCODING, ""},
        {CURLOPT_USERAGENT, config->user_agent},
        {CURLOPT_SSLCERT, own ? config->client_cert_file : NULL},
        {CURLOPT_SSLKEY, own ? config->client_key_file : NULL},
        {CURLOPT_KEYPASSWD, config->client_key_passphrase},
        {CURLOPT_HEADERDATA, http},
        {CURLOPT_WRITEDATA, http},
        {CURLOPT_PREREQDATA, http},
        {CURLOPT_SSL_CTX_DATA, http},
        {CURLOPT_XFERINFODATA, http},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && code == CURLE_OK; i++) {
        code = curl_easy_setopt(curl, numbers[i].option, numbers[i].value);
    }
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0] && code == CURLE_OK; i++) {
        code = curl_easy_setopt(curl, pointers[i].option, pointers[i].value);
    }
    if (code == CURLE_OK && config->ca_file) {
        /* Only the named roots count: the machine's own store would let strangers in. */
        code = curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
        code = code ? code : curl_easy_setopt(curl, CURLOPT_CAINFO, config->ca_file);
    }
    code = code ? code
                : curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE,
                                   (curl_off_t)YS_HTTP_BODY_BYTES_MAX);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_send);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
    return code ? code : curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
}

enum ys_status ys_http_new(const struct ys_http_config *config, struct ys_http **ret_http,
                           struct ys_err *reterr)
{
    enum ys_status status = check_config(config, reterr);
    if (status != YS_OK) {
        return status;
    }
    init_library();
    struct ys_http *http = ys_calloc(1, sizeof *http);
    ys_arena_init(&http->arena);
    ys_arena_init(&http->scratch);
    for (size_t i = 0; i < TLS_CACHE_ENTRIES; i++) {
        ys_arena_init(&http->tls[i].arena);
    }
    copy_config(http, config);
    http->curl = curl_easy_init();
    http->url = curl_url();
    CURLcode code = http->curl && http->url ? set_options(http) : CURLE_FAILED_INIT;
    if (code != CURLE_OK) {
        ys_http_free(http);
        return ys_err_set(reterr, YS_ERR_HTTP_OTHER, "libcurl cannot be set up: %s",
                          curl_easy_strerror(code));
    }
    *ret_http = http;
    return YS_OK;
}

void ys_http_free(struct ys_http *http)
{
    if (!http) {
        return;
    }
    curl_easy_cleanup(http->curl);
    curl_url_cleanup(http->url);
    for (size_t i = 0; i < TLS_CACHE_ENTRIES; i++) {
        ys_arena_clear(&http->tls[i].arena);
    }
    ys_arena_clear(&http->scratch);
    ys_arena_clear(&http->arena);
    ys_free(http);
}

void ys_http_set_stop(struct ys_http *http, const volatile int *flag)
{
    http->stop = flag;
    /* Without a flag libcurl need not call back at all. */
    curl_easy_setopt(http->curl, CURLOPT_NOPROGRESS, flag ? 0L : 1L);
}

/* URLs. */

static const char *url_part(struct ys_arena *arena, CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK || !text) {
        return NULL;
    }
    char *copy = ys_arena_strdup(arena, text);
    curl_free(text);
    return copy;
}

/* Parses `text` into `url`. Credentials in a URL would end in evidence and logs. */
static enum ys_status parse_url(CURLU *url, struct ys_arena *arena, const char *text,
                                const char **ret_scheme, const char **ret_host, unsigned *ret_port,
                                struct ys_err *reterr)
{
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_PATH_AS_IS | CURLU_DISALLOW_USER);
    if (code == CURLUE_USER_NOT_ALLOWED) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "user names and passwords have no place in a URL; use `auth`");
    }
    const char *scheme = code ? NULL : url_part(arena, url, CURLUPART_SCHEME, 0);
    const char *host = code ? NULL : url_part(arena, url, CURLUPART_HOST, 0);
    const char *port = code ? NULL : url_part(arena, url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    uint64_t number = 0;
    if (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) || !host ||
        !port || ys_parse_u64(port, strlen(port), &number) != YS_OK || number > UINT16_MAX) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "not an http or https URL: %.200s%s%s", text,
                          code ? ": " : "", code ? curl_url_strerror(code) : "");
    }
    *ret_scheme = scheme;
    *ret_host = host;
    *ret_port = (unsigned)number;
    return YS_OK;
}

enum ys_status ys_url_host(struct ys_arena *arena, const char *url, const char **ret_host,
                           uint16_t *ret_port, struct ys_err *reterr)
{
    const char *scheme = NULL;
    unsigned port = 0;
    CURLU *parsed = curl_url();
    enum ys_status status = parse_url(parsed, arena, url, &scheme, ret_host, &port, reterr);
    if (status == YS_OK) {
        *ret_port = (uint16_t)port;
    }
    curl_url_cleanup(parsed);
    return status;
}

/* One hop. */

static bool is_token(const char *text)
{
    /* RFC 9110, 5.6.2 */
    for (const char *c = text; *c; c++) {
        bool alphanumeric =
            (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z');
        if (!alphanumeric && !strchr("!#$%&'*+-.^_`|~", *c)) {
            return false;
        }
    }
    return text[0] != '\0';
}

static bool is_credential(const char *name)
{
    return strcasecmp(name, "Authorization") == 0 || strcasecmp(name, "Cookie") == 0;
}

/* libcurl reports only exhausted memory here, which ys_alloc would have ended. */
static struct curl_slist *add_line(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(list, line);
    return longer ? longer : list;
}

/* The list that libcurl sends. A header that a line break could split is refused. */
static enum ys_status make_headers(struct ys_http *http, const struct ys_http_request *request,
                                   bool with_credentials, struct curl_slist **ret_list,
                                   struct ys_err *reterr)
{
    bool typed = false;
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < request->header_count; i++) {
        const struct ys_http_header *header = &request->headers[i];
        if (!is_token(header->name) || strpbrk(header->value, "\r\n")) {
            curl_slist_free_all(list);
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "not a usable header: %.100s", header->name);
        }
        if (is_credential(header->name) && !with_credentials) {
            continue;
        }
        typed = typed || strcasecmp(header->name, "Content-Type") == 0;
        size_t size = strlen(header->name) + strlen(header->value) + 3;
        char *line = ys_arena_alloc(&http->scratch, size);
        if (header->value[0] != '\0') {
            snprintf(line, size, "%s: %s", header->name, header->value);
        } else {
            snprintf(line, size, "%s;", header->name); /* libcurl's form of an empty value */
        }
        list = add_line(list, line);
    }
    if (request->body) {
        /* No pause for "100 Continue", and no Content-Type that nobody chose. */
        list = add_line(list, "Expect:");
        list = typed ? list : add_line(list, "Content-Type:");
    }
    *ret_list = list;
    return YS_OK;
}

static bool is_idempotent(const char *method)
{
    static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(method, methods[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void set_method(CURL *curl, const struct ys_http_request *request)
{
    const char *method = request->method;
    bool writes =
        strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;

    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
        return;
    }
    if (request->body || writes) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)(request->body ? request->body_length : 0));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
}

/* An alert of the peer about our certificate may come in the handshake or, with TLS 1.3, when the
 * reply is read. */
static enum ys_http_failure client_alert(const struct ys_http *http, CURLcode code)
{
    const char *words = http->curl_words;
    long connects = 0;
    curl_easy_getinfo(http->curl, CURLINFO_NUM_CONNECTS, &connects);
    bool handshaking = code == CURLE_SSL_CONNECT_ERROR || connects > 0;

    if (handshaking && http->header_bytes == 0 && http->verdict.client_wanted) {
        return YS_HTTP_TLS_CLIENT_WANTED; /* the alert itself may be lost in a reset */
    }
    if (http->config.client_cert_file && strstr(words, "alert") &&
        (strstr(words, "certificate") || strstr(words, "unknown ca"))) {
        return YS_HTTP_TLS_CLIENT_REFUSED;
    }
    return YS_HTTP_SOUND;
}

static enum ys_http_failure classify(const struct ys_http *http, CURLcode code)
{
    enum ys_http_failure alert = YS_HTTP_SOUND;
    if (code == CURLE_OK) {
        return YS_HTTP_SOUND;
    }
    if (http->refusal != YS_HTTP_SOUND) {
        return http->refusal;
    }
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return YS_HTTP_RESOLVE;
    case CURLE_COULDNT_CONNECT:
        return YS_HTTP_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return YS_HTTP_TIMED_OUT;
    case CURLE_FILESIZE_EXCEEDED:
        return YS_HTTP_BODY_TOO_LONG;
    case CURLE_OUT_OF_MEMORY: /* of a bounded line buffer: ours never fails */
        return YS_HTTP_HEADERS_TOO_LONG;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        alert = client_alert(http, code);
        return alert != YS_HTTP_SOUND ? alert : YS_HTTP_CUT;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return YS_HTTP_GARBAGE;
    case CURLE_BAD_CONTENT_ENCODING:
        return YS_HTTP_ENCODING;
    case CURLE_PEER_FAILED_VERIFICATION:
        return YS_HTTP_TLS_PEER;
    case CURLE_SSL_CACERT_BADFILE:
        return YS_HTTP_TLS_CA_FILE;
    case CURLE_SSL_CERTPROBLEM:
        return YS_HTTP_TLS_CLIENT_FILE;
    case CURLE_SSL_CONNECT_ERROR:
        alert = client_alert(http, code);
        return alert != YS_HTTP_SOUND ? alert : YS_HTTP_TLS_HANDSHAKE;
    default:
        return YS_HTTP_OTHER;
    }
}

static int64_t time_info(CURL *curl, CURLINFO info)
{
    curl_off_t us = 0;
    return curl_easy_getinfo(curl, info, &us) == CURLE_OK ? (int64_t)us : 0;
}

/* `before_us`: what the hops before this one took. */
static void note_timing(CURL *curl, int64_t before_us, struct ys_http_timing *timing)
{
    struct {
        CURLINFO info;
        int64_t *at;
    } const times[] = {
        {CURLINFO_NAMELOOKUP_TIME_T, &timing->resolved_us},
        {CURLINFO_CONNECT_TIME_T, &timing->connected_us},
        {CURLINFO_APPCONNECT_TIME_T, &timing->tls_us},
        {CURLINFO_STARTTRANSFER_TIME_T, &timing->first_byte_us},
        {CURLINFO_TOTAL_TIME_T, &timing->total_us},
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int64_t us = time_info(curl, times[i].info);
        *times[i].at = us > 0 ? before_us + us : 0; /* 0: it did not get that far */
    }
}

static void note_reply(struct ys_http *http, struct ys_http_reply *reply)
{
    CURL *curl = http->curl;
    long status = 0;
    long version = 0;
    long connects = 0;
    long port = 0;
    const char *address = NULL;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
    curl_easy_getinfo(curl, CURLINFO_PRIMARY_PORT, &port);
    reply->status = (int)status;
    reply->version = version == CURL_HTTP_VERSION_1_0   ? "1.0"
                     : version == CURL_HTTP_VERSION_2_0 ? "2"
                                                        : "1.1";
    reply->new_connection = connects > 0;
    if (address && address[0] != '\0') {
        bool v6 = strchr(address, ':') != NULL;
        reply->remote = ys_arena_printf(&reply->arena, v6 ? "[%s]:%ld" : "%s:%ld", address, port);
    }
}

static enum ys_status perform_hop(struct ys_http *http, const struct ys_http_request *request,
                                  uint32_t total_ms, bool with_credentials,
                                  struct ys_http_reply *reply, struct ys_err *reterr)
{
    CURL *curl = http->curl;
    struct curl_slist *headers = NULL;
    int64_t before_us = reply->timing.total_us;
    enum ys_status status = make_headers(http, request, with_credentials, &headers, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_http__reply_reset(reply);
    http->reply = reply;
    http->header_bytes = 0;
    http->sends = 0;
    http->tls_begun = false;
    http->repeatable = is_idempotent(request->method);
    http->refusal = YS_HTTP_SOUND;
    http->curl_words[0] = '\0';

    set_method(curl, request);
    curl_easy_setopt(curl, CURLOPT_CURLU, http->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)total_ms);
    CURLcode code = curl_easy_perform(curl);
    note_timing(curl, before_us, &reply->timing);
    note_reply(http, reply);
    /* Nothing of this request may reach into the next one. */
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);

    struct ys_http_complaint complaint = {
        .failure = classify(http, code),
        .config = &http->config,
        .scheme = http->scheme,
        .host = http->host,
        .port = http->port,
        .words = http->curl_words[0] ? http->curl_words : curl_easy_strerror(code),
        .verdict = &http->verdict,
        .timing = &reply->timing,
        .tls_begun = http->tls_begun,
        .sent = http->sends > 0,
        .total_ms = total_ms,
        .body_length = reply->body.length,
    };
    return ys_http__complain(&complaint, reterr);
}

/* Redirects. */

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The next request of a redirect (RFC 9110, 15.4). YS_ERR_NOT_FOUND: there is no Location, so
 * the reply is the last one. */
static enum ys_status next_hop(struct ys_http *http, int status_code,
                               struct ys_http_request *request, struct ys_err *reterr)
{
    char *location = NULL;
    curl_easy_getinfo(http->curl, CURLINFO_REDIRECT_URL, &location);
    if (!location) {
        return YS_ERR_NOT_FOUND;
    }
    if (strcmp(http->scheme, "https") == 0 && strncasecmp(location, "https:", 6) != 0) {
        return ys_err_set(reterr, YS_ERR_HTTP_OTHER,
                          "%s:%u redirects from https to %.200s; not followed", http->host,
                          http->port, location);
    }
    bool was_post = strcmp(request->method, "POST") == 0;
    bool is_head = strcmp(request->method, "HEAD") == 0;
    if ((status_code == 303 && !is_head) || (status_code < 303 && was_post)) {
        request->method = "GET";
        request->body = NULL;
        request->body_length = 0;
    }
    request->url = ys_arena_strdup(&http->scratch, location);
    return YS_OK;
}

static enum ys_status enter_host(struct ys_http *http, const char *url, struct ys_err *reterr)
{
    enum ys_status status =
        parse_url(http->url, &http->scratch, url, &http->scheme, &http->host, &http->port, reterr);
    if (status == YS_OK && !ys_http__host_allowed(&http->config, http->host, http->port)) {
        return ys_err_set(reterr, YS_ERR_HTTP_HOST,
                          "%s:%u is not among the allowed hosts; add it to `allowed_hosts` of the "
                          "candidate file if it belongs to the bank's test system",
                          http->host, http->port);
    }
    return status;
}

static enum ys_status perform_all(struct ys_http *http, struct ys_http_request *request,
                                  struct ys_http_reply *reply, struct ys_err *reterr)
{
    const uint32_t total_ms = request->total_ms ? request->total_ms : http->config.total_ms;
    const char *first_host = http->host;
    const char *first_scheme = http->scheme;
    unsigned first_port = http->port;

    for (unsigned redirects = 0;; redirects++) {
        int64_t spent_ms = reply->timing.total_us / 1000;
        uint32_t left_ms = spent_ms < (int64_t)total_ms ? total_ms - (uint32_t)spent_ms : 1;
        bool same = strcmp(first_host, http->host) == 0 && first_port == http->port &&
                    strcmp(first_scheme, http->scheme) == 0;
        enum ys_status status = perform_hop(http, request, left_ms, same, reply, reterr);
        if (status != YS_OK || !request->follow_redirects || !is_redirect(reply->status)) {
            return status;
        }
        status = next_hop(http, reply->status, request, reterr);
        if (status == YS_ERR_NOT_FOUND) {
            return YS_OK;
        }
        if (status == YS_OK && redirects == YS_HTTP_REDIRECTS_MAX) {
            status =
                ys_err_set(reterr, YS_ERR_LIMIT, "more than %u redirects (YS_HTTP_REDIRECTS_MAX)",
                           YS_HTTP_REDIRECTS_MAX);
        }
        if (status == YS_OK) {
            status = enter_host(http, request->url, reterr);
        }
        if (status != YS_OK) {
            return status;
        }
    }
}

enum ys_status ys_http_perform(struct ys_http *http, const struct ys_http_request *request,
                               struct ys_http_reply *reply, struct ys_err *reterr)
{
    struct ys_http_request hop = *request;

    ys_http__reply_reset(reply);
    ys_arena_reset(&http->scratch);
    if (is_stopped(http)) {
        return ys_err_set(reterr, YS_ERR_INTERRUPTED, "stopped before the request was sent");
    }
    if (!is_token(request->method)) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "not a usable method: %.100s", request->method);
    }
    enum ys_status status = enter_host(http, request->url, reterr);
    return status == YS_OK ? perform_all(http, &hop, reply, reterr) : status;
}
