// Why a weight file cannot be used. Readers know the tensor and the reason, `WeightFile` adds the
// path. A message quotes at most a short, printable piece of the file, because its names are not trusted.

/// A weight file cannot be used, and why.
package struct WeightFileError: Error, Equatable, Sendable {
  /// What kind of fault it is.
  package enum Kind: Sendable {
    /// There is no such file.
    case notFound
    /// The system refuses to read it, or it is no regular file.
    case unreadable
    /// It is well made, as far as can be told, but of a format or variant that is not read.
    case unsupported
    /// It contradicts itself or ends too early.
    case damaged
    /// It holds tensors, but not those of an RWKV-7 model that can be run.
    case wrongModel
  }

  /// What kind of fault it is.
  package let kind: Kind
  /// The file, as it was given.
  package let path: String
  /// The tensor at fault, as the file names it; nil if the fault is not one tensor's.
  package let tensor: String?
  /// What is wrong and, where there is one, the way out: one sentence.
  package let reason: String
}

extension WeightFileError: CustomStringConvertible {
  /// One line: the file, the tensor and the reason.
  package var description: String {
    let file = quoted(path, upTo: .max)
    guard let tensor else { return "\(file): \(reason)" }
    return "\(file): tensor \(quoted(tensor)): \(reason)"
  }
}

extension WeightFileError {
  /// What a reader found in the file at `path`.
  init(_ fault: WeightFault, in path: String) {
    self.init(kind: fault.kind, path: path, tensor: fault.tensor, reason: fault.reason)
  }
}

/// What a reader finds wrong in bytes whose file it does not know.
struct WeightFault: Error, Equatable {
  var kind: WeightFileError.Kind
  var tensor: String?
  var reason: String

  init(_ kind: WeightFileError.Kind, tensor: String? = nil, _ reason: String) {
    self.kind = kind
    self.tensor = tensor
    self.reason = reason
  }
}

/// `text` between single quotes: control characters escaped, and cut after `limit` scalars.
func quoted(_ text: String, upTo limit: Int = 160) -> String {
  var result = "'"
  var count = 0
  for scalar in text.unicodeScalars {
    guard count < limit else {
      result += "..."
      break
    }
    result += scalar.properties.isPrintable ? String(scalar) : scalar.escaped(asASCII: true)
    count += 1
  }
  return result + "'"
}

extension Unicode.Scalar.Properties {
  /// Whether a terminal shows it as a character and does nothing else with it.
  fileprivate var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
    default: true
    }
  }
}
