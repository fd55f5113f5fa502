// What is and what is not well-formed, in the spirit of the W3C conformance suite.

import TableFormats
import Testing

/// A document that must be refused, and a part of what is said about it.
private struct Malformed: Sendable, CustomTestStringConvertible {
  var text: String
  var line: Int
  var reason: String
  var testDescription: String { text }

  init(_ text: String, _ reason: String, line: Int = 1) {
    self.text = text
    self.line = line
    self.reason = reason
  }
}

private let wellFormed = [
  "<t/>", "<t></t>", "<t> </t >", "\n<t/>\n ", "<!-- --><t/>", "<?p?><t/>", "<?xml-x?><t/>",
  "<?xml version='1.0'?><t/>", "<?xml version=\"1.0\" encoding='UTF-8' standalone=\"no\" ?>\n<t/>",
  "<?xml version = '1.0'\n standalone='yes'?><t/>", "<t a=''/>", "<t a='1' b='2'/>",
  "<t a=\"'\"/>", "<t a='>'/>", "<_/>", "<:/>", "<a-b.c_d:e1/>", "<é·/>", "<表/>", "<𐀀/>",
  "<t>]]</t>", "<t>></t>", "<t>]></t>", "<t>]]&gt;</t>", "<t>]]<!---->></t>", "<t>--</t>",
  "<t>&#x10FFFF;&#xD7FF;&#xE000;&#9;</t>", "<t><![CDATA[]]]]></t>", "<t><![CDATA[]]></t>",
  "<t><![CDATA[<t>&x;]]></t>", "<t><!-- - - < & ]]> --></t>", "<t><!--->--></t>",
  "<t><?p ?></t>", "<t><?p ? > ??></t>", "<t><?p\n<&?></t>", "<!DOCTYPE t><t/>",
  "<!DOCTYPE t SYSTEM 'x'><t/>", "<!DOCTYPE t PUBLIC \"-//x//\" 'y' []><t/>",
  "<!DOCTYPE t [<!ELEMENT t (#PCDATA)>]><t/>", "<!-- --><!DOCTYPE t><!-- --><t/>",
  "<!DOCTYPE t [<!--]>--><?]>?><!ENTITY e ']>'>]><t/>", "<t>\u{7f}\u{85}\u{2028}\u{fffd}</t>",
  "<t xml:lang='en' xmlns='u' xmlns:p='v'/>",
]

