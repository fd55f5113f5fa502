// One step of the model: some tokens of some sequences through all layers.
//
// Formulas: RWKV-7 "Goose", https://arxiv.org/abs/2503.14456, section 4, in the order of BlinkDL's
// rwkv_v7_numpy.py. What is computed for a token depends only on its sequence: see rwkv7_kernels.h.
internal import PluginKit
internal import RWKV7Kernels

/// Consecutive rows of a step that go on with one sequence.
struct StepSegment {
  var state: AlignedFloats
  var tokens: ArraySlice<UInt32>
  /// How many of the last rows need logits: 0, 1, or all when continuations are scored.
  var logitCount: Int
}

/// The model's arithmetic with the memory that it works in; for one thread.
final class ForwardPass {
  let weights: ModelWeights
  let pool: KernelPool
  /// Most rows and most rows with logits in one step.
  let mostRows: Int
  let mostLogits: Int
  /// Floats of one sequence's state.
  let stateCount: Int

  private let layerStateCount: Int
  /// Floats from one row to the next; see rwkv7_kernels.h.
  private let stride: Int
  private let hiddenStride: Int
  private let x: AlignedFloats
  private let normed: AlignedFloats
  private let mixed: [AlignedFloats]
  /// r, k, v, w, a, g and the gate of v.
  private let projected: [AlignedFloats]
  private let vFirst: AlignedFloats
  private let ranks: [AlignedFloats]
  private let hidden: AlignedFloats
  private let selected: AlignedFloats
  private let logits: AlignedFloats

  init(
    _ weights: ModelWeights, pool: KernelPool, mostRows: Int, mostLogits: Int
  ) throws(PluginFailure) {
    self.weights = weights
    self.pool = pool
    self.mostRows = mostRows
    self.mostLogits = mostLogits
    let shape = weights.shape
    layerStateCount = rk_layer_state_floats(UInt32(shape.width), UInt32(shape.headSize))
    stateCount = layerStateCount * shape.layers
    stride = shape.width + 16
    hiddenStride = shape.ffnWidth + 16
    let wide = mostRows * stride
    x = try AlignedFloats(count: wide)
    normed = try AlignedFloats(count: wide)
    vFirst = try AlignedFloats(count: wide)
    var mixed: [AlignedFloats] = []
    for _ in 0..<6 { mixed.append(try AlignedFloats(count: wide)) }
    self.mixed = mixed
    var projected: [AlignedFloats] = []
    for _ in 0..<7 { projected.append(try AlignedFloats(count: wide)) }
    self.projected = projected
    var ranks: [AlignedFloats] = []
    for rank in [shape.decayRank, shape.rateRank, shape.gateRank, shape.valueRank] {
      ranks.append(try AlignedFloats(count: mostRows * max(rank, 1).roundedUp(to: 16)))
    }
    self.ranks = ranks
    hidden = try AlignedFloats(count: mostRows * hiddenStride)
    selected = try AlignedFloats(count: 2 * mostLogits * stride)
    logits = try AlignedFloats(count: mostLogits * shape.vocabulary)
  }

  /// Runs the segments' tokens and brings their states forward.
  ///
  /// `segments` together have at most `mostRows` tokens and `mostLogits` rows with logits, each at least
  /// one token, and no state twice. Logits of the last step are lost.
  func run(_ segments: [StepSegment]) {
    let count = segments.reduce(0) { $0 + $1.tokens.count }
    guard count > 0 else { return }
    embed(segments)
    var first = 0
    let kernelSegments = segments.map { segment in
      defer { first += segment.tokens.count }
      return rk_segment(
        first: UInt32(first), count: UInt32(segment.tokens.count), state: segment.state.start)
    }
    for (index, layer) in weights.layers.enumerated() {
      var inLayer = kernelSegments
      for segment in inLayer.indices {
        inLayer[segment].state += index * layerStateCount
      }
      inLayer.withUnsafeBufferPointer { inLayer in
        mixTime(layer, inLayer, count, isFirst: index == 0)
        mixChannels(layer, inLayer, count)
      }
    }
    runHead(segments)
  }

  /// The logits of a row of the last step, in the order of the segments; valid until the next step.
  func logits(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
    let size = weights.shape.vocabulary
    return UnsafeMutableBufferPointer(start: logits.start + row * size, count: size)
  }

  /// The lowest id of the greatest logit.
  func best(of logits: UnsafeMutableBufferPointer<Float>) -> UInt32 {
    rk_argmax(pool.pool, logits.baseAddress, logits.count)
  }

  // MARK: Layers

  private func embed(_ segments: [StepSegment]) {
    let table = weights.embedding
    let size = table.byteCount / table.rows
    var row = 0
    for token in segments.lazy.map(\.tokens).joined() {
      // Ids that the model has no row for cannot come from its own logits, and prompts are checked.
      let index = min(Int(token), table.rows - 1)
      rk_widen(
        pool.pool, table.weights + index * size, table.type, table.columns,
        normed.start + row * stride)
      row += 1
    }
    norm(weights.ln0, from: normed, to: x, row)
  }

  private func norm(
    _ weights: NormWeights, from input: AlignedFloats, to output: AlignedFloats, _ count: Int
  ) {
    var norm = normCall(weights, count)
    norm.input = UnsafePointer(input.start)
    norm.output = output.start
    rk_run_norm(pool.pool, &norm)
  }

  private func normCall(_ norm: NormWeights, _ count: Int) -> rk_norm {
    rk_norm(
      input: UnsafePointer(x.start), output: normed.start, weight: norm.weight, bias: norm.bias,
      count: UInt32(count), channels: UInt32(weights.shape.width), stride: UInt32(stride))
  }

