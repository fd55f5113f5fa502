// Weight files that a test makes, and what opening them gives.

import Foundation
import Glibc
import RWKV7Core

/// A folder of files that is removed with them when the object goes.
final class WeightFolder {
  private let folder: URL
  private var count = 0

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "rwkv7-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  /// The path of a new file of `bytes`.
  func file(_ bytes: [UInt8]) throws -> String {
    count += 1
    let path = path("\(count)")
    // Not Data.write(to:), which waits for the disk: a test makes thousands of these.
    guard let file = fopen(path, "wb") else { throw CocoaError(.fileWriteUnknown) }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else { throw CocoaError(.fileWriteUnknown) }
    return path
  }

  /// Opens a file of `bytes`, which is gone from the folder when this returns.
  func open(_ bytes: [UInt8]) throws -> WeightFile {
    let path = try file(bytes)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try WeightFile(path: path)
  }

  /// Why a file of `bytes` cannot be opened; nil if it can.
  func refusal(_ bytes: [UInt8]) throws -> WeightFileError? {
    do {
      _ = try open(bytes)
      return nil
    } catch let error as WeightFileError {
      return error
    }
  }
}

/// A .pth file with the pickle `pickle` and the storages `storages`.
func torchFile(
  _ pickle: [UInt8], storages: [String: [UInt8]] = ["0": floatBytes((0..<12).map { Float($0) })],
  byteOrder: String? = "little", folder: String = "weights", zip: ZipBytes = ZipBytes()
) -> [UInt8] {
  var entries = [(name: "\(folder)/data.pkl", data: pickle)]
  if let byteOrder { entries.append(("\(folder)/byteorder", Array(byteOrder.utf8))) }
  for (key, data) in storages.sorted(by: { $0.key < $1.key }) {
    entries.append(("\(folder)/data/\(key)", data))
  }
  return zip.archive(entries)
}

/// A .pth file with one storage of the numbers 0 to 11 that `tensors` view.
func torchFile(_ tensors: [SampleTensor], zip: ZipBytes = ZipBytes()) -> [UInt8] {
  torchFile(PickleBytes.dictionary(tensors), zip: zip)
}

/// A .safetensors file of a header and data as they are.
func safetensorsFile(_ header: String, data: [UInt8]) -> [UInt8] {
  littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + data
}

/// A .safetensors file of bfloat16 tensors with the given shapes, the bits of all elements 0x3f3f.
func safetensorsFile(_ shapes: [(name: String, shape: [Int])]) -> [UInt8] {
  var data: [UInt8] = []
  var members: [String] = []
  for (name, shape) in shapes {
    let end = data.count + shape.reduce(2, *)
    members.append(
      #""\#(name)":{"dtype":"BF16","shape":\#(shape),"data_offsets":[\#(data.count),\#(end)]}"#)
    data += [UInt8](repeating: 0x3f, count: end - data.count)
  }
  return safetensorsFile("{" + members.joined(separator: ",") + "}", data: data)
}

/// Numbers that are the same in every run: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
