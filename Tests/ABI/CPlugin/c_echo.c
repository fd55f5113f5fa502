/* c_echo.c: a whole evaluator plugin in plain C, from the header alone.
 *
 *     gcc -std=c11 -shared -fPIC -fvisibility=hidden -I <folder of the header> c_echo.c -o libc_echo.so
 *
 * A row is {"question": ..., "answer": ...}. The question is the prompt of one stage, and the completion
 * passes when it is the answer. Configuration: {"stage": "final", "ignore_case": false}, both optional.
 * The JSON reading is crude: it finds "key" anywhere in the object and knows no nesting.
 */
#include "evalhost_plugin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) {literal, sizeof(literal) - 1}

/* ---- Errors and structs of the host ------------------------------------------------------------- */

/* Fills the caller's error struct, as much of it as that holds. */
static evh_status fail(evh_error *error, evh_status code, const char *format, ...) {
  if (error && error->struct_size >= sizeof *error) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    error->code = code;
    error->flags = 0;
    error->message_len = length < 0 ? 0 : (uint32_t)length;
    if (error->message_len >= sizeof error->message) error->message_len = sizeof error->message - 1;
  }
  return code;
}

/* The growth rule of the header: copy what both sides know, zero the rest. */
static void copy_in(void *mine, size_t my_size, const void *theirs) {
  uint32_t their_size;
  memcpy(&their_size, theirs, sizeof their_size);
  memset(mine, 0, my_size);
  memcpy(mine, theirs, their_size < my_size ? their_size : my_size);
}

/* ---- Crude JSON --------------------------------------------------------------------------------- */

/* Points behind `"key":` in the text, or is 0. */
static const char *find_value(evh_str json, const char *key) {
  size_t key_length = strlen(key);
  const char *end = json.ptr + json.len;
  for (const char *at = json.ptr; json.len && at + key_length + 2 < end; at++) {
    if (*at != '"' || memcmp(at + 1, key, key_length) != 0 || at[key_length + 1] != '"') continue;
    at += key_length + 2;
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    if (at == end || *at != ':') continue;
    for (at++; at < end && (*at == ' ' || *at == '\t'); at++) {}
    return at < end ? at : 0;
  }
  return 0;
}

/* One escape at *at (behind the backslash) to UTF-8; enough for a test: no surrogate pairs. */
static size_t unescape(const char **at, char *out) {
  static const char names[] = "nrtbf", values[] = "\n\r\t\b\f";
  char name = *(*at)++;
  const char *found = strchr(names, name);
  if (name != 'u') return *out = found && name ? values[found - names] : name, (size_t)1;
  char digits[5] = {0};
  memcpy(digits, *at, 4);
  *at += 4;
  unsigned long code = strtoul(digits, 0, 16);
  if (code < 0x80) return out[0] = (char)code, (size_t)1;
  if (code < 0x800) {
    out[0] = (char)(0xc0 | code >> 6), out[1] = (char)(0x80 | (code & 0x3f));
    return 2;
  }
  out[0] = (char)(0xe0 | code >> 12), out[1] = (char)(0x80 | (code >> 6 & 0x3f));
  out[2] = (char)(0x80 | (code & 0x3f));
  return 3;
}

/* A member's string, decoded into memory that the caller frees; ptr is 0 when there is none. */
static evh_str get_string(evh_str json, const char *key) {
  evh_str none = {0, 0};
  const char *at = find_value(json, key), *end = json.ptr + json.len;
  if (!at || *at++ != '"') return none;
  char *text = malloc((size_t)(end - at) + 1);
  size_t length = 0;
  while (text && at < end && *at != '"') {
    if (*at != '\\') {
      text[length++] = *at++;
    } else if (end - ++at > 5 || (at < end && *at != 'u')) {
      length += unescape(&at, text + length);
    } else {
      break;
    }
  }
  if (!text || at >= end || *at != '"') return free(text), none;
  return (evh_str){text, length};
}

/* ---- Instances ---------------------------------------------------------------------------------- */

struct evh_instance {
  evh_str stage; /* owned */
  int ignore_case;
};

static void echo_close(evh_instance *self) {
  if (!self) return;
  free((char *)self->stage.ptr);
  free(self);
}

static evh_status echo_open(const evh_host *host, const evh_call *call, evh_str config, evh_instance **out,
                            evh_error *error) {
  (void)host, (void)call;
  *out = 0;
  evh_instance *self = calloc(1, sizeof *self);
  if (!self) return fail(error, EVH_E_EXHAUSTED, "out of memory");
  self->stage = get_string(config, "stage");
  if (!self->stage.ptr && find_value(config, "stage")) {
    echo_close(self);
    return fail(error, EVH_E_BAD_CONFIG, "option 'stage' must be a string");
  }
  const char *ignore_case = find_value(config, "ignore_case");
  self->ignore_case = ignore_case && *ignore_case == 't';
  *out = self;
  return EVH_OK;
}

/* ---- The three hooks: pure functions of configuration, record and outputs ------------------------- */

