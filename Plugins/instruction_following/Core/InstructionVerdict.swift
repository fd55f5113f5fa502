// The verdict of a try: its outcome, its details for a person, and the numbers that scores are made of.

internal import JSONFormat
internal import PluginKit

/// Which judgement decides; the option `decide`.
enum DecidingRule: String, CaseIterable, Sendable {
  /// The response itself must follow every instruction.
  case strict
  /// Of each instruction one of the eight variants of the response must follow it.
  case loose
}

/// The judgements of all instructions of a row, put together.
struct InstructionVerdict {
  let judgements: [InstructionJudgement]
  let rule: DecidingRule

  private func follows(_ judgement: InstructionJudgement) -> Bool {
    rule == .strict ? judgement.followsStrictly : judgement.followsLoosely
  }

  /// Whether every instruction is followed.
  var passes: Bool { judgements.allSatisfy(follows) }

  /// Why it does not pass, instruction by instruction; empty when it does.
  var failReason: String {
    judgements.filter { !follows($0) }
      .map { "\($0.entry.instruction.id): \($0.reason)" }
      .joined(separator: "; ")
  }

  /// For each instruction its id, wording and arguments, what was asked and found, and the two judgements.
  var details: [UInt8] {
    var writer = JSONWriter(capacity: 512)
    writer.beginObject()
    writer.key("instructions")
    writer.beginArray()
    for judgement in judgements {
      writer.beginObject()
      writer.key("id")
      writer.string(judgement.entry.instruction.id)
      writer.key("description")
      writer.string(judgement.entry.instruction.wording)
      writer.key("arguments")
      // Arguments came from JSON, so they hold no number that JSON has not, and are not too deep.
      if (try? writer.value(judgement.entry.arguments)) == nil { writer.null() }
      writer.key("strict")
      writer.bool(judgement.followsStrictly)
      writer.key("loose")
      writer.bool(judgement.followsLoosely)
      writer.key("asked")
      writer.string(judgement.entry.instruction.asked)
      writer.key("found")
      writer.string(judgement.found)
      if let variant = judgement.looseVariant {
        writer.key("loose_by")
        writer.string(variant)
      }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  /// The numbers of the try.
  ///
  /// `prompt_accuracy` and `prompt_accuracy_loose` are 0 or 1. `instruction_accuracy`, `tier0:GROUP` and
  /// `tier1:ID`, strict, and the same with `_loose` before the colon or at the end, are the part of the
  /// instructions that were followed. The official figures are over instructions, not over rows: the mean of
  /// `NAME` weighted with `weight:NAME`, which is left out where it is 1.
  var values: [NamedValue] {
    var values: [NamedValue] = [
      ("prompt_accuracy", judgements.allSatisfy(\.followsStrictly) ? 1 : 0),
      ("prompt_accuracy_loose", judgements.allSatisfy(\.followsLoosely) ? 1 : 0),
    ]
    append("instruction_accuracy", "instruction_accuracy_loose", judgements, to: &values)
    var seen: [String] = []
    for judgement in judgements {
      let id = judgement.entry.instruction.id
      let group = Self.group(id)
      for (tier, name) in [("tier0", group), ("tier1", id)] {
        let key = "\(tier):\(name)"
        if seen.contains(key) { continue }
        seen.append(key)
        let members = judgements.filter {
          let other = $0.entry.instruction.id
          return (tier == "tier0" ? Self.group(other) : other) == name
        }
        append(key, "\(tier)_loose:\(name)", members, to: &values)
      }
    }
    return values
  }

  private static func group(_ id: String) -> String { String(id.prefix { $0 != ":" }) }

  private func append(
    _ strict: String, _ loose: String, _ members: [InstructionJudgement],
    to values: inout [NamedValue]
  ) {
    let count = Double(members.count)
    values.append((strict, Double(members.count(where: \.followsStrictly)) / count))
    values.append((loose, Double(members.count(where: \.followsLoosely)) / count))
    if members.count > 1 {
      values.append(("weight:\(strict)", count))
      values.append(("weight:\(loose)", count))
    }
  }
}