private let malformed = [
  // The document.
  Malformed("", "holds no element"), Malformed("\n<!-- x -->\n", "holds no element", line: 3),
  Malformed("x", "text stands before the root"), Malformed("x<t/>", "before the root"),
  Malformed("<t/>\nx", "text stands after the root", line: 2),
  Malformed("<t/>&lt;", "after the root"),
  Malformed("&lt;<t/>", "before the root"), Malformed("<t/><![CDATA[]]>", "after the root"),
  Malformed("<t/>\n<u/>", "a second root element '<u>'", line: 2),
  Malformed("<t/></t>", "'</t>' closes nothing"), Malformed("</t>", "'</t>' closes nothing"),
  // Elements.
  Malformed("<t>\n<u>\n</t>", "'</t>' stands where '<u>' of line 2 must close", line: 3),
  Malformed("<t></T>", "'</T>' stands where '<t>'"), Malformed("<t></tt>", "stands where"),
  Malformed("<t>\n<u>", "'<u>' never closes", line: 2), Malformed("<t>\n", "'<t>' never closes"),
  Malformed("<a><b></a></b>", "'</a>' stands where '<b>'"),
  // Tags.
  Malformed("\n<t", "inside the markup that begins here", line: 2),
  Malformed("<", "inside the markup"), Malformed("<t/", "inside the markup"),
  Malformed("<t>\n</t", "inside the markup", line: 2), Malformed("<t></t></", "inside the markup"),
  Malformed("< t/>", "begins no tag"), Malformed("<1/>", "begins no tag"),
  Malformed("<-t/>", "begins no tag"), Malformed("<.t/>", "begins no tag"),
  Malformed("<·t/>", "begins no tag"), Malformed("<t>\na < b</t>", "begins no tag", line: 2),
  Malformed("<>", "begins no tag"), Malformed("<t>5<6</t>", "begins no tag"),
  Malformed("<t/ >", "cannot stand in a tag"), Malformed("<t//>", "cannot stand in a tag"),
  Malformed("<t$/>", "white space is missing"), Malformed("<t></ t>", "expected a name"),
  Malformed("<t></t a='1'>", "only a name"), Malformed("<t></t/>", "only a name"),
  Malformed("<t></>", "expected a name"), Malformed("<t\n<u/>", "a '<' inside the tag", line: 2),
  // Attributes.
  Malformed("<t a/>", "'a' has no value"), Malformed("<t a=/>", "must stand in quotes"),
  Malformed("<t a=1/>", "must stand in quotes"),
  Malformed("<t a='1'b='2'/>", "white space is missing"),
  Malformed("<t a='1'\n a='2'/>", "'a' is there twice", line: 2),
  Malformed("<t a='1' b='2' a='1'/>", "'a' is there twice"),
  Malformed("<t 'a'/>", "expected a name"),
  Malformed("<t ='1'/>", "expected a name"), Malformed("<t a 'b'/>", "has no value"),
  Malformed("<t a='<'/>", "'<' in the value"),
  Malformed("<t a='\n1>\n<u/></t>", "'<' in the value", line: 3),
  Malformed("<t a='1\">", "inside the markup"), Malformed("<t a='&'/>", "an ampersand"),
  Malformed("<t a='&lt'/>", "an ampersand"), Malformed("<t a='x' b='\n&x;'/>", "'&x;'", line: 2),
  Malformed("<t a='& b'/>", "an ampersand"), Malformed("<t a='1' 2='3'/>", "expected a name"),
  // References.
  Malformed("<t>\n&</t>", "an ampersand", line: 2), Malformed("<t>& </t>", "an ampersand"),
  Malformed("<t>&;</t>", "an ampersand"), Malformed("<t>&lt</t>", "an ampersand"),
  Malformed("<t>a&b&c;</t>", "an ampersand"), Malformed("<t>&nbsp;</t>", "'&nbsp;'"),
  Malformed("<t>&LT;</t>", "'&LT;'"), Malformed("<t>&#;</t>", "an ampersand"),
  Malformed("<t>&#x;</t>", "no character"), Malformed("<t>&#X41;</t>", "no character"),
  Malformed("<t>&#xg;</t>", "no character"), Malformed("<t>&#A;</t>", "no character"),
  Malformed("<t>&#-1;</t>", "no character"), Malformed("<t>&#0;</t>", "no character"),
  Malformed("<t>&#8;</t>", "no character"), Malformed("<t>&#xD800;</t>", "no character"),
  Malformed("<t>&#xFFFE;</t>", "no character"), Malformed("<t>&#x110000;</t>", "no character"),
  Malformed("<t>&#99999999999999999999;</t>", "no character"),
  Malformed("<t>&#\(String(repeating: "0", count: 99))65;</t>", "an ampersand"),
  Malformed("<t>&lt", "inside the markup"),
  // Text, CDATA and comments.
  Malformed("<t>\n]]></t>", "']]>' in text", line: 2), Malformed("<t>]]]></t>", "']]>' in text"),
  Malformed("<t>a]]>b</t>", "']]>' in text"), Malformed("<t><![CDATA[x]]</t>", "inside the markup"),
  Malformed("<t>\n<![CDATA[", "inside the markup", line: 2),
  Malformed("<t><![cdata[]]></t>", "'<!' begins"),
  Malformed("<t><![CDATA []]></t>", "'<!' begins"), Malformed("<t><!- - --></t>", "'<!' begins"),
  Malformed("<t><!x></t>", "'<!' begins"),
  Malformed("<t>\n<!-- a -- b --></t>", "'--' inside", line: 2),
  Malformed("<t><!-- a ---></t>", "'--' inside"), Malformed("<t><!--->", "inside the markup"),
  Malformed("<t><!-- </t>", "inside the markup"), Malformed("<![CDATA[]]><t/>", "before the root"),
  Malformed("<t>\n\u{1}</t>", "U+1 is not allowed", line: 2),
  Malformed("<t a='\u{b}'/>", "U+B is not"),
  Malformed("<t><!--\u{1f}--></t>", "U+1F"), Malformed("<t>\u{fffe}</t>", "U+FFFE"),
  Malformed("<t>\u{ffff}</t>", "U+FFFF"), Malformed("<t>12345678\u{0}</t>", "U+0 "),
  Malformed("<\u{c}t/>", "U+C is not allowed"),
  // Processing instructions and the declaration.
  Malformed("<??><t/>", "expected a name"), Malformed("<? p?><t/>", "expected a name"),
  Malformed("<?p", "inside the markup"), Malformed("<?p ><t/>", "inside the markup"),
  Malformed("<?p,x?><t/>", "white space is missing"),
  Malformed(" <?xml version='1.0'?><t/>", "only at the very beginning"),
  Malformed("<t/>\n<?xml version='1.0'?>", "only at the very beginning", line: 2),
  Malformed("<?XML version='1.0'?><t/>", "only at the very beginning"),
  Malformed("<t><?xMl?></t>", "only at the very beginning"),
  Malformed("<?xml?><t/>", "names no version"),
  Malformed("<?xml encoding='UTF-8'?><t/>", "'encoding' cannot"),
  Malformed("<?xml version='2.0'?><t/>", "'2.0' is no version"),
  Malformed("<?xml version='1.'?><t/>", "'1.' is"),
  Malformed("<?xml version=1.0?><t/>", "must stand in quotes"),
  Malformed("<?xml version='1.0' standalone='maybe'?><t/>", "'maybe' is no standalone"),
  Malformed("<?xml version='1.0' standalone='no' encoding='UTF-8'?><t/>", "'encoding' cannot"),
  Malformed("<?xml version='1.0' version='1.0'?><t/>", "'version' cannot"),
  Malformed("<?xml version='1.0'encoding='UTF-8'?><t/>", "white space is missing"),
  Malformed("<?xml version='1.0' a='b'?><t/>", "'a' cannot"),
  Malformed("<?xml version='1.0'/?><t/>", "cannot stand"),
  Malformed("<?xml version='1.0'\n encoding='UTF-16'?><t/>", "'UTF-16'; convert it", line: 2),
  Malformed("<?xml version='1.0>\n<t/>", "inside the markup"),
  // The DOCTYPE.
  Malformed("<t/><!DOCTYPE t>", "a DOCTYPE may stand only once"),
  Malformed("<t><!DOCTYPE t></t>", "only once"),
  Malformed("<!DOCTYPE t><!DOCTYPE t><t/>", "only once"),
  Malformed("<!doctype t><t/>", "'<!' begins"),
  Malformed("<!DOCTYPE t [\n<t/>", "not well-formed", line: 2),
  Malformed("<!DOCTYPE t <t/>", "not well-formed"),
  Malformed("<!DOCTYPE t ]><t/>", "not well-formed"),
  Malformed("<!DOCTYPE t [ [ ]><t/>", "not well-formed"),
  Malformed("<!DOCTYPE t [><t/>", "not well-formed"),
  Malformed("<!DOCTYPE t [<!-x>]><t/>", "not well-formed"),
  Malformed("<!DOCTYPE t [<!-- -- -->]><t/>", "not well-formed"),
  Malformed("<!DOCTYPE t [<!ENTITY a <]><t/>", "not well-formed"),
  Malformed("<!DOCTYPE t [", "inside the markup"),
  Malformed("<!DOCTYPE t 'x><t/>", "inside the markup"),
]

@Suite struct XMLWellFormednessTests {
  @Test(arguments: wellFormed)
  func `a well-formed document is read to its end`(text: String) {
    #expect(steadyOutcome(of: Array(text.utf8), as: .xml("row")) == Outcome())
  }

  @Test(arguments: malformed)
  private func `a document that is not well-formed is refused on its line`(row: Malformed) {
    let outcome = steadyOutcome(of: Array(row.text.utf8), as: .xml("row"))
    let isRight =
      outcome.error?.line == row.line && outcome.error?.message.contains(row.reason) == true
    #expect(isRight, "\(outcome)")
  }

  @Test func `a record before the fault is given`() {
    let outcome = steadyOutcome(of: Array("<t><row a='1'/>\n<row a='2'>".utf8), as: .xml("row"))
    #expect(outcome.records == ["1 a=1"])
    #expect(outcome.error == TableError(line: 2, message: "the element '<row>' never closes"))
  }
}
