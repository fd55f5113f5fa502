// The .pth file of torch.save: a zip archive with a folder of any name, in it
//
//   data.pkl     the pickle that describes the tensors
//   byteorder    `little` or `big`; absent in old files, which are little-endian
//   data/KEY     the elements of one storage

/// Reads the tensors of a file that torch.save wrote.
enum TorchFile {
  /// The tensors of `file`, which must be a zip archive.
  static func tensors(of file: MappedFile) throws(WeightFault) -> [Tensor] {
    let archive = try ZipArchive(CheckedBytes(file.bytes))
    let pickles = archive.entries.keys.filter { $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let name = pickles.first, let pickle = archive.data(name) else {
      throw WeightFault(
        .unsupported,
        "is a zip archive with \(pickles.count) entries named data.pkl instead of one; it was not made "
          + "by torch.save")
    }
    let folder = String(name.dropLast("data.pkl".count))
    if let order = archive.data(folder + "byteorder"), !order.raw.elementsEqual("little".utf8) {
      let found = order.text.map { quoted($0) } ?? "unreadable"
      throw WeightFault(
        .unsupported,
        "its byte order is \(found), and only 'little' is read; save it anew on a usual machine")
    }
    var tensors: [Tensor] = []
    for (name, record) in try PickleReader.stateDictionary(in: pickle) {
      let storage = try storage(record.storage, of: name, in: archive, folder)
      tensors.append(
        try Tensor(
          name, record.storage.type, shape: record.shape, strides: record.strides,
          offset: record.offset, in: storage, of: file))
    }
    return tensors
  }

  private static func storage(
    _ storage: PickleReader.Storage, of name: String, in archive: ZipArchive, _ folder: String
  ) throws(WeightFault) -> CheckedBytes {
    let entry = folder + "data/" + storage.key
    guard let data = archive.data(entry) else {
      throw WeightFault(
        .damaged, tensor: name, "the zip entry \(quoted(entry)) with its elements is missing")
    }
    let (size, overflows) = storage.count.multipliedReportingOverflow(by: storage.type.size)
    guard !overflows, size == data.count else {
      throw WeightFault(
        .damaged, tensor: name,
        "its storage should have \(storage.count) elements of \(storage.type.size) bytes, and the "
          + "zip entry \(quoted(entry)) has \(data.count) bytes")
    }
    return data
  }
}
