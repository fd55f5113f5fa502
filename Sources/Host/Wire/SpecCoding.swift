// TaskSpec as JSON: on the wire and in the store's spec_json.
internal import JSONFormat
package import Model

extension TaskSpec {
  /// The task as a JSON object with its version.
  package var jsonText: String { String(decoding: jsonBytes(members), as: UTF8.self) }

  private var members: KeyValuePairs<String, JSONValue> {
    [
      "version": .int(Self.version), "model": .string(model),
      "model_signature": .string(modelSignature), "backend": backend.json,
      "backend_build": .string(backendBuild), "manifest": manifest.json,
      "evaluator": evaluator.json, "mode": .string(mode),
      "evaluator_config": .string(evaluatorConfig), "metrics": .array(metrics.map(\.json)),
      "decide": .string(decide), "metric_options": .string(metricOptions),
      "sampling": .array(
        sampling.map { jsonObject(["stage": .string($0.stage), "json": .string($0.json)]) }),
      "seed": .integer(seed), "sample_count": .int(sampleCount), "repeats": .int(repeats),
      "pass_k": .ints(passK), "avg_k": .ints(avgK), "maj_k": .ints(majK),
      "pass_hat_k": .ints(passHatK), "allow_incomplete": .bool(allowIncomplete),
      "shots_digest": .string(shotsDigest),
    ]
  }

  /// Reads what `jsonText` wrote.
  package init(jsonText: String) throws(ContextError) {
    var text = jsonText
    var result: Result<TaskSpec, ContextError> = .failure(ContextError("task: empty"))
    text.withUTF8 { bytes in
      do throws(ContextError) {
        let raw = UnsafeRawBufferPointer(bytes)
        result = .success(try TaskSpec(JSONFields(parsing: raw, in: "task")))
      } catch { result = .failure(error) }
    }
    self = try result.get()
  }

  private init(_ fields: JSONFields) throws(ContextError) {
    var metrics: [PluginIdentity] = []
    for element in try fields.elements("metrics") {
      metrics.append(try PluginIdentity(JSONFields(element, in: "task.metrics")))
    }
    var sampling: [StageSampling] = []
    for element in try fields.elements("sampling") {
      let stage = try JSONFields(element, in: "task.sampling")
      sampling.append(
        StageSampling(stage: try stage.string("stage"), json: try stage.string("json")))
    }
    self.init(
      model: try fields.string("model"), modelSignature: try fields.string("model_signature"),
      backend: try PluginIdentity(fields.object("backend")),
      backendBuild: try fields.string("backend_build"),
      manifest: try DatasetManifest(fields.object("manifest")),
      evaluator: try PluginIdentity(fields.object("evaluator")), mode: try fields.string("mode"),
      evaluatorConfig: try fields.string("evaluator_config"), metrics: metrics,
      decide: try fields.string("decide"), sampling: sampling,
      seed: Int64(try fields.integer("seed")), sampleCount: try fields.integer("sample_count"),
      repeats: try fields.integer("repeats"), passK: try fields.integers("pass_k"),
      avgK: try fields.integers("avg_k"), majK: try fields.integers("maj_k"),
      passHatK: try fields.integers("pass_hat_k"),
      allowIncomplete: try fields.bool("allow_incomplete"),
      shotsDigest: try fields.string("shots_digest"))
    // Runs of before had no such options.
    metricOptions = try fields.stringIfPresent("metric_options") ?? "{}"
  }
}

extension PluginIdentity {
  var json: JSONValue {
    jsonObject(["id": .string(id), "version": .string(version), "sha256": .string(sha256)])
  }

  init(_ fields: JSONFields) throws(ContextError) {
    self.init(
      id: try fields.string("id"), version: try fields.string("version"),
      sha256: try fields.string("sha256"))
  }
}

extension DatasetManifest {
  var json: JSONValue {
    jsonObject([
      "version": .int(Self.version), "benchmark": .string(benchmark), "split": .string(split),
      "source_dataset": .string(sourceDataset), "source_split": .string(sourceSplit),
      "revision": .string(revision), "checksum": .string(checksum), "row_count": .int(rowCount),
      "provenance": .string(provenance),
    ])
  }

  init(_ fields: JSONFields) throws(ContextError) {
    let version = try fields.integer("version")
    guard version == Self.version else {
      throw ContextError("manifest: version \(version) is not \(Self.version)")
    }
    self.init(
      benchmark: try fields.string("benchmark"), split: try fields.string("split"),
      sourceDataset: try fields.string("source_dataset"),
      sourceSplit: try fields.string("source_split"), revision: try fields.string("revision"),
      checksum: try fields.string("checksum"), rowCount: try fields.integer("row_count"),
      provenance: try fields.stringIfPresent("provenance") ?? "{}")
  }
}
