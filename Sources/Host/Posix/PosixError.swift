// errno exists only in this room: one error type that names the call and what it was about.
internal import CPosix
internal import Glibc

/// A system call that failed.
package struct PosixError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call, for example `open`.
  package var call: String
  /// The file or thing it was about; may be empty.
  package var subject: String
  /// The errno value.
  package var code: Int32

  /// Records a failure.
  package init(call: String, subject: String, code: Int32) {
    self.call = call
    self.subject = subject
    self.code = code
  }

  /// Why it failed, in the kernel's words.
  package var reason: String { String(cString: strerror(code)) }

  /// One line: what failed, on what, why.
  package var description: String {
    subject.isEmpty ? "\(call): \(reason)" : "\(call) \(subject): \(reason)"
  }

  /// True when the file or folder does not exist.
  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// What the user can do about it; empty when the reason says all.
  package var advice: String {
    switch code {
    case EROFS, EACCES, EPERM: "; make it writable, or choose another folder"
    case ENOSPC, EDQUOT, EFBIG: "; free some space and run the same command again"
    default: ""
    }
  }

  /// True when there is no room left to write.
  package var isFull: Bool { code == ENOSPC || code == EDQUOT }
}

/// Runs a call until it is not interrupted; -1 becomes a `PosixError`.
///
/// errno is read before anything else can run, because reference counting may call into libc.
@discardableResult
func check<Value: SignedInteger>(
  _ call: StaticString, _ subject: String = "", _ body: () -> Value
) throws(PosixError) -> Value {
  while true {
    let value = body()
    if value != -1 { return value }
    let code = errno
    if code == EINTR { continue }
    throw PosixError(call: "\(call)", subject: subject, code: code)
  }
}
