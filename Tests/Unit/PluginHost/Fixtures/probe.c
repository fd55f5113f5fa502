/* A plugin with all four kinds of component whose behaviour its configuration picks: {"do":"word"}.
 * Faults of the descriptor, which no configuration can pick, are -D macros. */
#include "evalhost_plugin.h"

#include <stdlib.h>
#include <string.h>

#ifndef PROBE_ID
#define PROBE_ID "probe"
#endif
#ifndef PROBE_MINOR
#define PROBE_MINOR 0
#endif
#ifndef PROBE_MAJOR
#define PROBE_MAJOR 1
#endif
#ifndef PROBE_SIZE
#define PROBE_SIZE sizeof(evh_plugin)
#endif
#ifndef PROBE_THREADS
#define PROBE_THREADS EVH_THREADS_SERIAL
#endif
#ifndef PROBE_KIND
#define PROBE_KIND EVH_KIND_EVALUATOR
#endif
#ifndef PROBE_NEXT
#define PROBE_NEXT eval_next
#endif
#ifndef PROBE_TABLE
#define PROBE_TABLE &evaluator
#endif
#ifndef PROBE_TABLE_SIZE
#define PROBE_TABLE_SIZE sizeof(evh_evaluator)
#endif
#ifndef PROBE_COUNT
#define PROBE_COUNT 4
#endif
#ifndef PROBE_FIRST
#define PROBE_FIRST &evaluator_component
#endif
#ifndef PROBE_INIT
#define PROBE_INIT probe_init
#endif
#ifndef PROBE_ENTRY
#define PROBE_ENTRY evalhost_plugin_v1
#endif

#define TEXT(literal) ((evh_str){literal, sizeof(literal) - 1})

struct evh_instance {
  char word[64];
};

static evh_status fail(evh_error *error, evh_status code, uint32_t flags, const char *message) {
  error->code = code;
  error->flags = flags;
  error->message_len = (uint32_t)strlen(message);
  memcpy(error->message, message, error->message_len);
  return code;
}

static int does(evh_instance *self, const char *word) { return strcmp(self->word, word) == 0; }

static evh_status probe_open(const evh_host *host, const evh_call *call, evh_str config,
                             evh_instance **out, evh_error *error) {
  (void)call;
  evh_instance *self = calloc(1, sizeof *self);
  static const char prefix[] = "{\"do\":\"";
  uint64_t skip = sizeof prefix - 1;
  if (config.len > skip + 2 && config.len - skip - 2 < sizeof self->word)
    memcpy(self->word, config.ptr + skip, config.len - skip - 2);
  if (does(self, "log")) host->log(host, EVH_LOG_WARN, TEXT("opened\nby host"));
  if (does(self, "refuse") || does(self, "nothing")) {
    int nothing = does(self, "nothing");
    free(self);
    return nothing ? EVH_OK : fail(error, EVH_E_BAD_CONFIG, 0, "key 'do' is refused");
  }
  *out = self;
  return EVH_OK;
}

static void probe_close(evh_instance *self) { free(self); }

/* ---- Evaluator ---- */

static evh_status eval_validate(evh_instance *self, const evh_call *call, const evh_record *record,
                                evh_error *error) {
  call->log(call, EVH_LOG_INFO, record->json);
  call->progress(call, record->index, call->deadline_ns);
  if (call->cancelled(call)) return fail(error, EVH_E_CANCELLED, 0, "asked to stop");
  if (does(self, "bad_record")) return fail(error, EVH_E_BAD_RECORD, 0, "no field 'question'");
  if (does(self, "retry")) return fail(error, EVH_E_IO, EVH_ERR_RETRYABLE, "disk\nis away");
  if (does(self, "poison")) return fail(error, EVH_E_INTERNAL, EVH_ERR_POISONED, "lost my mind");
  if (does(self, "unknown_status")) return 77;
  if (does(self, "long_message")) {
    memset(error->message, 'x', sizeof error->message);
    error->message_len = 1u << 30;
    return EVH_E_IO;
  }
  return EVH_OK;
}

