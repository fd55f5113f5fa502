/* nasty.c: c_echo with faults, for the tests of the host. One fault at load, chosen by a -D switch, and
 * any number of faults on chosen samples, chosen by the configuration. README.md lists them all.
 */
#define _GNU_SOURCE
#define C_ECHO_WITHOUT_ENTRY
#include "c_echo.c"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* ---- Faults on chosen samples --------------------------------------------------------------------- */

struct nasty_instance {
  evh_instance *echo;
  evh_str config; /* owned copy; options are looked up at every call, which is slow and simple */
};

static struct nasty_instance *nasty(evh_instance *self) { return (struct nasty_instance *)(void *)self; }

/* Whether the option's number, or one of its list of numbers, is the index; -1 in it means every sample. */
static int names_sample(evh_str config, const char *option, uint64_t index) {
  const char *at = find_value(config, option), *end = config.ptr + config.len;
  if (!at) return 0;
  int in_list = *at == '[';
  for (at += in_list; at < end && *at != ']' && *at != '}'; at++) {
    if (*at == '-') return 1;
    if (*at >= '0' && *at <= '9') {
      uint64_t number = 0;
      for (; at < end && *at >= '0' && *at <= '9'; at++) number = number * 10 + (uint64_t)(*at - '0');
      if (number == index) return 1;
      if (!in_list) return 0;
      at--;
    }
  }
  return 0;
}

static uint64_t number_option(evh_str config, const char *option) {
  const char *at = find_value(config, option);
  return at ? strtoull(at, 0, 10) : 0;
}

/* With "once_marker" a deadly fault happens only to the process that manages to create that file. */
static int may_die(evh_str config) {
  evh_str marker = get_string(config, "once_marker");
  if (!marker.ptr) return 1;
  char path[4096];
  snprintf(path, sizeof path, "%.*s", (int)marker.len, marker.ptr);
  free((char *)marker.ptr);
  int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return 0;
  close(file);
  return 1;
}

static void hang(void) {
  for (;;) {
    struct timespec hour = {3600, 0};
    nanosleep(&hour, 0);
  }
}

static void nap(uint64_t milliseconds) {
  struct timespec left = {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};
  while (nanosleep(&left, &left) == -1 && errno == EINTR) {}
}

/* Written through a volatile pointer, so that no compiler proves it away. */
static void crash(void) { *(volatile int *)(uintptr_t)16 = 1; }

/* Faults that every hook has: "<fault>_in_<hook>". Returns a status to return, or EVH_OK to go on. */
static evh_status common_faults(evh_str config, const char *hook, uint64_t index, evh_error *error) {
  char option[64];
#define CHOSEN(fault) (snprintf(option, sizeof option, fault "_in_%s", hook), names_sample(config, option, index))
  if (CHOSEN("abort") && may_die(config)) abort();
  if (CHOSEN("crash") && may_die(config)) crash();
  if (CHOSEN("exit") && may_die(config)) _exit(0);
  if (CHOSEN("hang") && may_die(config)) hang();
  if (CHOSEN("spin") && may_die(config))
    for (volatile uint64_t i = 0;; i++) {}
  if (CHOSEN("fail")) return fail(error, EVH_E_INTERNAL, "told to fail on sample %llu", (unsigned long long)index);
  if (CHOSEN("status")) return 4711; /* no evh_status, and *error left as it is */
  if (CHOSEN("shout")) {
    fprintf(stdout, "noise of the plugin on stdout, sample %llu\n", (unsigned long long)index);
    fflush(stdout);
  }
  uint64_t leak = number_option(config, "leak_bytes");
  if (leak) {
    char *lost = malloc(leak);
    if (lost) memset(lost, 1, leak);
  }
  uint64_t nap_ms = number_option(config, "nap_ms");
  if (nap_ms) nap(nap_ms);
  return EVH_OK;
#undef CHOSEN
}

