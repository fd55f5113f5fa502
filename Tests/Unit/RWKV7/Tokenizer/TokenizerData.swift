// The vocabularies that the tokenizer is tested with.

import Foundation
import RWKV7Core

/// Files of `shared/rwkv` beside the repository, which a checkout may lack, and small ones made here.
enum TokenizerData {
  /// The folder, found by walking up from this file; nil when it is not here.
  static let folder: URL? = {
    var place = URL(filePath: #filePath).resolvingSymlinksInPath()
    while place.path != "/" {
      place.deleteLastPathComponent()
      let candidate = place.appending(path: "shared/rwkv")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }()

  /// Whether the files are here; tests that need them are skipped otherwise.
  static let isPresent = folder != nil

  /// The vocabulary of the released models, parsed once.
  static let world = Result { try vocabulary("rwkv_vocab_v20230424.txt") }
  /// The vocabulary of the demo model.
  static let tiny = Result { try vocabulary("model/tiny_vocab.txt") }

  static func bytes(_ path: String) throws -> [UInt8] {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return try [UInt8](Data(contentsOf: folder.appending(path: path)))
  }

  private static func vocabulary(_ path: String) throws -> Vocabulary {
    try Vocabulary(file: bytes(path))
  }

  /// Lines for the 256 single bytes, with ids from 1, that every vocabulary must have.
  static let singleBytes = (0...255).map { "\($0 + 1) b'\\x\(hexadecimal($0))' 1\n" }.joined()

  /// A vocabulary of the single bytes and `lines`.
  static func vocabulary(_ lines: String...) throws -> Vocabulary {
    try Vocabulary(file: [UInt8]((singleBytes + lines.joined(separator: "\n")).utf8))
  }

  private static func hexadecimal(_ byte: Int) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
