// What `doctor` says of one thing, and how a list of such things becomes text, JSON and a status.
internal import Arguments
internal import JSONFormat

/// One thing that was looked at.
struct DoctorFinding {
  /// How it stands.
  enum State: String {
    case ok
    /// Not there, and only some runs miss it.
    case absent
    /// Every run needs it and it is not there or does not work.
    case broken
    /// A plugin that cannot be used.
    case refused
    /// The store is damaged or cannot be read.
    case damaged
  }

  var name: String
  var state: State
  /// What was found.
  var detail: String
  /// What to do about it; empty when nothing need be done.
  var remedy: String

  init(_ name: String, _ state: State, _ detail: String, remedy: String = "") {
    self.name = name
    self.state = state
    self.detail = detail
    self.remedy = remedy
  }
}

/// Everything that was looked at.
struct DoctorReport {
  var findings: [DoctorFinding] = []

  /// The worst finding decides: a store first, then plugins, then the machine.
  var exit: ExitCode {
    if findings.contains(where: { $0.state == .damaged }) { return .storage }
    if findings.contains(where: { $0.state == .refused }) { return .plugin }
    return findings.contains { $0.state == .broken } ? .failed : .done
  }

  func text(inColour: Bool) -> String {
    var table = TextTable(["STATE", "WHAT", "FOUND"])
    for finding in findings {
      table.add([
        TableCell(finding.state.rawValue, tint: tint(finding.state)), TableCell(finding.name),
        TableCell(finding.detail),
      ])
    }
    var text = table.text(inColour: inColour)
    let advice = findings.filter { !$0.remedy.isEmpty }
    if !advice.isEmpty {
      text += "\nTo put right what is not ok:\n"
      for finding in advice { text += "  \(finding.name): \(printable(finding.remedy))\n" }
    }
    return text
  }

  private func tint(_ state: DoctorFinding.State) -> Tint {
    switch state {
    case .ok: .good
    case .absent: .faint
    case .broken, .refused, .damaged: .bad
    }
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("exit_status", Int64(exit.rawValue))
    writer.key("findings")
    writer.beginArray()
    for finding in findings {
      writer.beginObject()
      writer.member("name", finding.name)
      writer.member("state", finding.state.rawValue)
      writer.member("detail", finding.detail)
      writer.member("remedy", finding.remedy)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }
}
