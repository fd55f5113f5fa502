#!/usr/bin/env python3
"""Derives languages.bin and sentences.txt, the two tables that the plugin carries.

    make_tables.py LANGDETECT_PROFILES.zip LANGDETECT_PACKAGE PUNKT_TAB_ENGLISH OUT

The first is a zip of the 55 profiles of the PyPI package langdetect 1.0.9 (Apache-2.0), the second the
package's folder (for messages.properties), the third the folder of nltk_data's punkt_tab for English.
Nothing of this runs when evalhost is built or used; NOTICE says where the data comes from.

languages.bin (all numbers are LEB128 varints unless said otherwise):
  "EVHLANG1"
  number of languages; for each, in the order of their names: length and bytes of the name, n_words[3]
  number of groups of like Chinese characters; for each: its size, then its members as BMP code units,
    the first being the one that stands for all
  number of n-grams; for each, in the order of their code units:
    length of the prefix shared with the n-gram before * 4 + number of further code units;
    the first further unit as a difference to the same place of the n-gram before where there is one,
    others as they are; then for each language that has it: index * 2 + (1 if it is the last), frequency
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
import sys
import zipfile


def varint(out, number):
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


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


def languages(profiles, package):
    archive = zipfile.ZipFile(profiles)
    read = sorted((json.loads(archive.read(name)) for name in archive.namelist()),
                  key=lambda profile: profile["name"])
    groups = cjk_groups(package)
    cjk = {ch: group[0] for group in groups for ch in group}
    out = bytearray(b"EVHLANG1")
    varint(out, len(read))
    grams = {}
    for index, profile in enumerate(read):
        name = profile["name"].encode()
        varint(out, len(name))
        out += name
        for count in profile["n_words"]:
            varint(out, count)
        for word, frequency in profile["freq"].items():
            if reachable(word, cjk):
                grams.setdefault(tuple(map(ord, word)), []).append((index, frequency))
    varint(out, len(groups))
    for group in groups:
        varint(out, len(group))
        for ch in group:
            varint(out, ord(ch))
    varint(out, len(grams))
    before = ()
    for gram in sorted(grams):
        shared = 0
        while shared < min(len(gram), len(before)) and gram[shared] == before[shared]:
            shared += 1
        varint(out, shared * 4 + len(gram) - shared)
        for place in range(shared, len(gram)):
            first = place == shared and place < len(before)
            varint(out, gram[place] - (before[place] if first else 0))
        postings = grams[gram]
        for number, (index, frequency) in enumerate(postings):
            varint(out, index * 2 + (number == len(postings) - 1))
            varint(out, frequency)
        before = gram
    return bytes(out)


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
