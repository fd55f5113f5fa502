// The tables that sentence splitting and language identification look things up in, as they lie in the
// library: nothing is read or unpacked before it is asked for. make_tables.py says what is in them.
#ifndef EVALHOST_INSTRUCTION_FOLLOWING_TABLES_H
#define EVALHOST_INSTRUCTION_FOLLOWING_TABLES_H

#include <stddef.h>
#include <stdint.h>

/// Bytes of languages.bin, valid and unchanged for the life of the library; writes their number.
const uint8_t *ift_languages(size_t *count);

/// Bytes of sentences.txt, valid and unchanged for the life of the library; writes their number.
const uint8_t *ift_sentences(size_t *count);

#endif
