// Which files are an RWKV-7 model, and what is said of the others.

import RWKV7Core
import Testing

/// The smallest models that the layout accepts.
enum SmallestModel {
  static let shape = RWKV7Shape(
    layers: 2, width: 32, heads: 2, headSize: 16, vocabulary: 5, ffnWidth: 48, decayRank: 3,
    rateRank: 4, valueRank: 2, gateRank: 7)

  /// Names and shapes of all tensors, in the order of official files.
  static func shapes(_ shape: RWKV7Shape = shape) -> [(name: String, shape: [Int])] {
    let width = shape.width
    var shapes = [("emb.weight", [shape.vocabulary, width])]
    func norm(_ name: String) {
      shapes += [(name + ".weight", [width]), (name + ".bias", [width])]
    }
    for layer in 0..<shape.layers {
      let block = "blocks.\(layer)."
      if layer == 0 { norm(block + "ln0") }
      norm(block + "ln1")
      norm(block + "ln2")
      for name in ["x_r", "x_w", "x_k", "x_v", "x_a", "x_g", "w0", "a0", "k_k", "k_a"] {
        shapes.append((block + "att." + name, [1, 1, width]))
      }
      var ranks = [("w", shape.decayRank), ("a", shape.rateRank), ("g", shape.gateRank)]
      if layer > 0 {
        ranks.append(("v", shape.valueRank))
        shapes.append((block + "att.v0", [1, 1, width]))
      }
      for (name, rank) in ranks {
        shapes.append((block + "att.\(name)1", [width, rank]))
        shapes.append((block + "att.\(name)2", [rank, width]))
      }
      shapes.append((block + "att.r_k", [shape.heads, shape.headSize]))
      for name in ["receptance", "key", "value", "output"] {
        shapes.append((block + "att.\(name).weight", [width, width]))
      }
      norm(block + "att.ln_x")
      shapes.append((block + "ffn.x_k", [1, 1, width]))
      shapes.append((block + "ffn.key.weight", [shape.ffnWidth, width]))
      shapes.append((block + "ffn.value.weight", [width, shape.ffnWidth]))
    }
    norm("ln_out")
    return shapes + [("head.weight", [shape.vocabulary, width])]
  }
}

struct RWKV7LayoutTests {
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  private func layout(_ shapes: [(name: String, shape: [Int])]) throws -> RWKV7Layout {
    try RWKV7Layout(try folder.open(safetensorsFile(shapes)))
  }

  private func refusal(_ shapes: [(name: String, shape: [Int])]) throws -> WeightFileError {
    let file = try folder.open(safetensorsFile(shapes))
    return try #require(#expect(throws: WeightFileError.self) { try RWKV7Layout(file) })
  }

  private static func changed(_ change: (inout RWKV7Shape) -> Void) -> RWKV7Shape {
    var shape = SmallestModel.shape
    change(&shape)
    return shape
  }

  @Test func `dimensions are read from the shapes and tensors stand in their places`() throws {
    let layout = try layout(SmallestModel.shapes())
    #expect(layout.shape == SmallestModel.shape)
    #expect(layout.layers.count == 2)
    let last = layout.layers[1]
    #expect(layout.emb.shape == [5, 32] && layout.head.name == "head.weight")
    #expect(layout.ln0.bias.name == "blocks.0.ln0.bias" && layout.lnOut.weight.shape == [32])
    #expect(last.xG.name == "blocks.1.att.x_g" && last.xG.shape == [32] && last.xG.strides == [1])
    #expect(last.receptance.name == "blocks.1.att.receptance.weight")
    #expect(last.w2.shape == [3, 32] && last.g1.shape == [32, 7] && last.rK.shape == [2, 16])
    #expect(last.ffnKey.shape == [48, 32] && last.ffnValue.shape == [32, 48])
    #expect(last.ffnXK.name == "blocks.1.ffn.x_k" && last.lnX.bias.name == "blocks.1.att.ln_x.bias")
    #expect(last.valueResidual?.v1.shape == [32, 2])
    #expect(layout.layers[0].valueResidual == nil)
    #expect(last.kA.contiguousFloat32() == [Float](repeating: 0x1.7ep-1, count: 32))
  }