static evh_status eval_next(evh_instance *self, const evh_call *call, const evh_record *record,
                            const evh_output *const *outputs, uint32_t count,
                            const evh_stage_sink *sink, evh_error *error) {
  (void)call;
  static const evh_str stops[] = {{"\n\n", 2}, {"User", 4}};
  static const evh_str choices[] = {{" A", 2}, {" B", 2}};
  evh_stage_request request = {.struct_size = sizeof request, .kind = EVH_REQ_GENERATE};
  request.stage = TEXT("cot");
  request.prompt = record->json;
  if (count == 2) return EVH_OK;
  if (count == 1) {
    request.kind = EVH_REQ_CHOOSE;
    request.flags = EVH_REQF_FINAL;
    request.stage = TEXT("final");
    request.prompt = outputs[0]->text;
    request.choices = choices;
    request.choice_count = 2;
    return sink->request(sink, &request);
  }
  request.stops = stops;
  request.stop_count = 2;
  if (does(self, "two_requests")) sink->request(sink, &request);
  if (does(self, "bad_utf8")) request.prompt = TEXT("\xed\xa0\x80");
  if (does(self, "no_stage")) request.stage.len = 0;
  if (does(self, "null_prompt")) request.prompt.ptr = 0;
  if (does(self, "huge_prompt")) request.prompt.len = 1ull << 40;
  if (does(self, "choices")) request.choices = choices, request.choice_count = 2;
  if (does(self, "no_choices")) request.kind = EVH_REQ_CHOOSE;
  if (does(self, "unknown_kind")) request.kind = 9;
  if (does(self, "short_request")) request.struct_size = 8;
  if (does(self, "null_request")) return sink->request(sink, 0);
  evh_status status = sink->request(sink, &request);
  if (does(self, "then_fails")) return fail(error, EVH_E_INTERNAL, 0, "changed my mind");
  return does(self, "ignores_refusal") ? EVH_OK : status;
}

static evh_status eval_score(evh_instance *self, const evh_call *call, const evh_record *record,
                             const evh_output *const *outputs, uint32_t count,
                             const evh_verdict_sink *sink, evh_error *error) {
  (void)call, (void)record, (void)error;
  evh_verdict verdict = {.struct_size = sizeof verdict, .outcome = EVH_OUTCOME_FAIL};
  verdict.reference = TEXT("A");
  verdict.group = TEXT("algebra");
  verdict.details_json = TEXT("{\"n\":2}");
  if (count == 2) {
    verdict.answer = outputs[1]->text;
    sink->value(sink, TEXT("logprob"), outputs[1]->scores[0].logprob_sum);
    sink->value(sink, TEXT("tokens"), outputs[0]->completion_tokens);
    if (verdict.answer.len == 2 && verdict.answer.ptr[1] == 'A') verdict.outcome = EVH_OUTCOME_PASS;
  }
  if (verdict.outcome == EVH_OUTCOME_FAIL) verdict.fail_reason = TEXT("not A");
  if (does(self, "no_verdict")) return EVH_OK;
  if (does(self, "two_verdicts")) sink->verdict(sink, &verdict);
  if (does(self, "not_finite")) sink->value(sink, TEXT("v"), 1e308 * 10);
  if (does(self, "two_names")) sink->value(sink, TEXT("v"), 1), sink->value(sink, TEXT("v"), 2);
  if (does(self, "no_name")) sink->value(sink, TEXT(""), 1);
  if (does(self, "bad_outcome")) verdict.outcome = 300;
  if (does(self, "bad_details")) verdict.details_json = TEXT("{\"n\":2}]");
  if (does(self, "list_details")) verdict.details_json = TEXT("[1]");
  if (does(self, "bad_answer")) verdict.answer = TEXT("\xff");
  if (does(self, "short_verdict")) verdict.struct_size = 8;
  return sink->verdict(sink, &verdict);
}

/* ---- Metric ---- */

static evh_status metric_score(evh_instance *self, const evh_call *call, const evh_judged *judged,
                               const evh_verdict_sink *sink, evh_error *error) {
  (void)call, (void)error;
  uint32_t equal = 0;
  for (uint32_t i = 0; i < judged->reference_count; i++)
    equal += judged->references[i].len == judged->answer.len &&
             memcmp(judged->references[i].ptr, judged->answer.ptr, judged->answer.len) == 0;
  sink->value(sink, TEXT("equal"), equal);
  sink->value(sink, TEXT("of"), judged->reference_count);
  if (!does(self, "decide")) return EVH_OK;
  evh_verdict verdict = {.struct_size = sizeof verdict};
  verdict.outcome = equal ? EVH_OUTCOME_PASS : judged->outcome;
  verdict.answer = judged->prediction;
  return sink->verdict(sink, &verdict);
}

