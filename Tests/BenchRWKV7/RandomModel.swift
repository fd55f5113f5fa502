// Random weights in the shape of the released 0.1B model: what a speed is measured on needs no training.
internal import Glibc

/// Writes a safetensors file of bfloat16 numbers.
struct RandomModel {
  var layers = 12
  var width = 768
  var vocabulary = 65536

  private var tensors: [(name: String, shape: [Int], scale: Float)] {
    let c = width
    // The ranks of the low-rank nets in the released 0.1B model.
    let (w, a, v, g) = (64, 64, 32, 128)
    let around = { (inputs: Int) in 1 / Float(inputs).squareRoot() }
    var all: [(String, [Int], Float)] = [("emb.weight", [vocabulary, c], 3 * around(c))]
    for layer in 0..<layers {
      let b = "blocks.\(layer).", t = "blocks.\(layer).att.", f = "blocks.\(layer).ffn."
      for norm in (layer == 0 ? ["ln0"] : []) + ["ln1", "ln2"] {
        all += [(b + norm + ".weight", [c], 0), (b + norm + ".bias", [c], 0.01)]
      }
      for mix in "rwkvag" { all.append((t + "x_\(mix)", [1, 1, c], 0.5)) }
      for (net, rank) in [("w", w), ("a", a)] + (layer == 0 ? [] : [("v", v)]) {
        all.append((t + net + "0", [1, 1, c], 0.1))
        all += [(t + net + "1", [c, rank], around(c)), (t + net + "2", [rank, c], around(rank))]
      }
      all += [(t + "g1", [c, g], around(c)), (t + "g2", [g, c], around(g))]
      all += [(t + "k_k", [1, 1, c], 0.1), (t + "k_a", [1, 1, c], 0.1)]
      all.append((t + "r_k", [c / 64, 64], 0.1))
      for name in ["receptance", "key", "value", "output"] {
        all.append((t + name + ".weight", [c, c], around(c) / 2))
      }
      all += [(t + "ln_x.weight", [c], 0), (t + "ln_x.bias", [c], 0.01)]
      all += [(f + "x_k", [1, 1, c], 0.5), (f + "key.weight", [4 * c, c], around(c))]
      all.append((f + "value.weight", [c, 4 * c], around(4 * c)))
    }
    all += [("ln_out.weight", [c], 0), ("ln_out.bias", [c], 0.01)]
    return all + [("head.weight", [vocabulary, c], around(c))]
  }

  /// Writes the file; a tensor of scale 0 is all ones.
  func write(to path: String) throws {
    guard let file = fopen(path, "w") else { throw ProbeFailure("cannot write \(path)") }
    defer { fclose(file) }
    var offset = 0
    let entries = tensors.map { tensor in
      let count = tensor.shape.reduce(1, *)
      defer { offset += count * 2 }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      return "\"\(tensor.name)\":{\"dtype\":\"BF16\",\"shape\":[\(shape)],"
        + "\"data_offsets\":[\(offset),\(offset + count * 2)]}"
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var length = UInt64(header.count).littleEndian
    var written = fwrite(&length, 8, 1, file) == 1 && fwrite(header, 1, header.count, file) > 0
    var state: UInt64 = 1
    for tensor in tensors {
      let count = tensor.shape.reduce(1, *)
      let numbers = (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let uniform = Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
        let value = tensor.scale == 0 ? 1 : uniform * tensor.scale * 1.7
        return UInt16(value.bitPattern >> 16)
      }
      written = fwrite(numbers, 2, count, file) == count && written
    }
    guard written else { throw ProbeFailure("cannot write \(path): is the disk full?") }
  }
}

/// Why nothing was measured.
struct ProbeFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
