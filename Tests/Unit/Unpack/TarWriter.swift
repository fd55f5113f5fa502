// Writes tar files of every kind, right and wrong ones.

/// One entry, with its fields as they are to be written.
struct TarEntry {
  var name: [UInt8]
  var contents: [UInt8] = []
  var type: Unicode.Scalar = "0"
  /// Instead of the number of bytes.
  var size: [UInt8]?
  var magic = "ustar\u{0}00"
  var prefix = ""
  /// Added to the right checksum.
  var checksumError = 0

  init(_ name: String, _ contents: String = "", type: Unicode.Scalar = "0") {
    self.name = Array(name.utf8)
    self.contents = Array(contents.utf8)
    self.type = type
  }

  /// Another entry with some fields changed.
  func with(_ change: (inout TarEntry) -> Void) -> TarEntry {
    var copy = self
    change(&copy)
    return copy
  }

  var bytes: [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Collection<UInt8>, at start: Int) {
      for (index, byte) in text.enumerated() { block[start + index] = byte }
    }
    put(name.prefix(100), at: 0)
    put("0000755\u{0}".utf8, at: 100)
    put(size ?? TarEntry.octal(contents.count, 11), at: 124)
    put("00000000000\u{0}".utf8, at: 136)
    block[156] = UInt8(type.value)
    put("somewhere".utf8, at: 157)
    put(magic.utf8, at: 257)
    put(prefix.utf8, at: 345)
    for index in 148..<156 { block[index] = 0x20 }
    let sum = block.reduce(0) { $0 + Int($1) } + checksumError
    put(TarEntry.octal(sum, 6) + [0, 0x20], at: 148)
    return block + contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
  }

  static func octal(_ number: Int, _ digits: Int) -> [UInt8] {
    let text = String(number, radix: 8)
    return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
  }

  /// A record of GNU's that gives the next entry a name.
  static func longName(_ name: String) -> TarEntry {
    TarEntry("././@LongLink", name + "\u{0}", type: "L").with { $0.magic = "ustar  \u{0}" }
  }

  /// A record that gives the next entry these values.
  static func pax(_ values: [(String, String)], type: Unicode.Scalar = "x") -> TarEntry {
    let records = values.map { key, value in
      let rest = " \(key)=\(value)\n"
      // The length counts its own digits.
      let length = (1...9).first { $0 == "\(rest.utf8.count + $0)".utf8.count } ?? 0
      return "\(rest.utf8.count + length)\(rest)"
    }
    return TarEntry("pax", records.joined(), type: type)
  }
}

/// A tar file of these entries, with no more than the two blocks it must end with.
func tar(_ entries: TarEntry...) -> [UInt8] {
  entries.flatMap(\.bytes) + [UInt8](repeating: 0, count: 1024)
}