  @Test func `each property holds the tensor of its name`() throws {
    let layers = try layout(SmallestModel.shapes()).layers
    for (index, layer) in layers.enumerated() {
      let tensors = [
        ("ln1.weight", layer.ln1.weight), ("ln1.bias", layer.ln1.bias),
        ("ln2.weight", layer.ln2.weight), ("ln2.bias", layer.ln2.bias), ("att.x_r", layer.xR),
        ("att.x_w", layer.xW), ("att.x_k", layer.xK), ("att.x_v", layer.xV), ("att.x_a", layer.xA),
        ("att.x_g", layer.xG), ("att.w0", layer.w0), ("att.w1", layer.w1), ("att.w2", layer.w2),
        ("att.a0", layer.a0), ("att.a1", layer.a1), ("att.a2", layer.a2), ("att.g1", layer.g1),
        ("att.g2", layer.g2), ("att.k_k", layer.kK), ("att.k_a", layer.kA), ("att.r_k", layer.rK),
        ("att.receptance.weight", layer.receptance), ("att.key.weight", layer.key),
        ("att.value.weight", layer.value), ("att.output.weight", layer.output),
        ("att.ln_x.weight", layer.lnX.weight), ("att.ln_x.bias", layer.lnX.bias),
        ("ffn.x_k", layer.ffnXK), ("ffn.key.weight", layer.ffnKey),
        ("ffn.value.weight", layer.ffnValue),
      ]
      for (name, tensor) in tensors { #expect(tensor.name == "blocks.\(index).\(name)") }
    }
    let residual = try #require(layers[1].valueResidual)
    #expect(residual.v0.name == "blocks.1.att.v0" && residual.v2.name == "blocks.1.att.v2")
  }

  @Test func `vectors may be stored flat and block 0 may carry a value residual`() throws {
    var shapes = SmallestModel.shapes().map { ($0.name, $0.shape.count == 3 ? [32] : $0.shape) }
    // Of any shape: nothing uses them.
    shapes += [("blocks.0.att.v0", [32]), ("blocks.0.att.v1", [9, 9]), ("blocks.0.att.v2", [1])]
    let layout = try layout(shapes)
    #expect(layout.shape == SmallestModel.shape && layout.layers[0].valueResidual == nil)
  }

  @Test func `a model of one layer and one of one head and rank one are accepted`() throws {
    var shape = SmallestModel.shape
    shape.layers = 1
    shape.valueRank = 0
    #expect(try layout(SmallestModel.shapes(shape)).shape == shape)
    shape = RWKV7Shape(
      layers: 3, width: 16, heads: 1, headSize: 16, vocabulary: 1, ffnWidth: 16, decayRank: 1,
      rateRank: 1, valueRank: 1, gateRank: 1)
    #expect(try layout(SmallestModel.shapes(shape)).shape == shape)
  }

  @Test func `each missing tensor is named`() throws {
    let shapes = SmallestModel.shapes()
    for index in shapes.indices {
      var rest = shapes
      let name = rest.remove(at: index).name
      let error = try refusal(rest)
      #expect(error.kind == .wrongModel && error.tensor == name)
      #expect(error.reason.contains("is missing; expected it with the shape ["), "\(error)")
    }
  }

  @Test func `each wrong shape is named with what was expected`() throws {
    let shapes = SmallestModel.shapes()
    // These show the model's dimensions: with another shape, they make others wrong.
    let sources = ["emb.weight", "r_k", "ffn.key.weight", "w1", "a1", "g1", "v1"]
    for (index, (name, shape)) in shapes.enumerated() {
      for wrong in [[9, 9, 9], shape + [1], shape.map { $0 + 16 }, shape.dropLast() + [0]] {
        var changed = shapes
        changed[index].shape = wrong
        let error = try refusal(changed)
        #expect(error.tensor != nil)
        let showsDimension = sources.contains { name.hasSuffix($0) }
        if !showsDimension {
          #expect(error.tensor == name, "\(error)")
          let expected = shape.count == 3 ? [32] : shape
          #expect(error.reason.contains("has the shape \(wrong); expected \(expected)"), "\(error)")
        }
      }
    }
    // A vector is no matrix with one column, and a matrix is no vector.
    var changed = shapes
    changed[1].shape = [32, 1]
    #expect(try refusal(changed).tensor == "blocks.0.ln0.weight")
    changed[1].shape = [4, 8]
    #expect(try refusal(changed).tensor == "blocks.0.ln0.weight")
  }

  @Test(arguments: [
    // A changed shape, the tensor that shows it, what is said of it.
    (changed { $0.width = 40 }, "emb.weight", "the width is 40, and the kernels"),
    (changed { $0.ffnWidth = 40 }, "blocks.0.ffn.key.weight", "the ffn width is 40"),
    (changed { ($0.heads, $0.headSize) = (4, 8) }, "blocks.0.att.r_k", "the head size is 8"),
    (
      changed { ($0.heads, $0.headSize) = (1, 16) }, "blocks.0.att.r_k",
      "product must be the width 32"
    ),
    (
      changed { ($0.width, $0.heads, $0.headSize) = (272, 1, 272) }, "blocks.0.att.r_k",
      "expected 1 to 256"
    ),
    (changed { $0.vocabulary = 0 }, "emb.weight", "the vocabulary is 0"),
    (changed { $0.decayRank = 0 }, "blocks.0.att.w1", "the rank is 0"),
    (changed { $0.valueRank = 0 }, "blocks.1.att.v1", "the rank is 0"),
  ])
  func `dimensions that the kernels cannot take are refused with the reason`(
    shape: RWKV7Shape, tensor: String, reason: String
  ) throws {
    let error = try refusal(SmallestModel.shapes(shape))
    #expect(error.tensor == tensor && error.reason.contains(reason), "\(error)")
  }

  @Test(arguments: [
    ("blocks.0.att.time_maa_x", "an RWKV-6 model"),
    ("blocks.0.att.time_faaaa", "an RWKV-5 model"),
    ("blocks.0.att.time_first", "an RWKV-4 or RWKV-5 model"),
    ("blocks.0.att.time_decay", "before version 7"),
    ("blocks.0.att.time_mix_k", "before version 7"),
    ("blocks.1.ffn.s_emb.weight", "RWKV-7a or RWKV-7b model (DeepEmbed)"),
    ("blocks.1.ffn.s1", "RWKV-7a or RWKV-7b model (DeepEmbed)"),
    ("model.layers.0.attn.r_proj.weight", "transformers"),
    ("blocks.0.att.extra", "no part of an RWKV-7 (x070) model"),
    ("blocks.1.ln0.weight", "no part of an RWKV-7 (x070) model"),
    ("blocks.+1.ln1.weight", "no part of an RWKV-7 (x070) model"),
    ("blocks.01.ln1.weight", "no part of an RWKV-7 (x070) model"),
    ("blocks.-1.ln1.weight", "no part of an RWKV-7 (x070) model"),
    ("blocks", "no part of an RWKV-7 (x070) model"),
    ("", "no part of an RWKV-7 (x070) model"),
    (".", "no part of an RWKV-7 (x070) model"),
    ("blocks.99999999999999999999.x", "no part of an RWKV-7 (x070) model"),
    ("blocks.1024.ln1.weight", "at most 1024"),
    ("blocks.9223372036854775807.ln1.weight", "at most 1024"),
  ])
  func `a tensor that plain RWKV-7 does not have is refused by name`(
    name: String, reason: String
  ) throws {
    let error = try refusal(SmallestModel.shapes() + [(name, [1])])
    #expect(error.tensor == name && error.reason.contains(reason), "\(error)")
  }

  @Test func `a gap between the blocks and a file without any are refused`() throws {
    let gap = SmallestModel.shapes() + [("blocks.3.ln1.weight", [32])]
    #expect(try refusal(gap).tensor == "blocks.2.ln1.weight")
    #expect(try refusal([("emb.weight", [5, 32])]).tensor == "blocks.0.att.r_k")
    #expect(try refusal([]).tensor == "emb.weight")
  }
}
