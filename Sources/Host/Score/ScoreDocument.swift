// The score as JSON. The store keeps it as it is; exports take `cot`, `metrics`, `samples`,
// `problems`, `task`, `task_details` and `errors` from it and add what they know of the task
// themselves: `created_at`, `manifest`, `plugins`. A time in here would make an equal score differ.
//
//   dataset, model, cot, metrics{name: number | null}, samples, problems, task,
//   task_details{
//     accuracy_by_subject{}, samples_by_subject{}, stderr_by_subject{}   only with groups
//     coverage{expected, present, missing, duplicate, conflicting, bad, unparsed, error, unasked,
//              whole},
//     stderr{name: number | null}, ci95{name: [lower, upper] | null},
//     refused{name: reason}                                              only when there are any
//     values{name: {tries, missing, bad}}                                only with named values
//     missing_tries[[sample, repeat], ...], conflicting_tries[...]       at most 20 of each
//   },
//   errors{place: count}, host_version

import JSONFormat
import Metrics
import Model

extension TaskResults {
  /// Whether the score may be shown without a warning.
  var isWhole: Bool { verdicts.coverage.isWhole }

  /// The score as one JSON object; the same results give the same bytes.
  func scoreJSON(hostVersion: String) -> [UInt8] {
    let metrics = metrics
    let coverage = verdicts.coverage
    var writer = JSONWriter(capacity: 4096)
    writer.beginObject()
    writer.key("dataset")
    writer.string(LegacyNames.dataset(spec.manifest))
    writer.key("model")
    writer.string(spec.model)
    writer.key("cot")
    writer.bool(LegacyNames.isCoT(spec))
    writer.key("metrics")
    writer.object(metrics) { writer, metric in
      writer.key(text: metric.name)
      writer.number(metric.measure?.value)
    }
    writer.key("samples")
    writer.integer(coverage.present - coverage.error)
    writer.key("problems")
    writer.integer(spec.sampleCount)
    writer.key("task")
    writer.string(LegacyNames.task(spec))
    writer.key("task_details")
    writeDetails(metrics, to: &writer)
    writer.key("errors")
    writer.object(ErrorPlace.allCases.filter { errors[$0] != nil }) { writer, place in
      writer.key(text: place.word)
      writer.integer(errors[place] ?? 0)
    }
    writer.key("host_version")
    writer.string(hostVersion)
    writer.endObject()
    return writer.bytes
  }

  private func writeDetails(_ metrics: [ScoreMetric], to writer: inout JSONWriter) {
    writer.beginObject()
    var refused = metrics.compactMap { metric -> (name: String, reason: String)? in
      guard case .failure(let error) = metric.result else { return nil }
      return (metric.name, error.description)
    }
    if let reason = writeGroups(to: &writer) { refused.append(("accuracy_by_subject", reason)) }
    writeCoverage(to: &writer)
    writer.key("stderr")
    writer.object(metrics) { writer, metric in
      writer.key(text: metric.name)
      writer.number(metric.measure?.standardError)
    }
    writer.key("ci95")
    writer.object(metrics) { writer, metric in
      writer.key(text: metric.name)
      writer.interval(metric.measure?.interval)
    }
    if !refused.isEmpty {
      writer.key("refused")
      writer.object(refused) { writer, metric in
        writer.key(text: metric.name)
        writer.string(metric.reason)
      }
    }
    writeValues(to: &writer)
    writer.tries("missing_tries", verdicts.coverage.missingTries)
    writer.tries("conflicting_tries", verdicts.coverage.conflictingTries)
    writer.endObject()
  }

  private func writeCoverage(to writer: inout JSONWriter) {
    let coverage = verdicts.coverage
    let counts: KeyValuePairs<StaticString, Int> = [
      "expected": coverage.expected, "present": coverage.present, "missing": coverage.missing,
      "duplicate": coverage.duplicate, "conflicting": coverage.conflicting, "bad": coverage.bad,
      "unparsed": coverage.unparsed, "error": coverage.error, "unasked": unasked,
    ]
    writer.key("coverage")
    writer.beginObject()
    for (name, count) in counts {
      writer.key(name)
      writer.integer(count)
    }
    writer.key("whole")
    writer.bool(coverage.isWhole)
    writer.endObject()
  }

  /// Writes what is known of each group; returns why nothing is, when nothing can be.
  private func writeGroups(to writer: inout JSONWriter) -> String? {
    if groupNames.isEmpty { return nil }
    let measured: [GroupMeasure]
    do throws(MetricError) {
      measured = try verdicts.accuracyByGroup().filter { $0.group >= 0 || $0.judged > 0 }
    } catch {
      return error.description
    }
    writer.key("accuracy_by_subject")
    writer.object(measured) { writer, group in
      writer.key(text: name(ofGroup: group.group))
      writer.number(group.accuracy?.value)
    }
    writer.key("samples_by_subject")
    writer.object(measured) { writer, group in
      writer.key(text: name(ofGroup: group.group))
      writer.integer(group.samples)
    }
    writer.key("stderr_by_subject")
    writer.object(measured) { writer, group in
      writer.key(text: name(ofGroup: group.group))
      writer.number(group.accuracy?.standardError)
    }
    return nil
  }

  /// The name of a group; samples without one stand under the empty name, which no group can have.
  private func name(ofGroup id: Int32) -> String { id < 0 ? "" : groupNames[Int(id)] }

  private func writeValues(to writer: inout JSONWriter) {
    guard !valueNames.isEmpty else { return }
    writer.key("values")
    writer.object(namedValues) { writer, value in
      // A name is in the table because a value of it was read; only text and null were, if none is.
      let coverage = try? values.coverage(of: value.id)
      let weights = value.weight.flatMap { try? values.coverage(of: $0) }
      writer.key(text: value.name)
      writer.beginObject()
      writer.key("tries")
      writer.integer(coverage?.present ?? 0)
      writer.key("missing")
      writer.integer(verdicts.coverage.present - verdicts.coverage.error - (coverage?.present ?? 0))
      writer.key("bad")
      writer.integer((coverage?.bad ?? 0) + (weights?.bad ?? 0))
      writer.endObject()
    }
  }
}

extension JSONWriter {
  /// Writes an object with one member for each item.
  fileprivate mutating func object<Item>(
    _ items: [Item], _ member: (inout JSONWriter, Item) -> Void
  ) {
    beginObject()
    for item in items { member(&self, item) }
    endObject()
  }

  /// Writes a number, or null for none and for one that JSON has no digits for.
  fileprivate mutating func number(_ value: Double?) {
    guard let value, value.isFinite, (try? double(value)) != nil else { return null() }
  }

  fileprivate mutating func interval(_ interval: ConfidenceInterval?) {
    guard let interval else { return null() }
    beginArray()
    number(interval.lower)
    number(interval.upper)
    endArray()
  }

  /// Writes `[[sample, repeat], ...]` under a key, or nothing when there are none.
  fileprivate mutating func tries(_ name: StaticString, _ tries: [SampleRepeat]) {
    if tries.isEmpty { return }
    key(name)
    beginArray()
    for one in tries {
      beginArray()
      integer(one.sample)
      integer(one.repeatIndex)
      endArray()
    }
    endArray()
  }
}
