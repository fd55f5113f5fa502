// OpenSSL, found at run time: the functions that the client calls, and no more.
#if canImport(Glibc)
internal import Glibc
#endif

/// TLS that does not work, in OpenSSL's words or ours.
struct TLSFailure: Error, Equatable {
  var words: String
}

/// The loaded library; it stays loaded until the process ends.
final class TLSLibrary {
  // The signatures follow the OpenSSL 3.0 manual pages and are the same in 1.1; const and the types of
  // handles do not exist in a C call, `long` and `size_t` are Int here.
  typealias Handle = OpaquePointer
  let clientMethod: @convention(c) () -> Handle?
  let newContext: @convention(c) (Handle?) -> Handle?
  let freeContext: @convention(c) (Handle?) -> Void
  let contextControl: @convention(c) (Handle?, Int32, Int, UnsafeMutableRawPointer?) -> Int
  let setVerify: @convention(c) (Handle?, Int32, UnsafeRawPointer?) -> Void
  let useSystemTrust: @convention(c) (Handle?) -> Int32
  let loadTrust: @convention(c) (Handle?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Int32
  let newSession: @convention(c) (Handle?) -> Handle?
  let freeSession: @convention(c) (Handle?) -> Void
  let setStreams: @convention(c) (Handle?, Handle?, Handle?) -> Void
  let setConnectState: @convention(c) (Handle?) -> Void
  let setExpectedHost: @convention(c) (Handle?, UnsafePointer<CChar>?) -> Int32
  let setHostFlags: @convention(c) (Handle?, UInt32) -> Void
  let sessionControl: @convention(c) (Handle?, Int32, Int, UnsafeMutableRawPointer?) -> Int
  let verifyParameters: @convention(c) (Handle?) -> Handle?
  let setExpectedAddress: @convention(c) (Handle?, UnsafePointer<CChar>?) -> Int32
  let handshake: @convention(c) (Handle?) -> Int32
  let read: @convention(c) (Handle?, UnsafeMutableRawPointer?, Int32) -> Int32
  let write: @convention(c) (Handle?, UnsafeRawPointer?, Int32) -> Int32
  let shutdown: @convention(c) (Handle?) -> Int32
  let sessionError: @convention(c) (Handle?, Int32) -> Int32
  let verifyResult: @convention(c) (Handle?) -> Int
  let verifyWords: @convention(c) (Int) -> UnsafePointer<CChar>?
  let newStream: @convention(c) (Handle?) -> Handle?
  let freeStream: @convention(c) (Handle?) -> Int32
  let memoryStream: @convention(c) () -> Handle?
  let readStream: @convention(c) (Handle?, UnsafeMutableRawPointer?, Int32) -> Int32
  let writeStream: @convention(c) (Handle?, UnsafeRawPointer?, Int32) -> Int32
  let pendingInStream: @convention(c) (Handle?) -> Int
  let nextError: @convention(c) () -> UInt
  let reason: @convention(c) (UInt) -> UnsafePointer<CChar>?
  let clearErrors: @convention(c) () -> Void

  /// Loads the first of these libraries that there is.
  init(_ names: [String]) throws(TLSFailure) {
    var found: UnsafeMutableRawPointer?
    for name in names where found == nil { found = dlopen(name, RTLD_NOW | RTLD_LOCAL) }
    guard let found else {
      throw TLSFailure(words: "https needs libssl3 (apt-get install libssl3)")
    }
    let table = SymbolTable(library: found)
    clientMethod = try table.function("TLS_client_method")
    newContext = try table.function("SSL_CTX_new")
    freeContext = try table.function("SSL_CTX_free")
    contextControl = try table.function("SSL_CTX_ctrl")
    setVerify = try table.function("SSL_CTX_set_verify")
    useSystemTrust = try table.function("SSL_CTX_set_default_verify_paths")
    loadTrust = try table.function("SSL_CTX_load_verify_locations")
    newSession = try table.function("SSL_new")
    freeSession = try table.function("SSL_free")
    setStreams = try table.function("SSL_set_bio")
    setConnectState = try table.function("SSL_set_connect_state")
    setExpectedHost = try table.function("SSL_set1_host")
    setHostFlags = try table.function("SSL_set_hostflags")
    sessionControl = try table.function("SSL_ctrl")
    verifyParameters = try table.function("SSL_get0_param")
    setExpectedAddress = try table.function("X509_VERIFY_PARAM_set1_ip_asc")
    handshake = try table.function("SSL_do_handshake")
    read = try table.function("SSL_read")
    write = try table.function("SSL_write")
    shutdown = try table.function("SSL_shutdown")
    sessionError = try table.function("SSL_get_error")
    verifyResult = try table.function("SSL_get_verify_result")
    verifyWords = try table.function("X509_verify_cert_error_string")
    newStream = try table.function("BIO_new")
    freeStream = try table.function("BIO_free")
    memoryStream = try table.function("BIO_s_mem")
    readStream = try table.function("BIO_read")
    writeStream = try table.function("BIO_write")
    pendingInStream = try table.function("BIO_ctrl_pending")
    nextError = try table.function("ERR_get_error")
    reason = try table.function("ERR_reason_error_string")
    clearErrors = try table.function("ERR_clear_error")
  }

  /// What OpenSSL has to say on this thread, and nothing of it twice.
  func errorWords(_ otherwise: String) -> String {
    var words: [String] = []
    while true {
      let code = nextError()
      if code == 0 { break }
      let text = reason(code).map { String(cString: $0) } ?? "error \(code)"
      if !words.contains(text) { words.append(text) }
    }
    return words.isEmpty ? otherwise : words.joined(separator: ", ")
  }
}

/// Functions of a loaded library by name.
private struct SymbolTable {
  let library: UnsafeMutableRawPointer

  func function<Function>(_ name: String) throws(TLSFailure) -> Function {
    guard let address = dlsym(library, name) else {
      throw TLSFailure(words: "the OpenSSL library lacks \(name); https needs libssl 1.1 or 3")
    }
    // Sound as long as the declared signature is the C one: both are the address of a C function.
    return unsafeBitCast(address, to: Function.self)
  }
}
