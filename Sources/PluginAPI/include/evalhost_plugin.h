/* evalhost_plugin.h: the plugin ABI of evalhost, major 1. C11 and C++11, 64-bit little-endian Linux.
 *
 * A plugin is a shared library with ONE exported symbol, evalhost_plugin_v1. Everything else is reached
 * through the tables that function returns. The rules below hold for every declaration in this file.
 *
 * Threads   Each function carries a tag. [any]: any thread, concurrently. [serial]: the host never overlaps
 *           two calls on one instance (or model). [once]: once in a process. A plugin calls back only from
 *           the thread that called it, and only during that call.
 * Memory    Nobody frees the other side's memory. Arguments are borrowed for the call; what the callee keeps
 *           it copies. Results leave through sinks, which copy before they return.
 * Growth    A struct that begins with struct_size may gain fields at its end in a later minor. Whoever fills
 *           it sets struct_size with sizeof; whoever reads it copies min(struct_size, sizeof mine) into a
 *           zeroed local, and a zero field means absent or default. Structs marked FROZEN never change.
 * Pointers  A function pointer marked optional may be 0. The others are mandatory for ever within major 1.
 * Failure   A function returns EVH_OK or another evh_status and fills *error. No exception, longjmp or panic
 *           may cross. A crash costs the host one worker process, never the run.
 * Process   A plugin installs no signal handler, changes neither environment, directory, umask nor
 *           descriptors 0 to 2, starts no process before init(), and is never unloaded (link it nodelete).
 * Trust     Plugins run in the host's worker processes with the user's rights. This is not a sandbox.
 */
#ifndef EVALHOST_PLUGIN_H
#define EVALHOST_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define EVH_NOEXCEPT noexcept
#else
#define EVH_NOEXCEPT
#endif
#define EVH_EXPORT __attribute__((visibility("default")))

#define EVH_ABI_MAJOR 1u /* another major is another entry symbol; one library may export several */
#define EVH_ABI_MINOR 0u /* +1 for every appended field, new constant or new component kind */

/* ---- Status, text, errors --------------------------------------------------------------------------- */

typedef int32_t evh_status;
enum {
  EVH_OK = 0,
  EVH_E_INVALID_ARG = 1, /* the host passed something this header does not allow */
  EVH_E_UNSUPPORTED = 2, /* a valid wish that this component cannot fulfil (e.g. CHOOSE) */
  EVH_E_CANCELLED = 3,
  EVH_E_DEADLINE = 4,
  EVH_E_NOT_FOUND = 5,
  EVH_E_EXHAUSTED = 6, /* no room at the moment: back-pressure, not failure */
  EVH_E_IO = 7,
  EVH_E_BAD_RECORD = 8, /* the row is at fault: data, not a plugin failure */
  EVH_E_BAD_CONFIG = 9, /* open() or load() refuses its configuration */
  EVH_E_INTERNAL = 10,
  EVH_E_STOP = 11 /* sink to plugin: enough; unwind and return EVH_OK */
};

/* UTF-8 text or bytes. FROZEN. Not NUL-terminated; ptr may be 0 only when len is 0. */
typedef struct evh_str {
  const char *ptr;
  uint64_t len;
} evh_str;

enum { EVH_ERR_RETRYABLE = 1u << 0, EVH_ERR_POISONED = 1u << 1 /* instance unusable: close it */ };

/* Caller-owned, inline, so that reporting needs no allocator on either side. */
typedef struct evh_error {
  uint32_t struct_size;
  int32_t code;    /* an evh_status */
  uint32_t flags;  /* EVH_ERR_* */
  uint32_t message_len;
  char message[496]; /* UTF-8, cut at a code point boundary */
} evh_error;

/* ---- What the host gives ---------------------------------------------------------------------------- */

enum { EVH_LOG_DEBUG = 1, EVH_LOG_INFO = 2, EVH_LOG_WARN = 3, EVH_LOG_ERROR = 4 };

typedef struct evh_host { /* valid from init() to the end of the process */
  uint32_t struct_size, abi_major, abi_minor, flags;
  void *ctx;
  evh_str name, version;
  void (*log)(const struct evh_host *, int32_t level, evh_str message);    /* [any] */
  const void *(*get_service)(const struct evh_host *, evh_str id);         /* [any] "evh.fetch/1"; 0 if absent */
} evh_host;

