// The JSON test suite of nst (see the shared data's README): each file's name begins with what a
// reader must do, y_ accept, n_ refuse; for each i_ file, where a reader may choose, the table here
// says what ours does.

import Foundation
import JSONFormat
import Testing

private let folder = sharedData("json-test-suite")
private let fileNames =
  (folder.map { try? FileManager.default.contentsOfDirectory(atPath: $0.path) })?
  .flatMap { $0 }?.filter { $0.hasSuffix(".json") }.sorted() ?? []

/// What the reader answers where the suite leaves the choice.
private enum Choice: Equatable {
  case accept
  case refuse(JSONError.Code)
}

private let choices: [String: Choice] = [
  // Too small for Double is 0; too large would be infinite.
  "i_number_double_huge_neg_exp.json": .accept,
  "i_number_real_underflow.json": .accept,
  "i_number_huge_exp.json": .refuse(.numberOutOfRange),
  "i_number_neg_int_huge_exp.json": .refuse(.numberOutOfRange),
  "i_number_pos_double_huge_exp.json": .refuse(.numberOutOfRange),
  "i_number_real_neg_overflow.json": .refuse(.numberOutOfRange),
  "i_number_real_pos_overflow.json": .refuse(.numberOutOfRange),
  // Whole numbers beyond Int64 are read as Double.
  "i_number_too_big_neg_int.json": .accept,
  "i_number_too_big_pos_int.json": .accept,
  "i_number_very_big_negative_int.json": .accept,
  "i_object_key_lone_2nd_surrogate.json": .refuse(.loneSurrogate),
  "i_string_1st_surrogate_but_2nd_missing.json": .refuse(.loneSurrogate),
  "i_string_1st_valid_surrogate_2nd_invalid.json": .refuse(.loneSurrogate),
  "i_string_incomplete_surrogate_and_escape_valid.json": .refuse(.loneSurrogate),
  "i_string_incomplete_surrogate_pair.json": .refuse(.loneSurrogate),
  "i_string_incomplete_surrogates_escape_valid.json": .refuse(.loneSurrogate),
  "i_string_invalid_lonely_surrogate.json": .refuse(.loneSurrogate),
  "i_string_invalid_surrogate.json": .refuse(.loneSurrogate),
  "i_string_inverted_surrogates_U+1D11E.json": .refuse(.loneSurrogate),
  "i_string_lone_second_surrogate.json": .refuse(.loneSurrogate),
  "i_string_UTF-8_invalid_sequence.json": .refuse(.invalidUTF8),
  "i_string_UTF8_surrogate_U+D800.json": .refuse(.invalidUTF8),
  "i_string_invalid_utf-8.json": .refuse(.invalidUTF8),
  "i_string_iso_latin_1.json": .refuse(.invalidUTF8),
  "i_string_lone_utf8_continuation_byte.json": .refuse(.invalidUTF8),
  "i_string_not_in_unicode_range.json": .refuse(.invalidUTF8),
  "i_string_overlong_sequence_2_bytes.json": .refuse(.invalidUTF8),
  "i_string_overlong_sequence_6_bytes.json": .refuse(.invalidUTF8),
  "i_string_overlong_sequence_6_bytes_null.json": .refuse(.invalidUTF8),
  "i_string_truncated-utf-8.json": .refuse(.invalidUTF8),
  // UTF-8 is the only encoding, without a byte order mark.
  "i_string_UTF-16LE_with_BOM.json": .refuse(.unexpectedByte),
  "i_string_utf16BE_no_BOM.json": .refuse(.unexpectedByte),
  "i_string_utf16LE_no_BOM.json": .refuse(.unexpectedByte),
  "i_structure_UTF-8_BOM_empty_object.json": .refuse(.byteOrderMark),
  // More than 128 levels.
  "i_structure_500_nested_arrays.json": .refuse(.tooDeep),
]

/// Files that must be accepted and are only with `lastWins`: our default refuses duplicate keys.
private let duplicates: Set = [
  "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
]

/// What each of the ways to read says about `bytes`; they must agree.
private func answer(
  _ bytes: [UInt8], _ duplicateKeys: JSONDuplicateKeys
) -> Result<JSONValue, JSONError> {
  let tree = Result { () throws(JSONError) in
    try JSONValue.parse(bytes, duplicateKeys: duplicateKeys)
  }
  let skipped = Result { () throws(JSONError) in
    try JSON.validate(bytes, duplicateKeys: duplicateKeys)
  }
  let copied = Result { () throws(JSONError) in
    let range = try JSON.read(bytes, duplicateKeys: duplicateKeys) { cursor throws(JSONError) in
      try cursor.rawValue()
    }
    return try JSONValue.parse(Array(bytes[range]), duplicateKeys: duplicateKeys)
  }
  #expect(skipped.error == tree.error)
  #expect(copied == tree)
  return tree
}

extension Result {
  fileprivate var error: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}

@Suite struct ConformanceTests {
  // Skipped where the shared data are not beside the repository.
  @Test(.enabled(if: folder != nil, "no shared/data/json-test-suite"), arguments: fileNames)
  func `each file of the JSON test suite is answered as declared`(name: String) throws {
    let url = try #require(folder).appending(path: name)
    let bytes = [UInt8](try Data(contentsOf: url))
    let strict = answer(bytes, .refuse)
    let lenient = answer(bytes, .lastWins)

    var expected: JSONError.Code?
    if name.hasPrefix("i_"), case .refuse(let code) = try #require(choices[name]) {
      expected = code
    }
    if name.hasPrefix("n_") { expected = try #require(strict.error?.code, "accepted") }
    #expect(lenient.error?.code == expected)
    #expect(strict.error?.code == (duplicates.contains(name) ? .duplicateKey : expected))

    if case .success(let value) = lenient {
      #expect(try JSONValue.parse(value.serialized()) == value)
    }
  }

  @Test(.enabled(if: folder != nil, "no shared/data/json-test-suite"))
  func `the suite is whole and every choice is about one of its files`() {
    #expect(fileNames.count == 318)
    #expect(Set(fileNames.filter { $0.hasPrefix("i_") }) == Set(choices.keys))
    #expect(duplicates.isSubset(of: fileNames))
  }
}
