// The command line of the benchmark.
internal import Posix

/// What the benchmark was asked to do.
struct BenchOptions {
  static let usage = """
    usage: evalhost-bench --evalhost PATH --plugins DIR --folder DIR
             [--samples N,N,...] [--markdown FILE]

      --evalhost PATH   the built binary
      --plugins DIR     folder of plugins with their libraries
      --folder DIR      for the data, which is kept, and the results, which are not
      --samples N,...   sizes of the long runs; default 100000,1000000
      --markdown FILE   put the table there, in place of the one from the last time
    """

  var evalhost = ""
  var plugins = ""
  var folder = ""
  /// Ascending.
  var samples = [100_000, 1_000_000]
  var markdown: String?

  /// Reads the arguments behind the program's name.
  init(_ arguments: [String]) throws(BenchFailure) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else {
        throw BenchFailure("\(name) needs a value\n\(Self.usage)", isUsage: true)
      }
      switch name {
      case "--evalhost": evalhost = try Self.existing(value, name)
      case "--plugins": plugins = try Self.existing(value, name)
      case "--folder": folder = try Self.made(value)
      case "--samples": samples = try Self.sizes(value)
      case "--markdown": markdown = value
      default: throw BenchFailure("unknown option \(name)\n\(Self.usage)", isUsage: true)
      }
    }
    if evalhost.isEmpty || plugins.isEmpty || folder.isEmpty {
      throw BenchFailure(Self.usage, isUsage: true)
    }
  }

  private static func existing(_ path: String, _ option: String) throws(BenchFailure) -> String {
    guard let whole = Files.resolved(path) else {
      throw BenchFailure("\(option): there is no \(path); build it first", isUsage: true)
    }
    return whole
  }

  private static func made(_ path: String) throws(BenchFailure) -> String {
    do throws(PosixError) { try Files.makeFolder(path) } catch { throw BenchFailure("\(error)") }
    return try existing(path, "--folder")
  }

  private static func sizes(_ text: String) throws(BenchFailure) -> [Int] {
    var sizes: [Int] = []
    for word in text.split(separator: ",") {
      guard let size = Int(word), size > 0, size < 1 << 31 else {
        throw BenchFailure("--samples: '\(word)' is no number of samples", isUsage: true)
      }
      sizes.append(size)
    }
    return sizes.sorted()
  }
}
