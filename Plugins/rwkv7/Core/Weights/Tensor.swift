// A tensor where it lies in its file. Its geometry is checked once, when it is made; from then on
// every element that its shape names is known to be inside the mapping.

/// How a tensor's elements are stored, little-endian.
package enum ElementType: Sendable {
  /// The upper 16 bits of a Float.
  case bfloat16
  /// IEEE 754 half precision.
  case float16
  /// IEEE 754 single precision.
  case float32

  /// Bytes of one element.
  package var size: Int { self == .float32 ? 4 : 2 }
}

/// A view of elements in a mapped file, in any order that strides can say.
///
/// `@unchecked Sendable`: the memory is read-only, and `file` keeps it mapped.
package struct Tensor: @unchecked Sendable {
  /// Its name in the file.
  package let name: String
  /// How its elements are stored.
  package let type: ElementType
  /// Its dimensions, the slowest first; empty for a single number.
  package private(set) var shape: [Int]
  /// How far apart neighbours are along each dimension, in elements; never negative.
  package private(set) var strides: [Int]
  /// How many elements it has: the product of `shape`.
  package let count: Int
  /// The memory from its first element to its last; valid as long as the tensor or its file lives.
  ///
  /// Exactly its elements in row-major order if `isContiguous`. The address need not be a multiple of
  /// the element size: load unaligned.
  package let bytes: UnsafeRawBufferPointer
  private let file: MappedFile

  /// More dimensions than this are refused; those of RWKV have three at most.
  static var maximumRank: Int { 8 }

  /// Views `storage`, a part of `file`, from element `offset` on; `strides` nil means row-major.
  ///
  /// Throws if an element is outside `storage`, or if there are more elements than `storage` has, so
  /// that a copy never needs more memory than the file.
  init(
    _ name: String, _ type: ElementType, shape: [Int], strides: [Int]? = nil, offset: Int = 0,
    in storage: CheckedBytes, of file: MappedFile
  ) throws(WeightFault) {
    guard shape.count <= Self.maximumRank else {
      throw WeightFault(
        .damaged, tensor: name,
        "has \(shape.count) dimensions; at most \(Self.maximumRank) are read")
    }
    guard let count = elementCount(of: shape) else {
      throw WeightFault(
        .damaged, tensor: name, "the shape \(shape) is negative or beyond all memory")
    }
    let strides = strides ?? Self.rowMajorStrides(of: shape)
    guard strides.count == shape.count else {
      throw WeightFault(
        .damaged, tensor: name, "has \(strides.count) strides for \(shape.count) dimensions")
    }
    guard strides.allSatisfy({ $0 >= 0 }), offset >= 0 else {
      throw WeightFault(
        .damaged, tensor: name,
        "the strides \(strides) or the offset \(offset) are negative")
    }
    let room = storage.count / type.size
    guard let span = Self.span(of: shape, strides: strides), offset <= room, span <= room - offset
    else {
      throw WeightFault(
        .damaged, tensor: name,
        "the shape \(shape) with strides \(strides) from element \(offset) on reaches beyond its "
          + "storage of \(room) elements")
    }
    guard count <= span else {
      throw WeightFault(
        .unsupported, tensor: name,
        "the strides \(strides) show the same element at several places of the shape \(shape); "
          + "save a contiguous copy of it")
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.strides = strides
    self.count = count
    self.file = file
    bytes = UnsafeRawBufferPointer(
      rebasing: storage.raw[offset * type.size..<(offset + span) * type.size])
  }

  /// Whether its elements lie one after the other in row-major order.
  package var isContiguous: Bool {
    guard count > 0 else { return true }
    var expected = 1
    for index in shape.indices.reversed() where shape[index] != 1 {
      if strides[index] != expected { return false }
      expected *= shape[index]
    }
    return true
  }

  /// The same elements as one row, if all dimensions but the last are 1; nil otherwise.
  var row: Tensor? {
    guard let length = shape.last, shape.dropLast().allSatisfy({ $0 == 1 }) else { return nil }
    var row = self
    row.shape = [length]
    row.strides = Array(strides.suffix(1))
    return row
  }

  private static func rowMajorStrides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    var stride = 1
    for index in shape.indices.reversed() {
      strides[index] = stride
      // Where it would overflow, a dimension is 0, and no stride is ever used.
      stride = stride.multipliedReportingOverflow(by: max(shape[index], 1)).partialValue
      if stride < 0 { stride = 0 }
    }
    return strides
  }

  /// Elements from the first to the last; nil if Int cannot hold it.
  private static func span(of shape: [Int], strides: [Int]) -> Int? {
    if shape.contains(0) { return 0 }
    var last = 0
    for (size, stride) in zip(shape, strides) {
      let (step, overflowsStep) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflowsSum) = last.addingReportingOverflow(step)
      if overflowsStep || overflowsSum { return nil }
      last = sum
    }
    return last == .max ? nil : last + 1
  }
}

// MARK: Copies

extension Tensor {
  /// Its values in row-major order, whatever its strides are.
  package func contiguousFloat32() -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { target, written in
      switch type {
      case .bfloat16:
        copy(to: target) { FloatBits.float32(fromBFloat16: UInt16(littleEndian: $0)) }
      case .float16:
        copy(to: target) { FloatBits.float32(fromFloat16: UInt16(littleEndian: $0)) }
      case .float32:
        copy(to: target) { Float(bitPattern: UInt32(littleEndian: $0)) }
      }
      written = count
    }
  }

  /// Its elements as they are stored, in row-major order, whatever its strides are.
  package func contiguousBytes() -> [UInt8] {
    if isContiguous { return Array(bytes) }
    return [UInt8](unsafeUninitializedCapacity: count * type.size) { target, written in
      let raw = UnsafeMutableRawBufferPointer(target)
      forEachRun { first, stride, length, done in
        for index in 0..<length {
          let from = (first + index * stride) * type.size
          let to = (done + index) * type.size
          for byte in 0..<type.size { raw[to + byte] = bytes[from + byte] }
        }
      }
      written = count * type.size
    }
  }

  /// Initializes all of `target`, which has room for `count` values, from elements read as `Stored`.
  @inline(__always)
  private func copy<Stored: FixedWidthInteger>(
    to target: UnsafeMutableBufferPointer<Float>, _ convert: (Stored) -> Float
  ) {
    let size = MemoryLayout<Stored>.size
    forEachRun { first, stride, length, done in
      for index in 0..<length {
        // In bounds: the initializer checked the span of all elements.
        let stored = bytes.loadUnaligned(
          fromByteOffset: (first + index * stride) * size, as: Stored.self)
        target.initializeElement(at: done + index, to: convert(stored))
      }
    }
  }

  /// Calls `body` for each run along the last dimension, in row-major order.
  ///
  /// It is given the run's first element, its stride and length, and how many elements came before.
  private func forEachRun(
    _ body: (_ first: Int, _ stride: Int, _ length: Int, _ done: Int) -> Void
  ) {
    guard count > 0 else { return }
    if isContiguous { return body(0, 1, count, 0) }
    let inner = shape.count - 1
    let length = shape[inner]
    var place = [Int](repeating: 0, count: shape.count)
    var first = 0
    var done = 0
    while true {
      body(first, strides[inner], length, done)
      done += length
      // Counts up the outer dimensions like the digits of a number.
      var digit = inner - 1
      while digit >= 0, place[digit] == shape[digit] - 1 {
        first -= place[digit] * strides[digit]
        place[digit] = 0
        digit -= 1
      }
      if digit < 0 { return }
      place[digit] += 1
      first += strides[digit]
    }
  }
}