typedef struct evh_call { /* one for each call of the host; carries identity, deadline and cancellation */
  uint32_t struct_size, flags;
  void *ctx;
  uint64_t call_id;
  uint64_t deadline_ns;                                                     /* CLOCK_MONOTONIC; 0 = none */
  int32_t (*cancelled)(const struct evh_call *);                            /* [any] not 0: return soon */
  void (*log)(const struct evh_call *, int32_t level, evh_str message);     /* [any] */
  void (*progress)(const struct evh_call *, uint64_t done, uint64_t total); /* [any] also a heartbeat */
} evh_call;

/* Bytes out of a plugin; write() may be called many times with short chunks. */
typedef struct evh_sink {
  uint32_t struct_size, flags;
  void *ctx;
  evh_status (*write)(const struct evh_sink *, evh_str chunk);
} evh_sink;

/* ---- The plugin's descriptor: pure data, the same pointer at every call ------------------------------- */

enum { EVH_KIND_EVALUATOR = 1, EVH_KIND_METRIC = 2, EVH_KIND_DATASET = 3, EVH_KIND_BACKEND = 4 };
enum {
  EVH_THREADS_SERIAL = 0,         /* one call at a time on an instance; instances are independent */
  EVH_THREADS_PROCESS_SERIAL = 1, /* one call at a time in the process */
  EVH_THREADS_CONCURRENT = 2
};
enum { /* promises that `evalhost plugins verify` tests; unknown bits are ignored */
  EVH_CAP_DETERMINISTIC = 1u << 0, /* equal inputs give equal bytes */
  EVH_CAP_NETWORK = 1u << 1,
  EVH_CAP_GPU = 1u << 2,
  EVH_CAP_CHOOSE = 1u << 3,  /* backend scores continuations by log-probability */
  EVH_CAP_MESSAGES = 1u << 4 /* backend takes chat messages */
};

typedef struct evh_component {
  uint32_t struct_size;
  int32_t kind;         /* EVH_KIND_* */
  int32_t thread_model; /* EVH_THREADS_* */
  uint32_t reserved0;
  uint64_t caps;        /* EVH_CAP_* */
  evh_str id, version, title;
  evh_str config_schema; /* JSON Schema of open()'s configuration; may be empty */
  const void *vtable;    /* evh_evaluator, evh_metric, evh_dataset or evh_backend, by kind */
} evh_component;

typedef struct evh_plugin {
  uint32_t struct_size, abi_major;
  uint32_t abi_minor; /* min(compiled with, asked for by the host): negotiated, then stamped */
  uint32_t flags;
  evh_str id, version, build_id;
  uint32_t component_count, reserved0;
  const evh_component *const *components;               /* an array of pointers, so that elements can grow */
  evh_status (*init)(const evh_host *, evh_error *);    /* [once] optional; after the descriptor is accepted */
  const void *(*get_extension)(evh_str id);             /* [any] optional; "name/rev", 0 if unknown */
} evh_plugin;

/* The only exported symbol. No IO, threads, environment or allocation that others can see; any number of
 * calls. Returns 0 when it cannot serve a host of this minor. */
EVH_EXPORT const evh_plugin *evalhost_plugin_v1(uint32_t host_abi_minor) EVH_NOEXCEPT;

/* Every component: open() takes its JSON configuration; the instance is opaque and the plugin's own. */
typedef struct evh_instance evh_instance;
#define EVH_OPEN_CLOSE                                                                                        \
  evh_status (*open)(const evh_host *, const evh_call *, evh_str config_json, evh_instance **out,             \
                     evh_error *);      /* [any] EVH_E_BAD_CONFIG when the configuration is refused */        \
  void (*close)(evh_instance *)         /* [serial] */

/* ---- Shared payloads -------------------------------------------------------------------------------- */

typedef struct evh_record { /* one row of a prepared split */
  uint32_t struct_size, flags;
  uint64_t index; /* sample_index: 0-based, in file order */
  evh_str json;   /* the row as it stands in the file: one JSON object */
} evh_record;

enum { EVH_REQ_GENERATE = 1, EVH_REQ_CHOOSE = 2 };
enum {
  EVH_REQF_MESSAGES = 1u << 0, /* prompt is a JSON array of {role, content} */
  EVH_REQF_FINAL = 1u << 1     /* no stage follows this one: the host goes straight to score() */
};

/* What an evaluator asks for: one stage of one try. The host adds seed, sampling and coordinates. */
typedef struct evh_stage_request {
  uint32_t struct_size;
  int32_t kind;             /* EVH_REQ_* */
  uint32_t flags;           /* EVH_REQF_* */
  uint32_t choice_count;
  evh_str stage;            /* the stage's name, e.g. "cot"; picks [sampling.<stage>] */
  evh_str prompt;           /* the whole context, earlier stages included */
  const evh_str *choices;   /* CHOOSE: continuations to score */
  const evh_str *stops;     /* stop strings, in addition to the configured ones */
  uint32_t stop_count, reserved0;
} evh_stage_request;

