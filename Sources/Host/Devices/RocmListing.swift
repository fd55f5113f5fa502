// What rocm-smi prints. Pure.
//
//   {"card0": {"GPU use (%)": "0", "VRAM Total Memory (B)": "68702699520",
//              "VRAM Total Used Memory (B)": "10960896", "Card Series": "AMD Instinct MI210", ...}}
//
// Keys changed their case between versions, values are texts, and warnings may stand before the object.
internal import JSONFormat

/// Reads the device list of `rocm-smi`.
package enum RocmListing {
  /// What the program is asked.
  package static let arguments = [
    "--showuse", "--showmeminfo", "vram", "--showproductname", "--json",
  ]

  /// The devices of a listing, nil when it holds no JSON object.
  ///
  /// A card's number is the kernel's and may leave some out (an on-board display is a card too); ROCm
  /// programs count from 0 without gaps, and so do names here.
  package static func devices(in text: String) -> [GPU]? {
    guard let first = text.firstIndex(of: "{"), let last = text.lastIndex(of: "}"), first < last,
      let value = try? JSONValue.parse(Array(text[first...last].utf8)),
      let members = value.members
    else { return nil }
    let cards = members.compactMap { member -> (Int, JSONValue)? in
      guard member.key.hasPrefix("card"), let number = Int(member.key.dropFirst(4)), number >= 0,
        member.value.members != nil
      else { return nil }
      return (number, member.value)
    }
    return cards.sorted { $0.0 < $1.0 }.enumerated().map { device($0.offset, $0.element.1) }
  }

  private static func device(_ ordinal: Int, _ card: JSONValue) -> GPU {
    GPU(
      vendor: .amd, ordinal: ordinal, uuid: text(card, ["unique id"]) ?? "",
      model: text(card, ["card series", "device name", "card model"]) ?? "",
      memoryTotal: mebibytes(card, "vram total memory (b)"),
      memoryUsed: mebibytes(card, "vram total used memory (b)"),
      utilization: number(card, "gpu use (%)"))
  }

  /// The first of the keys that says something; keys in lower case.
  private static func text(_ card: JSONValue, _ keys: [String]) -> String? {
    for key in keys {
      let value = card.members?.first { $0.key.lowercased() == key }?.value
      let text = trimmed(value?.string ?? value?.integer.map(String.init) ?? "")
      if !text.isEmpty, text != "N/A" { return text }
    }
    return nil
  }

  private static func number(_ card: JSONValue, _ key: String) -> Int? {
    guard let text = text(card, [key]), let number = Int(text), number >= 0 else { return nil }
    return number
  }

  private static func mebibytes(_ card: JSONValue, _ key: String) -> Int? {
    number(card, key).map { $0 >> 20 }
  }
}
