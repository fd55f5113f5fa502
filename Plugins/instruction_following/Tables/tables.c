#include "instruction_following_tables.h"

// #embed belongs to C23; this compiler knows it in every version of the language.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t languages[] = {
#embed "languages.bin"
};

static const uint8_t sentences[] = {
#embed "sentences.txt"
};

const uint8_t *ift_languages(size_t *count) {
  *count = sizeof languages;
  return languages;
}

const uint8_t *ift_sentences(size_t *count) {
  *count = sizeof sentences;
  return sentences;
}
