// One way in for all formats: a file's first bytes say what it is, whatever it is called.

/// The tensors of a .pth or .safetensors file, which stays mapped as long as the object lives.
///
/// Opening reads and checks all descriptions, but no element: it touches a few pages of the file.
package final class WeightFile: Sendable {
  /// The mapping that all tensors lie in.
  package let mapping: MappedFile
  /// All tensors of the file by name.
  package let tensors: [String: Tensor]

  /// The file, as it was given.
  package var path: String { mapping.path }

  /// Opens the file at `path` and reads what tensors it has.
  package init(path: String) throws(WeightFileError) {
    mapping = try MappedFile(path: path)
    do throws(WeightFault) {
      let found = try Self.read(mapping)
      var tensors: [String: Tensor] = [:]
      for tensor in found {
        guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
          throw WeightFault(.damaged, tensor: tensor.name, "is in the file twice")
        }
      }
      self.tensors = tensors
    } catch {
      throw WeightFileError(error, in: path)
    }
  }

  private static func read(_ file: MappedFile) throws(WeightFault) -> [Tensor] {
    let bytes = CheckedBytes(file.bytes)
    // All four bytes: the length of a safetensors header may well begin with "PK".
    if bytes.starts(with: "PK\u{3}\u{4}") || bytes.starts(with: "PK\u{5}\u{6}") {
      return try TorchFile.tensors(of: file)
    }
    if SafetensorsFile.isLikely(bytes) { return try SafetensorsFile.tensors(of: file) }
    throw WeightFault(.unsupported, reasonForRefusing(bytes))
  }

  /// What the file is, if it is something that people try, and the way out.
  private static func reasonForRefusing(_ bytes: CheckedBytes) -> String {
    if bytes.integer(UInt8.self, at: 0) == 0x80 {
      // Before version 1.6 torch.save wrote pickles one after the other: 0x80, a protocol, LONG1.
      let isOldTorch = bytes.integer(UInt8.self, at: 2) == 0x8a
      let what = isOldTorch ? "was saved in the format before PyTorch 1.6" : "is a bare pickle"
      return "\(what), which is not read; convert it where you trust it: "
        + "torch.save(torch.load(old, map_location='cpu'), new)"
    }
    if bytes.starts(with: "GGUF") {
      return "is a GGUF file, which is not read; use the .pth or .safetensors file it was made from"
    }
    if bytes.starts(with: "version https://git-lfs") {
      return "is a Git LFS pointer in place of the weights; fetch them with 'git lfs pull'"
    }
    if bytes.starts(with: "<") {
      return "is a web page in place of the weights; download the file itself"
    }
    return "is neither a .pth file (zip) nor a .safetensors file, by its first bytes"
  }
}
