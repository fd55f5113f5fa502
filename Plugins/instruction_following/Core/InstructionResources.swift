// What some instructions need besides the text: made when the first of them is read, and then shared.

internal import Synchronization

/// The large things that instructions share, each made when it is first asked for.
package final class InstructionResources: Sendable {
  private let detector = Mutex<LanguageDetector?>(nil)

  /// Resources of which nothing is loaded yet.
  package init() {}

  /// The language detector; its profiles lie in the library.
  package var languageDetector: LanguageDetector {
    detector.withLock { detector in
      if let detector { return detector }
      let made = LanguageDetector()
      detector = made
      return made
    }
  }

  /// Whether the language detector was asked for.
  package var hasLoadedLanguages: Bool { detector.withLock { $0 != nil } }
}
