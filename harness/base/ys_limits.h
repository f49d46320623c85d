/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every cap of the harness, on one page.
 *
 * Whatever grows with outside input has its limit here. Reaching one is an error whose text
 * names the constant, so that a person knows which line of this page to discuss.
 */
#ifndef YS_LIMITS_H
#define YS_LIMITS_H

/* Texts of errors. */
#define YS_ERR_SOURCE_MAX 256u /* bytes of a file name in an error */
#define YS_ERR_TEXT_MAX 1024u  /* bytes of an error's text */

/* Documents read from disk. */
#define YS_FILE_BYTES_MAX (64u << 20)  /* a suite, candidate, roster, result … */
#define YS_RESULT_BYTES_MAX (512u << 20) /* result.json: 100,000 cases take 70 MB and more */
#define YS_FOLDER_ENTRIES_MAX 100000u  /* names in a listed folder */
#define YS_YAML_DEPTH_MAX 64u          /* nesting of a YAML document */
#define YS_YAML_NODES_MAX 1000000u     /* nodes of a YAML document, aliases expanded */
#define YS_YAML_ANCHORS_MAX 1000u      /* anchors of a YAML document */
#define YS_JSON_DEPTH_MAX 256u         /* nesting of a JSON text */
#define YS_CSV_ROWS_MAX 1000000u       /* rows of a CSV file */
#define YS_CSV_COLUMNS_MAX 256u        /* columns of a CSV file */
#define YS_EXPR_BYTES_MAX 4096u        /* one ${…} expression */
#define YS_EXPR_DEPTH_MAX 64u          /* nesting of one expression */
#define YS_JSONPATH_BYTES_MAX 4096u    /* one JSONPath query */
#define YS_JSONPATH_DEPTH_MAX 64u      /* nesting of its filters */
#define YS_JSONPATH_NODES_MAX 1000000u /* nodes that one query may select */
#define YS_REGEX_BYTES_MAX 4096u       /* one regular expression */
#define YS_REGEX_DEPTH_MAX 64u         /* nesting of its groups */
#define YS_REGEX_STATES_MAX 20000u     /* states of its automaton, counted pieces copied */

/* Documents and pictures that people supply. */
#define YS_DOCUMENT_BYTES_MAX (32u << 20)      /* a document, a picture */
#define YS_PICTURE_PIXELS_MAX (64u << 20)      /* of a picture that is made small */
#define YS_PICTURE_WHOLE_PIXELS_MAX (24u << 20) /* of one that is decoded whole at once */
#define YS_DOCUMENT_TEXT_BYTES_MAX (16u << 20) /* the text, or the XML, of a document */
#define YS_DOCUMENT_TEXT_MS 20000              /* how long reading it may take */
#define YS_ATTESTATIONS_MAX 100000u            /* findings of persons in one run */
#define YS_ANSWER_BYTES_MAX 4096u              /* one text that a person gives */

/* Suites and plans. */
#define YS_DIAGNOSTICS_MAX 200u               /* problems listed for one `check` */
#define YS_STEP_DEPTH_MAX 16u                 /* nesting of steps, fragments included */
#define YS_REPEAT_TIMES_MAX 1000000u          /* times of one repeat */
#define YS_PARALLEL_MAX 256u                  /* workers of one parallel step */
#define YS_LOAD_CALLS_MAX 100000u              /* calls of one load step */
#define YS_UNTIL_MS_MAX (24u * 3600u * 1000u) /* longest wait of one `until` */
#define YS_PAGES_MAX 10000u                   /* pages that one paged operation may take */
#define YS_FINDINGS_PER_CASE_MAX 50u /* findings kept of one case; further ones are counted */
#define YS_ATTEMPTS_PER_CASE_MAX 50u /* earlier attempts kept of one case; further are counted */
#define YS_EVIDENCE_PER_CASE_MAX 1000u /* records that a case's result cites by number */

/* Rosters and samples. */
#define YS_ROSTER_ROWS_MAX 100000u      /* rows of a roster, register or list of a bank */
#define YS_PLACE_CHARACTERS_MAX 256u    /* of a name or address; what follows is not compared */
#define YS_BOUND_POPULATION_MAX 100000u /* things of which a sample was drawn */
#define YS_BOUND_SAMPLE_MAX 2000u       /* things in it, where it is not all of them */

/* HTTP. */
#define YS_HTTP_HEADER_BYTES_MAX (256u << 10) /* all headers of one reply */
#define YS_HTTP_HEADERS_MAX 256u              /* headers of one reply */
#define YS_HTTP_BODY_BYTES_MAX (16u << 20)    /* body of one reply after decompression */
#define YS_HTTP_CONNECT_MS 10000u             /* default connect timeout */
#define YS_HTTP_TOTAL_MS 60000u               /* default total timeout */
#define YS_HTTP_STALL_MS 20000u               /* default: no byte for so long */
#define YS_HTTP_REDIRECTS_MAX 5u              /* redirects, where a suite asks for them */

/* Cards. */
#define YS_READERS_MAX 16u         /* readers that one machine may show */
#define YS_APDU_BYTES_MAX 65544u   /* an extended command or reply */
#define YS_ATR_BYTES_MAX 33u       /* ISO/IEC 7816-3, 8.2.1 */
#define YS_GET_RESPONSE_MAX 300u   /* chained 61xx of one command */
#define YS_CARD_TRANSMIT_MS 20000u /* one APDU; a mute card is said so after it */
#define YS_TLV_DEPTH_MAX 16u       /* nesting of BER-TLV */
#define YS_TLV_NODES_MAX 4096u     /* data objects of one reply */

/* Evidence. */
#define YS_RECORD_BYTES_MAX (4u << 20)     /* one line of evidence.jsonl */
#define YS_INLINE_BODY_BYTES_MAX 65536u    /* longer bodies go to blobs/ */
#define YS_VAULT_BYTES_MAX (1u << 30)      /* what the marks of one run stand for */
#define YS_CLOCK_DRIFT_MS 3000u            /* bank and machine; an HTTP Date has whole seconds */
#define YS_CLOCK_BACK_MS 1000u             /* how far the clock may step back within a run */
#define YS_SIGNATURES_MAX 64u              /* signatures of one run */
#define YS_LOG_QUEUE_BYTES_MAX (16u << 20) /* records that wait for the disk; then callers wait */

#endif
