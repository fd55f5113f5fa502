// The header as a plugin author meets it: it compiles by itself, without a warning, in C and C++, and
// its layout is the released one.
internal import Testing

@Suite struct HeaderTests {
  /// The strict flags catch what bindings would pay for: padding, extensions, hidden conversions.
  static let strict = "-Wall -Wextra -Wpedantic -Wpadded -Werror -fsyntax-only"

  @Test(arguments: [
    "gcc -std=c11 -x c", "clang -std=c11 -x c", "g++ -std=c++11 -x c++",
    "clang++ -std=c++11 -x c++",
    "g++ -std=c++20 -x c++",
  ])
  func `the header compiles alone without a warning`(compiler: String) {
    guard let program = compiler.split(separator: " ").first, has(String(program)) else {
      print("skipped: no \(compiler)")
      return
    }
    let result = run("\(compiler) \(Self.strict) '\(headerFolder)/evalhost_plugin.h'")
    #expect(result.succeeded, "\(result.output)")
    #expect(result.output.isEmpty, "\(result.output)")
  }

  // The script needs clang, which every Swift toolchain has, but perhaps not on the PATH.
  @Test(.enabled(if: has("clang")))
  func `the layout is the one that ABI 1 was released with`() {
    let result = run("'\(repository)/scripts/dump-abi-layout.sh' --check")
    #expect(result.succeeded, "\(result.output)")
  }
}