/* How to sample. The penalties are RWKV's: presence, frequency, and the decay of both by each token. */
typedef struct evh_sampling {
  uint32_t struct_size, max_tokens;
  double temperature; /* 0 = greedy */
  double top_p, presence_penalty, frequency_penalty, penalty_decay;
  uint32_t top_k;     /* 0 = all */
  uint32_t pad_zero;  /* not 0: feed token 0 before the prompt */
  const int32_t *stop_tokens, *ban_tokens, *no_penalty_tokens;
  uint32_t stop_token_count, ban_token_count, no_penalty_token_count, stop_count;
  const evh_str *stops;
} evh_sampling;

/* What a backend is asked for. */
typedef struct evh_request {
  uint32_t struct_size;
  int32_t kind;             /* EVH_REQ_* */
  uint64_t request_id;      /* unique within the worker */
  uint64_t sample_index;
  uint32_t repeat_index, stage_index; /* stage from 1 */
  uint32_t flags, choice_count;
  uint64_t seed;            /* decides the text whatever the batch, its neighbours or the worker */
  evh_str stage, prompt;
  const evh_str *choices;
  const evh_sampling *sampling;
  evh_str work_key;         /* 16 bytes: hash of everything that decides the completion */
  evh_str task;             /* "<benchmark>_<split>/<mode>": names the work in logs */
} evh_request;

/* Log-probability of one continuation. FROZEN, 16 bytes. */
typedef struct evh_choice_score {
  double logprob_sum;
  uint32_t token_count;
  uint32_t flags; /* EVH_CHOICEF_* */
} evh_choice_score;
enum { EVH_CHOICEF_GREEDY = 1u << 0 /* greedy decoding would have given this continuation */ };

enum {
  EVH_FINISH_STOP = 1,      /* a stop token or stop string; not part of the text */
  EVH_FINISH_LENGTH = 2,    /* max_tokens reached */
  EVH_FINISH_CHOICE = 3,    /* a CHOOSE request was scored */
  EVH_FINISH_ERROR = 4,     /* error says why; nothing else is valid */
  EVH_FINISH_CANCELLED = 5
};

typedef struct evh_output { /* what came back for one stage */
  uint32_t struct_size;
  int32_t finish; /* EVH_FINISH_* */
  uint64_t request_id;
  evh_str stage, text; /* CHOOSE: text is the best continuation */
  const evh_choice_score *scores;
  uint32_t score_count, prompt_tokens, completion_tokens, reserved0;
  uint64_t latency_ns;
  int32_t error_code;   /* an evh_status */
  uint32_t error_flags; /* EVH_ERR_* */
  evh_str error;
} evh_output;

/* ---- Judging ---------------------------------------------------------------------------------------- */

enum {
  EVH_OUTCOME_PASS = 1,
  EVH_OUTCOME_FAIL = 2,
  EVH_OUTCOME_UNPARSED = 3, /* no answer could be read */
  EVH_OUTCOME_ERROR = 4     /* infrastructure; never a wrong answer */
};

typedef struct evh_verdict {
  uint32_t struct_size;
  int32_t outcome; /* EVH_OUTCOME_* */
  evh_str answer, reference, fail_reason;
  evh_str group;        /* e.g. the subject; empty = none */
  evh_str details_json; /* a JSON object, or empty */
} evh_verdict;

typedef struct evh_verdict_sink {
  uint32_t struct_size, flags;
  void *ctx;
  /* finite; any number; a score shows the mean of each name over the tries that have it, weighted with the
   * value "weight:NAME" of the same try (above 0; absent = 1) */
  evh_status (*value)(const struct evh_verdict_sink *, evh_str name, double value);
  evh_status (*verdict)(const struct evh_verdict_sink *, const evh_verdict *);      /* exactly once */
} evh_verdict_sink;

/* ---- Evaluator -------------------------------------------------------------------------------------- */

typedef struct evh_stage_sink {
  uint32_t struct_size, flags;
  void *ctx;
  evh_status (*request)(const struct evh_stage_sink *, const evh_stage_request *); /* at most once a call */
} evh_stage_sink;

/* next() and score() are pure in (configuration, record, outputs): a fresh worker goes on where another
 * died. Outputs come in stage order, one for each stage so far. */
