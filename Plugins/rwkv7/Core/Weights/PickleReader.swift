// The pickle inside a .pth file, read by a machine that can only describe tensors. A pickle is a
// program; this machine has no instruction that calls, imports or allocates by a number in the file.
// All values lie flat in arrays and refer to each other by index: neither a cycle nor deep nesting
// can be expressed that would cost more than its own bytes, here or when it is freed.

/// Runs the pickle of a saved state dictionary.
struct PickleReader {
  /// What one entry of the archive holds, by the pickle's word.
  struct Storage {
    var type: ElementType
    /// The archive's entry is `data/` and this.
    var key: String
    /// Elements.
    var count: Int
  }

  /// A tensor by the pickle's word; nothing of it is checked against the archive.
  struct TensorRecord {
    var storage: Storage
    /// Of its first element in the storage, in elements.
    var offset: Int
    var shape: [Int]
    /// In elements.
    var strides: [Int]
  }

  /// A value on the stack; compound ones are indices into arrays of the machine.
  private enum Value {
    case bool
    case integer(Int)
    case text(Int)
    case tuple(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
  }

  /// A longer pickle is refused; that of a model of a hundred layers has under one megabyte.
  private static var maximumSize: Int { 1 << 24 }
  private static var maximumStack: Int { 1 << 16 }
  /// Python keeps some eight values for each tensor.
  private static var maximumMemo: Int { 1 << 18 }
  private static var maximumTensors: Int { 1 << 16 }
  private static var maximumName: Int { 1 << 10 }

  private let bytes: CheckedBytes
  private var at = 0
  /// Where the current instruction began, for messages.
  private var start = 0
  private var stack: [Value] = []
  /// How high the stack was at each open mark.
  private var marks: [Int] = []
  private var memo: [UInt32: Value] = [:]
  private var texts: [String] = []
  private var tuples: [[Value]] = []
  private var dictionaries: [[(key: Value, value: Value)]] = []
  private var storages: [Storage] = []
  private var tensors: [TensorRecord] = []

  private init(_ bytes: CheckedBytes) { self.bytes = bytes }

  /// The tensors of the dictionary that the pickle `bytes` makes, in its order; names are unique.
  static func stateDictionary(
    in bytes: CheckedBytes
  ) throws(WeightFault) -> [(name: String, tensor: TensorRecord)] {
    guard bytes.count <= maximumSize else {
      throw WeightFault(.damaged, "its pickle has \(bytes.count) bytes, too many for a model")
    }
    var reader = PickleReader(bytes)
    let result = try reader.run()
    return try reader.named(result)
  }

  private func named(
    _ result: Value
  ) throws(WeightFault) -> [(name: String, tensor: TensorRecord)] {
    guard case .dictionary(let index) = result else {
      throw WeightFault(
        .unsupported,
        "it holds \(phrase(for: result)) instead of a dictionary of tensors; save the state dict")
    }
    var named: [(name: String, tensor: TensorRecord)] = []
    var names: Set<String> = []
    for (key, value) in dictionaries[index] {
      guard case .text(let text) = key else {
        throw WeightFault(
          .unsupported, "a key of its dictionary is \(phrase(for: key)) instead of a tensor's name")
      }
      guard case .tensor(let tensor) = value else {
        throw WeightFault(
          .unsupported,
          "its entry \(quoted(texts[text])) is \(phrase(for: value)) instead of a tensor; save the "
            + "dictionary of tensors alone, such as checkpoint['model']")
      }
      guard names.insert(texts[text]).inserted else {
        throw WeightFault(.damaged, tensor: texts[text], "is in the file twice")
      }
      named.append((texts[text], tensors[tensor]))
    }
    return named
  }

  private func phrase(for value: Value) -> String {
    switch value {
    case .bool: "a truth value"
    case .integer: "a number"
    case .text: "a text"
    case .tuple: "a tuple"
    case .dictionary: "a dictionary"
    case .global: "a type"
    case .storage: "a bare storage"
    case .tensor: "a tensor"
    }
  }
}

// MARK: Instructions

extension PickleReader {
  private mutating func run() throws(WeightFault) -> Value {
    guard try opcode() == .proto, try unsigned(UInt8.self) == 2 else {
      throw WeightFault(
        .unsupported,
        "its pickle is not of protocol 2; save it anew with torch.save and its default protocol")
    }
    while true {
      let opcode = try opcode()
      if opcode == .stop { break }
      try perform(opcode)
      guard stack.count <= Self.maximumStack, marks.count <= Self.maximumStack,
        memo.count <= Self.maximumMemo, tensors.count <= Self.maximumTensors
      else { throw fault("uses more room than a model needs") }
    }
    let result = try pop()
    guard stack.isEmpty, marks.isEmpty, at == bytes.count else {
      throw fault("ends before all of it is used")
    }
    return result
  }