static evh_status nasty_open(const evh_host *host, const evh_call *call, evh_str config, evh_instance **out,
                             evh_error *error) {
  *out = 0;
  if (find_value(config, "abort_in_open")) abort();
  if (find_value(config, "hang_in_open")) hang();
  if (find_value(config, "fail_in_open")) return fail(error, EVH_E_BAD_CONFIG, "told to refuse");
  struct nasty_instance *self = calloc(1, sizeof *self);
  char *copy = malloc(config.len + 1);
  if (!self || !copy) return free(self), free(copy), fail(error, EVH_E_EXHAUSTED, "out of memory");
  if (config.len) memcpy(copy, config.ptr, config.len);
  copy[config.len] = 0;
  self->config = (evh_str){copy, config.len};
  evh_status status = echo_open(host, call, config, &self->echo, error);
  if (status != EVH_OK) return free(copy), free(self), status;
  *out = (evh_instance *)(void *)self;
  return EVH_OK;
}

static void nasty_close(evh_instance *self) {
  if (find_value(nasty(self)->config, "abort_in_close")) abort();
  echo_close(nasty(self)->echo);
  free((char *)nasty(self)->config.ptr);
  free(self);
}

static evh_status nasty_validate(evh_instance *self, const evh_call *call, const evh_record *record,
                                 evh_error *error) {
  evh_status status = common_faults(nasty(self)->config, "validate", record->index, error);
  if (status != EVH_OK) return status;
  if (names_sample(nasty(self)->config, "bad_record", record->index))
    return fail(error, EVH_E_BAD_RECORD, "told to refuse row %llu", (unsigned long long)record->index);
  return echo_validate(nasty(self)->echo, call, record, error);
}

/* A request that breaks the header's rules in the way that the option names. */
static evh_status garbage_request(const evh_stage_sink *sink) {
  evh_stage_request request;
  memset(&request, 0, sizeof request);
  request.struct_size = 8;
  request.kind = 99;
  return sink->request(sink, &request);
}

static evh_status nasty_next(evh_instance *self, const evh_call *call, const evh_record *record,
                             const evh_output *const *outputs, uint32_t output_count,
                             const evh_stage_sink *sink, evh_error *error) {
  evh_str config = nasty(self)->config;
  evh_status status = common_faults(config, "next", record->index, error);
  if (status != EVH_OK) return status;
  if (names_sample(config, "garbage_request", record->index)) return garbage_request(sink), EVH_OK;
  if (names_sample(config, "request_twice", record->index))
    echo_next(nasty(self)->echo, call, record, outputs, 0, sink, error);
  /* Asks for one more stage after every output: a try that never ends by itself. */
  if (names_sample(config, "endless_stages", record->index)) output_count = 0;
  return echo_next(nasty(self)->echo, call, record, outputs, output_count, sink, error);
}

static evh_status nasty_score(evh_instance *self, const evh_call *call, const evh_record *record,
                              const evh_output *const *outputs, uint32_t output_count,
                              const evh_verdict_sink *sink, evh_error *error) {
  evh_str config = nasty(self)->config;
  evh_status status = common_faults(config, "score", record->index, error);
  if (status != EVH_OK) return status;
  if (names_sample(config, "no_verdict", record->index)) return EVH_OK;
  if (names_sample(config, "nan_value", record->index)) sink->value(sink, (evh_str)TEXT("nan"), NAN);
  if (names_sample(config, "garbage_verdict", record->index)) {
    evh_verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    verdict.struct_size = sizeof verdict;
    verdict.outcome = 77;
    verdict.answer = (evh_str)TEXT("\xff\xfe not UTF-8");
    verdict.details_json = (evh_str)TEXT("{not json");
    sink->verdict(sink, &verdict);
    return EVH_OK;
  }
  if (names_sample(config, "verdict_twice", record->index))
    echo_score(nasty(self)->echo, call, record, outputs, output_count, sink, error);
  if (names_sample(config, "impure", record->index)) {
    static atomic_uint calls;
    sink->value(sink, (evh_str)TEXT("calls"), (double)++calls);
  }
  return echo_score(nasty(self)->echo, call, record, outputs, output_count, sink, error);
}

/* ---- Faults at load ------------------------------------------------------------------------------- */

#ifdef NEWER_MINOR /* every struct as a later minor might have it: longer, with fields that are not 0 */
#define GROWN(type) struct grown_##type { type known; uint64_t later[4]; }
GROWN(evh_evaluator);
GROWN(evh_component);
GROWN(evh_plugin);
#define KNOWN .known
#define SIZE_OF(type) sizeof(struct grown_##type)
#define LATER , .later = {~0ull, ~0ull, ~0ull, ~0ull}
#define TYPE(type) struct grown_##type
#else
#define KNOWN
#define SIZE_OF(type) sizeof(type)
#define LATER
#define TYPE(type) type
#endif

