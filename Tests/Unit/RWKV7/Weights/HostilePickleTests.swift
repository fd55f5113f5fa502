// Pickles that are programs, lies or nonsense: each is refused by a sentence, and nothing is run.

import RWKV7Core
import Testing

struct HostilePickleTests {
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  /// A pickle of protocol 2 with `body` behind its first two bytes.
  private static func pickle(_ body: String, _ more: [UInt8] = []) -> [UInt8] {
    var pickle = PickleBytes()
    pickle.raw(body)
    return pickle.raw(more).bytes
  }

  @Test(
    arguments: [
      (pickle("cposix\nsystem\nX\u{4}\0\0\0exit", [0x85, 0x52, 0x2e]), "'posix.system'"),
      (pickle("cbuiltins\neval\n."), "'builtins.eval'"),
      (pickle("c__builtin__\ngetattr\n."), "'__builtin__.getattr'"),
      (pickle("ctorch\nload\n)R."), "'torch.load'"),
      (pickle("ccollections\nOrderedDict.clear\n."), "'collections.OrderedDict.clear'"),
      (pickle("cnumpy.core.multiarray\n_reconstruct\n."), "'numpy.core.multiarray._reconstruct'"),
      (pickle("ctorch\nDoubleStorage\n."), "'torch.DoubleStorage'"),
      (pickle("ctorch._utils\n_rebuild_parameter\n."), "model.state_dict()"),
      (pickle("ca\u{7}\nb\u{1b}[2J\n."), #"'a\u{07}.b\u{1B}[2J'"#),
      (pickle("(iposix\nsystem\n."), "INST (0x69) at byte 3"),
      (pickle("(cposix"), "ends inside an instruction at byte 3"),
      (pickle("c" + String(repeating: "x", count: 300)), "over 256 bytes"),
      (pickle("", [0x93, 0x2e]), "STACK_GLOBAL (0x93) at byte 2"),
      (pickle("", [0x81, 0x2e]), "NEWOBJ (0x81) at byte 2"),
      (pickle("", [0x82, 1, 0x2e]), "EXT (0x82) at byte 2"),
      (pickle("", [0x05]), "0x05 at byte 2"),
      (pickle("N."), "NONE (0x4e) at byte 2"),
      (pickle("o."), "OBJ (0x6f) at byte 2"),
      (pickle("", [0x8a, 9] + [UInt8](repeating: 1, count: 9)), "a number of 9 bytes"),
      (pickle("", [0x8a, 8, 1, 2]), "ends inside an instruction"),
      (pickle("X", [0xff, 0xff, 0xff, 0xff, 0x61]), "ends inside an instruction"),
      (pickle("X", [1, 0, 0, 0, 0xff]), "no tensor's name"),
      (pickle("h\u{1}."), "never kept"),
      (pickle("q\u{1}."), "keeps a value that is not there"),
      (pickle("}(q\u{1}."), "keeps a value that is not there"),
      (pickle("."), "takes a value that is not there"),
      (pickle("t."), "a mark that is not there"),
      (pickle("", [0x87, 0x2e]), "takes a value that is not there"),
      (pickle("}(", [0x85, 0x2e]), "takes a value that is not there"),
      (pickle("}(K\u{1}u."), "no dictionary"),
      (pickle(")(K\u{1}K\u{1}u."), "no dictionary"),
      (pickle("(K\u{1}K\u{1}u."), "no dictionary"),
      (pickle("}}."), "ends before all of it is used"),
      (pickle("}(."), "takes a value that is not there"),
      (pickle("}.}"), "ends before all of it is used"),
      (pickle("}", [0x80, 2, 0x2e]), "second beginning"),
      (pickle("K\u{1})R."), "no known constructor"),
      (pickle("ctorch\nFloatStorage\n)R."), "calls a storage type"),
      (pickle("ccollections\nOrderedDict\n)", [0x85, 0x52, 0x2e]), "an unknown way"),
      (pickle("ctorch._utils\n_rebuild_tensor_v2\n)R."), "a tensor in an unknown way"),
      (pickle("K\u{1}Q."), "a storage in an unknown way"),
      (pickle(")Q."), "a storage in an unknown way"),
      (pickle("K\u{1}}b."), "no dictionary"),
      (pickle("}K\u{1}b."), "no dictionary"),
      (pickle("K\u{7}."), "holds a number instead of a dictionary"),
      (pickle("}(K\u{1}K\u{1}u."), "a key of its dictionary is a number"),
      (pickle("}(X\u{5}\0\0\0modelX\u{1}\0\0\0a}su."), "no dictionary"),
      (pickle("}(X\u{5}\0\0\0model}u."), "entry 'model' is a dictionary instead of a tensor"),
      (pickle("}(X\u{5}\0\0\0epochK\u{1}u."), "entry 'epoch' is a number instead of a tensor"),
      (pickle("}q\0(X\u{1}\0\0\0ah\0u."), "entry 'a' is a dictionary instead of a tensor"),
      ([], "ends inside an instruction at byte 0"),
      ([0x80], "ends inside an instruction at byte 0"),
      ([0x28, 0x2e], "not of protocol 2"),
      (PickleBytes(protocol: 4).bytes + [0x7d, 0x2e], "not of protocol 2"),
      (PickleBytes(protocol: 0xff).bytes, "not of protocol 2"),
    ] as [([UInt8], String)])
  func `a pickle that is no dictionary of tensors is refused`(
    pickle: [UInt8], reason: String
  ) throws {
    let error = try #require(try folder.refusal(torchFile(pickle)))
    #expect(error.reason.contains(reason), "\(error)")
  }

  @Test(
    arguments: [
      (SampleTensor(shape: [3, 5], strides: [5, 1]), "beyond its storage of 12 elements"),
      (SampleTensor(offset: 1), "beyond its storage"),
      (SampleTensor(offset: .max), "beyond its storage"),
      (SampleTensor(shape: [2, 2], strides: [.max, .max]), "beyond its storage"),
      (SampleTensor(shape: [2], strides: [.max]), "beyond its storage"),
      (SampleTensor(offset: -1, shape: [1], strides: [1]), "negative"),
      (SampleTensor(shape: [-3, -4]), "beyond all memory"),
      (SampleTensor(shape: [.min, 1]), "beyond all memory"),
      (SampleTensor(strides: [-4, 1]), "negative"),
      (SampleTensor(shape: [1 << 32, 1 << 32]), "beyond all memory"),
      (SampleTensor(shape: [1 << 62, 4], strides: [0, 0]), "beyond all memory"),
      (SampleTensor(shape: [1 << 40], strides: [0]), "several places"),
      (SampleTensor(shape: [3, 4], strides: [1, 1]), "several places"),
      (SampleTensor(shape: [3, 4], strides: [1]), "1 strides for 2 dimensions"),
      (SampleTensor(storageCount: 13), "13 elements of 4 bytes"),
      (SampleTensor(storageCount: 11), "11 elements of 4 bytes"),
      (SampleTensor(storageCount: .max), "elements of 4 bytes"),
      (SampleTensor(storageType: "HalfStorage"), "12 elements of 2 bytes"),
      (SampleTensor(key: "1"), "'weights/data/1' with its elements is missing"),
      (SampleTensor(key: "../byteorder"), "is missing"),
    ] as [(SampleTensor, String)])
  func `a tensor that its storage cannot hold is refused by name`(
    tensor: SampleTensor, reason: String
  ) throws {
    let error = try #require(try folder.refusal(torchFile([tensor])))
    #expect(error.tensor == "a" && error.reason.contains(reason), "\(error)")
  }

  @Test func `a storage of a negative size and too many dimensions are refused`() throws {
    for tensor in [
      SampleTensor(storageCount: -1),
      SampleTensor(
        shape: [Int](repeating: 1, count: 9), strides: [Int](repeating: 1, count: 9)),
    ] { #expect(try folder.refusal(torchFile([tensor]))?.kind == .damaged) }
  }

  @Test func `a name that comes twice is refused`() throws {
    let error = try #require(try folder.refusal(torchFile([SampleTensor(), SampleTensor()])))
    #expect(error.tensor == "a" && error.reason.contains("twice"), "\(error)")
  }

  @Test func `deep nesting and cycles cost no stack and much repetition little memory`() throws {
    let deep = [UInt8](repeating: 0x85, count: 200_000)
    let dictionaries = (0..<30_000).flatMap { _ in Array("}K\u{1}".utf8) }
    let closing = [UInt8](repeating: 0x73, count: 29_999)
    let cases: [(body: [UInt8], reason: String)] = [
      // A tuple in a tuple in a tuple...
      ([0x29] + deep + [0x2e], "holds a tuple"),
      // Dictionaries in each other, the innermost in itself.
      (dictionaries + Array("}q\0h\0".utf8) + closing + [0x2e], "no dictionary"),
      // Doubled twenty thousand times: 2^20000 elements, if anybody wrote them out.
      ([0x29] + (0..<20_000).flatMap { _ in Array("q\0h\0".utf8) + [0x86] } + [0x2e], "a tuple"),
      // More values, marks, kept ones than any model needs.
      ([UInt8](repeating: 0x29, count: 100_000), "more room"),
      ([UInt8](repeating: 0x28, count: 100_000), "more room"),
      (
        [0x7d] + (0..<270_000 as Range<UInt32>).flatMap { [0x72] + littleEndian($0) }, "more room"
      ),
      ([UInt8](repeating: 0x28, count: 1 << 24), "too many for a model"),
    ]
    for (body, reason) in cases {
      var pickle = PickleBytes()
      pickle.raw(body)
      let error = try #require(try folder.refusal(torchFile(pickle.bytes, storages: [:])))
      #expect(error.reason.contains(reason), "\(error)")
    }
  }

  @Test(arguments: ["big", "Little", "", "little\n", "\u{1b}"])
  func `another byte order than little is refused`(order: String) throws {
    let pickle = PickleBytes.dictionary([SampleTensor()])
    let error = try #require(try folder.refusal(torchFile(pickle, byteOrder: order)))
    #expect(error.kind == .unsupported && error.reason.contains("byte order"), "\(error)")
  }
}
