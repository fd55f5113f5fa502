// Running a compiler or script from a test, and where the repository is.
internal import Glibc

/// What a command said and how it ended.
struct CommandResult {
  let output: String
  let succeeded: Bool
}

/// Runs a shell command with its errors in the output.
func run(_ command: String) -> CommandResult {
  guard let pipe = popen("(\(command)) 2>&1 </dev/null", "r") else {
    return CommandResult(output: "popen: errno \(errno)", succeeded: false)
  }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = fread(&chunk, 1, chunk.count, pipe)
    if count == 0 { break }
    bytes.append(contentsOf: chunk[..<count])
  }
  let status = pclose(pipe)
  return CommandResult(output: String(decoding: bytes, as: UTF8.self), succeeded: status == 0)
}

/// Whether a program of that name is on the PATH.
func has(_ program: String) -> Bool { run("command -v \(program)").succeeded }

/// The repository's folder: three above this file.
let repository: String = {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(3)
  return parts.joined(separator: "/")
}()

/// The folder of the ABI header.
let headerFolder = repository + "/Sources/PluginAPI/include"

/// The flags that a plugin in C is built with.
let pluginFlags =
  "-std=c11 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden -I '\(headerFolder)'"

/// Makes an empty folder, lends it to `body`, and removes it with all in it.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) rethrows -> Result {
  var template = Array("/tmp/evalhost-abi-XXXXXX".utf8CString)
  let path = template.withUnsafeMutableBufferPointer { buffer in
    buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
  }
  let folder = path ?? "/tmp"
  defer { if path != nil { _ = run("rm -rf '\(folder)'") } }
  return try body(folder)
}
