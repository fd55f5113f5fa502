// Tables, sizes and sentences, as they are shown.
import Arguments
import Testing

@Suite struct TextTests {
  @Test func `a table lines up with and without colour`() {
    var table = TextTable(["NAME", "N", "STATE"], indent: 1)
    table.add(["a", TableCell(1234), TableCell("done", tint: .good)])
    table.add(["longer", TableCell(5), ""])
    let plain = " NAME       N  STATE\n a       1234  done\n longer     5\n"
    #expect(table.text(inColour: false) == plain)
    let tinted = table.text(inColour: true)
    #expect(tinted.contains("\u{1b}[32mdone\u{1b}[0m"))
    #expect(plain == stripped(tinted))
  }

  private func stripped(_ text: String) -> String {
    var result = ""
    var isCode = false
    for character in text {
      if character == "\u{1b}" { isCode = true }
      if !isCode { result.append(character) }
      if isCode, character == "m" { isCode = false }
    }
    return result.split(separator: "\n").map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_572_864, "1.5 MiB"),
      (UInt64.max, "15.9 EiB"), (1_099_511_627_775, "1023.9 GiB"),
    ] as [(UInt64, String)])
  func `a size is told in its largest unit`(_ bytes: UInt64, _ text: String) {
    #expect(byteText(bytes) == text)
  }

  @Test(arguments: [
    ("plain, \u{e9}\u{1f600}", "plain, \u{e9}\u{1f600}"), ("a\nb", "a\\nb"),
    ("\u{1b}[2J", "\\u{1b}[2J"),
    ("\u{202e}txt", "\\u{202e}txt"), ("\u{9b}x", "\\u{9b}x"),
  ])
  func `a name cannot move the cursor`(_ text: String, _ shown: String) {
    #expect(printable(text) == shown)
  }

  @Test(arguments: [
    (Messages.notRunning("r"), "run 'r' is not running; there is nothing to stop"),
    (
      Messages.unknownRun("x", root: "res", known: ["a", "b"]),
      "res: no run 'x'; here are: a, b"
    ),
    (
      Messages.unknownRun("x", root: "res", known: []),
      "res: no run 'x'; there are no runs here; check --artifacts"
    ),
    (
      Messages.draining("r", pid: 7),
      "run 'r': asked process 7 to finish what is in flight; waiting for its end"
    ),
    (
      Messages.stopped("r", pid: 7, outcome: "interrupted"),
      "run 'r' stopped (process 7); the same command resumes it"
    ),
    (
      Messages.stopped("r", pid: 7, outcome: "done"), "run 'r' had finished everything (process 7)"
    ),
    (
      Messages.pluginEnded(
        Messages.plugin("bad", "1.2.0"), by: "SIGSEGV (signal 11)", lastWords: "boom"),
      "plugin 'bad' 1.2.0: loading it ended the process by SIGSEGV (signal 11); it printed: boom"
    ),
    (
      Messages.pluginHangs(Messages.plugin("slow", "1.0.0"), seconds: 10),
      "plugin 'slow' 1.0.0: loading it did not end within 10 s; it was ended (look at its "
        + "constructors and its init())"
    ),
    (
      Messages.unknownTask("9", run: "r", known: [1, 2]),
      "--task '9' is not a task of run 'r'; it has: 1, 2"
    ),
  ])
  func `a sentence says what, where and what to do`(_ sentence: String, _ expected: String) {
    #expect(sentence == expected)
  }

  @Test func `the exit statuses are the promised ones`() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5])
  }
}