/* ---- Dataset ---- */

static evh_status data_describe(evh_instance *self, const evh_call *call, const evh_sink *sink,
                                evh_error *error) {
  (void)call, (void)error;
  if (does(self, "silent")) return EVH_OK;
  if (does(self, "bad_utf8")) return sink->write(sink, TEXT("\xc3"));
  /* The code point is cut between two chunks. */
  sink->write(sink, TEXT("{\"splits\":[\"t\xc3"));
  return sink->write(sink, TEXT("\xa9\"]}"));
}

static evh_status data_prepare(evh_instance *self, const evh_call *call, const evh_prepare *prepare,
                               const evh_sink *manifest, evh_error *error) {
  (void)self;
  if (!prepare->fetch) return fail(error, EVH_E_IO, EVH_ERR_RETRYABLE, "the host is offline");
  manifest->write(manifest, prepare->split);
  manifest->write(manifest, TEXT("|"));
  evh_status status = prepare->fetch->get(prepare->fetch, call, TEXT("https://example.org/x"),
                                          TEXT("00ff"), manifest, error);
  if (status != EVH_OK) return status;
  manifest->write(manifest, TEXT("|"));
  return manifest->write(manifest, prepare->output_path);
}

/* ---- Backend: room for two requests; the text tells what arrived. ---- */

struct job {
  uint64_t id;
  uint32_t choices, tokens;
  char text[256];
};
struct evh_model {
  evh_instance *owner;
  struct job jobs[2];
  uint32_t count;
};

static evh_status back_devices(evh_instance *self, const evh_call *call, const evh_sink *sink,
                               evh_error *error) {
  (void)self, (void)call, (void)error;
  return sink->write(sink, TEXT("{\"devices\":[{\"id\":\"cpu\",\"slots\":1}]}"));
}

static evh_status back_load(evh_instance *self, const evh_call *call, evh_str model, evh_str device,
                            evh_model **out, evh_error *error) {
  (void)call, (void)model;
  if (device.len != 3 || memcmp(device.ptr, "cpu", 3) != 0)
    return fail(error, EVH_E_NOT_FOUND, 0, "no such device");
  *out = calloc(1, sizeof **out);
  (*out)->owner = self;
  return EVH_OK;
}

static void back_unload(evh_instance *self, evh_model *model) {
  (void)self;
  free(model);
}

static evh_status back_describe(evh_model *model, const evh_call *call, const evh_sink *sink,
                                evh_error *error) {
  (void)model, (void)call, (void)error;
  return sink->write(sink, TEXT("{\"max_batch\":2}"));
}

static evh_status back_submit(evh_model *model, const evh_call *call,
                              const evh_request *const *requests, uint32_t count,
                              uint32_t *accepted, evh_error *error) {
  (void)call, (void)count;
  const evh_request *request = requests[0];
  *accepted = 0;
  if (does(model->owner, "lies")) return EVH_OK;
  if (does(model->owner, "breaks")) return fail(error, EVH_E_INTERNAL, 0, "out of order");
  if (model->count == 2) return EVH_E_EXHAUSTED;
  struct job *job = &model->jobs[model->count++];
  job->id = request->request_id;
  job->choices = request->choice_count;
  job->tokens = request->sampling->max_tokens + request->sampling->stop_token_count * 1000 +
                request->sampling->no_penalty_token_count * 10000 +
                request->sampling->stop_count * 100000;
  uint64_t at = 0;
  const evh_str parts[] = {request->task, request->stage, request->prompt,
                           request->choice_count ? request->choices[1] : request->stage,
                           request->sampling->stop_count ? request->sampling->stops[0] : request->stage};
  memset(job->text, 0, sizeof job->text);
  for (int i = 0; i < 5; i++) {
    memcpy(job->text + at, parts[i].ptr, parts[i].len);
    at += parts[i].len;
    job->text[at++] = '|';
  }
  *accepted = 1;
  return EVH_OK;
}

