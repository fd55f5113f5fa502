// What JSON files give: the objects of an array one by one, or lines.

import JSONFormat
import TableFormats
import Testing

private let rows = Format.jsonRows()
private let data = Format.jsonRows(["data"])
private let deep = Format.jsonRows(["result", "rows"])

private let arrays = [
  Reading("an empty array", rows, " [ ] \n"),
  Reading("one object", rows, "[{}]", ["1 {}"]),
  Reading(
    "pretty printed", rows, "[\n  {\n    \"a\": 1\n  },\r\n  {\"b\": [2,\n3]}\n]\n",
    ["2 {\n    \"a\": 1\n  }", "5 {\"b\": [2,\n3]}"]),
  Reading(
    "brackets and quotes in strings", rows, #"[{"a":"]}\"{["},{"b\\":"\\"},{"c":"\u005d"}]"#,
    [#"1 {"a":"]}\"{["}"#, #"1 {"b\\":"\\"}"#, #"1 {"c":"\u005d"}"#]),
  Reading(
    "every kind of value", rows, #"[{"a":[1,-2.5e3,true,false,null,"é中😀",{"b":[[],{}]}]}]"#,
    [#"1 {"a":[1,-2.5e3,true,false,null,"é中😀",{"b":[[],{}]}]}"#]),
  Reading("a byte order mark", rows, "\u{feff}[{}]", ["1 {}"]),
  Reading("a member", data, #"{"data":[{"a":1}]}"#, [#"1 {"a":1}"#]),
  Reading(
    "among others", data,
    #"""
    {"version": "1.1 ]}\"", "n": -1.5, "ok":true,"none": null , "list":[1,{"data":[{}]},"]"],
     "x": {"data": [{"not": 1}]}, "": "", "data": [ {"a": 1} ,
      {"a": 2} ], "after": [{"b": {}}], "last": 0}
    """#, ["2 {\"a\": 1}", "3 {\"a\": 2}"]),
  Reading("a key with an escape", data, #"{"d\u0061ta":[{}]}"#, ["1 {}"]),
  Reading(
    "a path of two", deep, #"{"rows":[{"no":1}],"result":{"n":1,"rows":[{"a":1}],"m":2},"z":{}}"#,
    [#"1 {"a":1}"#]),
]

private let arrayRefusals = [
  Reading(
    "nothing", rows, "",
    error: "line 1: the file ends before its last bracket; is it empty or cut short?"),
  Reading(
    "only a mark", rows, "\u{feff}\n",
    error: "line 2: the file ends before its last bracket; is it empty or cut short?"),
  Reading(
    "an object", rows, "\n{\"a\":1}",
    error: "line 2: the file is an object, not an array; name the member that holds the rows, "
      + "or read the file as JSON Lines"),
  Reading("a number", rows, "1", error: "line 1: expected an array of objects"),
  Reading(
    "an element that is no object", rows, "[{},\n1]", ["1 {}"],
    error: "line 2: expected an object as element 2 of the array"),
  Reading(
    "an array in the array", rows, "[[]]",
    error: "line 1: expected an object as element 1 of the array"),
  Reading(
    "a comma too many", rows, "[{},]", ["1 {}"],
    error: "line 1: expected an object as element 2 of the array"),
  Reading(
    "a comma too few", rows, "[{}\n{}]", ["1 {}"],
    error: "line 2: expected a comma or the end of the array after element 1"),
  Reading(
    "the wrong bracket", rows, "[{}}", ["1 {}"],
    error: "line 1: expected a comma or the end of the array after element 1"),
  Reading(
    "text behind", rows, "[{}]\n{}", ["1 {}"],
    error: "line 2: the file goes on after its last bracket; one JSON value was expected"),
  Reading(
    "cut in an element", rows, "[{},\n{\"a\":\n1", ["1 {}"],
    error: "line 2: the file ends inside the value that begins here"),
  Reading(
    "cut between elements", rows, "[{},\n", ["1 {}"],
    error: "line 2: the file ends before its last bracket; is it empty or cut short?"),
  Reading(
    "an element that is not JSON", rows, "[{},\n {\"a\":\n  tru}]", ["1 {}"],
    error: "line 3: JSON byte 17: this byte cannot stand here"),
  Reading("NaN", rows, "[{\"a\":NaN}]", error: "line 1: JSON byte 6: this byte cannot stand here"),
  Reading(
    "a key twice", rows, "[{\"a\":1,\"a\":2}]",
    error: "line 1: JSON byte 8: this key is in the object twice"),
  Reading(
    "crossed brackets", rows, "[{\"a\":[}]}]",
    error: "line 1: JSON byte 7: this byte cannot stand here"),
  Reading(
    "a line end in a string", rows, "[{\"a\":\"\n\"}]",
    error: "line 1: JSON byte 7: control characters in a string must be escaped"),
  Reading(
    "no such member", data, "{\"a\":1,\n\"b\":[]}",
    error: "line 2: the object that ends here has no member 'data'"),
  Reading(
    "an empty object", data, "{}", error: "line 1: the object that ends here has no member 'data'"),
  Reading(
    "no such member further in", deep, "{\"result\":{\"row\":[]},\n\"rows\":[]}",
    error: "line 1: the object that ends here has no member 'rows'"),
  Reading(
    "an array where the path has an object", data, "[{}]",
    error: "line 1: expected an object with a member 'data'"),
  Reading(
    "an object where the path has an array", data, "{\"data\":{}}",
    error: "line 1: expected the member 'data' to be an array"),
  Reading(
    "the way ends early", deep, "{\"result\":[]}",
    error: "line 1: expected an object with a member 'rows'"),
  Reading(
    "the member twice", data, "{\"data\":[{}],\n\"data\":[]}", ["1 {}"],
    error: "line 2: the member 'data' is there twice"),
  Reading(
    "a key that is none", data, "{\"a\":1,data:[]}", error: "line 1: expected a key in quotes"),
  Reading(
    "a key with a bad escape", data, "{\n\"\\x\":[]}",
    error:
      "line 2: JSON byte 3: a backslash must be followed by one of \"\\/bfnrt or u and four hex digits"
  ),
  Reading("no colon", data, "{\"data\" []}", error: "line 1: expected a colon after the key"),
  Reading(
    "no value", data, "{\"a\":,\"data\":[]}", error: "line 1: expected a value after the colon"),
  Reading(
    "no comma", data, "{\"a\":1\n\"data\":[]}",
    error: "line 2: expected a comma or the end of the object"),
  Reading(
    "cut in a value on the side", data, "{\"a\":\n[[1,2]",
    error: "line 2: the file ends inside the value that begins here"),
  Reading(
    "cut before the end of the object", data, "{\"data\":[{}]\n", ["1 {}"],
    error: "line 2: the file ends before its last bracket; is it empty or cut short?"),
]

private let lines = [
  Reading("nothing", .jsonLines, ""),
  Reading("lines", .jsonLines, "{\"a\":1}\n[2]\n3\n", ["1 {\"a\":1}", "2 [2]", "3 3"]),
  Reading("no line feed at the end", .jsonLines, "{}\n{\"a\":1}", ["1 {}", "2 {\"a\":1}"]),
  Reading("CR LF", .jsonLines, "{}\r\n1\r\n2\r", ["1 {}", "2 1", "3 2"]),
  Reading("blank lines", .jsonLines, "\n\r\n{}\n \t\r\n\n1\n  \n\n", ["3 {}", "6 1"]),
  Reading("white space around a value stays", .jsonLines, "  {} \n", ["1   {} "]),
  Reading("a byte order mark", .jsonLines, "\u{feff}{}\n\u{feff}1", ["1 {}", "2 \u{feff}1"]),
  Reading("nothing but a mark", .jsonLines, "\u{feff}"),
  Reading("a mark and a blank line", .jsonLines, "\u{feff}\r\n{}", ["2 {}"]),
  Reading("nothing is checked", .jsonLines, "{\"a\n\u{0}\n}", ["1 {\"a", "2 \u{0}", "3 }"]),
  Reading("a CR inside a line", .jsonLines, "1\r2\n", ["1 1\r2"]),
]

@Suite struct JSONReadingTests {
  @Test(arguments: arrays + arrayRefusals)
  func `an array gives its objects, however it is cut`(reading: Reading) {
    reading.check()
  }

  @Test(arguments: lines)
  func `lines come as they stand, however they are cut`(reading: Reading) {
    reading.check()
  }

  @Test func `lines of every length around a word are found`() {
    for first in 0..<80 {
      let text =
        String(repeating: "x", count: first) + "\n" + String(repeating: "y", count: 70 - first % 70)
      let expected =
        (first > 0 ? ["1 " + text.prefix(first)] : []) + ["2 " + text.dropFirst(first + 1)]
      #expect(outcome(of: Array(text.utf8), as: .jsonLines).records == expected)
    }
  }

  @Test func `with lastWins a key may be there twice`() throws {
    var count = 0
    var reader = JSONRows(duplicateKeys: .lastWins)
    try reader.push(Array("[{\"a\":1,\"a\":2}]".utf8).span) { _, _ in count += 1 }
    try reader.finish()
    #expect(count == 1)
  }

  @Test func `an element that is not UTF-8 is refused`() {
    let bytes = Array("[{},\n{\"a\":\"".utf8) + [0xe9] + Array("\"}]".utf8)
    let outcome = steadyOutcome(of: bytes, as: rows)
    #expect(outcome.error == TableError(line: 2, message: "JSON byte 11: this is not valid UTF-8"))
  }
}