static evh_status echo_validate(evh_instance *self, const evh_call *call, const evh_record *their_record,
                                evh_error *error) {
  (void)self, (void)call;
  evh_record record;
  copy_in(&record, sizeof record, their_record);
  static const char *const fields[] = {"question", "answer"};
  for (int i = 0; i < 2; i++) {
    evh_str text = get_string(record.json, fields[i]);
    if (!text.ptr) return fail(error, EVH_E_BAD_RECORD, "field '%s' is missing or no string", fields[i]);
    free((char *)text.ptr);
  }
  return EVH_OK;
}

static evh_status echo_next(evh_instance *self, const evh_call *call, const evh_record *their_record,
                            const evh_output *const *outputs, uint32_t output_count,
                            const evh_stage_sink *sink, evh_error *error) {
  (void)call, (void)outputs;
  if (output_count > 0) return EVH_OK; /* nothing asked: ready to be scored */
  evh_record record;
  copy_in(&record, sizeof record, their_record);
  evh_str question = get_string(record.json, "question");
  if (!question.ptr) return fail(error, EVH_E_BAD_RECORD, "field 'question' is missing or no string");
  evh_stage_request request;
  memset(&request, 0, sizeof request);
  request.struct_size = sizeof request;
  request.kind = EVH_REQ_GENERATE;
  request.flags = EVH_REQF_FINAL;
  request.stage = self->stage.ptr ? self->stage : (evh_str)TEXT("final");
  request.prompt = question;
  evh_status status = sink->request(sink, &request);
  free((char *)question.ptr);
  if (status != EVH_OK && status != EVH_E_STOP) return fail(error, status, "the host refused the stage");
  return EVH_OK;
}

static int same_text(evh_str a, evh_str b, int ignore_case) {
  if (a.len != b.len) return 0;
  for (uint64_t i = 0; i < a.len; i++) {
    unsigned char x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
    if (ignore_case && x >= 'A' && x <= 'Z') x += 32;
    if (ignore_case && y >= 'A' && y <= 'Z') y += 32;
    if (x != y) return 0;
  }
  return 1;
}

static evh_str trimmed(evh_str text) {
  while (text.len && strchr(" \n\r\t", text.ptr[0])) text.ptr++, text.len--;
  while (text.len && strchr(" \n\r\t", text.ptr[text.len - 1])) text.len--;
  return text;
}

static evh_status echo_score(evh_instance *self, const evh_call *call, const evh_record *their_record,
                             const evh_output *const *outputs, uint32_t output_count,
                             const evh_verdict_sink *sink, evh_error *error) {
  (void)call;
  if (output_count == 0) return fail(error, EVH_E_INVALID_ARG, "score() without outputs");
  evh_record record;
  evh_output output;
  copy_in(&record, sizeof record, their_record);
  copy_in(&output, sizeof output, outputs[output_count - 1]);
  evh_str reference = get_string(record.json, "answer");
  if (!reference.ptr) return fail(error, EVH_E_BAD_RECORD, "field 'answer' is missing or no string");
  evh_str answer = trimmed(output.text);
  evh_verdict verdict;
  memset(&verdict, 0, sizeof verdict);
  verdict.struct_size = sizeof verdict;
  verdict.answer = answer;
  verdict.reference = reference;
  if (answer.len == 0) {
    verdict.outcome = EVH_OUTCOME_UNPARSED;
    verdict.fail_reason = (evh_str)TEXT("empty completion");
  } else if (same_text(answer, reference, self->ignore_case)) {
    verdict.outcome = EVH_OUTCOME_PASS;
  } else {
    verdict.outcome = EVH_OUTCOME_FAIL;
    verdict.fail_reason = (evh_str)TEXT("differs");
  }
  evh_status status = sink->value(sink, (evh_str)TEXT("length"), (double)answer.len);
  if (status == EVH_OK) status = sink->verdict(sink, &verdict);
  free((char *)reference.ptr);
  if (status != EVH_OK && status != EVH_E_STOP) return fail(error, status, "the host refused the verdict");
  return EVH_OK;
}

/* ---- The descriptor: constant data ---------------------------------------------------------------- */

static const evh_evaluator echo_table = {
    .struct_size = sizeof(evh_evaluator),
    .open = echo_open,
    .close = echo_close,
    .validate = echo_validate,
    .next = echo_next,
    .score = echo_score,
};

static const evh_component echo_component = {
    .struct_size = sizeof(evh_component),
    .kind = EVH_KIND_EVALUATOR,
    .thread_model = EVH_THREADS_SERIAL,
    .caps = EVH_CAP_DETERMINISTIC,
    .id = TEXT("c_echo"),
    .version = TEXT("1.0.0"),
    .title = TEXT("The question as prompt; passes when the completion is the answer"),
    .vtable = &echo_table,
};

static const evh_component *const echo_components[] = {&echo_component};

/* Compiled with minor 0, so min(own, host's) is 0 for every host. */
static const evh_plugin echo_plugin = {
    .struct_size = sizeof(evh_plugin),
    .abi_major = EVH_ABI_MAJOR,
    .abi_minor = 0,
    .id = TEXT("c_echo"),
    .version = TEXT("1.0.0"),
    .build_id = TEXT("plain C"),
    .component_count = 1,
    .components = echo_components,
};

#ifndef C_ECHO_WITHOUT_ENTRY /* nasty.c includes this file and brings its own entry */
const evh_plugin *evalhost_plugin_v1(uint32_t host_abi_minor) {
  (void)host_abi_minor;
  return &echo_plugin;
}
#endif