  private func product(
    _ matrix: WeightMatrix, _ input: AlignedFloats, _ output: AlignedFloats, _ count: Int,
    then epilogue: Int = RK_SET
  ) -> rk_matmul {
    rk_matmul(
      weights: matrix.weights, scales: matrix.scales, input: UnsafePointer(input.start),
      output: output.start, input_stride: stride(of: input, matrix.columns),
      output_stride: stride(of: output, matrix.rows),
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), count: UInt32(count),
      type: matrix.type, epilogue: Int32(epilogue))
  }

  private func stride(of rows: AlignedFloats, _ count: Int) -> Int {
    if rows === hidden { return hiddenStride }
    return rows === logits || ranks.contains { $0 === rows } ? count : stride
  }

  private func mixTime(
    _ layer: LayerWeights, _ segments: UnsafeBufferPointer<rk_segment>, _ count: Int,
    isFirst: Bool
  ) {
    var shift = rk_shift()
    shift.norm = normCall(layer.ln1, count)
    shift.segments = segments.baseAddress
    shift.segment_count = UInt32(segments.count)
    shift.state_offset = 0
    shift.mix_count = 6
    let m = layer.mixes
    shift.mixes = (m[0], m[1], m[2], m[3], m[4], m[5])
    shift.outputs = (
      mixed[0].start, mixed[1].start, mixed[2].start, mixed[3].start, mixed[4].start,
      mixed[5].start
    )
    rk_run_shift(pool.pool, &shift)

    var products = [
      product(layer.receptance, mixed[0], projected[0], count),
      product(layer.key, mixed[2], projected[1], count),
      product(layer.value, mixed[3], projected[2], count),
      product(layer.decay.inner, mixed[1], ranks[0], count, then: RK_TANH),
      product(layer.rate.inner, mixed[4], ranks[1], count),
      product(layer.gate.inner, mixed[5], ranks[2], count, then: RK_SIGMOID),
    ]
    if let residual = layer.residual {
      products.append(product(residual.inner, mixed[3], ranks[3], count))
    }
    rk_run_matmuls(pool.pool, products, UInt32(products.count))

    products = [
      product(layer.decay.outer, ranks[0], projected[3], count),
      product(layer.rate.outer, ranks[1], projected[4], count),
      product(layer.gate.outer, ranks[2], projected[5], count),
    ]
    if let residual = layer.residual {
      products.append(product(residual.outer, ranks[3], projected[6], count))
    }
    rk_run_matmuls(pool.pool, products, UInt32(products.count))

    var mix = rk_time_mix()
    mix.segments = segments.baseAddress
    mix.segment_count = UInt32(segments.count)
    mix.channels = UInt32(weights.shape.width)
    mix.stride = UInt32(stride)
    mix.head_size = UInt32(weights.shape.headSize)
    mix.count = UInt32(count)
    mix.r = UnsafePointer(projected[0].start)
    mix.k = UnsafePointer(projected[1].start)
    mix.v = UnsafePointer(projected[2].start)
    mix.w = UnsafePointer(projected[3].start)
    mix.a = UnsafePointer(projected[4].start)
    mix.g = UnsafePointer(projected[5].start)
    mix.v_gate = layer.residual == nil ? nil : UnsafePointer(projected[6].start)
    mix.v_first = vFirst.start
    mix.w0 = layer.decay.bias
    mix.a0 = layer.rate.bias
    mix.v0 = layer.residual?.bias
    mix.k_k = layer.kK
    mix.k_a = layer.kA
    mix.r_k = layer.rK
    mix.ln_weight = layer.lnX.weight
    mix.ln_bias = layer.lnX.bias
    mix.output = mixed[0].start
    rk_run_time_mix(pool.pool, &mix)

    var output = product(layer.output, mixed[0], x, count, then: RK_ADD)
    rk_run_matmuls(pool.pool, &output, 1)
  }

  private func mixChannels(
    _ layer: LayerWeights, _ segments: UnsafeBufferPointer<rk_segment>, _ count: Int
  ) {
    var shift = rk_shift()
    shift.norm = normCall(layer.ln2, count)
    shift.segments = segments.baseAddress
    shift.segment_count = UInt32(segments.count)
    shift.state_offset = UInt32(weights.shape.width)
    shift.mix_count = 1
    shift.mixes.0 = layer.ffnMix
    shift.outputs.0 = mixed[0].start
    rk_run_shift(pool.pool, &shift)
    var key = product(layer.ffnKey, mixed[0], hidden, count, then: RK_RELU2)
    rk_run_matmuls(pool.pool, &key, 1)
    var value = product(layer.ffnValue, hidden, x, count, then: RK_ADD)
    rk_run_matmuls(pool.pool, &value, 1)
  }

  private func runHead(_ segments: [StepSegment]) {
    let width = weights.shape.width
    var row = 0, count = 0
    for segment in segments {
      let end = row + segment.tokens.count
      for wanted in end - segment.logitCount..<end {
        (selected.start + count * stride).update(from: x.start + wanted * stride, count: width)
        count += 1
      }
      row = end
    }
    guard count > 0 else { return }
    var norm = normCall(weights.lnOut, count)
    norm.input = UnsafePointer(selected.start)
    norm.output = selected.start + mostLogits * stride
    rk_run_norm(pool.pool, &norm)
    var head = product(weights.head, selected, logits, count)
    head.input = UnsafePointer(norm.output)
    rk_run_matmuls(pool.pool, &head, 1)
  }
}
