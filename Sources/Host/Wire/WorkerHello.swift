// What workers say of themselves once they have loaded what they were told to.
internal import JSONFormat
package import Model

/// An evaluator worker's plugins.
package struct EvaluatorHello: Equatable, Sendable {
  package var evaluator: PluginIdentity
  package var metrics: [PluginIdentity]

  /// Names what was loaded.
  package init(evaluator: PluginIdentity, metrics: [PluginIdentity]) {
    self.evaluator = evaluator
    self.metrics = metrics
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "evaluator": evaluator.json,
      "metrics": .array(metrics.map(\.json)),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "evaluator hello")
    evaluator = try PluginIdentity(fields.object("evaluator"))
    metrics = []
    for element in try fields.elements("metrics") {
      metrics.append(try PluginIdentity(JSONFields(element, in: "evaluator hello")))
    }
  }
}

/// A generation worker's backend and loaded model.
package struct GenerationHello: Equatable, Sendable {
  package var backend: PluginIdentity
  /// The backend's word for what it loaded and how it was built.
  package var signature: String
  package var build: String
  /// Requests it can work on at a time.
  package var batchSize: Int

  /// Describes the loaded model.
  package init(backend: PluginIdentity, signature: String, build: String, batchSize: Int) {
    self.backend = backend
    self.signature = signature
    self.build = build
    self.batchSize = batchSize
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "backend": backend.json, "signature": .string(signature),
      "build": .string(build), "batch_size": .int(batchSize),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "generation hello")
    backend = try PluginIdentity(fields.object("backend"))
    signature = try fields.string("signature")
    build = try fields.string("build")
    batchSize = try fields.integer("batch_size")
  }
}

/// Why a worker cannot go on.
package struct WorkerFailure: Error, Equatable, Sendable {
  /// Decides the exit code and what else goes on.
  package enum Kind: String, Sendable, CaseIterable {
    /// The plugin is missing or was refused: exit 3.
    case plugin
    /// The plugin refused its configuration: exit 2.
    case configuration
    /// The store or a file failed: exit 5.
    case store
    /// Anything else: the worker is started again.
    case other
  }

  package var kind: Kind
  package var message: String

  /// Describes the failure in one line.
  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "kind": .string(kind.rawValue), "message": .string(message),
    ])
  }

  /// Reads the payload; one that cannot be read is a failure by itself.
  package init(_ payload: UnsafeRawBufferPointer) {
    do throws(ContextError) {
      let fields = try JSONFields(parsing: payload, in: "worker failure")
      kind = Kind(rawValue: try fields.string("kind")) ?? .other
      message = try fields.string("message")
    } catch {
      kind = .other
      message = error.description
    }
  }
}

/// The writer's first answer: which attempt of the run this is.
package struct WriterHello: Equatable, Sendable {
  package var attemptID: Int
  package var attemptNumber: Int

  /// Names the attempt.
  package init(attemptID: Int, attemptNumber: Int) {
    self.attemptID = attemptID
    self.attemptNumber = attemptNumber
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "attempt_id": .int(attemptID),
      "attempt_number": .int(attemptNumber),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "writer hello")
    attemptID = try fields.integer("attempt_id")
    attemptNumber = try fields.integer("attempt_number")
  }
}
