// A library's descriptor: built once, never freed, the same pointer at every call.
public import PluginAPI

/// One component of a library, of any kind.
public struct Component: Sendable {
  let kind: Int32
  let info: ComponentInfo
  /// The evh_evaluator, evh_metric, evh_dataset or evh_backend; lives until the process ends.
  nonisolated(unsafe) let table: UnsafeRawPointer

  /// The evaluator `type`.
  public static func evaluator<Base: Evaluator>(_ type: Base.Type) -> Component {
    let open = OpenSlots.function(for: type) { configuration, host throws(ConfigurationError) in
      OpenEvaluator(try Base(configuration: configuration, host: host))
    }
    return Component(
      kind: Int32(EVH_KIND_EVALUATOR), info: Base.info, table: evaluatorTable(open: open))
  }

  /// The metric `type`.
  public static func metric<Base: Metric>(_ type: Base.Type) -> Component {
    let open = OpenSlots.function(for: type) { configuration, host throws(ConfigurationError) in
      OpenMetric(try Base(configuration: configuration, host: host))
    }
    return Component(kind: Int32(EVH_KIND_METRIC), info: Base.info, table: metricTable(open: open))
  }

  /// The dataset `type`.
  public static func dataset<Base: Dataset>(_ type: Base.Type) -> Component {
    let open = OpenSlots.function(for: type) { configuration, host throws(ConfigurationError) in
      OpenDataset(try Base(configuration: configuration, host: host))
    }
    return Component(
      kind: Int32(EVH_KIND_DATASET), info: Base.info, table: datasetTable(open: open))
  }

  /// The backend `type`.
  public static func backend<Base: Backend>(_ type: Base.Type) -> Component {
    let open = OpenSlots.function(for: type) { configuration, host throws(ConfigurationError) in
      OpenBackend(try Base(configuration: configuration, host: host))
    }
    return Component(
      kind: Int32(EVH_KIND_BACKEND), info: Base.info, table: backendTable(open: open))
  }
}

/// A plugin library: its name and its components.
///
/// The whole Entry target of a library, linked with `-static-stdlib`, `-z nodelete` and a version
/// script that exports nothing but this function:
///
///     internal import ExactMatchCore
///     public import PluginAPI
///     internal import PluginKit
///
///     private let plugin = Plugin(
///       id: "exact_match", version: "1.0.0", components: [.evaluator(ExactMatch.self)])
///
///     /// The library's one exported symbol: its descriptor, valid until the process ends.
///     @c @implementation
///     public func evalhost_plugin_v1(_ hostMinor: UInt32) -> UnsafePointer<evh_plugin>? {
///       plugin.descriptor(forHostMinor: hostMinor)
///     }
///
/// `id` and `version` must be those of `plugin.toml`.
public final class Plugin: Sendable {
  /// One descriptor for each minor version that this kit can serve, from 0.
  private nonisolated(unsafe) let descriptors: [UnsafePointer<evh_plugin>]

  /// Builds the descriptor; `version` is also that of every component that names none.
  public init(id: String, version: String, components: [Component]) {
    let list = UnsafeMutablePointer<UnsafePointer<evh_component>?>.allocate(
      capacity: max(components.count, 1))
    for (index, component) in components.enumerated() {
      let entry = Self.permanent(Self.describe(component, pluginVersion: version))
      (list + index).initialize(to: entry)
    }
    let id = permanentText(id)
    let version = permanentText(version)
    let build = permanentText(buildID)
    descriptors = (0...EVH_ABI_MINOR).map { minor in
      Self.permanent(
        evh_plugin(
          struct_size: UInt32(MemoryLayout<evh_plugin>.size), abi_major: EVH_ABI_MAJOR,
          abi_minor: minor, flags: 0, id: id, version: version, build_id: build,
          component_count: UInt32(components.count), reserved0: 0,
          components: UnsafePointer(list), init: nil, get_extension: nil))
    }
  }

  /// The descriptor for a host of that minor version: the same pointer whenever it asks.
  public func descriptor(forHostMinor hostMinor: UInt32) -> UnsafePointer<evh_plugin>? {
    descriptors[Int(min(hostMinor, EVH_ABI_MINOR))]
  }

  private static func describe(_ component: Component, pluginVersion: String) -> evh_component {
    let info = component.info
    return evh_component(
      struct_size: UInt32(MemoryLayout<evh_component>.size), kind: component.kind,
      thread_model: info.threads.rawValue, reserved0: 0, caps: info.capabilities.rawValue,
      id: permanentText(info.id),
      version: permanentText(info.version.isEmpty ? pluginVersion : info.version),
      title: permanentText(info.title), config_schema: permanentText(info.configSchema),
      vtable: component.table)
  }

  private static func permanent<Value>(_ value: Value) -> UnsafePointer<Value> {
    let place = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    place.initialize(to: value)
    return UnsafePointer(place)
  }
}

/// Which kit and compiler a library was built with.
private var buildID: String {
  #if compiler(>=6.4)
  "PluginKit 1.0, Swift 6.4 or later"
  #elseif compiler(>=6.3)
  "PluginKit 1.0, Swift 6.3"
  #else
  "PluginKit 1.0, Swift before 6.3"
  #endif
}
