// What can go wrong before a plugin is called: its manifest, its file, its descriptor. What goes
// wrong in a call is a CallFailure.

/// Why a plugin cannot be used; one line that says what, where and what to do.
package struct PluginError: Error, Equatable, Sendable {
  /// Which promise was not kept.
  package enum Code: String, Sendable, CaseIterable {
    /// A folder or file could not be read.
    case unreadable
    /// plugin.toml is not what contracts ask for.
    case badManifest
    /// Two plugins of one folder have the same id.
    case duplicate
    /// No plugin has the wanted id and kind.
    case notFound
    /// The library is not there.
    case missingLibrary
    /// The library's SHA-256 is not the one that plugin.toml gives.
    case wrongDigest
    /// The dynamic linker refused the library.
    case notLoadable
    /// The library has no entry of this major version, or was built for a newer minor.
    case wrongABI
    /// The library's own descriptor breaks the header's rules.
    case badDescriptor
    /// The library's descriptor and plugin.toml disagree.
    case mismatch
    /// The plugin's init() failed.
    case initFailed
  }

  /// Which promise was not kept.
  package var code: Code
  /// The file or folder meant, with line and column where there is one.
  package var place: String
  /// What is wrong and what to do, one line without a full stop.
  package var detail: String

  /// Makes an error of its three parts.
  package init(_ code: Code, at place: String, _ detail: String) {
    self.code = code
    self.place = place
    self.detail = detail
  }
}

extension PluginError: CustomStringConvertible {
  /// The error as `place: detail`.
  package var description: String { "\(place): \(detail)" }
}
