// What becomes a record of an XML file, and which fields it has.

import TableFormats
import Testing

private let row = Format.xml("row")

private let records = [
  Reading(
    "attributes and children", .xml("Problem"),
    """
    <?xml version="1.0" encoding="UTF-8" ?>
    <Machine-Reading-Set>
      <Set>
        <Problem ID="p-1" Grade='2'>
          <Body>Ann has 3 pears.</Body>
          <Question>How many?</Question>
        </Problem>
        <Problem ID="p-2"><Body/><Question></Question></Problem>
      </Set>
    </Machine-Reading-Set>

    """,
    [
      "4 ID=p-1|Grade=2|Body=Ann has 3 pears.|Question=How many?", "8 ID=p-2|Body=|Question=",
    ]),
  Reading("the root is a record", row, "<row a='1'/>", ["1 a=1"]),
  Reading("an empty record", row, "<t><row></row><row/><row\n/></t>", ["1 ", "1 ", "1 "]),
  Reading(
    "at every depth", row, "<t><row a='1'/><u><v><row a='2'/></v></u></t>", ["1 a=1", "1 a=2"]),
  Reading("only the very name", row, "<t><Row/><rows/><ro/><x:row/></t>", []),
  Reading(
    "a name with a prefix", .xml("x:row"), "<t xmlns:x='u'><row/><x:row b='1'/></t>", ["1 b=1"]),
  Reading("a name that is not ASCII", .xml("行"), "<表><行 值='1'><é>2</é></行></表>", ["1 值=1|é=2"]),
  Reading(
    "text of nested markup in one piece", row,
    "<t><row><q>one <b>two <i>three</i></b> four<br/>five</q></row></t>",
    ["1 q=one two three fourfive"]),
  Reading(
    "a record inside a record is text", row, "<t><row><row>a</row><b>c<row>d</row></b></row></t>",
    ["1 row=a|b=cd"]),
  Reading("a child of a name twice", row, "<t><row><a>1</a><a>2</a></row></t>", ["1 a=1|a=2"]),
  Reading("attributes of children are left out", row, "<row><a unit='m'>1</a></row>", ["1 a=1"]),
  Reading("text of the record itself", row, "<t><row id='1'>so\n</row></t>", ["1 id=1|row=so\n"]),
  Reading("text around children", row, "<row>x<a>1</a> y <b>2</b></row>", ["1 a=1|b=2|row=x y "]),
  Reading("white space is no text", row, "<row>\n\t<a>1</a>\r\n </row>", ["1 a=1"]),
  Reading("white space in a child stays", row, "<row><a> 1\n </a></row>", ["1 a= 1\n "]),
  Reading(
    "an attribute and a child of one name", row, "<t><row a='1'><a>2</a></row>\n<row a='3'/></t>",
    ["1 a=1|a=2 !in this '<row>', an attribute and a child element are both named 'a'", "2 a=3"]),
  Reading(
    "text and an attribute named as the record", row, "<row row='1'>2</row>",
    [
      "1 row=1|row=2 !in this '<row>', it holds text and also an attribute or a child element 'row'"
    ]),
  Reading(
    "references", row, "<row a='&lt;&#65;&quot;'><b>&amp;&apos;&gt;&#x1F600;&#xe9;</b></row>",
    ["1 a=<A\"|b=&'>😀é"]),
  Reading(
    "a reference is not read twice", row, "<row><b>&amp;lt;&#38;amp;</b></row>", ["1 b=&lt;&amp;"]),
  Reading("leading zeros", row, "<row><b>&#0000000000000000000065;</b></row>", ["1 b=A"]),
  Reading(
    "CDATA", row, "<row><b>a<![CDATA[<&amp;>]] ]>]]]]><![CDATA[]]>b</b></row>",
    ["1 b=a<&amp;>]] ]>]]b"]),
  Reading("CDATA of the record itself", row, "<row><![CDATA[ x ]]></row>", ["1 row= x "]),
  Reading(
    "comments and instructions leave no trace", row,
    "<!-- a --><?p?><row><!-- <row> - -><b>no</b> --><b>1<!--2-->3<?x y?>4<?x > ??></b></row><!----><?q q?>",
    ["1 b=134"]),
  Reading(
    "line ends become LF", row, "<t>\r\n<row>\r<b>1\r\n2\r3\n\r4</b></row></t>",
    ["2 b=1\n2\n3\n\n4"]),
  Reading(
    "but not those that are written as numbers", row, "<row><b>&#13;&#10;</b></row>",
    ["1 b=\r\n"]),
  Reading(
    "white space in an attribute becomes spaces", row, "<row a='1\t2\r\n3\n4&#10;5&#9;6'/>",
    ["1 a=1 2 3 4\n5\t6"]),
  Reading(
    "the other quote and > in an attribute", row, "<row a='\">' b=\"'>\"/>", ["1 a=\">|b='>"]),
  Reading("a slash in an attribute", row, "<row a='x/'><b/></row>", ["1 a=x/|b="]),
  Reading(
    "white space in tags", row, "<t ><row\n a = '1'\tb\n=\n'2' ><b\n>3</b\n></row\t></t >",
    ["1 a=1|b=2|b=3 !in this '<row>', an attribute and a child element are both named 'b'"]),
  Reading(
    "lines are counted through everything", row,
    "<?x\n?><!--\n\n--><t a='\n'>\n<![CDATA[\n]]><row\n/><row/></t>", ["7 ", "8 "]),
  Reading("a byte order mark", row, "\u{feff}<?xml version='1.0'?><row a='1'/>", ["1 a=1"]),
  Reading(
    "a DOCTYPE is stepped over", row,
    """
    <?xml version="1.1" standalone='yes'?>
    <!DOCTYPE t SYSTEM "it's > [" [
      <!ENTITY a "]>"> <!ENTITY % b '">' >
      <!-- don't ]> -->
      <?p ' ]> ?>
      <!ATTLIST row c CDATA "default"> %b;
    ] >
    <t><row/></t>
    """, ["8 "]),
]

@Suite struct XMLRowsTests {
  @Test(arguments: records)
  func `an element is a record, however the text is cut`(reading: Reading) {
    reading.check()
  }

  @Test func `a name that no element can have is refused`() {
    for name in ["", "1a", "a b", "-a", "a>"] {
      #expect(throws: TableError.self, "\(name)") { try XMLRows(element: name) }
    }
  }

  @Test func `an encoding other than UTF-8 is refused by name`() {
    let rows: [([UInt8], String?)] = [
      (Array("<?xml version='1.0' encoding='utf-8'?><row/>".utf8), nil),
      (Array("<?xml version='1.0' encoding='US-ASCII'?><row/>".utf8), nil),
      (
        Array("<?xml version='1.0' encoding='ISO-8859-1'?><row a='".utf8) + [0xe9],
        "line 1: the file says that its encoding is 'ISO-8859-1'; convert it to UTF-8"
      ),
      ([0xfe, 0xff, 0, 0x3c], "line 1: the file is UTF-16 or no text; save it as UTF-8"),
      ([0x3c, 0, 0x72, 0], "line 1: the character U+0 is not allowed in XML"),
      (
        Array("<row>\n".utf8) + [0xe9, 0x3c],
        "line 2: the text is not valid UTF-8 here; save the file as UTF-8"
      ),
    ]
    for (bytes, error) in rows {
      #expect(steadyOutcome(of: bytes, as: row).error?.description == error)
    }
  }
}
