// What a file is by its first bytes, the real files, and files that were damaged by chance.

import RWKV7Core
import Testing

struct WeightFileTests {
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  @Test(
    arguments: [
      ([0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20], "before PyTorch 1.6"),
      ([0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0], "a bare pickle"),
      (Array("GGUF\u{3}\0\0\0".utf8), "a GGUF file"),
      (Array("version https://git-lfs.github.com/spec/v1\noid sha256:0".utf8), "git lfs pull"),
      (Array("<!DOCTYPE html>".utf8), "a web page"),
      (Array("hello".utf8), "neither a .pth"),
      ([0], "neither a .pth"),
      (Array("PK\u{3}\u{4}".utf8), "the end of the zip archive is missing"),
      ([2, 0, 0, 0, 0, 0, 0, 0], "neither a .pth"), (Array("PK".utf8), "neither a .pth"),
    ] as [([UInt8], String)])
  func `a file of another format is refused with the way out`(
    bytes: [UInt8], reason: String
  ) throws {
    let error = try #require(try folder.refusal(bytes))
    #expect(error.reason.contains(reason), "\(error)")
    #expect(error.description.hasPrefix("'\(error.path)': "))
  }

  @Test(arguments: [0x4b50, 0x0880, 0x4747, 0x3c])
  func `a safetensors header may have a length that looks like another format`(
    length: Int
  ) throws {
    let header = #"{"a":{"dtype":"F16","shape":[],"data_offsets":[0,2]}}"#
    let padded = header + String(repeating: " ", count: length - header.utf8.count)
    let tensors = try folder.open(safetensorsFile(padded, data: [0x00, 0x3c])).tensors
    #expect(tensors["a"]?.contiguousFloat32() == [1])
  }

  @Test(.enabled(if: SharedModel.isPresent, "../shared/rwkv is not here"))
  func `the same model from both formats has the same tensors`() throws {
    for (name, type) in [("bf16", ElementType.bfloat16), ("fp16", .float16)] {
      let torch = try WeightFile(path: SharedModel.path("tiny-rwkv7-\(name).pth"))
      let safe = try WeightFile(path: SharedModel.path("tiny-rwkv7-\(name).safetensors"))
      #expect(torch.tensors.count == 135 && torch.tensors.keys == safe.tensors.keys)
      for (name, tensor) in torch.tensors {
        let other = try #require(safe.tensors[name])
        #expect(tensor.type == type && other.type == type && tensor.shape == other.shape)
        #expect(tensor.contiguousBytes() == other.contiguousBytes(), "\(name)")
        #expect(tensor.contiguousBytes() == Array(tensor.bytes) && tensor.isContiguous)
        #expect(tensor.contiguousFloat32().allSatisfy { $0.isFinite })
      }
      let shape = RWKV7Shape(
        layers: 4, width: 128, heads: 2, headSize: 64, vocabulary: 752, ffnWidth: 512,
        decayRank: 32, rateRank: 32, valueRank: 32, gateRank: 64)
      #expect(try RWKV7Layout(torch).shape == shape)
      #expect(try RWKV7Layout(safe).shape == shape)
    }
  }
}

/// Files that were right before something happened to them: an error or tensors, but never a trap.
struct DamagedFileTests {
  private static let torch = torchFile(
    [
      SampleTensor(name: "rows"), SampleTensor(name: "columns", shape: [4, 3], strides: [1, 4]),
      SampleTensor(name: "row", offset: 4, shape: [1, 1, 4], strides: [4, 4, 1]),
    ], zip: ZipBytes(isAligned: false))
  private static let wideTorch = torchFile(
    [SampleTensor()], zip: ZipBytes(hasWideEntries: true, hasWideEnd: true, isAligned: false))
  private static let safe = safetensorsFile([("emb.weight", [4, 16]), ("b", [3]), ("c", [])])
  private static let model = safetensorsFile(
    SmallestModel.shapes(
      RWKV7Shape(
        layers: 2, width: 16, heads: 1, headSize: 16, vocabulary: 2, ffnWidth: 16, decayRank: 1,
        rateRank: 1, valueRank: 1, gateRank: 1)))
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  /// Opens `bytes` and, if that works, touches all that they promise.
  private func use(_ bytes: [UInt8]) throws -> Bool {
    do {
      let file = try folder.open(bytes)
      for tensor in file.tensors.values {
        let values = tensor.contiguousFloat32()
        #expect(values.count == tensor.count && tensor.bytes.count <= bytes.count)
        #expect(tensor.contiguousBytes().count == tensor.count * tensor.type.size)
      }
      _ = try RWKV7Layout(file)
    } catch let error as WeightFileError {
      // The path is not quoted for this check: only what comes from the file matters.
      let text = (error.tensor ?? "") + error.reason
      #expect(!error.reason.isEmpty && text.utf8.count < 4000)
      return error.kind == .wrongModel
    }
    return true
  }

  @Test(arguments: [torch, wideTorch, safe])
  func `a file that was cut off anywhere is refused`(whole: [UInt8]) throws {
    #expect(try use(whole))
    for count in 0..<whole.count {
      #expect(try folder.refusal(Array(whole.prefix(count))) != nil, "\(count) bytes")
    }
  }

  @Test(arguments: [torch, wideTorch, safe, model])
  func `random damage gives an error or tensors that can be read`(whole: [UInt8]) throws {
    var numbers = SeededNumbers(seed: UInt64(whole.count))
    var survivors = 0
    for _ in 0..<2500 {
      var bytes = whole
      for _ in 0...Int(numbers.next(upperBound: 4 as UInt64)) {
        // The header of the model is small beside its data, where nothing can go wrong.
        let place = Int.random(in: 0..<min(bytes.count, 8192), using: &numbers)
        switch numbers.next(upperBound: 8 as UInt64) {
        case 0: bytes[place] = [0x00, 0xff, 0x7f, 0x80].randomElement(using: &numbers) ?? 0
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        case 2: bytes[place] &+= 1
        case 3: bytes[place] = bytes[Int.random(in: bytes.indices, using: &numbers)]
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: place)
        case 5 where bytes.count > 1: bytes.remove(at: place)
        case 6:
          let digit = UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &numbers)
          if (0x30...0x39).contains(bytes[place]) { bytes[place] = digit }
        default: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        }
      }
      if try use(bytes) { survivors += 1 }
    }
    // Damage of the elements is not seen; of the rest nearly all is.
    #expect(survivors < 2500)
  }
}
