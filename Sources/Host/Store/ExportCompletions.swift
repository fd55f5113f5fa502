// One line of the completions export: all stages of one try. The sampling parameters come before
// the prompts in it, so the stages are gathered in one buffer first, which is used again.

import CSQLite
import Model

/// The stages of one try, copied out of the cursor.
struct TryCompletions {
  private struct Stage {
    var number: Int
    var name: Range<Int>
    var prompt: Range<Int>
    var text: Range<Int>
    var stopReason: StopReason
    var choices: Range<Int>
    var workKey: Range<Int>
  }

  private var sample: UInt32 = 0
  private var repetition: UInt32 = 0
  private var stages: [Stage] = []
  private var bytes: [UInt8] = []

  /// Begins the try that `view` belongs to.
  mutating func begin(_ view: CompletionView) {
    sample = view.sample
    repetition = view.repetition
    stages.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Whether `view` belongs to the begun try.
  func isSameTry(as view: CompletionView) -> Bool {
    view.sample == sample && view.repetition == repetition
  }

  /// Copies a stage.
  mutating func add(_ view: CompletionView) {
    stages.append(
      Stage(
        number: Int(view.stage), name: keep(view.stageName), prompt: keep(view.prompt),
        text: keep(view.text), stopReason: view.stopReason, choices: keep(view.choices),
        workKey: keep(view.workKey)))
  }

  private mutating func keep(_ text: Bytes) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: text)
    return start..<bytes.count
  }

  /// Writes the row.
  func write(
    _ task: StoredTask, sampling: [StageSampling], stageCount: Int, to out: inout ExportWriter
  ) throws(StoreError) {
    out.beginRow()
    out.text("benchmark_name", task.benchmark)
    out.text("dataset_split", task.split)
    out.integer("sample_index", Int64(sample))
    out.integer("repeat_index", Int64(repetition))
    out.raw("sampling_config", samplingConfig(sampling))
    try bytes.withUnsafeBufferPointer { bytes throws(StoreError) in
      var next = 1
      for stage in stages {
        skipStages(next..<stage.number, in: &out)
        try write(stage, bytes, to: &out)
        next = stage.number + 1
      }
      skipStages(next..<(stageCount + 1), in: &out)
    }
    out.endRow()
  }

  private func write(
    _ stage: Stage, _ bytes: Bytes, to out: inout ExportWriter
  ) throws(StoreError) {
    let number = stage.number
    try out.text("prompt\(number)", Bytes(rebasing: bytes[stage.prompt]))
    try out.text("completion\(number)", Bytes(rebasing: bytes[stage.text]))
    out.text("stop_reason\(number)", stage.stopReason.word)
    if stage.choices.isEmpty {
      out.none("choices\(number)")
    } else {
      out.raw("choices\(number)", self.bytes[stage.choices])
    }
    let key = Bytes(rebasing: bytes[stage.workKey])
    if key.allSatisfy({ $0 == 0 }) {
      out.none("work_key\(number)")
    } else {
      out.text("work_key\(number)", hexadecimal(key))
    }
  }

  private func skipStages(_ numbers: Range<Int>, in out: inout ExportWriter) {
    for number in numbers {
      for column in ["prompt", "completion", "stop_reason", "choices", "work_key"] {
        out.none("\(column)\(number)")
      }
    }
  }

  /// `{"stage1":{...},"stage2":{...}}` of the stages that have sampling parameters.
  private func samplingConfig(_ sampling: [StageSampling]) -> [UInt8] {
    var json: [UInt8] = [UInt8(ascii: "{")]
    for stage in stages {
      let name = bytes[stage.name]
      guard let parameters = sampling.first(where: { $0.stage.utf8.elementsEqual(name) }) else {
        continue
      }
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      json.append(contentsOf: "\"stage\(stage.number)\":".utf8)
      json.append(contentsOf: parameters.json.utf8)
    }
    json.append(UInt8(ascii: "}"))
    return json
  }
}
