// What all TLS connections of a client share, and one connection's TLS between two queues of bytes.

/// The trusted certificates and the settings of one client.
final class TLSContext {
  fileprivate let library: TLSLibrary
  fileprivate let handle: TLSLibrary.Handle
  fileprivate let host: String
  fileprivate let hostIsAddress: Bool
  fileprivate let verifies: Bool

  /// Loads OpenSSL and the certificates.
  init(_ options: TLSOptions, host: String, hostIsAddress: Bool) throws(TLSFailure) {
    library = try TLSLibrary(options.libraries)
    // A complete name's last dot is in no certificate.
    self.host = host.hasSuffix(".") ? String(host.dropLast()) : host
    self.hostIsAddress = hostIsAddress
    verifies = options.trust != .anyone
    library.clearErrors()
    guard let handle = library.newContext(library.clientMethod()) else {
      throw TLSFailure(words: library.errorWords("OpenSSL cannot start"))
    }
    self.handle = handle
    // SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION.
    _ = library.contextControl(handle, 123, 0x0303, nil)
    // SSL_CTRL_MODE: SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER.
    _ = library.contextControl(handle, 33, 1 | 2, nil)
    switch options.trust {
    case .system:
      guard library.useSystemTrust(handle) == 1 else {
        throw TLSFailure(
          words: library.errorWords("the system's certificates cannot be read")
            + " (apt-get install ca-certificates)")
      }
    case .file(let path):
      guard library.loadTrust(handle, path, nil) == 1 else {
        throw TLSFailure(
          words: "the certificates in '\(path)' cannot be read: "
            + library.errorWords("no PEM certificate in it"))
      }
    case .anyone: break
    }
    // SSL_VERIFY_PEER or SSL_VERIFY_NONE.
    library.setVerify(handle, verifies ? 1 : 0, nil)
  }

  deinit { library.freeContext(handle) }
}

/// TLS of one connection; it only turns bytes into bytes, the caller moves them.
final class TLSSession {
  /// What became of an attempt to read.
  enum Reading: Equatable {
    case bytes(Int)
    case needsInput
    /// The server said that it is done (close_notify).
    case closed
  }

  private let context: TLSContext
  private let handle: TLSLibrary.Handle
  private let input: TLSLibrary.Handle
  private let output: TLSLibrary.Handle
  private var library: TLSLibrary { context.library }

  /// A session that expects the context's host.
  init(_ context: TLSContext) throws(TLSFailure) {
    self.context = context
    let library = context.library
    library.clearErrors()
    guard let handle = library.newSession(context.handle) else {
      throw TLSFailure(words: library.errorWords("OpenSSL cannot make a session"))
    }
    guard let input = library.newStream(library.memoryStream()) else {
      library.freeSession(handle)
      throw TLSFailure(words: library.errorWords("OpenSSL is out of memory"))
    }
    guard let output = library.newStream(library.memoryStream()) else {
      _ = library.freeStream(input)
      library.freeSession(handle)
      throw TLSFailure(words: library.errorWords("OpenSSL is out of memory"))
    }
    // From here on the session owns both streams.
    library.setStreams(handle, input, output)
    self.handle = handle
    self.input = input
    self.output = output
    library.setConnectState(handle)
    try expectHost()
  }

  deinit { library.freeSession(handle) }

  /// Says whom the certificate must name; a failure here must not become an unchecked connection.
  private func expectHost() throws(TLSFailure) {
    var accepted = true
    if context.hostIsAddress {
      let parameters = library.verifyParameters(handle)
      accepted = library.setExpectedAddress(parameters, context.host) == 1
    } else {
      // X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS.
      library.setHostFlags(handle, 4)
      accepted = library.setExpectedHost(handle, context.host) == 1
      // SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name: OpenSSL copies the name.
      var name = Array(context.host.utf8CString)
      let named = name.withUnsafeMutableBytes {
        library.sessionControl(handle, 55, 0, $0.baseAddress)
      }
      accepted = accepted && named == 1
    }
    guard accepted else {
      throw TLSFailure(words: library.errorWords("the host name cannot be checked"))
    }
  }

  /// Goes on with the handshake; true when it is done.
  func handshake() throws(TLSFailure) -> Bool {
    library.clearErrors()
    let status = library.handshake(handle)
    if status == 1 { return true }
    try needsInput(after: status, doing: "the handshake failed")
    return false
  }

  /// Takes bytes that came from the server.
  func receive(_ bytes: ArraySlice<UInt8>) throws(TLSFailure) {
    let taken = bytes.withUnsafeBytes {
      library.writeStream(input, $0.baseAddress, Int32($0.count))
    }
    guard taken == bytes.count else { throw TLSFailure(words: "OpenSSL is out of memory") }
  }

  /// Reads decrypted bytes into `buffer`.
  func read(into buffer: inout [UInt8]) throws(TLSFailure) -> Reading {
    library.clearErrors()
    let count = buffer.withUnsafeMutableBytes {
      library.read(handle, $0.baseAddress, Int32(clamping: $0.count))
    }
    if count > 0 { return .bytes(Int(count)) }
    // SSL_ERROR_ZERO_RETURN
    if library.sessionError(handle, count) == 6 { return .closed }
    try needsInput(after: count, doing: "reading failed")
    return .needsInput
  }

  /// Encrypts up to one record from `offset` on; returns how many bytes were taken.
  func write(_ bytes: [UInt8], from offset: Int) throws(TLSFailure) -> Int {
    library.clearErrors()
    let count = bytes.withUnsafeBytes {
      library.write(
        handle, $0.baseAddress?.advanced(by: offset), Int32(min($0.count - offset, 16 << 10)))
    }
    if count > 0 { return Int(count) }
    try needsInput(after: count, doing: "writing failed")
    return 0
  }

  /// Says that nothing more will be sent.
  func close() {
    library.clearErrors()
    _ = library.shutdown(handle)
    library.clearErrors()
  }

  /// Appends the encrypted bytes that wait to be sent.
  func takeOutput(into bytes: inout [UInt8]) {
    let waiting = library.pendingInStream(output)
    guard waiting > 0 else { return }
    let start = bytes.count
    bytes += [UInt8](repeating: 0, count: waiting)
    let count = bytes.withUnsafeMutableBytes {
      library.readStream(output, $0.baseAddress?.advanced(by: start), Int32(clamping: waiting))
    }
    bytes.removeLast(waiting - max(0, Int(count)))
  }

  /// Returns when the session only waits for bytes; otherwise throws what is wrong.
  private func needsInput(after status: Int32, doing what: String) throws(TLSFailure) {
    // SSL_ERROR_WANT_READ; writing never waits, because a memory stream takes everything.
    if library.sessionError(handle, status) == 2 { return }
    var words = library.errorWords(what)
    let verdict = library.verifyResult(handle)
    if context.verifies, verdict != 0, let text = library.verifyWords(verdict) {
      words += ": " + String(cString: text)
    }
    throw TLSFailure(words: words)
  }
}
