// A matrix as the kernels read it: in place in the mapped file where possible.
internal import PluginKit
internal import RWKV7Kernels

/// How the large matrices are held.
package enum WeightType: String, Sendable, CaseIterable {
  /// As the file has them, read in place.
  case file
  /// 8 bits a weight and a scale a row, rounded at load; the low-rank nets and the embedding stay as they are.
  case int8
}

/// Rows x columns of weights; whoever owns the memory outlives it.
struct WeightMatrix {
  let weights: UnsafeRawPointer
  let scales: UnsafePointer<Float>?
  let rows: Int
  let columns: Int
  /// `RK_BF16` and so on.
  let type: Int32

  /// What one product reads.
  var byteCount: Int {
    switch type {
    case Int32(RK_F32): rows * columns * 4
    case Int32(RK_I8): rows * columns + rows * 4
    default: rows * columns * 2
    }
  }
}

extension ElementType {
  /// The kernels' name of it.
  var kernelType: Int32 {
    switch self {
    case .bfloat16: Int32(RK_BF16)
    case .float16: Int32(RK_F16)
    case .float32: Int32(RK_F32)
    }
  }
}

/// Makes the kernels' matrices and vectors of a file's tensors and keeps what had to be copied.
struct WeightLoader {
  let pool: KernelPool
  let type: WeightType
  /// What the matrices point to besides the mapped file.
  private(set) var copies: [AlignedBytes] = []
  private(set) var vectors: [AlignedFloats] = []

  init(pool: KernelPool, type: WeightType) {
    self.pool = pool
    self.type = type
  }

  /// A large matrix [rows, columns] of products `W x`.
  mutating func matrix(_ tensor: Tensor) throws(PluginFailure) -> WeightMatrix {
    let plain = try inPlace(tensor)
    guard type == .int8 else { return plain }
    let weights = try AlignedBytes(count: plain.rows * plain.columns)
    let scales = try AlignedFloats(count: plain.rows)
    rk_quantize(
      pool.pool, plain.weights, plain.type, UInt32(plain.rows), UInt32(plain.columns),
      weights.start.bindMemory(to: Int8.self, capacity: weights.count), scales.start)
    copies.append(weights)
    vectors.append(scales)
    return WeightMatrix(
      weights: weights.start, scales: scales.start, rows: plain.rows, columns: plain.columns,
      type: Int32(RK_I8))
  }

  /// A matrix whose rows are read one at a time, such as the embedding.
  mutating func table(_ tensor: Tensor) throws(PluginFailure) -> WeightMatrix {
    try inPlace(tensor)
  }

  /// A matrix [inputs, outputs] of products `x W`, turned, with zeros where the kernels need multiples of 16.
  mutating func turned(_ tensor: Tensor) throws(PluginFailure) -> WeightMatrix {
    let inputs = tensor.shape[0], outputs = tensor.shape[1]
    let columns = inputs.roundedUp(to: 16), rows = outputs.roundedUp(to: 16)
    let size = tensor.type.size
    let copy = try AlignedBytes(count: rows * columns * size)
    let source = tensor.contiguousBytes()
    source.withUnsafeBytes { source in
      for input in 0..<inputs {
        for output in 0..<outputs {
          let from = (input * outputs + output) * size
          (copy.start + (output * columns + input) * size).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[from..<from + size]).baseAddress
              ?? UnsafeRawPointer(copy.start), byteCount: size)
        }
      }
    }
    copies.append(copy)
    return WeightMatrix(
      weights: copy.start, scales: nil, rows: rows, columns: columns, type: tensor.type.kernelType)
  }

  /// A vector as float32.
  mutating func vector(_ tensor: Tensor) throws(PluginFailure) -> UnsafePointer<Float> {
    let vector = try AlignedFloats(tensor.contiguousFloat32())
    vectors.append(vector)
    return UnsafePointer(vector.start)
  }

  private mutating func inPlace(_ tensor: Tensor) throws(PluginFailure) -> WeightMatrix {
    let rows = tensor.shape[0], columns = tensor.shape[1]
    var start = tensor.bytes.baseAddress
    if !tensor.isContiguous {
      let bytes = tensor.contiguousBytes()
      let copy = try AlignedBytes(count: bytes.count)
      copy.start.copyMemory(from: bytes, byteCount: bytes.count)
      copies.append(copy)
      start = UnsafeRawPointer(copy.start)
    }
    guard let start else {
      throw PluginFailure(.internalError, "tensor \(tensor.name) is empty")
    }
    return WeightMatrix(
      weights: start, scales: nil, rows: rows, columns: columns, type: tensor.type.kernelType)
  }
}

extension Int {
  /// The next multiple of `step`.
  func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
