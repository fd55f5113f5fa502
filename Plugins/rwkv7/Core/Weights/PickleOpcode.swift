// The opcodes that torch.save needs for a dictionary of tensors, of protocol 2. The others are known
// by name only, for messages.

/// An instruction of the pickle machine.
enum PickleOpcode: UInt8 {
  /// The protocol's number follows.
  case proto = 0x80
  /// Ends the program; the value on the stack is the result.
  case stop = 0x2e
  /// Remembers how high the stack is.
  case mark = 0x28
  /// `False`
  case newFalse = 0x89
  /// `True`
  case newTrue = 0x88
  /// A signed integer of four bytes.
  case binInt = 0x4a
  /// An unsigned integer of one byte.
  case binInt1 = 0x4b
  /// An unsigned integer of two bytes.
  case binInt2 = 0x4d
  /// A signed integer of as many bytes as the next byte says.
  case long1 = 0x8a
  /// UTF-8 of as many bytes as the next four say.
  case binUnicode = 0x58
  /// `()`
  case emptyTuple = 0x29
  /// The values since the mark as a tuple.
  case tuple = 0x74
  /// The topmost value as a tuple.
  case tuple1 = 0x85
  /// The two topmost values as a tuple.
  case tuple2 = 0x86
  /// The three topmost values as a tuple.
  case tuple3 = 0x87
  /// `{}`
  case emptyDict = 0x7d
  /// Puts the topmost value under the key below it into the dictionary below that.
  case setItem = 0x73
  /// The same for all keys and values since the mark.
  case setItems = 0x75
  /// Keeps the topmost value under a number of one byte.
  case binPut = 0x71
  /// Keeps the topmost value under a number of four bytes.
  case longBinPut = 0x72
  /// Pushes the value kept under a number of one byte.
  case binGet = 0x68
  /// Pushes the value kept under a number of four bytes.
  case longBinGet = 0x6a
  /// A module's and a member's name, a line each.
  case global = 0x63
  /// Calls the value below with the topmost tuple: here, one of two known constructors.
  case reduce = 0x52
  /// Gives the value below the attributes in the topmost dictionary: here, drops them.
  case build = 0x62
  /// The topmost tuple names something outside: here, a storage.
  case binPersistentID = 0x51

  /// How a message names any byte that stands where an opcode should.
  static func name(of byte: UInt8) -> String {
    let known: StaticString? =
      switch byte {
      case 0x28...0x29, 0x2e: nil
      case 0x30: "POP"
      case 0x31: "POP_MARK"
      case 0x32: "DUP"
      case 0x42: "BINBYTES"
      case 0x43: "SHORT_BINBYTES"
      case 0x46: "FLOAT"
      case 0x47: "BINFLOAT"
      case 0x49: "INT"
      case 0x4c: "LONG"
      case 0x4e: "NONE"
      case 0x50: "PERSID"
      case 0x53: "STRING"
      case 0x54: "BINSTRING"
      case 0x55: "SHORT_BINSTRING"
      case 0x56: "UNICODE"
      case 0x5d: "EMPTY_LIST"
      case 0x61: "APPEND"
      case 0x64: "DICT"
      case 0x65: "APPENDS"
      case 0x67: "GET"
      case 0x69: "INST"
      case 0x6c: "LIST"
      case 0x6f: "OBJ"
      case 0x70: "PUT"
      case 0x81: "NEWOBJ"
      case 0x82...0x84: "EXT"
      case 0x8b: "LONG4"
      case 0x8c: "SHORT_BINUNICODE"
      case 0x8f: "EMPTY_SET"
      case 0x92: "NEWOBJ_EX"
      case 0x93: "STACK_GLOBAL"
      case 0x94: "MEMOIZE"
      case 0x95: "FRAME"
      default: nil
      }
    let digits = String(byte, radix: 16)
    let hex = "0x" + (digits.count == 1 ? "0" : "") + digits
    return known.map { "\($0) (\(hex))" } ?? hex
  }
}

/// A name that a pickle may refer to; there are no others.
enum PickleGlobal: Equatable {
  /// `torch._utils._rebuild_tensor_v2`
  case rebuildTensor
  /// `collections.OrderedDict`
  case orderedDict
  /// `torch.BFloat16Storage` and its two siblings.
  case storage(ElementType)

  /// Finds the name, or says why it is refused.
  init(module: String, member: String) throws(WeightFault) {
    switch (module, member) {
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("collections", "OrderedDict"): self = .orderedDict
    case ("torch", "BFloat16Storage"): self = .storage(.bfloat16)
    case ("torch", "HalfStorage"): self = .storage(.float16)
    case ("torch", "FloatStorage"): self = .storage(.float32)
    case ("torch", _) where member.hasSuffix("Storage"):
      throw WeightFault(
        .unsupported,
        "its pickle uses \(quoted("torch." + member)); only bfloat16, float16 and float32 elements "
          + "are read: convert the tensors before saving them")
    case ("torch._utils", "_rebuild_parameter"):
      throw WeightFault(
        .unsupported,
        "its pickle holds parameters instead of tensors; save model.state_dict() instead")
    default:
      throw WeightFault(
        .unsupported,
        "its pickle names \(quoted(module + "." + member)), which no tensor needs; nothing of it was "
          + "run: trust this file only if you know who made it, and save its tensors alone anew")
    }
  }
}
