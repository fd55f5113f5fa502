// What a backend says that it runs on: `{"devices": [{"id": "cuda:0", "slots": 1}]}`. Pure.
internal import JSONFormat

/// A device that a backend can load a model onto.
package struct OfferedDevice: Equatable, Sendable {
  /// Its name, or a kind alone.
  package var id: String
  /// Models that it takes at once, as far as the backend says.
  package var slots: Int

  /// Joins name and slots.
  package init(id: String, slots: Int = 1) {
    self.id = id
    self.slots = slots
  }

  /// The devices of a backend's answer; nil when it is none.
  package static func list(_ json: [UInt8]) -> [OfferedDevice]? {
    guard let value = try? JSONValue.parse(json), let elements = value["devices"]?.elements else {
      return nil
    }
    var devices: [OfferedDevice] = []
    for element in elements {
      guard let id = element["id"]?.string, !id.isEmpty else { return nil }
      let slots = Int(clamping: element["slots"]?.integer ?? 1)
      devices.append(OfferedDevice(id: id, slots: max(1, slots)))
    }
    return devices
  }
}