  private mutating func opcode() throws(WeightFault) -> PickleOpcode {
    start = at
    let byte = try unsigned(UInt8.self)
    guard let opcode = PickleOpcode(rawValue: UInt8(byte)) else {
      throw WeightFault(
        .unsupported,
        "its pickle uses the opcode \(PickleOpcode.name(of: UInt8(byte))) at byte \(start), which a "
          + "dictionary of tensors does not need; save the state dictionary alone")
    }
    return opcode
  }

  private mutating func perform(_ opcode: PickleOpcode) throws(WeightFault) {
    switch opcode {
    case .proto, .stop: throw fault("has a second beginning")
    case .mark: marks.append(stack.count)
    case .newFalse, .newTrue: stack.append(.bool)
    case .binInt: stack.append(.integer(Int(Int32(truncatingIfNeeded: try unsigned(UInt32.self)))))
    case .binInt1: stack.append(.integer(try unsigned(UInt8.self)))
    case .binInt2: stack.append(.integer(try unsigned(UInt16.self)))
    case .long1: stack.append(.integer(try longInteger()))
    case .binUnicode: stack.append(try text())
    case .emptyTuple: push(tuple: [])
    case .tuple: push(tuple: try popToMark())
    case .tuple1: push(tuple: try pop(1))
    case .tuple2: push(tuple: try pop(2))
    case .tuple3: push(tuple: try pop(3))
    case .emptyDict: pushDictionary()
    case .setItem: try set(try pop(2))
    case .setItems: try set(try popToMark())
    case .binPut: try keep(UInt32(try unsigned(UInt8.self)))
    case .longBinPut: try keep(UInt32(try unsigned(UInt32.self)))
    case .binGet: try recall(UInt32(try unsigned(UInt8.self)))
    case .longBinGet: try recall(UInt32(try unsigned(UInt32.self)))
    case .global: stack.append(.global(try global()))
    case .reduce: try reduce()
    case .build: try build()
    case .binPersistentID: try makeStorage()
    }
  }

  private mutating func set(_ items: [Value]) throws(WeightFault) {
    guard items.count % 2 == 0, case .dictionary(let index)? = stack.last, !isAtMark else {
      throw fault("sets items of something that is no dictionary")
    }
    for place in stride(from: 0, to: items.count, by: 2) {
      dictionaries[index].append((items[place], items[place + 1]))
    }
  }

  private mutating func keep(_ number: UInt32) throws(WeightFault) {
    guard let value = stack.last, !isAtMark else { throw fault("keeps a value that is not there") }
    memo[number] = value
  }

  private mutating func recall(_ number: UInt32) throws(WeightFault) {
    guard let value = memo[number] else { throw fault("recalls a value that it never kept") }
    stack.append(value)
  }

  /// Attributes of a dictionary are versions of modules (`_metadata`); no tensor is among them.
  private mutating func build() throws(WeightFault) {
    let parts = try pop(2)
    guard case .dictionary = parts[0], case .dictionary = parts[1] else {
      throw fault("gives attributes to something that is no dictionary")
    }
    stack.append(parts[0])
  }
}

// MARK: Storages and tensors

extension PickleReader {
  private mutating func reduce() throws(WeightFault) {
    let parts = try pop(2)
    guard case .global(let global) = parts[0], case .tuple(let index) = parts[1] else {
      throw fault("calls something that is no known constructor")
    }
    switch global {
    case .storage: throw fault("calls a storage type")
    case .orderedDict:
      guard tuples[index].isEmpty else { throw fault("fills a dictionary in an unknown way") }
      pushDictionary()
    case .rebuildTensor: try makeTensor(tuples[index])
    }
  }

  /// From (storage, offset, shape, strides, requires_grad, hooks).
  private mutating func makeTensor(_ parts: [Value]) throws(WeightFault) {
    guard parts.count == 6, case .storage(let storage) = parts[0],
      case .integer(let offset) = parts[1], let shape = integers(parts[2]),
      let strides = integers(parts[3]), case .bool = parts[4],
      case .dictionary(let hooks) = parts[5], dictionaries[hooks].isEmpty
    else { throw fault("describes a tensor in an unknown way") }
    stack.append(.tensor(tensors.count))
    tensors.append(
      TensorRecord(storage: storages[storage], offset: offset, shape: shape, strides: strides))
  }

