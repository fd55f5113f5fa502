// The .safetensors format, as its header says and as it lies.

import RWKV7Core
import Testing

struct SafetensorsTests {
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  @Test func `tensors of all three types are read where they lie`() throws {
    let header = """
      {"__metadata__": {"format": "pt"},
       "b": {"dtype":"F32","shape":[1,2],"data_offsets":[2,10]},
       "\\u0061": {"shape":[],"dtype":"BF16","data_offsets":[0,2],"note":[1,{"x":null}]},
       "c.weight": {"dtype":"F16","shape":[2,0,3],"data_offsets":[10,10]},
       "d": {"dtype":"F16","shape":[2],"data_offsets":[10,14]}}
      """
    let data = [0x80, 0x3f] + floatBytes([2, 3]) + [0x00, 0x3c, 0x00, 0xc0] as [UInt8]
    // With spaces behind it, as some writers align the data, and at an odd place, as others do.
    for padding in 0...8 {
      let padded = header + String(repeating: " ", count: padding)
      let tensors = try folder.open(safetensorsFile(padded, data: data)).tensors
      #expect(tensors.keys.sorted() == ["a", "b", "c.weight", "d"])
      #expect(tensors["a"]?.contiguousFloat32() == [1] && tensors["a"]?.shape == [])
      #expect(tensors["b"]?.contiguousFloat32() == [2, 3] && tensors["b"]?.shape == [1, 2])
      #expect(tensors["c.weight"]?.contiguousFloat32() == [])
      #expect(tensors["d"]?.contiguousFloat32() == [1, -2] && tensors["d"]?.type == .float16)
      #expect(tensors.values.allSatisfy { $0.isContiguous })
    }
  }

  /// A header of one member, or of more members behind it.
  private static func member(
    _ type: String, _ shape: String, _ offsets: String, name: String = "a", and more: String = ""
  ) -> String {
    let fields = [
      type.isEmpty ? nil : #""dtype":"\#(type)""#, shape.isEmpty ? nil : #""shape":[\#(shape)]"#,
      offsets.isEmpty ? nil : #""data_offsets":[\#(offsets)]"#,
    ]
    let member = #""\#(name)":{\#(fields.compactMap { $0 }.joined(separator: ","))}"#
    return more.isEmpty ? "{\(member)}" : "{\(member),\(more.dropFirst())"
  }

  @Test(
    arguments: [
      (member("I64", "1", "0,8"), "a", "'I64'"),
      (member("F8_E4M3", "8", "0,8"), "a", "'F8_E4M3'"),
      (member("", "8", "0,8"), "a", "''"),
      (member("F32", "", "0,8"), "a", "shape []"),
      (member("F32", "2", ""), "a", "data_offsets []"),
      (member("F32", "2", "0"), "a", "data_offsets [0]"),
      (member("F32", "2", "0,8,9"), "a", "data_offsets [0, 8, 9]"),
      (member("F32", "2", "8,0"), "a", "data_offsets [8, 0]"),
      (member("F32", "2", "-8,0"), "a", "data_offsets [-8, 0]"),
      (member("F32", "2", "\(Int.min),\(Int.max)"), "a", "not inside the 8 bytes"),
      (member("F32", "4", "0,16"), "a", "not inside the 8 bytes"),
      (member("F32", "1", "9,9"), "a", "not inside the 8 bytes"),
      (member("F32", "3", "0,8"), "a", "shape [3]"),
      (member("F32", "1", "0,8"), "a", "shape [1]"),
      (member("F32", "-1,-2", "0,8"), "a", "shape [-1, -2]"),
      (member("F32", "4611686018427387904,4", "0,8"), "a", "shape [4611686018427387904, 4]"),
      (member("F32", "4611686018427387905", "0,4"), "a", "shape [4611686018427387905]"),
      (member("F32", "1,1,1,1,1,1,1,1,2", "0,8"), "a", "more than 8 dimensions"),
      (member("F32", "1,1,1,1,1,1,1,1,1,1,1,1,2", "0,8"), "a", "more than 8 dimensions"),
      (member("F32", "2.0", "0,8"), "a", "whole number"),
      (member("F32", "99999999999999999999", "0,8"), "a", "out of range"),
      (#"{"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}"#, "a", "expected an array"),
      (#"{"a":{"dtype":4,"shape":[2],"data_offsets":[0,8]}}"#, "a", "expected a string"),
      (#"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "a", "twice"),
      (#"{"a":7}"#, "a", "expected an object"),
      (member("F16", "2", "0,4", and: member("F16", "3", "2,8", name: "b")), "b", "overlap"),
      (member("F32", "2", "0,8", and: member("F32", "2", "0,8", name: "b")), "b", "overlap"),
      (member("F32", "1", "4,8"), "a", "gap"),
      (member("F32", "1", "0,4"), nil, "4 bytes behind"),
      (member("F32", "2", "0,8", and: member("F32", "2", "0,8")), nil, "twice"),
      (member("F32", "2", "0,8", and: member("F32", "2", "0,8", name: #"\u0061"#)), nil, "twice"),
      (member("F32", "2", "0,8") + " x", nil, "only whitespace"),
      (#"{"__metadata__":{"x":1,"x":2}}"#, nil, "twice"),
      ("{", nil, "ends inside"), ("{}", nil, "8 bytes behind"), ("{\u{0}}", nil, "byte 1"),
    ] as [(String, String?, String)])
  func `a header that lies is refused`(header: String, tensor: String?, reason: String) throws {
    let bytes = safetensorsFile(header, data: floatBytes([1, 2]))
    let error = try #require(try folder.refusal(bytes))
    #expect(error.tensor == tensor && error.reason.contains(reason), "\(error)")
  }

  @Test(arguments: [3, 100_000_001, 1 << 24 + 1, UInt64(Int64.max), .max])
  func `a header length beyond the file or the limit is refused`(length: UInt64) throws {
    let error = try #require(try folder.refusal(littleEndian(length) + Array("{}".utf8)))
    #expect(error.reason.contains("longer than the file"), "\(error)")
  }
}
