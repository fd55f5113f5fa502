// One file from its sources: the next source where one fails, the next try where one breaks off.
internal import HTTPClient
internal import Posix

extension Downloader {
  /// How often a mirror is asked: another source comes after it.
  private static let mirrorAttempts = 2

  /// Fetches the file from the first source that has it.
  func download(
    _ sources: [Source], to place: CachePlace, _ wanted: Wanted
  ) throws(DownloadError) -> Sidecar {
    for source in sources.dropLast() {
      do throws(DownloadError) { return try download(source, to: place, wanted) } catch {
        // A full disk is no fault of the mirror.
        if error.kind == .disk { throw error }
        progress(.warning("\(error.place): \(error.problem); the next source is asked"))
      }
    }
    guard let last = sources.last else {
      preconditionFailure("the URL itself is always a source")
    }
    return try download(last, to: place, wanted)
  }

  private func download(
    _ source: Source, to place: CachePlace, _ wanted: Wanted
  ) throws(DownloadError) -> Sidecar {
    // A partial file belongs to the source that sent it: another one's ETags mean other things.
    let part = try PartialFile(place, origin: Origin(source.address.text))
    let transfer = Transfer(
      part, from: source.address, isPinned: wanted.sha256 != nil, progress: progress)
    let attempts = source.isMirror ? min(Self.mirrorAttempts, policy.attempts) : policy.attempts
    try persistently(attempts: attempts, position: { part.size }) { () throws(Trouble) in
      guard !part.isWhole else { return }
      try transfer.run(transport, policy)
    }
    let sha256 = try part.settle()
    if let pin = wanted.sha256, pin != sha256 {
      part.remove()
      throw DownloadError(
        .checksum, at: source.address.shown, "its sha256 is \(sha256) and not the pinned \(pin)",
        advice:
          "nothing was kept; run the same command again, and if it stays so, look at what the "
          + "source has changed before you pin the new one")
    }
    return try finish(part, at: place, origin: wanted.origin, sha256: sha256)
  }

  /// Puts a whole file in its place, and its sidecar beside it.
  func finish(
    _ part: PartialFile, at place: CachePlace, origin: Origin, sha256: String
  ) throws(DownloadError) -> Sidecar {
    var note = part.note ?? PartialNote(origin: origin)
    // As it was asked for, not the mirror's.
    note.origin = origin
    try part.moveIntoPlace()
    // Taken after the move, which changes the time of the last change.
    let stamp = try onDisk(place.file) { () throws(PosixError) in
      try Descriptor.reading(place.file).stamp()
    }
    let sidecar = Sidecar(note: note, sha256: sha256, stamp: stamp)
    try sidecar.write(place)
    return sidecar
  }
}

/// The tries to get the rest of a file from one source.
private final class Transfer {
  private let part: PartialFile
  private let address: WebAddress
  private let isPinned: Bool
  private let progress: (DownloadProgress) -> Void
  /// Why the present response's body is refused.
  private var objection: Trouble?

  init(
    _ part: PartialFile, from address: WebAddress, isPinned: Bool,
    progress: @escaping (DownloadProgress) -> Void
  ) {
    self.part = part
    self.address = address
    self.isPinned = isPinned
    self.progress = progress
  }

  /// One try; returns when nothing is missing.
  func run(_ transport: Transport, _ policy: DownloadPolicy) throws(Trouble) {
    objection = nil
    var fields: [(name: String, value: String)] = []
    if part.size > 0, let validator = part.note?.validator {
      fields = [("Range", "bytes=\(part.size)-"), ("If-Range", validator)]
    }
    let offset = fields.isEmpty ? 0 : part.size
    let taker = BodyTaker(head: { self.begin($0, offset: offset) }, piece: { self.take($0) })
    let reply: Reply
    do throws(Trouble) { reply = try transport.get(address, fields, taker: taker) } catch {
      throw objection ?? error
    }
    guard reply.response.status == 200 || reply.response.status == 206 else {
      throw Trouble(reply, asked: address, policy: policy)
    }
    if let size = part.expectedSize, part.size < size {
      throw trouble(.network, "it has sent \(part.size) of \(size) bytes", retry: .soon)
    }
    part.isWhole = true
  }

  private func begin(_ reply: Reply, offset: Int) -> HTTPBodyReceiver.Decision {
    let start = BodyStart(
      reply, origin: Origin(address.text), note: part.note, offset: offset, isPinned: isPinned)
    do throws(DownloadError) {
      switch start {
      case .anew(let note): try part.begin(note)
      case .goOn(let total): part.expectedSize = total
      case .changed:
        part.remove()
        objection = trouble(
          .changed, "the file has changed since its first part came", retry: .soon)
        return .refuse
      case .refusal: return .collect
      case .wrong(let problem):
        objection = trouble(.server, problem, retry: .never)
        return .refuse
      }
    } catch {
      objection = Trouble(error: error, retry: .never)
      return .refuse
    }
    progress(.started(url: reply.address.shown, size: part.expectedSize))
    if offset > 0 { progress(.received(part.size, total: part.expectedSize)) }
    return .receive
  }

  private func take(_ bytes: ArraySlice<UInt8>) -> Bool {
    if let size = part.expectedSize, bytes.count > size - part.size {
      objection = trouble(
        .server, "it sends more than the \(size) bytes it has announced", retry: .never)
      return false
    }
    do throws(DownloadError) { try part.append(Array(bytes)) } catch {
      objection = Trouble(error: error, retry: .never)
      return false
    }
    progress(.received(part.size, total: part.expectedSize))
    return true
  }

  private func trouble(
    _ kind: DownloadError.Kind, _ problem: String, retry: Trouble.Retry
  ) -> Trouble {
    Trouble(
      error: DownloadError(
        kind, at: address.shown, problem,
        advice: "run the same command again, or use another source"),
      retry: retry)
  }
}
