// What a weight file must hold to be an RWKV-7 model, checked before anything is computed, so that
// kernels need no checks of their own.

/// The tensors of an RWKV-7 model by their place in it; all are there and have the right shapes.
package struct RWKV7Layout: Sendable {
  /// The model's dimensions.
  package let shape: RWKV7Shape
  /// emb.weight [V, C].
  package let emb: Tensor
  /// The norm of the embedding, blocks.0.ln0.
  package let ln0: RWKV7Norm
  /// The blocks, the first first.
  package let layers: [RWKV7Layer]
  /// The norm before the head.
  package let lnOut: RWKV7Norm
  /// head.weight [V, C].
  package let head: Tensor

  /// Finds all tensors of the model in `file`.
  ///
  /// Throws for a tensor that is missing, has another shape or is none of RWKV-7's, for variants, and
  /// for dimensions that the kernels cannot work with.
  package init(_ file: WeightFile) throws(WeightFileError) {
    do throws(WeightFault) {
      try ModelVariant.refuse(in: file)
      let shape = try RWKV7Shape(of: file)
      self.shape = shape
      var found = ExpectedTensors(file, width: shape.width)
      emb = try found.matrix("emb.weight", shape.vocabulary, shape.width)
      ln0 = try found.norm("blocks.0.ln0")
      var layers: [RWKV7Layer] = []
      for index in 0..<shape.layers { layers.append(try found.layer(index, shape)) }
      self.layers = layers
      lnOut = try found.norm("ln_out")
      head = try found.matrix("head.weight", shape.vocabulary, shape.width)
      try found.checkAllUsed()
    } catch {
      throw WeightFileError(error, in: file.path)
    }
  }
}

// MARK: Dimensions

extension RWKV7Shape {
  private static var maximumLayers: Int { 1024 }
  /// For the width, the channel mix, a rank: far beyond any model, far below any overflow.
  private static var maximumWidth: Int { 1 << 20 }
  private static var maximumVocabulary: Int { 1 << 24 }
  private static var maximumHeadSize: Int { 256 }
  /// What the kernels take at once.
  private static var step: Int { 16 }

  /// Reads the dimensions from the tensors that show them.
  fileprivate init(of file: WeightFile) throws(WeightFault) {
    let emb = try Self.sides(of: "emb.weight", "[vocabulary, width]", in: file)
    vocabulary = emb.rows
    width = emb.columns
    try Self.check("emb.weight", "the vocabulary", vocabulary, atMost: Self.maximumVocabulary)
    try Self.check("emb.weight", "the width", width, step: Self.step)

    layers = try Self.layerCount(of: file)
    let heads = try Self.sides(of: "blocks.0.att.r_k", "[heads, head size]", in: file)
    self.heads = heads.rows
    headSize = heads.columns
    try Self.check(
      "blocks.0.att.r_k", "the head size", headSize, atMost: Self.maximumHeadSize, step: Self.step)
    guard case (width, false) = heads.rows.multipliedReportingOverflow(by: heads.columns) else {
      throw WeightFault(
        .wrongModel, tensor: "blocks.0.att.r_k",
        "has the shape [\(heads.rows), \(heads.columns)], whose product must be the width \(width)")
    }

    let ffn = "blocks.0.ffn.key.weight"
    ffnWidth = try Self.sides(of: ffn, "[ffn width, \(width)]", in: file).rows
    try Self.check(ffn, "the ffn width", ffnWidth, step: Self.step)
    decayRank = try Self.rank(of: "blocks.0.att.w1", in: file)
    rateRank = try Self.rank(of: "blocks.0.att.a1", in: file)
    gateRank = try Self.rank(of: "blocks.0.att.g1", in: file)
    valueRank = layers == 1 ? 0 : try Self.rank(of: "blocks.1.att.v1", in: file)
  }

  private static func rank(of name: String, in file: WeightFile) throws(WeightFault) -> Int {
    let rank = try sides(of: name, "[width, rank]", in: file).columns
    try check(name, "the rank", rank)
    return rank
  }

  private static func sides(
    of name: String, _ meaning: String, in file: WeightFile
  ) throws(WeightFault) -> (rows: Int, columns: Int) {
    guard let tensor = file.tensors[name] else { throw missing(name, expected: meaning) }
    guard tensor.shape.count == 2 else {
      throw WeightFault(
        .wrongModel, tensor: name, "has the shape \(tensor.shape); expected \(meaning)")
    }
    return (tensor.shape[0], tensor.shape[1])
  }

  private static func check(
    _ name: String, _ what: String, _ value: Int, atMost limit: Int = maximumWidth, step: Int = 1
  ) throws(WeightFault) {
    guard value >= 1, value <= limit else {
      throw WeightFault(
        .wrongModel, tensor: name, "\(what) is \(value); expected 1 to \(limit)")
    }
    guard value % step == 0 else {
      throw WeightFault(
        .unsupported, tensor: name,
        "\(what) is \(value), and the kernels, which take \(step) values at once, need a multiple "
          + "of \(step)")
    }
  }

