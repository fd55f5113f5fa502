// The kernels against plain arithmetic, and the instruction sets against each other.
import RWKV7Kernels
import Testing

@testable import RWKV7Core

/// Numbers that look random and are the same each time.
struct Numbers {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
  }

  mutating func list(_ count: Int, _ scale: Float = 1) -> [Float] {
    (0..<count).map { _ in next() * scale }
  }
}

@Suite struct KernelTests {
  static let sets = (0...rk_best_isa()).map { String(cString: rk_isa_name($0)) }

  /// A matrix in one of the file's types, what it stands for as float32, and its kernel type.
  private static func matrix(
    _ values: [Float], _ type: Int
  ) -> (bytes: [UInt8], values: [Float], type: Int32) {
    switch type {
    case RK_BF16:
      let halves = values.map { FloatBits.bfloat16(from: $0) }
      return (
        halves.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
        halves.map { FloatBits.float32(fromBFloat16: $0) }, Int32(RK_BF16)
      )
    case RK_F16:
      let halves = values.map { Float16($0).bitPattern }
      return (
        halves.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
        halves.map { FloatBits.float32(fromFloat16: $0) }, Int32(RK_F16)
      )
    default:
      return (values.withUnsafeBytes { Array($0) }, values, Int32(RK_F32))
    }
  }

  /// What one instruction set makes of some products.
  private func products(
    _ set: String, threads: Int, rows: Int, columns: Int, count: Int, type: Int, epilogue: Int,
    isRounded: Bool = false
  ) throws -> (found: [Float], wanted: [Double], scale: [Double]) {
    var numbers = Numbers(UInt64(rows * 31 + columns + type))
    let matrix = Self.matrix(numbers.list(rows * columns), type)
    let input = try AlignedFloats(numbers.list(count * columns))
    let output = try AlignedFloats(numbers.list(count * rows))
    let before = (0..<count * rows).map { Double(output.start[$0]) }
    let pool = try KernelPool(threads: threads, instructionSet: set)
    let small = try AlignedBytes(count: rows * columns)
    let scales = try AlignedFloats(count: rows)
    var values = matrix.values.map(Double.init)
    matrix.bytes.withUnsafeBytes { bytes in
      var product = rk_matmul(
        weights: bytes.baseAddress, scales: nil, input: input.start, output: output.start,
        input_stride: columns, output_stride: rows, rows: UInt32(rows), columns: UInt32(columns),
        count: UInt32(count), type: matrix.type, epilogue: Int32(epilogue))
      if isRounded {
        let weights = small.start.bindMemory(to: Int8.self, capacity: small.count)
        rk_quantize(
          pool.pool, bytes.baseAddress, matrix.type, UInt32(rows), UInt32(columns), weights,
          scales.start)
        product.weights = UnsafeRawPointer(weights)
        product.scales = UnsafePointer(scales.start)
        product.type = Int32(RK_I8)
        for index in values.indices {
          values[index] = Double(weights[index]) * Double(scales.start[index / columns])
        }
      }
      rk_run_matmuls(pool.pool, &product, 1)
    }
    var wanted: [Double] = []
    var scale: [Double] = []
    for n in 0..<count {
      for row in 0..<rows {
        var sum = 0.0, size = 0.0
        for column in 0..<columns {
          let term = values[row * columns + column] * Double(input.start[n * columns + column])
          sum += term
          size += abs(term)
        }
        switch epilogue {
        case RK_ADD: sum += before[n * rows + row]
        case RK_RELU2:
          size *= 2 * max(sum, 1)
          sum = max(sum, 0) * max(sum, 0)
        default: break
        }
        wanted.append(sum)
        scale.append(size + 1)
      }
    }
    return ((0..<count * rows).map { output.start[$0] }, wanted, scale)
  }

  @Test(arguments: [
    (rows: 1, columns: 16, count: 1), (7, 64, 1), (48, 768, 1), (97, 784, 2), (50, 1600, 3),
    (16, 2304, 5), (61, 32, 130), (144, 160, 17),
  ])
  func `products are right, and the same to the bit in every instruction set and on all threads`(
    rows: Int, columns: Int, count: Int
  ) throws {
    for type in [RK_BF16, RK_F16, RK_F32] {
      for isRounded in [false, true] {
        let epilogue = rows % 16 == 0 ? RK_RELU2 : type == RK_F32 ? RK_ADD : RK_SET
        var first: [Float]?
        for (index, set) in Self.sets.enumerated() {
          let result = try products(
            set, threads: 1 + index, rows: rows, columns: columns, count: count, type: type,
            epilogue: epilogue, isRounded: isRounded)
          for (index, found) in result.found.enumerated() {
            let error = abs(Double(found) - result.wanted[index]) / result.scale[index]
            guard error < 1e-6 else {
              Issue.record("\(set), type \(type): \(found) for \(result.wanted[index])")
              break
            }
          }
          #expect(first == nil || first == result.found, "\(set), type \(type)")
          first = result.found
        }
      }
    }
  }

