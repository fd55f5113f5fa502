// The .safetensors format: 8 bytes with the length of a JSON header, the header, the elements.
//
//   {"__metadata__": {...},
//    "emb.weight": {"dtype": "BF16", "shape": [752, 128], "data_offsets": [0, 192512]}, ...}
//
// Offsets count from the header's end. All bytes behind the header belong to exactly one tensor.
internal import JSONFormat

/// Reads the tensors of a .safetensors file.
enum SafetensorsFile {
  /// What the header says of one tensor; nothing of it is checked.
  private struct Entry {
    var name: String
    var type = ""
    var shape: [Int] = []
    var offsets: [Int] = []
  }

  /// Below the format's own limit of 100 MB: a model of a hundred layers has half a megabyte.
  private static var maximumHeader: Int { 1 << 24 }
  private static var maximumTensors: Int { 1 << 16 }

  /// Whether `bytes` begin as the format does: a length, then a JSON object.
  static func isLikely(_ bytes: CheckedBytes) -> Bool {
    bytes.integer(UInt8.self, at: 8) == UInt8(ascii: "{")
  }

  /// The tensors of `file`, in the header's order.
  static func tensors(of file: MappedFile) throws(WeightFault) -> [Tensor] {
    let bytes = CheckedBytes(file.bytes)
    guard let length = bytes.size(UInt64.self, at: 0), length <= maximumHeader,
      let header = bytes.part(at: 8, count: length),
      let data = bytes.part(at: 8 + length, count: bytes.count - 8 - length)
    else {
      throw WeightFault(
        .damaged, "its safetensors header is longer than the file or the format allows")
    }
    let entries = try entries(in: header)
    guard entries.count <= maximumTensors else {
      throw WeightFault(.damaged, "has \(entries.count) tensors, too many for a model")
    }
    var tensors: [Tensor] = []
    for entry in entries { tensors.append(try tensor(entry, in: data, of: file)) }
    try checkCoverage(entries, of: data.count)
    return tensors
  }

  private static func tensor(
    _ entry: Entry, in data: CheckedBytes, of file: MappedFile
  ) throws(WeightFault) -> Tensor {
    let type: ElementType
    switch entry.type {
    case "BF16": type = .bfloat16
    case "F16": type = .float16
    case "F32": type = .float32
    default:
      throw WeightFault(
        .unsupported, tensor: entry.name,
        "has elements of type \(quoted(entry.type)); only BF16, F16 and F32 are read")
    }
    guard entry.shape.count <= Tensor.maximumRank else {
      throw WeightFault(
        .damaged, tensor: entry.name, "has more than \(Tensor.maximumRank) dimensions")
    }
    guard entry.offsets.count == 2, entry.offsets[0] <= entry.offsets[1],
      let storage = data.part(
        at: entry.offsets[0], count: entry.offsets[1] &- entry.offsets[0])
    else {
      throw WeightFault(
        .damaged, tensor: entry.name,
        "its data_offsets \(entry.offsets) are not inside the \(data.count) bytes of data; the file "
          + "is cut off or damaged: copy it again")
    }
    let count = elementCount(of: entry.shape)
    guard let count, case (let size, false) = count.multipliedReportingOverflow(by: type.size),
      size == storage.count
    else {
      throw WeightFault(
        .damaged, tensor: entry.name,
        "the shape \(entry.shape) of \(entry.type) does not fit its \(storage.count) bytes of data")
    }
    return try Tensor(entry.name, type, shape: entry.shape, in: storage, of: file)
  }

  /// Checks that the tensors, laid side by side, are all of the data.
  private static func checkCoverage(_ entries: [Entry], of count: Int) throws(WeightFault) {
    var end = 0
    let ordered = entries.sorted { ($0.offsets[0], $0.offsets[1]) < ($1.offsets[0], $1.offsets[1]) }
    for entry in ordered {
      guard entry.offsets[0] == end else {
        let what = entry.offsets[0] < end ? "overlap those of another tensor" : "leave a gap before"
        throw WeightFault(.damaged, tensor: entry.name, "its data_offsets \(entry.offsets) \(what)")
      }
      end = entry.offsets[1]
    }
    guard end == count else {
      throw WeightFault(.damaged, "has \(count - end) bytes behind its last tensor")
    }
  }
}

// MARK: Header

extension SafetensorsFile {
  private static func entries(in header: CheckedBytes) throws(WeightFault) -> [Entry] {
    // A copy: the reader looks at a byte more than once, and the file may change under the mapping.
    let text = Array(header.raw)
    var entries: [Entry] = []
    var names: Set<String> = []
    var tensor: String?
    do throws(JSONError) {
      try JSON.withCursor(over: text) { cursor throws(JSONError) in
        try cursor.beginObject()
        while let key = try cursor.nextKey() {
          tensor = nil
          let name = key.string
          guard names.insert(name).inserted else { throw JSONError(.duplicateKey, at: key.offset) }
          if name == "__metadata__" {
            try cursor.skip()
          } else {
            tensor = name
            entries.append(try entry(name, &cursor))
          }
        }
        tensor = nil
        try cursor.finish()
      }
    } catch {
      throw WeightFault(.damaged, tensor: tensor, "the safetensors header is wrong: \(error)")
    }
    return entries
  }

  private static func entry(
    _ name: String, _ cursor: inout JSONCursor
  ) throws(JSONError) -> Entry {
    var entry = Entry(name: name)
    var seen: Set<String> = []
    try cursor.beginObject()
    while let key = try cursor.nextKey() {
      guard seen.insert(key.string).inserted else {
        throw JSONError(.duplicateKey, at: key.offset)
      }
      switch key {
      case "dtype": entry.type = try cursor.readString()
      case "shape": entry.shape = try integers(&cursor)
      case "data_offsets": entry.offsets = try integers(&cursor)
      default: try cursor.skip()
      }
    }
    return entry
  }

  /// An array of whole numbers; of one that is too long for a tensor, only enough to see that.
  private static func integers(_ cursor: inout JSONCursor) throws(JSONError) -> [Int] {
    var integers: [Int] = []
    try cursor.beginArray()
    while try cursor.nextElement() {
      if integers.count > Tensor.maximumRank {
        try cursor.skip()
      } else {
        integers.append(try cursor.readInt())
      }
    }
    return integers
  }
}
