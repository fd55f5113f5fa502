#!/usr/bin/env python3
"""Derives languages.bin and sentences.txt, the two tables that the plugin carries.

    make_tables.py LANGDETECT_PROFILES.zip LANGDETECT_PACKAGE PUNKT_TAB_ENGLISH OUT

The first is a zip of the 55 profiles of the PyPI package langdetect 1.0.9 (Apache-2.0), the second the
package's folder (for messages.properties), the third the folder of nltk_data's punkt_tab for English.
Nothing of this runs when evalhost is built or used; NOTICE says where the data comes from.

languages.bin (all numbers little-endian) is looked things up in as it lies:
  "EVHLANG2", the number of languages and the number of slots, 32 bits each
  for each language, in the order of their names: its name in 8 bytes, padded with zeros, and its n_words,
    three floating-point numbers of 64 bits
  for each character from U+4E00 to U+9FFF: the one that stands for it, 16 bits
  4096 rows of 64 bits, the n-grams of ASCII letters: those that begin with A and B are bits C of row
    A * 64 + B. A blank is 0, a capital 1 to 26, a small letter 27 to 52; 63 stands for nothing, before
    pairs once and before single letters twice
  slots, 32 bits each, of a hash table with linear probing over all n-grams: 0, or the place of a record in
    the low 20 bits and a check in the high 12. An n-gram's key is its code units one behind the other, 48
    bits; the key times MULTIPLIER, modulo 2^64, has the check in its bits 20 to 31, and its high 32 bits
    times the number of slots, divided by 2^32, are the first slot
  records: the key in 6 bytes, then 32 bits for each language that has the n-gram: its frequency * 128 +
    index * 2 + (1 if it is the last)
An n-gram that the detector can never ask for is left out: one with a character that its normalisation
replaces, with a blank inside, or with two capitals at its end. That changes no answer.

sentences.txt: lines in the order of their bytes; a kind, a word and for some a second word or flags, with
tabs between:
  a WORD        an abbreviation
  c WORD NEXT   a pair that belongs together although the first ends with a full stop
  o WORD FLAGS  a word seen with a small first letter; FLAGS is the sum of 1 (seen with a capital), 2 (seen
                with a capital within a sentence), 4 (seen with a small letter at the start of one).
                Words never seen small are left out: what is asked of them has the answer of unknown words
  s WORD        a word that often starts sentences
"""
import json
import os
import re
import struct
import sys
import zipfile

MULTIPLIER = 0x9E3779B97F4A7C15

def cjk_groups(package):
    groups = []
    path = os.path.join(package, "utils", "messages.properties")
    for line in open(path, encoding="utf-8"):
        match = re.match(r"NGram\.KANJI_\d+_\d+=(.*)", line.strip())
        if match:
            groups.append(re.sub(r"\\u(....)", lambda m: chr(int(m[1], 16)), match[1]))
    return groups


def normalised(ch, cjk):
    code = ord(ch)
    if code < 0x80:
        return ch if ch.isalpha() else " "
    if ch in "\u00a0\u00ab\u00b0\u00bb" or 0x2000 <= code <= 0x206F:
        return " "
    if 0x1EA0 <= code <= 0x1EFF:
        return "\u1ec3"
    if 0x3040 <= code <= 0x309F:
        return "\u3042"
    if 0x30A0 <= code <= 0x30FF:
        return "\u30a2"
    if 0x3100 <= code <= 0x312F or 0x31A0 <= code <= 0x31BF:
        return "\u3105"
    if 0xAC00 <= code <= 0xD7AF:
        return "\uac00"
    one = {"\u0219": "\u015f", "\u021b": "\u0163", "\u06cc": "\u064a"}
    return one.get(ch, cjk.get(ch, ch))


def reachable(word, cjk):
    if len(word) > 3 or word == " " or " " in word[1:-1] or word.startswith("  "):
        return False
    if word[-1].isupper() and word[-2:-1].isupper():
        return False
    return all(normalised(ch, cjk) == ch for ch in word)


def letter(code):
    return 0 if code == 32 else code - 64 if code < 97 else code - 70


def languages(profiles, package):
    archive = zipfile.ZipFile(profiles)
    read = sorted((json.loads(archive.read(name)) for name in archive.namelist()),
                  key=lambda profile: profile["name"])
    cjk = {ch: group[0] for group in cjk_groups(package) for ch in group}
    grams = {}
    heads = b""
    for index, profile in enumerate(read):
        heads += struct.pack("<8s3d", profile["name"].encode(), *profile["n_words"])
        for word, frequency in profile["freq"].items():
            if reachable(word, cjk):
                grams.setdefault(tuple(map(ord, word)), []).append((index, frequency))
    rows = [0] * 4096
    slots = [0] * (len(grams) * 2)
    # No record is at place 0: a slot of 0 is free.
    records = bytearray(1)
    for gram in sorted(grams):
        if max(gram) < 128:
            first, second, third = [63] * (3 - len(gram)) + [letter(code) for code in gram]
            rows[first * 64 + second] |= 1 << third
        key = 0
        for code in gram:
            key = key << 16 | code
        product = key * MULTIPLIER & 0xFFFFFFFFFFFFFFFF
        slot = (product >> 32) * len(slots) >> 32
        while slots[slot]:
            slot = (slot + 1) % len(slots)
        assert len(records) < 1 << 20
        slots[slot] = (product >> 20 & 0xFFF) << 20 | len(records)
        records += key.to_bytes(6, "little")
        for number, (index, frequency) in enumerate(grams[gram]):
            is_last = number == len(grams[gram]) - 1
            records += struct.pack("<I", frequency * 128 + index * 2 + is_last)
    # Keys are read as 8 bytes.
    records += bytes(2)
    like = [ord(cjk.get(chr(code), chr(code))) for code in range(0x4E00, 0xA000)]
    assert all(0x4E00 <= ord(ch) < 0xA000 for ch in cjk)
    return (struct.pack("<8sII", b"EVHLANG2", len(read), len(slots)) + heads
            + struct.pack("<%dH" % len(like), *like) + struct.pack("<4096Q", *rows)
            + struct.pack("<%dI" % len(slots), *slots) + bytes(records))


def sentences(folder):
    def lines(name):
        return open(os.path.join(folder, name), encoding="utf-8").read().split("\n")

    out = ["a\t" + word for word in lines("abbrev_types.txt") if word]
    out += ["c\t" + pair for pair in lines("collocations.tab") if pair]
    out += ["s\t" + word for word in lines("sent_starters.txt") if word]
    for line in lines("ortho_context.tab"):
        if not line:
            continue
        word, context = line.split("\t")
        context = int(context)
        upper, inside, begin = context & 14, context & 4, context & 16
        if context & 112:
            flags = (1 if upper else 0) + (2 if inside else 0) + (4 if begin else 0)
            out.append("o\t%s\t%d" % (word, flags))
    assert all(line.count("\t") <= 2 for line in out)
    return b"".join(sorted(line.encode() + b"\n" for line in out))


if __name__ == "__main__":
    profiles, package, punkt, target = sys.argv[1:]
    open(os.path.join(target, "languages.bin"), "wb").write(languages(profiles, package))
    open(os.path.join(target, "sentences.txt"), "wb").write(sentences(punkt))