  @Test func `one vector at a time gives the bits that many together give`() throws {
    let columns = 1536, rows = 90, count = 37
    var numbers = Numbers(7)
    let matrix = Self.matrix(numbers.list(rows * columns), RK_BF16)
    let input = try AlignedFloats(numbers.list(count * columns))
    let together = try AlignedFloats(count: count * rows)
    let alone = try AlignedFloats(count: count * rows)
    for set in Self.sets {
      let pool = try KernelPool(threads: 2, instructionSet: set)
      matrix.bytes.withUnsafeBytes { bytes in
        func run(_ first: Int, _ count: Int, _ output: AlignedFloats) {
          var product = rk_matmul(
            weights: bytes.baseAddress, scales: nil, input: input.start + first * columns,
            output: output.start + first * rows, input_stride: columns, output_stride: rows,
            rows: UInt32(rows), columns: UInt32(columns), count: UInt32(count),
            type: matrix.type, epilogue: Int32(RK_SET))
          rk_run_matmuls(pool.pool, &product, 1)
        }
        run(0, count, together)
        for n in 0..<count { run(n, 1, alone) }
      }
      let isSame = (0..<count * rows).allSatisfy { together.start[$0] == alone.start[$0] }
      #expect(isSame, "\(set)")
    }
  }

  @Test func `every half is widened to its value in every instruction set`() throws {
    let halves = (0...UInt16.max).map { $0 }
    for set in Self.sets {
      let pool = try KernelPool(threads: 1, instructionSet: set)
      let output = try AlignedFloats(count: halves.count)
      for (type, value) in [
        (RK_F16, FloatBits.float32(fromFloat16:)), (RK_BF16, FloatBits.float32(fromBFloat16:)),
      ] {
        halves.withUnsafeBytes {
          rk_widen(pool.pool, $0.baseAddress, Int32(type), halves.count, output.start)
        }
        let wrong = halves.filter { half in
          let wanted = value(half), found = output.start[Int(half)]
          // Which NaN it is has no meaning.
          return wanted.isNaN ? !found.isNaN : wanted.bitPattern != found.bitPattern
        }
        #expect(wrong.isEmpty, "\(set), type \(type): \(wrong.prefix(5))")
      }
    }
  }

  @Test func `rounding to 8 bits is off by half a step at most, and zero rows stay zero`() throws {
    var numbers = Numbers(3)
    let rows = 50, columns = 80
    var values = numbers.list(rows * columns, 3)
    for column in 0..<columns { values[7 * columns + column] = 0 }
    let pool = try KernelPool(threads: 2)
    let weights = try AlignedBytes(count: rows * columns)
    let small = weights.start.bindMemory(to: Int8.self, capacity: weights.count)
    let scales = try AlignedFloats(count: rows)
    values.withUnsafeBytes {
      rk_quantize(
        pool.pool, $0.baseAddress, Int32(RK_F32), UInt32(rows), UInt32(columns), small, scales.start
      )
    }
    for index in values.indices {
      let scale = scales.start[index / columns]
      let error = abs(Float(small[index]) * scale - values[index])
      #expect(error <= scale * 0.5001 && small[index] > -128)
    }
    #expect(scales.start[7] == 0)
  }

  @Test func `a machine is asked only for what it has`() {
    #expect(throws: (any Error).self) { try KernelPool(threads: 1, instructionSet: "avx1024") }
    #expect(throws: (any Error).self) { try KernelPool(threads: 257) }
    #expect(rk_usable_cores() >= 1)
  }

  @Test func `the greatest value is found in any place, whatever is around it`() throws {
    let pool = try KernelPool(threads: 1)
    for count in [1, 15, 16, 17, 752, 1001] {
      for place in [0, count / 2, count - 1] {
        var values = [Float](repeating: -3, count: count)
        values[place] = -1
        if place + 1 < count { values[place + 1] = -1 }
        if count > 3, place != 1 { values[1] = .nan }
        #expect(rk_argmax(pool.pool, values, count) == place)
      }
    }
  }
}
