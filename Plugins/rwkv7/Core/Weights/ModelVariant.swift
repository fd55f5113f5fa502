// Models whose files look much like those of RWKV-7 and would run, wrongly or not at all.

/// A kind of model that is recognised by its tensors' names, and refused by its own.
struct ModelVariant {
  private let description: StaticString
  /// Whether a tensor whose name has these parts, between the dots, shows the variant.
  private let isShown: @Sendable ([Substring]) -> Bool

  /// The most telling first: RWKV-6 has all the parts that show its forerunners.
  private static let all = [
    ModelVariant(description: "an RWKV-6 model") { parts in
      parts.contains { $0.hasPrefix("time_maa") }
    },
    ModelVariant(description: "an RWKV-5 model") { $0.contains("time_faaaa") },
    ModelVariant(description: "an RWKV-4 or RWKV-5 model") { $0.contains("time_first") },
    ModelVariant(description: "an RWKV model before version 7") { parts in
      parts.contains { $0 == "time_decay" || $0.hasPrefix("time_mix_") }
    },
    ModelVariant(description: "an RWKV-7a or RWKV-7b model (DeepEmbed)") { parts in
      guard let ffn = parts.firstIndex(of: "ffn"), ffn + 1 < parts.count else { return false }
      return ["s_emb", "s0", "s1", "s2"].contains(parts[ffn + 1])
    },
    ModelVariant(description: "a model converted for the transformers library") { parts in
      parts[0] == "model" || parts[0] == "lm_head"
    },
  ]

  /// Throws if `file` holds a model that is known to be another one.
  static func refuse(in file: WeightFile) throws(WeightFault) {
    // In the names' order, so that the same file always gives the same message.
    let names = file.tensors.keys.sorted().map { name in
      (name: name, parts: name.split(separator: ".", omittingEmptySubsequences: false))
    }
    for variant in all {
      guard let name = names.first(where: { variant.isShown($0.parts) })?.name else { continue }
      throw WeightFault(
        .unsupported, tensor: name,
        "shows that the file holds \(variant.description); only plain RWKV-7 (x070) under its "
          + "official tensor names is read")
    }
  }
}