typedef struct evh_evaluator {
  uint32_t struct_size, flags;
  EVH_OPEN_CLOSE;
  evh_status (*validate)(evh_instance *, const evh_call *, const evh_record *, evh_error *); /* [serial] */
  /* [serial] asks for the next stage, or for nothing when the try is ready to be scored */
  evh_status (*next)(evh_instance *, const evh_call *, const evh_record *, const evh_output *const *outputs,
                     uint32_t output_count, const evh_stage_sink *, evh_error *);
  /* [serial] */
  evh_status (*score)(evh_instance *, const evh_call *, const evh_record *, const evh_output *const *outputs,
                      uint32_t output_count, const evh_verdict_sink *, evh_error *);
} evh_evaluator;

/* ---- Metric ----------------------------------------------------------------------------------------- */

typedef struct evh_judged { /* one judged try, as a metric sees it */
  uint32_t struct_size;
  int32_t outcome;         /* what the evaluator decided */
  const evh_record *record;
  evh_str prediction;      /* the last stage's text */
  evh_str answer;          /* what the evaluator read from it */
  const evh_str *references;
  uint32_t reference_count, reserved0;
} evh_judged;

typedef struct evh_metric {
  uint32_t struct_size, flags;
  EVH_OPEN_CLOSE;
  /* [serial] named values of one try; a verdict as well when the metric can decide pass or fail (the host
   * uses it only where the configuration says `decide`). Pure in (configuration, item). */
  evh_status (*score)(evh_instance *, const evh_call *, const evh_judged *, const evh_verdict_sink *,
                      evh_error *);
} evh_metric;

/* ---- Dataset ---------------------------------------------------------------------------------------- */

/* Host service "evh.fetch/1": the host does the network, the policy, the lock, the cache and the checksum. */
typedef struct evh_fetch {
  uint32_t struct_size, flags;
  void *ctx;
  evh_status (*get)(const struct evh_fetch *, const evh_call *, evh_str url, evh_str sha256_hex,
                    const evh_sink *local_path, evh_error *);
} evh_fetch;

typedef struct evh_prepare {
  uint32_t struct_size, flags;
  evh_str split;
  evh_str cache_root;     /* downloads; may be emptied between runs */
  evh_str output_path;    /* the prepared JSONL file to write */
  const evh_fetch *fetch; /* 0 when the host is offline */
} evh_prepare;

typedef struct evh_dataset {
  uint32_t struct_size, flags;
  EVH_OPEN_CLOSE;
  evh_status (*describe)(evh_instance *, const evh_call *, const evh_sink *json, evh_error *); /* [serial] */
  /* [serial] writes the prepared split, one JSON object a line, and its manifest; equal bytes every time */
  evh_status (*prepare)(evh_instance *, const evh_call *, const evh_prepare *, const evh_sink *manifest_json,
                        evh_error *);
} evh_dataset;

/* ---- Backend ---------------------------------------------------------------------------------------- */

typedef struct evh_model evh_model;

typedef struct evh_completion_sink {
  uint32_t struct_size, flags;
  void *ctx;
  evh_status (*done)(const struct evh_completion_sink *, const evh_output *); /* once for each accepted request */
} evh_completion_sink;

typedef struct evh_backend {
  uint32_t struct_size, flags;
  EVH_OPEN_CLOSE;
  /* [serial] {"devices":[{"id":"cpu","slots":1}]} */
  evh_status (*devices)(evh_instance *, const evh_call *, const evh_sink *json, evh_error *);
  /* [serial] model_json is the [[models]] table; device is an id from devices() */
  evh_status (*load)(evh_instance *, const evh_call *, evh_str model_json, evh_str device, evh_model **out,
                     evh_error *);
  void (*unload)(evh_instance *, evh_model *); /* [serial] */
  /* [serial] {"signature":"sha256:…","build":"…","max_batch":32,"context_length":4096} */
  evh_status (*describe)(evh_model *, const evh_call *, const evh_sink *json, evh_error *);
  /* [serial] queues and copies what it keeps; *accepted < count with EVH_E_EXHAUSTED is back-pressure */
  evh_status (*submit)(evh_model *, const evh_call *, const evh_request *const *requests, uint32_t count,
                       uint32_t *accepted, evh_error *);
  /* [serial] works for at most about timeout_ns and delivers what is done; EVH_OK with nothing is allowed */
  evh_status (*pump)(evh_model *, const evh_call *, uint64_t timeout_ns, const evh_completion_sink *,
                     evh_error *);
  void (*cancel)(evh_model *, uint64_t request_id); /* [serial] idempotent; done() still follows */
} evh_backend;

#ifdef __cplusplus
}
#endif
#endif
