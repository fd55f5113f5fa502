// What nvidia-smi prints. Pure.
//
//   0, GPU-8f6e..., NVIDIA H200, 143771, 0, 0
//
// Fields that a device does not have are words in brackets: [N/A], [Not Supported], [Unknown Error].

/// Reads the device list of `nvidia-smi`.
package enum NvidiaListing {
  /// What the program is asked.
  package static let arguments = [
    "--query-gpu=index,uuid,name,memory.total,memory.used,utilization.gpu",
    "--format=csv,noheader,nounits",
  ]

  /// The devices of a listing, by rising index.
  ///
  /// A line that describes no device (a message, a MIG slice of `-L`) is passed over, and so is a second one
  /// of the same index.
  package static func devices(in text: String) -> [GPU] {
    var found: [Int: GPU] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      guard let gpu = device(line), found[gpu.ordinal] == nil else { continue }
      found[gpu.ordinal] = gpu
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func device(_ line: Substring) -> GPU? {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    guard fields.count >= 6, let index = Int(fields[0]), index >= 0, index < 1 << 16 else {
      return nil
    }
    // A model's name may hold commas: what the others do not take is its.
    let tail = fields.suffix(3).map(number)
    return GPU(
      vendor: .nvidia, ordinal: index, uuid: isWord(fields[1]) ? fields[1] : "",
      model: fields[2..<(fields.count - 3)].joined(separator: ", "), memoryTotal: tail[0],
      memoryUsed: tail[1], utilization: tail[2])
  }

  private static func isWord(_ field: String) -> Bool { !field.hasPrefix("[") && field != "N/A" }

  /// A whole number, also with the unit that `nounits` leaves out.
  private static func number(_ field: String) -> Int? {
    let digits = field.prefix { $0 >= "0" && $0 <= "9" }
    guard ["", " MiB", " %"].contains(String(field.dropFirst(digits.count))) else { return nil }
    return Int(digits)
  }
}

/// A text without blanks at its ends.
func trimmed(_ text: some StringProtocol) -> String {
  let front = text.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
  guard let last = front.lastIndex(where: { $0 != " " && $0 != "\t" && $0 != "\r" }) else {
    return ""
  }
  return String(front[...last])
}
