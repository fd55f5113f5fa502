// The weights of a model where the kernels find them.
internal import PluginKit

/// A layer norm.
struct NormWeights {
  let weight: UnsafePointer<Float>
  let bias: UnsafePointer<Float>
}

/// A low-rank net: `inner` from the width to the rank, `outer` back, and what is added to it.
struct LowRankWeights {
  let inner: WeightMatrix
  let outer: WeightMatrix
  /// Nil for the gate.
  let bias: UnsafePointer<Float>?
}

/// The weights of one block.
struct LayerWeights {
  let ln1: NormWeights
  let ln2: NormWeights
  /// In the order r, w, k, v, a, g.
  let mixes: [UnsafePointer<Float>]
  let receptance: WeightMatrix
  let key: WeightMatrix
  let value: WeightMatrix
  let output: WeightMatrix
  let decay: LowRankWeights
  let rate: LowRankWeights
  let gate: LowRankWeights
  /// Nil in the first block.
  let residual: LowRankWeights?
  let kK: UnsafePointer<Float>
  let kA: UnsafePointer<Float>
  let rK: UnsafePointer<Float>
  let lnX: NormWeights
  let ffnMix: UnsafePointer<Float>
  let ffnKey: WeightMatrix
  let ffnValue: WeightMatrix
}

/// All weights of a model; used by one thread, which its pool helps.
final class ModelWeights {
  let shape: RWKV7Shape
  let embedding: WeightMatrix
  let ln0: NormWeights
  let layers: [LayerWeights]
  let lnOut: NormWeights
  let head: WeightMatrix
  /// Keep alive what the matrices point to.
  private let file: WeightFile
  private let loader: WeightLoader

  /// Reads `file` as `layout` found it; `tick` is called between layers, as rounding them takes its time.
  init(
    _ file: WeightFile, _ layout: RWKV7Layout, type: WeightType, pool: KernelPool,
    tick: () -> Void
  ) throws(PluginFailure) {
    var loader = WeightLoader(pool: pool, type: type)
    shape = layout.shape
    embedding = try loader.table(layout.emb)
    ln0 = try loader.norm(layout.ln0)
    var layers: [LayerWeights] = []
    for layer in layout.layers {
      layers.append(try loader.layer(layer, isFirst: layers.isEmpty))
      tick()
    }
    self.layers = layers
    lnOut = try loader.norm(layout.lnOut)
    head = try loader.matrix(layout.head)
    self.loader = loader
    self.file = file
  }

  /// Bytes of weights that one token's products read: all but the embedding.
  var bytesPerToken: Int { products.reduce(0) { $0 + $1.byteCount } }

  /// The number of these weights; two operations each for a token.
  var weightsPerToken: Int { products.reduce(0) { $0 + $1.rows * $1.columns } }

  private var products: [WeightMatrix] {
    layers.reduce(into: [head]) { all, layer in
      all += [
        layer.receptance, layer.key, layer.value, layer.output, layer.ffnKey, layer.ffnValue,
      ]
      for net in [layer.decay, layer.rate, layer.gate, layer.residual] {
        if let net { all += [net.inner, net.outer] }
      }
    }
  }
}

extension WeightLoader {
  mutating func norm(_ norm: RWKV7Norm) throws(PluginFailure) -> NormWeights {
    NormWeights(weight: try vector(norm.weight), bias: try vector(norm.bias))
  }

  mutating func lowRank(
    _ inner: Tensor, _ outer: Tensor, bias: Tensor?
  ) throws(PluginFailure) -> LowRankWeights {
    var start: UnsafePointer<Float>?
    if let bias { start = try vector(bias) }
    return LowRankWeights(inner: try turned(inner), outer: try turned(outer), bias: start)
  }

  mutating func layer(
    _ layer: RWKV7Layer, isFirst: Bool
  ) throws(PluginFailure) -> LayerWeights {
    var mixes: [UnsafePointer<Float>] = []
    for mix in [layer.xR, layer.xW, layer.xK, layer.xV, layer.xA, layer.xG] {
      mixes.append(try vector(mix))
    }
    var residual: LowRankWeights?
    if !isFirst, let weights = layer.valueResidual {
      residual = try lowRank(weights.v1, weights.v2, bias: weights.v0)
    }
    return LayerWeights(
      ln1: try norm(layer.ln1), ln2: try norm(layer.ln2), mixes: mixes,
      receptance: try matrix(layer.receptance), key: try matrix(layer.key),
      value: try matrix(layer.value), output: try matrix(layer.output),
      decay: try lowRank(layer.w1, layer.w2, bias: layer.w0),
      rate: try lowRank(layer.a1, layer.a2, bias: layer.a0),
      gate: try lowRank(layer.g1, layer.g2, bias: nil), residual: residual,
      kK: try vector(layer.kK), kA: try vector(layer.kA), rK: try vector(layer.rK),
      lnX: try norm(layer.lnX), ffnMix: try vector(layer.ffnXK),
      ffnKey: try matrix(layer.ffnKey), ffnValue: try matrix(layer.ffnValue))
  }
}
