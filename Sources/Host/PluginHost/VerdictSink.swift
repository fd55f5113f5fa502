// The C face of VerdictBuffer, shared by evaluators and metrics.

import PluginAPI

/// A sink whose context is to be a `VerdictBuffer` during a call and null outside of one.
func makeVerdictSink() -> evh_verdict_sink {
  var sink = evh_verdict_sink()
  sink.struct_size = structSize(evh_verdict_sink.self)
  sink.value = { sink, name, value in
    bufferOf(sink)?.accept(name: name, value: value) ?? CallStatus.invalidArgument.rawValue
  }
  sink.verdict = { sink, verdict in
    bufferOf(sink)?.accept(verdict) ?? CallStatus.invalidArgument.rawValue
  }
  return sink
}

@inline(__always)
private func bufferOf(_ sink: UnsafePointer<evh_verdict_sink>?) -> VerdictBuffer? {
  guard let context = sink?.pointee.ctx else { return nil }
  // The instance puts its caller's buffer here, holds it during the call, and clears the field.
  return Unmanaged<VerdictBuffer>.fromOpaque(context).takeUnretainedValue()
}
