// A certificate for the loopback interface, signed by itself.
internal import Glibc

/// A key and a certificate in a temporary folder, removed with this object.
package final class TestCertificate: Sendable {
  /// Why there is no certificate on this machine.
  package struct Missing: Error, CustomStringConvertible {
    /// What is missing.
    package let description: String
  }

  /// PEM; give it as the trusted file.
  package var certificateFile: String { folder + "/certificate.pem" }
  /// PEM.
  package var keyFile: String { folder + "/key.pem" }
  private let folder: String

  /// Makes one with the `openssl` program for `names` (`DNS:localhost`, `IP:127.0.0.1`, …).
  package init(
    names: [String] = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"], days: Int = 2
  ) throws(Missing) {
    var template = Array("/tmp/evalhost-tls-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Missing(description: "mkdtemp: error \(errno)") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let ended = run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
      "-nodes", "-keyout", keyFile, "-out", certificateFile, "-days", "\(days)", "-subj",
      "/CN=evalhost test", "-addext", "subjectAltName=" + names.joined(separator: ","),
    ])
    guard ended else {
      throw Missing(description: "the openssl program is missing or cannot make a certificate")
    }
  }

  deinit {
    unlink(certificateFile)
    unlink(keyFile)
    rmdir(folder)
  }

  /// True when the `openssl` program and a libssl are there; tests are skipped without.
  package static var canBeMade: Bool { ServerTLS.library() != nil && run(["openssl", "version"]) }
}

/// Runs a program with no input and no output; true when it ends well.
private func run(_ words: [String]) -> Bool {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for descriptor: Int32 in 0...2 {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
  }
  var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
  arguments.append(nil)
  defer { for argument in arguments { free(argument) } }
  var pid: pid_t = 0
  guard posix_spawnp(&pid, words[0], &actions, nil, arguments, nil) == 0 else { return false }
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0 { guard errno == EINTR else { return false } }
  return status == 0
}