static evh_status back_pump(evh_model *model, const evh_call *call, uint64_t timeout_ns,
                            const evh_completion_sink *sink, evh_error *error) {
  (void)call, (void)timeout_ns, (void)error;
  static const evh_choice_score scores[] = {{-1.5, 3, EVH_CHOICEF_GREEDY}, {-2.5, 4, 0}};
  for (uint32_t i = 0; i < model->count; i++) {
    struct job *job = &model->jobs[i];
    evh_output output = {.struct_size = sizeof output, .finish = EVH_FINISH_STOP};
    output.request_id = job->id;
    output.text = (evh_str){job->text, strlen(job->text)};
    output.completion_tokens = job->tokens;
    output.latency_ns = 7;
    if (job->choices) {
      output.finish = EVH_FINISH_CHOICE;
      output.scores = scores;
      output.score_count = does(model->owner, "wrong_scores") ? 1 : job->choices;
    }
    if (does(model->owner, "bad_text")) output.text = TEXT("\x80");
    if (does(model->owner, "unknown_finish")) output.finish = 17;
    if (does(model->owner, "unknown_id")) output.request_id += 1000;
    if (does(model->owner, "error")) {
      output.finish = EVH_FINISH_ERROR;
      output.error_code = EVH_E_IO;
      output.error_flags = EVH_ERR_RETRYABLE;
      output.error = TEXT("card fell off");
    }
    sink->done(sink, &output);
    if (does(model->owner, "deliver_twice")) sink->done(sink, &output);
  }
  model->count = 0;
  return EVH_OK;
}

static void back_cancel(evh_model *model, uint64_t id) {
  (void)model, (void)id;
}

/* ---- Descriptor ---- */

static const evh_evaluator evaluator = {
    .struct_size = PROBE_TABLE_SIZE, .open = probe_open, .close = probe_close,
    .validate = eval_validate, .next = PROBE_NEXT, .score = eval_score};
static const evh_metric metric = {
    .struct_size = sizeof metric, .open = probe_open, .close = probe_close, .score = metric_score};
static const evh_dataset dataset = {
    .struct_size = sizeof dataset, .open = probe_open, .close = probe_close,
    .describe = data_describe, .prepare = data_prepare};
static const evh_backend backend = {
    .struct_size = sizeof backend, .open = probe_open, .close = probe_close,
    .devices = back_devices, .load = back_load, .unload = back_unload, .describe = back_describe,
    .submit = back_submit, .pump = back_pump, .cancel = back_cancel};

#define COMPONENT(name, what, threads, functions)                                             \
  static const evh_component name = {.struct_size = sizeof(evh_component), .kind = what,      \
                                     .thread_model = threads, .caps = EVH_CAP_DETERMINISTIC,  \
                                     .id = {"probe", 5}, .version = {"1.2.3", 5},             \
                                     .title = {"Probe", 5}, .vtable = functions}
COMPONENT(evaluator_component, PROBE_KIND, PROBE_THREADS, PROBE_TABLE);
COMPONENT(metric_component, EVH_KIND_METRIC, EVH_THREADS_SERIAL, &metric);
COMPONENT(dataset_component, EVH_KIND_DATASET, EVH_THREADS_SERIAL, &dataset);
COMPONENT(backend_component, EVH_KIND_BACKEND, EVH_THREADS_SERIAL, &backend);
static const evh_component *const components[] = {PROBE_FIRST, &metric_component,
                                                  &dataset_component, &backend_component};

static int inits;
__attribute__((unused)) static evh_status probe_init(const evh_host *host, evh_error *error) {
  (void)host;
  return inits++ ? fail(error, EVH_E_INTERNAL, 0, "init() ran twice") : EVH_OK;
}
__attribute__((unused)) static evh_status probe_bad_init(const evh_host *host, evh_error *error) {
  (void)host;
  return fail(error, EVH_E_IO, 0, "no licence file");
}

static const evh_plugin plugin = {
    .struct_size = PROBE_SIZE, .abi_major = PROBE_MAJOR, .abi_minor = PROBE_MINOR,
    .id = {PROBE_ID, sizeof PROBE_ID - 1}, .version = {"1.2.3", 5}, .build_id = {"b7", 2},
    .component_count = PROBE_COUNT, .components = components, .init = PROBE_INIT};

#ifdef PROBE_EXTRA
EVH_EXPORT int probe_extra(void);
int probe_extra(void) { return 1; }
#endif

EVH_EXPORT const evh_plugin *PROBE_ENTRY(uint32_t minor) EVH_NOEXCEPT;
const evh_plugin *PROBE_ENTRY(uint32_t minor) {
  (void)minor;
#ifdef PROBE_NULL
  return 0;
#else
  return &plugin;
#endif
}
