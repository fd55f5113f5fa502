/* abi_layout.c: pins the layout of evalhost_plugin.h, ABI 1.0, at compile time.
 *
 * A line here is never edited after a release: a field appended in a later minor gets new lines below its
 * struct's and a new SIZE. A size alone would miss two fields that change places, hence every offset.
 * The same numbers hold on x86_64 and aarch64; layout-v1.0.txt has them with the types.
 */
#include "evalhost_plugin.h"

#include <stddef.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "ABI 1.0: size of " #type)
#define AT(type, field, bytes) \
  _Static_assert(offsetof(type, field) == (bytes), "ABI 1.0: offset of " #type "." #field)
#define VALUE(name, value) _Static_assert((name) == (value), "ABI 1.0: value of " #name)

_Static_assert(sizeof(void *) == 8 && sizeof(void (*)(void)) == 8, "64-bit only");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian only");
_Static_assert(sizeof(evh_status) == 4, "ABI 1.0: size of evh_status");

SIZE(evh_str, 16);
AT(evh_str, ptr, 0);
AT(evh_str, len, 8);

SIZE(evh_error, 512);
AT(evh_error, struct_size, 0);
AT(evh_error, code, 4);
AT(evh_error, flags, 8);
AT(evh_error, message_len, 12);
AT(evh_error, message, 16);

SIZE(evh_host, 72);
AT(evh_host, struct_size, 0);
AT(evh_host, abi_major, 4);
AT(evh_host, abi_minor, 8);
AT(evh_host, flags, 12);
AT(evh_host, ctx, 16);
AT(evh_host, name, 24);
AT(evh_host, version, 40);
AT(evh_host, log, 56);
AT(evh_host, get_service, 64);

SIZE(evh_call, 56);
AT(evh_call, struct_size, 0);
AT(evh_call, flags, 4);
AT(evh_call, ctx, 8);
AT(evh_call, call_id, 16);
AT(evh_call, deadline_ns, 24);
AT(evh_call, cancelled, 32);
AT(evh_call, log, 40);
AT(evh_call, progress, 48);

SIZE(evh_sink, 24);
AT(evh_sink, struct_size, 0);
AT(evh_sink, flags, 4);
AT(evh_sink, ctx, 8);
AT(evh_sink, write, 16);

SIZE(evh_component, 96);
AT(evh_component, struct_size, 0);
AT(evh_component, kind, 4);
AT(evh_component, thread_model, 8);
AT(evh_component, reserved0, 12);
AT(evh_component, caps, 16);
AT(evh_component, id, 24);
AT(evh_component, version, 40);
AT(evh_component, title, 56);
AT(evh_component, config_schema, 72);
AT(evh_component, vtable, 88);

SIZE(evh_plugin, 96);
AT(evh_plugin, struct_size, 0);
AT(evh_plugin, abi_major, 4);
AT(evh_plugin, abi_minor, 8);
AT(evh_plugin, flags, 12);
AT(evh_plugin, id, 16);
AT(evh_plugin, version, 32);
AT(evh_plugin, build_id, 48);
AT(evh_plugin, component_count, 64);
AT(evh_plugin, reserved0, 68);
AT(evh_plugin, components, 72);
AT(evh_plugin, init, 80);
AT(evh_plugin, get_extension, 88);

SIZE(evh_record, 32);
AT(evh_record, struct_size, 0);
AT(evh_record, flags, 4);
AT(evh_record, index, 8);
AT(evh_record, json, 16);

SIZE(evh_stage_request, 72);
AT(evh_stage_request, struct_size, 0);
AT(evh_stage_request, kind, 4);
AT(evh_stage_request, flags, 8);
AT(evh_stage_request, choice_count, 12);
AT(evh_stage_request, stage, 16);
AT(evh_stage_request, prompt, 32);
AT(evh_stage_request, choices, 48);
AT(evh_stage_request, stops, 56);
AT(evh_stage_request, stop_count, 64);
AT(evh_stage_request, reserved0, 68);

SIZE(evh_sampling, 104);
AT(evh_sampling, struct_size, 0);
AT(evh_sampling, max_tokens, 4);
AT(evh_sampling, temperature, 8);
AT(evh_sampling, top_p, 16);
AT(evh_sampling, presence_penalty, 24);
AT(evh_sampling, frequency_penalty, 32);
AT(evh_sampling, penalty_decay, 40);
AT(evh_sampling, top_k, 48);
AT(evh_sampling, pad_zero, 52);
AT(evh_sampling, stop_tokens, 56);
AT(evh_sampling, ban_tokens, 64);
AT(evh_sampling, no_penalty_tokens, 72);
AT(evh_sampling, stop_token_count, 80);
AT(evh_sampling, ban_token_count, 84);
AT(evh_sampling, no_penalty_token_count, 88);
AT(evh_sampling, stop_count, 92);
AT(evh_sampling, stops, 96);

SIZE(evh_request, 128);
AT(evh_request, struct_size, 0);
AT(evh_request, kind, 4);
AT(evh_request, request_id, 8);
AT(evh_request, sample_index, 16);
AT(evh_request, repeat_index, 24);
AT(evh_request, stage_index, 28);
AT(evh_request, flags, 32);
AT(evh_request, choice_count, 36);
AT(evh_request, seed, 40);
AT(evh_request, stage, 48);
AT(evh_request, prompt, 64);
AT(evh_request, choices, 80);
AT(evh_request, sampling, 88);
AT(evh_request, work_key, 96);
AT(evh_request, task, 112);

SIZE(evh_choice_score, 16);
AT(evh_choice_score, logprob_sum, 0);
AT(evh_choice_score, token_count, 8);
AT(evh_choice_score, flags, 12);

SIZE(evh_output, 104);
AT(evh_output, struct_size, 0);
AT(evh_output, finish, 4);
AT(evh_output, request_id, 8);
AT(evh_output, stage, 16);
AT(evh_output, text, 32);
AT(evh_output, scores, 48);
AT(evh_output, score_count, 56);
AT(evh_output, prompt_tokens, 60);
AT(evh_output, completion_tokens, 64);
AT(evh_output, reserved0, 68);
AT(evh_output, latency_ns, 72);
AT(evh_output, error_code, 80);
AT(evh_output, error_flags, 84);
AT(evh_output, error, 88);

SIZE(evh_verdict, 88);
AT(evh_verdict, struct_size, 0);
AT(evh_verdict, outcome, 4);
AT(evh_verdict, answer, 8);
AT(evh_verdict, reference, 24);
AT(evh_verdict, fail_reason, 40);
AT(evh_verdict, group, 56);
AT(evh_verdict, details_json, 72);

SIZE(evh_verdict_sink, 32);
AT(evh_verdict_sink, struct_size, 0);
AT(evh_verdict_sink, flags, 4);
AT(evh_verdict_sink, ctx, 8);
AT(evh_verdict_sink, value, 16);
AT(evh_verdict_sink, verdict, 24);

SIZE(evh_stage_sink, 24);
AT(evh_stage_sink, struct_size, 0);
AT(evh_stage_sink, flags, 4);
AT(evh_stage_sink, ctx, 8);
AT(evh_stage_sink, request, 16);

SIZE(evh_evaluator, 48);
AT(evh_evaluator, struct_size, 0);
AT(evh_evaluator, flags, 4);
AT(evh_evaluator, open, 8);
AT(evh_evaluator, close, 16);
AT(evh_evaluator, validate, 24);
AT(evh_evaluator, next, 32);
AT(evh_evaluator, score, 40);

SIZE(evh_judged, 64);
AT(evh_judged, struct_size, 0);
AT(evh_judged, outcome, 4);
AT(evh_judged, record, 8);
AT(evh_judged, prediction, 16);
AT(evh_judged, answer, 32);
AT(evh_judged, references, 48);
AT(evh_judged, reference_count, 56);
AT(evh_judged, reserved0, 60);

SIZE(evh_metric, 32);
AT(evh_metric, struct_size, 0);
AT(evh_metric, flags, 4);
AT(evh_metric, open, 8);
AT(evh_metric, close, 16);
AT(evh_metric, score, 24);

SIZE(evh_fetch, 24);
AT(evh_fetch, struct_size, 0);
AT(evh_fetch, flags, 4);
AT(evh_fetch, ctx, 8);
AT(evh_fetch, get, 16);

SIZE(evh_prepare, 64);
AT(evh_prepare, struct_size, 0);
AT(evh_prepare, flags, 4);
AT(evh_prepare, split, 8);
AT(evh_prepare, cache_root, 24);
AT(evh_prepare, output_path, 40);
AT(evh_prepare, fetch, 56);

SIZE(evh_dataset, 40);
AT(evh_dataset, struct_size, 0);
AT(evh_dataset, flags, 4);
AT(evh_dataset, open, 8);
AT(evh_dataset, close, 16);
AT(evh_dataset, describe, 24);
AT(evh_dataset, prepare, 32);

SIZE(evh_completion_sink, 24);
AT(evh_completion_sink, struct_size, 0);
AT(evh_completion_sink, flags, 4);
AT(evh_completion_sink, ctx, 8);
AT(evh_completion_sink, done, 16);

SIZE(evh_backend, 80);
AT(evh_backend, struct_size, 0);
AT(evh_backend, flags, 4);
AT(evh_backend, open, 8);
AT(evh_backend, close, 16);
AT(evh_backend, devices, 24);
AT(evh_backend, load, 32);
AT(evh_backend, unload, 40);
AT(evh_backend, describe, 48);
AT(evh_backend, submit, 56);
AT(evh_backend, pump, 64);
AT(evh_backend, cancel, 72);

/* Constants travel as plain integers: their values are layout too. */
VALUE(EVH_OK, 0);
VALUE(EVH_E_INVALID_ARG, 1);
VALUE(EVH_E_UNSUPPORTED, 2);
VALUE(EVH_E_CANCELLED, 3);
VALUE(EVH_E_DEADLINE, 4);
VALUE(EVH_E_NOT_FOUND, 5);
VALUE(EVH_E_EXHAUSTED, 6);
VALUE(EVH_E_IO, 7);
VALUE(EVH_E_BAD_RECORD, 8);
VALUE(EVH_E_BAD_CONFIG, 9);
VALUE(EVH_E_INTERNAL, 10);
VALUE(EVH_E_STOP, 11);

VALUE(EVH_ERR_RETRYABLE, 1u << 0);
VALUE(EVH_ERR_POISONED, 1u << 1);

VALUE(EVH_LOG_DEBUG, 1);
VALUE(EVH_LOG_INFO, 2);
VALUE(EVH_LOG_WARN, 3);
VALUE(EVH_LOG_ERROR, 4);

VALUE(EVH_KIND_EVALUATOR, 1);
VALUE(EVH_KIND_METRIC, 2);
VALUE(EVH_KIND_DATASET, 3);
VALUE(EVH_KIND_BACKEND, 4);

VALUE(EVH_THREADS_SERIAL, 0);
VALUE(EVH_THREADS_PROCESS_SERIAL, 1);
VALUE(EVH_THREADS_CONCURRENT, 2);

VALUE(EVH_CAP_DETERMINISTIC, 1u << 0);
VALUE(EVH_CAP_NETWORK, 1u << 1);
VALUE(EVH_CAP_GPU, 1u << 2);
VALUE(EVH_CAP_CHOOSE, 1u << 3);
VALUE(EVH_CAP_MESSAGES, 1u << 4);

VALUE(EVH_REQ_GENERATE, 1);
VALUE(EVH_REQ_CHOOSE, 2);

VALUE(EVH_REQF_MESSAGES, 1u << 0);
VALUE(EVH_REQF_FINAL, 1u << 1);

VALUE(EVH_CHOICEF_GREEDY, 1u << 0);

VALUE(EVH_FINISH_STOP, 1);
VALUE(EVH_FINISH_LENGTH, 2);
VALUE(EVH_FINISH_CHOICE, 3);
VALUE(EVH_FINISH_ERROR, 4);
VALUE(EVH_FINISH_CANCELLED, 5);

VALUE(EVH_OUTCOME_PASS, 1);
VALUE(EVH_OUTCOME_FAIL, 2);
VALUE(EVH_OUTCOME_UNPARSED, 3);
VALUE(EVH_OUTCOME_ERROR, 4);

VALUE(EVH_ABI_MAJOR, 1u);