  /// One more than the largest block that any tensor names.
  private static func layerCount(of file: WeightFile) throws(WeightFault) -> Int {
    var layers = 0
    for name in file.tensors.keys {
      let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard parts.count > 2, parts[0].elementsEqual("blocks".utf8) else { continue }
      // Not every number of this kind is a block's name ("+1", "007"); what is not is unknown later.
      guard let index = Int(Substring(parts[1])), index >= 0 else { continue }
      guard index < maximumLayers else {
        throw WeightFault(
          .wrongModel, tensor: name, "is of block \(index); at most \(maximumLayers) are read")
      }
      layers = max(layers, index + 1)
    }
    guard layers > 0 else { throw missing("blocks.0.att.r_k", expected: "[heads, head size]") }
    return layers
  }
}

// MARK: Tensors

private func missing(_ name: String, expected: String) -> WeightFault {
  WeightFault(
    .wrongModel, tensor: name,
    "is missing; expected it with the shape \(expected), as every RWKV-7 model has it")
}

/// Hands out tensors by name if they have the shape that is asked for, and knows which are left.
private struct ExpectedTensors {
  private let tensors: [String: Tensor]
  private let width: Int
  private var used: Set<String> = []

  init(_ file: WeightFile, width: Int) {
    tensors = file.tensors
    self.width = width
  }

  mutating func matrix(
    _ name: String, _ rows: Int, _ columns: Int
  ) throws(WeightFault) -> Tensor {
    let tensor = try take(name, [rows, columns])
    guard tensor.shape == [rows, columns] else { throw mismatch(tensor, [rows, columns]) }
    return tensor
  }

  /// A vector of the model's width, also one that is stored as [1, 1, C].
  mutating func vector(_ name: String) throws(WeightFault) -> Tensor {
    let tensor = try take(name, [width])
    guard let row = tensor.row, row.shape == [width] else { throw mismatch(tensor, [width]) }
    return row
  }

  mutating func norm(_ name: String) throws(WeightFault) -> RWKV7Norm {
    RWKV7Norm(weight: try vector(name + ".weight"), bias: try vector(name + ".bias"))
  }

  mutating func layer(_ index: Int, _ shape: RWKV7Shape) throws(WeightFault) -> RWKV7Layer {
    let block = "blocks.\(index)."
    let att = block + "att."
    let ffn = block + "ffn."
    let width = shape.width
    return RWKV7Layer(
      ln1: try norm(block + "ln1"), ln2: try norm(block + "ln2"),
      xR: try vector(att + "x_r"), xW: try vector(att + "x_w"), xK: try vector(att + "x_k"),
      xV: try vector(att + "x_v"), xA: try vector(att + "x_a"), xG: try vector(att + "x_g"),
      w0: try vector(att + "w0"), w1: try matrix(att + "w1", width, shape.decayRank),
      w2: try matrix(att + "w2", shape.decayRank, width),
      a0: try vector(att + "a0"), a1: try matrix(att + "a1", width, shape.rateRank),
      a2: try matrix(att + "a2", shape.rateRank, width),
      valueResidual: try valueResidual(index, shape),
      g1: try matrix(att + "g1", width, shape.gateRank),
      g2: try matrix(att + "g2", shape.gateRank, width),
      kK: try vector(att + "k_k"), kA: try vector(att + "k_a"),
      rK: try matrix(att + "r_k", shape.heads, shape.headSize),
      receptance: try matrix(att + "receptance.weight", width, width),
      key: try matrix(att + "key.weight", width, width),
      value: try matrix(att + "value.weight", width, width),
      output: try matrix(att + "output.weight", width, width),
      lnX: try norm(att + "ln_x"), ffnXK: try vector(ffn + "x_k"),
      ffnKey: try matrix(ffn + "key.weight", shape.ffnWidth, width),
      ffnValue: try matrix(ffn + "value.weight", width, shape.ffnWidth))
  }

  private mutating func valueResidual(
    _ index: Int, _ shape: RWKV7Shape
  ) throws(WeightFault) -> RWKV7ValueResidual? {
    let names = (0...2).map { "blocks.\(index).att.v\($0)" }
    guard index > 0 else {
      // Some files carry them in block 0, where nothing uses them.
      used.formUnion(names)
      return nil
    }
    return RWKV7ValueResidual(
      v0: try vector(names[0]), v1: try matrix(names[1], shape.width, shape.valueRank),
      v2: try matrix(names[2], shape.valueRank, shape.width))
  }

  func checkAllUsed() throws(WeightFault) {
    guard let name = tensors.keys.filter({ !used.contains($0) }).min(),
      let tensor = tensors[name]
    else { return }
    throw WeightFault(
      .wrongModel, tensor: name,
      "with the shape \(tensor.shape) is no part of an RWKV-7 (x070) model; the file holds another "
        + "model or an extended one")
  }

  private mutating func take(_ name: String, _ shape: [Int]) throws(WeightFault) -> Tensor {
    guard let tensor = tensors[name] else { throw missing(name, expected: "\(shape)") }
    used.insert(name)
    return tensor
  }

  private func mismatch(_ tensor: Tensor, _ expected: [Int]) -> WeightFault {
    WeightFault(
      .wrongModel, tensor: tensor.name,
      "has the shape \(tensor.shape); expected \(expected), as the other tensors have it")
  }
}