  /// From ('storage', type, key, device, count).
  private mutating func makeStorage() throws(WeightFault) {
    guard case .tuple(let index) = try pop(), tuples[index].count == 5,
      case .text(let kind) = tuples[index][0], texts[kind] == "storage",
      case .global(.storage(let type)) = tuples[index][1],
      case .text(let key) = tuples[index][2], case .text = tuples[index][3],
      case .integer(let count) = tuples[index][4]
    else { throw fault("describes a storage in an unknown way") }
    guard count >= 0 else { throw fault("describes a storage of \(count) elements") }
    stack.append(.storage(storages.count))
    storages.append(Storage(type: type, key: texts[key], count: count))
  }

  private func integers(_ value: Value) -> [Int]? {
    guard case .tuple(let index) = value, tuples[index].count <= Tensor.maximumRank else {
      return nil
    }
    var integers: [Int] = []
    for part in tuples[index] {
      guard case .integer(let integer) = part else { return nil }
      integers.append(integer)
    }
    return integers
  }
}

// MARK: Stack

extension PickleReader {
  /// Whether there is nothing on the stack above the last mark.
  private var isAtMark: Bool { stack.count == marks.last ?? 0 }

  private mutating func push(tuple values: [Value]) {
    stack.append(.tuple(tuples.count))
    tuples.append(values)
  }

  private mutating func pushDictionary() {
    stack.append(.dictionary(dictionaries.count))
    dictionaries.append([])
  }

  private mutating func pop() throws(WeightFault) -> Value {
    guard !isAtMark, let value = stack.popLast() else {
      throw fault("takes a value that is not there")
    }
    return value
  }

  private mutating func pop(_ count: Int) throws(WeightFault) -> [Value] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw fault("takes a value that is not there")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(WeightFault) -> [Value] {
    guard let mark = marks.popLast() else { throw fault("goes back to a mark that is not there") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }
}

// MARK: Arguments

extension PickleReader {
  private mutating func unsigned<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type
  ) throws(WeightFault) -> Int {
    // At most four bytes are asked for, so Int can hold them.
    guard let value = bytes.size(type, at: at) else { throw cutOff() }
    at += MemoryLayout<Integer>.size
    return value
  }

  private mutating func take(_ count: Int) throws(WeightFault) -> CheckedBytes {
    guard let part = bytes.part(at: at, count: count) else { throw cutOff() }
    at += count
    return part
  }

  /// A two's complement number, the lowest byte first; none at all means 0.
  private mutating func longInteger() throws(WeightFault) -> Int {
    let digits = try take(try unsigned(UInt8.self))
    guard digits.count <= 8 else { throw fault("has a number of \(digits.count) bytes") }
    var value: UInt64 = 0
    for (index, byte) in digits.raw.enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
    // Moves the sign to the top and back, so that it fills what is above it.
    let unused = Int64(64 - 8 * digits.count)
    return digits.count == 0 ? 0 : Int((Int64(bitPattern: value) << unused) >> unused)
  }

  private mutating func text() throws(WeightFault) -> Value {
    let bytes = try take(try unsigned(UInt32.self))
    guard bytes.count <= Self.maximumName, let text = bytes.text else {
      throw fault("has a text of \(bytes.count) bytes that is no tensor's name")
    }
    texts.append(text)
    return .text(texts.count - 1)
  }

  private mutating func global() throws(WeightFault) -> PickleGlobal {
    let module = try line()
    return try PickleGlobal(module: module, member: try line())
  }

  private mutating func line() throws(WeightFault) -> String {
    let rest = bytes.raw[at...].prefix(256)
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
      throw at + 256 <= bytes.count ? fault("names something of over 256 bytes") : cutOff()
    }
    let line = try take(end - at)
    at += 1
    guard let text = line.text else { throw fault("names something that is not UTF-8") }
    return text
  }

  private func cutOff() -> WeightFault {
    WeightFault(.damaged, "its pickle ends inside an instruction at byte \(start)")
  }

  private func fault(_ what: String) -> WeightFault {
    WeightFault(
      .damaged, "its pickle \(what) at byte \(start); it is damaged or no state dictionary")
  }
}
