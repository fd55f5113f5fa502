// The numbers of an RWKV-7 ("x070") model. No file states them: they are read from the shapes of a few
// tensors, and all others must agree with them.

/// The dimensions of a model.
package struct RWKV7Shape: Sendable, Equatable {
  /// Blocks.
  package var layers: Int
  /// C: values of the stream between blocks; a multiple of 16.
  package var width: Int
  /// H: heads of the time mix; `heads * headSize == width`.
  package var heads: Int
  /// N: channels of a head; a multiple of 16, at most 256.
  package var headSize: Int
  /// V: rows of the embedding, which is one more than the largest token id at least.
  package var vocabulary: Int
  /// Values inside a channel mix, mostly 4 C; a multiple of 16.
  package var ffnWidth: Int
  /// Rank of the decay's low-rank net (w1, w2).
  package var decayRank: Int
  /// Rank of the in-context learning rate's net (a1, a2).
  package var rateRank: Int
  /// Rank of the value residual's net (v1, v2); 0 for a model of one layer, which has none.
  package var valueRank: Int
  /// Rank of the gate's net (g1, g2).
  package var gateRank: Int

  /// Dimensions as they are given; nothing is checked.
  package init(
    layers: Int, width: Int, heads: Int, headSize: Int, vocabulary: Int, ffnWidth: Int,
    decayRank: Int, rateRank: Int, valueRank: Int, gateRank: Int
  ) {
    self.layers = layers
    self.width = width
    self.heads = heads
    self.headSize = headSize
    self.vocabulary = vocabulary
    self.ffnWidth = ffnWidth
    self.decayRank = decayRank
    self.rateRank = rateRank
    self.valueRank = valueRank
    self.gateRank = gateRank
  }
}

/// Weight and bias of a norm, each [C].
package struct RWKV7Norm: Sendable {
  /// The factor of each channel.
  package let weight: Tensor
  /// What is added to each channel.
  package let bias: Tensor
}

/// The net that mixes the first layer's value into that of a later layer.
package struct RWKV7ValueResidual: Sendable {
  /// [C].
  package let v0: Tensor
  /// [C, R]: the input is a row vector on its left.
  package let v1: Tensor
  /// [R, C]: the input is a row vector on its left.
  package let v2: Tensor
}

/// The tensors of one block, by their names in the file.
///
/// Those that files store as [1, 1, C] are [C] here. Matrices `*1` and `*2` take a row vector on their
/// left; the others (`receptance`, `key`, `value`, `output`, `ffnKey`, `ffnValue`) have one row for each output.
package struct RWKV7Layer: Sendable {
  /// The norm before the time mix.
  package let ln1: RWKV7Norm
  /// The norm before the channel mix.
  package let ln2: RWKV7Norm
  /// att.x_r [C].
  package let xR: Tensor
  /// att.x_w [C].
  package let xW: Tensor
  /// att.x_k [C].
  package let xK: Tensor
  /// att.x_v [C].
  package let xV: Tensor
  /// att.x_a [C].
  package let xA: Tensor
  /// att.x_g [C].
  package let xG: Tensor
  /// att.w0 [C].
  package let w0: Tensor
  /// att.w1 [C, decayRank].
  package let w1: Tensor
  /// att.w2 [decayRank, C].
  package let w2: Tensor
  /// att.a0 [C].
  package let a0: Tensor
  /// att.a1 [C, rateRank].
  package let a1: Tensor
  /// att.a2 [rateRank, C].
  package let a2: Tensor
  /// att.v0, v1, v2; nil in block 0, which makes the value that the others mix in.
  package let valueResidual: RWKV7ValueResidual?
  /// att.g1 [C, gateRank].
  package let g1: Tensor
  /// att.g2 [gateRank, C].
  package let g2: Tensor
  /// att.k_k [C].
  package let kK: Tensor
  /// att.k_a [C].
  package let kA: Tensor
  /// att.r_k [H, N].
  package let rK: Tensor
  /// att.receptance.weight [C, C].
  package let receptance: Tensor
  /// att.key.weight [C, C].
  package let key: Tensor
  /// att.value.weight [C, C].
  package let value: Tensor
  /// att.output.weight [C, C].
  package let output: Tensor
  /// The norm of each head, att.ln_x.
  package let lnX: RWKV7Norm
  /// ffn.x_k [C].
  package let ffnXK: Tensor
  /// ffn.key.weight [ffnWidth, C].
  package let ffnKey: Tensor
  /// ffn.value.weight [C, ffnWidth].
  package let ffnValue: Tensor
}