#ifdef NEWER_MINOR
#define FIELDS(...) .known = {__VA_ARGS__}
#else
#define FIELDS(...) __VA_ARGS__
#endif

static const TYPE(evh_evaluator) nasty_table = {FIELDS(
#ifdef SHORT_TABLE
    .struct_size = 32, /* ends before next */
#else
    .struct_size = SIZE_OF(evh_evaluator),
#endif
    .open = nasty_open, .close = nasty_close, .validate = nasty_validate,
#ifndef NULL_NEXT
    .next = nasty_next,
#endif
    .score = nasty_score) LATER};

static const TYPE(evh_component) nasty_component = {FIELDS(
    .struct_size = SIZE_OF(evh_component),
#ifdef UNKNOWN_KIND
    .kind = 99,
#else
    .kind = EVH_KIND_EVALUATOR,
#endif
    .thread_model = EVH_THREADS_SERIAL, .caps = EVH_CAP_DETERMINISTIC | 1ull << 60, .id = TEXT("c_nasty"),
    .version = TEXT("1.0.0"), .title = TEXT("c_echo with faults on demand"), .vtable = &nasty_table) LATER};

static const evh_component *const nasty_components[] = {(const evh_component *)&nasty_component};

#ifdef FAIL_IN_INIT
static evh_status nasty_init(const evh_host *host, evh_error *error) {
  (void)host;
  return fail(error, EVH_E_IO, "told to fail in init");
}
#endif

static const TYPE(evh_plugin) nasty_plugin = {FIELDS(
    .struct_size = SIZE_OF(evh_plugin), .abi_major = EVH_ABI_MAJOR,
#ifdef UNNEGOTIATED_MINOR
    .abi_minor = 7, /* what it was compiled with, whatever the host asked for */
#else
    .abi_minor = 0,
#endif
#ifdef ID_MISMATCH
    .id = TEXT("somebody_else"),
#else
    .id = TEXT("c_nasty"),
#endif
#ifdef VERSION_MISMATCH
    .version = TEXT("9.9.9"),
#else
    .version = TEXT("1.0.0"),
#endif
    .build_id = TEXT("plain C"), .component_count = 1,
#ifdef FAIL_IN_INIT
    .init = nasty_init,
#endif
    .components = nasty_components) LATER};

#ifdef SHORT_STRUCTS
/* A descriptor of 24 bytes that ends at a page nobody may read: whoever reads more dies. */
static const evh_plugin *short_descriptor(void) {
  char *pages = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + 4096, 4096, PROT_NONE) != 0) return 0;
  uint32_t size = 24;
  memcpy(pages + 4096 - size, &nasty_plugin, size);
  memcpy(pages + 4096 - size, &size, sizeof size);
  return (const evh_plugin *)(void *)(pages + 4096 - size);
}
#endif

#ifdef EXTRA_SYMBOL
EVH_EXPORT int sqlite3_libversion_number(void);
int sqlite3_libversion_number(void) { return 1; }
#endif

#ifdef CRASH_IN_LOAD
__attribute__((constructor)) static void on_load(void) { crash(); }
#endif

#ifdef WRONG_MAJOR
EVH_EXPORT const evh_plugin *evalhost_plugin_v2(uint32_t host_abi_minor);
const evh_plugin *evalhost_plugin_v2(uint32_t host_abi_minor) {
#else
const evh_plugin *evalhost_plugin_v1(uint32_t host_abi_minor) {
#endif
  /* Some switches leave one of these two unused. */
  (void)host_abi_minor, (void)nasty_next, (void)&nasty_plugin;
#if defined CRASH_IN_ENTRY
  crash();
#elif defined HANG_IN_ENTRY
  hang();
#endif
#if defined NULL_DESCRIPTOR
  return 0;
#elif defined SHORT_STRUCTS
  return short_descriptor();
#else
  return (const evh_plugin *)&nasty_plugin;
#endif
}
