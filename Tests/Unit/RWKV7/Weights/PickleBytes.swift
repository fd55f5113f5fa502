// Writes pickles, good and bad ones, an opcode a call.

/// A pickle program in the making.
struct PickleBytes {
  private(set) var bytes: [UInt8]

  init(protocol number: UInt8 = 2) { bytes = [0x80, number] }

  /// Adds bytes as they are.
  @discardableResult
  mutating func raw(_ more: [UInt8]) -> Self {
    bytes += more
    return self
  }

  /// Adds ASCII characters as they are; most opcodes are one.
  @discardableResult
  mutating func raw(_ text: String) -> Self { raw(Array(text.utf8)) }

  mutating func text(_ text: String) {
    raw("X")
    raw(littleEndian(UInt32(text.utf8.count)))
    raw(text)
  }

  mutating func global(_ module: String, _ member: String) { raw("c\(module)\n\(member)\n") }

  /// The shortest opcode that Python uses for the number.
  mutating func integer(_ value: Int) {
    switch value {
    case 0..<0x100: raw([0x4b, UInt8(value)])
    case 0x100..<0x1_0000: raw([0x4d] + littleEndian(UInt16(value)))
    case Int(Int32.min)...Int(Int32.max): raw([0x4a] + littleEndian(Int32(value)))
    default: raw([0x8a, 8] + littleEndian(Int64(value)))
    }
  }

  mutating func tuple(_ values: [Int]) {
    raw("(")
    for value in values { integer(value) }
    raw("t")
  }

  /// The constructor of `tensor` and its arguments.
  mutating func tensor(_ tensor: SampleTensor) {
    global("torch._utils", "_rebuild_tensor_v2")
    raw("((")
    text("storage")
    global("torch", tensor.storageType)
    text(tensor.key)
    text("cpu")
    integer(tensor.storageCount)
    raw("tQ")
    integer(tensor.offset)
    tuple(tensor.shape)
    tuple(tensor.strides)
    raw([0x89])
    global("collections", "OrderedDict")
    raw(")RtR")
  }

  /// A whole program: a dictionary of `tensors`.
  static func dictionary(_ tensors: [SampleTensor]) -> [UInt8] {
    var pickle = PickleBytes()
    pickle.raw("}q\0(")
    for tensor in tensors {
      pickle.text(tensor.name)
      pickle.tensor(tensor)
    }
    return pickle.raw("u.").bytes
  }
}

/// A tensor of a sample file, as its pickle shall describe it.
struct SampleTensor {
  var name = "a"
  var storageType = "FloatStorage"
  var key = "0"
  /// Elements of the storage.
  var storageCount = 12
  var offset = 0
  var shape = [3, 4]
  var strides = [4, 1]
}

/// The bytes of `value`, the lowest first.
func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// The bytes of `values` as a file stores them.
func floatBytes(_ values: [Float]) -> [UInt8] { values.flatMap { littleEndian($0.bitPattern) } }
