// A file on its way: the bytes so far, their running checksum, and the note of where they came from.
internal import Glibc
internal import Posix

/// The part of a cached file that has come; only for the holder of the file's lock.
final class PartialFile {
  /// Nil when there is nothing to go on with.
  private(set) var note: PartialNote?
  /// Bytes that are there and belong to `note`.
  private(set) var size = 0
  /// Whole lines among them, where they were counted.
  private(set) var lines = 0
  /// Bytes of the whole, where the source has said so.
  var expectedSize: Int?
  /// The source has said that nothing is missing.
  var isWhole = false

  private let place: CachePlace
  private let inLines: Bool
  private var digest = SHA256()
  private var file: Descriptor?

  /// Takes up what an earlier download from the same origin has left.
  ///
  /// `inLines` keeps whole lines only, and any of them is a place to go on from; without it, going on needs
  /// a validator.
  init(_ place: CachePlace, origin: Origin, inLines: Bool = false) throws(DownloadError) {
    self.place = place
    self.inLines = inLines
    guard
      let bytes = try onDisk(
        place.partNote, { () throws(PosixError) in try Files.readIfPresent(place.partNote) }),
      let note = PartialNote(bytes), note.origin == origin, inLines || note.validator != nil
    else { return }
    try onDisk(place.part) { () throws(PosixError) in try takeUp() }
    guard size > 0, inLines || size <= note.size ?? size else {
      forget()
      return
    }
    self.note = note
    guard !inLines else { return }
    expectedSize = note.size
    isWhole = size == note.size
  }

  private func takeUp() throws(PosixError) {
    guard Files.exists(place.part) else { return }
    let old = try Descriptor.reading(place.part)
    var cut: [UInt8] = []
    while true {
      let bytes = try old.readNext(count: 1 << 18)
      if bytes.isEmpty { break }
      guard inLines else {
        take(bytes)
        continue
      }
      guard let end = bytes.lastIndex(of: 0x0a) else {
        cut += bytes
        continue
      }
      take(cut + bytes[...end])
      cut = Array(bytes[(end + 1)...])
    }
    file = try Descriptor.writing(place.part, appending: true)
    // The line that a killed process had begun.
    guard !cut.isEmpty, ftruncate(file?.number ?? -1, off_t(size)) != 0 else { return }
    throw PosixError(call: "ftruncate", subject: place.part, code: errno)
  }

  private func take(_ bytes: [UInt8]) {
    digest.update(bytes)
    size += bytes.count
    if inLines { lines += bytes.count { $0 == 0x0a } }
  }

  private func forget() {
    note = nil
    size = 0
    lines = 0
    digest = SHA256()
    file = nil
    expectedSize = nil
    isWhole = false
  }

  /// Empties the file and notes a new beginning.
  func begin(_ note: PartialNote) throws(DownloadError) {
    forget()
    // In this order: a note must never lie beside bytes that it does not describe.
    file = try onDisk(place.part) { () throws(PosixError) in
      try Descriptor.writing(place.part, appending: false)
    }
    try onDisk(place.partNote) { () throws(PosixError) in
      try Files.replace(place.partNote, with: note.serialized)
    }
    self.note = note
    if !inLines { expectedSize = note.size }
  }

  /// Adds bytes.
  func append(_ bytes: [UInt8]) throws(DownloadError) {
    guard let file else { return }
    try onDisk(place.part) { () throws(PosixError) in try file.write(bytes) }
    take(bytes)
  }

  /// Removes it all; what comes next begins anew.
  func remove() {
    forget()
    unlink(place.part)
    unlink(place.partNote)
  }

  /// The SHA-256 of what is there, once it is on the disk.
  func settle() throws(DownloadError) -> String {
    if let file { try onDisk(place.part) { () throws(PosixError) in try file.synchronise() } }
    return digest.finish().hex
  }

  /// Gives it its final name; the object is of no use afterwards.
  func moveIntoPlace() throws(DownloadError) {
    try onDisk(place.file) { () throws(PosixError) in try Files.move(place.part, to: place.file) }
    unlink(place.partNote)
    file = nil
  }
}
