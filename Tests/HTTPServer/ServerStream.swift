// The server's end of a connection: blocking reads and writes, with or without TLS.
internal import Glibc

/// OpenSSL as a server; a binding of its own, so that the tested one is not tested with itself.
final class ServerTLS: Sendable {
  typealias Handle = OpaquePointer
  /// The functions; addresses of C code that never change.
  struct Functions: Sendable {
    let newSession: @convention(c) @Sendable (Handle?) -> Handle?
    let freeSession: @convention(c) @Sendable (Handle?) -> Void
    let setDescriptor: @convention(c) @Sendable (Handle?, Int32) -> Int32
    let accept: @convention(c) @Sendable (Handle?) -> Int32
    let read: @convention(c) @Sendable (Handle?, UnsafeMutableRawPointer?, Int32) -> Int32
    let write: @convention(c) @Sendable (Handle?, UnsafeRawPointer?, Int32) -> Int32
    let shutdown: @convention(c) @Sendable (Handle?) -> Int32
  }

  let functions: Functions
  // An SSL_CTX may be used by several threads once it is set up, and it is never changed afterwards.
  nonisolated(unsafe) private let context: Handle

  /// Loads OpenSSL and the certificate.
  init(_ certificate: TestCertificate) throws(TestServerError) {
    guard let library = Self.library() else {
      throw TestServerError(description: "there is no libssl")
    }
    func function<Function>(_ name: String) throws(TestServerError) -> Function {
      guard let address = dlsym(library, name) else {
        throw TestServerError(description: "libssl lacks \(name)")
      }
      // The declared signatures are those of the manual pages.
      return unsafeBitCast(address, to: Function.self)
    }
    functions = Functions(
      newSession: try function("SSL_new"), freeSession: try function("SSL_free"),
      setDescriptor: try function("SSL_set_fd"), accept: try function("SSL_accept"),
      read: try function("SSL_read"), write: try function("SSL_write"),
      shutdown: try function("SSL_shutdown"))
    let method: @convention(c) () -> Handle? = try function("TLS_server_method")
    let newContext: @convention(c) (Handle?) -> Handle? = try function("SSL_CTX_new")
    let useCertificate: @convention(c) (Handle?, UnsafePointer<CChar>?) -> Int32 =
      try function("SSL_CTX_use_certificate_chain_file")
    let useKey: @convention(c) (Handle?, UnsafePointer<CChar>?, Int32) -> Int32 =
      try function("SSL_CTX_use_PrivateKey_file")
    guard let context = newContext(method()),
      useCertificate(context, certificate.certificateFile) == 1,
      // SSL_FILETYPE_PEM
      useKey(context, certificate.keyFile, 1) == 1
    else { throw TestServerError(description: "OpenSSL refuses the test certificate") }
    self.context = context
  }

  deinit {
    if let library = Self.library(), let address = dlsym(library, "SSL_CTX_free") {
      // The declared signature is that of the manual page.
      unsafeBitCast(address, to: (@convention(c) (Handle?) -> Void).self)(context)
    }
  }

  /// A session on a connected socket; nil when OpenSSL cannot.
  func session(on descriptor: Int32) -> Handle? {
    guard let session = functions.newSession(context) else { return nil }
    guard functions.setDescriptor(session, descriptor) == 1 else {
      functions.freeSession(session)
      return nil
    }
    return session
  }

  static func library() -> UnsafeMutableRawPointer? {
    dlopen("libssl.so.3", RTLD_NOW) ?? dlopen("libssl.so.1.1", RTLD_NOW)
  }
}

/// One accepted socket; used by one thread.
final class ServerStream {
  let descriptor: Int32
  private let tls: ServerTLS?
  private var session: ServerTLS.Handle?

  /// Does the handshake, nil when it fails; the socket stays the caller's.
  init?(_ descriptor: Int32, _ tls: ServerTLS?) {
    self.descriptor = descriptor
    self.tls = tls
    guard let tls else { return }
    session = tls.session(on: descriptor)
    guard session != nil, tls.functions.accept(session) == 1 else { return nil }
  }

  deinit { if let session { tls?.functions.freeSession(session) } }

  /// Some bytes; empty at the end or when the connection is broken.
  func read() -> ArraySlice<UInt8> {
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = bytes.withUnsafeMutableBytes { buffer in
      if let session, let tls {
        return Int(tls.functions.read(session, buffer.baseAddress, Int32(buffer.count)))
      }
      return recv(descriptor, buffer.baseAddress, buffer.count, 0)
    }
    return bytes[..<max(0, count)]
  }

  /// Writes all; false when the connection is broken.
  func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        let start = buffer.baseAddress?.advanced(by: done)
        if let session, let tls {
          return Int(tls.functions.write(session, start, Int32(buffer.count - done)))
        }
        return send(descriptor, start, buffer.count - done, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// Says that nothing more will be sent (with TLS: its close_notify).
  func endWriting() {
    if let session, let tls {
      _ = tls.functions.shutdown(session)
    } else {
      shutdown(descriptor, Int32(SHUT_WR))
    }
  }

  /// Says the end in TLS; nothing without TLS.
  func sayGoodbye() { if let session, let tls { _ = tls.functions.shutdown(session) } }

  /// Makes the coming close a reset.
  func makeCloseAReset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Reads and forgets until the other side goes or the socket is shut down.
  func waitForTheEnd() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while recv(descriptor, &bytes, bytes.count, 0) > 0 {}
  }
}
