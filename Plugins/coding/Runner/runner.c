#include "coding_runner.h"

// #embed belongs to C23; this compiler knows it in every version of the language.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t bootstrap[] = {
#embed "bootstrap.py"
};

static const uint8_t assertions[] = {
#embed "assertions.py"
};

static const uint8_t channel[] = {
#embed "channel.py"
};

static const uint8_t contests[] = {
#embed "contests.py"
};

static const uint8_t judge[] = {
#embed "judge.py"
};

static const uint8_t leftovers[] = {
#embed "leftovers.py"
};

static const uint8_t outcomes[] = {
#embed "outcomes.py"
};

static const uint8_t plus[] = {
#embed "plus.py"
};

static const uint8_t program[] = {
#embed "program.py"
};

static const uint8_t remote[] = {
#embed "remote.py"
};

static const uint8_t runner[] = {
#embed "runner.py"
};

static const uint8_t seed[] = {
#embed "seed.py"
};

static const uint8_t shown[] = {
#embed "shown.py"
};

static const uint8_t syscalls[] = {
#embed "syscalls.py"
};

static const uint8_t wire[] = {
#embed "wire.py"
};

#define MODULE(name) { #name, name, sizeof name }

static const struct {
  const char *name;
  const uint8_t *source;
  long count;
} modules[] = {
    MODULE(assertions), MODULE(channel), MODULE(contests), MODULE(judge),  MODULE(leftovers),
    MODULE(outcomes),   MODULE(plus),    MODULE(program),  MODULE(remote), MODULE(runner),
    MODULE(seed),       MODULE(shown),   MODULE(syscalls), MODULE(wire),
};

const uint8_t *crn_bootstrap(long *count) {
  *count = sizeof bootstrap;
  return bootstrap;
}

int crn_module_count(void) { return (int)(sizeof modules / sizeof modules[0]); }

static int is_module(int index) { return index >= 0 && index < crn_module_count(); }

const char *crn_module_name(int index) { return is_module(index) ? modules[index].name : 0; }

const uint8_t *crn_module_source(int index, long *count) {
  *count = is_module(index) ? modules[index].count : 0;
  return is_module(index) ? modules[index].source : 0;
}
